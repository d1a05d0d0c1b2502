#!/usr/bin/env python3
"""Writes tables.rs and golden.tsv beside this file from published number plan data.

    python3 -m venv target/plan && target/plan/bin/pip install phonenumbers==9.0.43 tzdata==2026.6
    target/plan/bin/python src/plan/generate.py

Running it twice gives identical files. It fails, and writes nothing, when
- an area code of the United States or Canada that the library accepts is missing from nanp.txt,
- a state there is not the one that the library's geocoder names, or a state is missing from states.txt,
- the finished tables and the library disagree on any of the sampled numbers of any region,
- a zone is not in the tz database.

zones.txt adds zones that the published prefix data leave out, before anything is made or compared.

How it works. For every calling code and every length of a number the patterns of all its regions run as one
finite automaton over the digits; what they say about whole numbers is folded into a decision tree with ten
branches a node, and equal trees are shared. An unassigned block takes what all its neighbours agree on.
patterns.py reads the patterns, places.py makes the trees, check.py compares them with the library.
"""

import re
from pathlib import Path

import phonenumbers
import tzdata
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, geocoder
from phonenumbers.tzdata import TIMEZONE_DATA

from check import check, golden
from patterns import fail
from places import FIXED_OR_MOBILE, HERE, IMPOSSIBLE, Code, Trees, checked_lines, zone_set

VERSION = "9.0.43"
TZDATA = "2026.6"
# Regions of the library that zone.tab does not list.
EXTRA_ZONES = {"XK": ["Europe/Belgrade"], "AC": ["Atlantic/St_Helena"], "TA": ["Atlantic/St_Helena"]}
STATE_NAMES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID",
    "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA",
    "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
    "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV",
    "New Hampshire": "NH", "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC",
    "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA",
    "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX",
    "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington State": "WA", "Washington D.C.": "DC",
    "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
}


# --- Zones ---------------------------------------------------------------------------------------------------

def tz_lines(name):
    text = (Path(tzdata.__file__).parent / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def country_zones():
    zones = {line[0]: set() for line in tz_lines("iso3166.tab")}
    for line in tz_lines("zone.tab"):
        zones[line[0]].add(line[2])
    for region, names in EXTRA_ZONES.items():
        zones[region] = set(names)
    return zones


def read_nanp():
    """Area code -> (region, zones of its complex)."""
    areas = {}
    for line in checked_lines("nanp.txt"):
        head, _, more = line.partition(" + ")
        region, *codes = head.split()
        zones = set(more.split())
        for code in codes:
            for prefix, names in TIMEZONE_DATA.items():
                if prefix.startswith("1" + code):
                    zones.update(names)
        if not zones:
            fail(f"nanp.txt: the complex of {codes[0]} has no zone")
        for code in codes:
            if code in areas:
                fail(f"nanp.txt: area code {code} is there twice")
            areas[code] = (region, zone_set(zones))
    return areas


def check_nanp(areas):
    for region in ("US", "CA"):
        for area in sorted(area_codes_of(region)):
            if area not in areas or areas[area][0][:2] != region:
                fail(f"nanp.txt: area code {area} ({region}) is missing or has another country")
    for area, (region, _zones) in areas.items():
        name = geocoder.description_for_number(phonenumbers.PhoneNumber(1, int(area + "5550100")), "en")
        state = STATE_NAMES.get(name) or (name[-2:] if re.search(r", [A-Z]{2}$", name) else None)
        if region != "CA" and state is not None and region != "US-" + state:
            fail(f"nanp.txt: area code {area} is in {name}")


def north_american(areas):
    """Place of every area code under +1, with the other countries' own codes."""
    places = {}
    world = zone_set(TIMEZONE_DATA["1"])
    for area in range(200, 1000):
        if str(area) in areas:
            region, zones = areas[str(area)]
            places[area] = ("hard", region, 0, zones)
            continue
        number = phonenumbers.PhoneNumber(1, area * 10_000_000 + 2_345_678)
        region = phonenumbers.region_code_for_number(number)
        if region is None or region in ("US", "CA") or str(area) not in area_codes_of(region):
            places[area] = ("hard", None, 0, world)
        else:
            zones = {z for p, names in TIMEZONE_DATA.items() if p.startswith(f"1{area}") for z in names}
            places[area] = ("hard", region, 0, zone_set(zones or world))
    return places


def area_codes_of(region):
    """The area codes that a country under +1 has to itself: those of its fixed and mobile lines."""
    m = PhoneMetadata.metadata_for_region(region)
    found = set()
    for area in range(200, 1000):
        for exchange in range(200, 1000):
            national = f"{area}{exchange}4567"
            if any(re.fullmatch(d.national_number_pattern, national) for d in (m.fixed_line, m.mobile) if d):
                found.add(str(area))
                break
    return found


# --- Writing -------------------------------------------------------------------------------------------------


class Tables:
    """Trees and places as numbers: a reference is a node's index, or 0x8000 plus a place's index."""

    def __init__(self):
        self.nodes, self.places, self.sets = {}, {}, {(): 0}
        self.place((False, None, 0, ()))
        self.place((True, None, 0, ()))

    def place(self, place):
        possible, region, line, zones = place
        if zones not in self.sets:
            self.sets[zones] = len(self.sets)
        key = (possible, region, line, self.sets[zones])
        self.places.setdefault(key, len(self.places))
        return 0x8000 + self.places[key]

    def tree(self, tree, plan):
        if tree == IMPOSSIBLE:
            return 0x8000
        if tree[0] == "soft":
            return self.place((True, tree[1], 0, plan.zones))
        if tree[0] == "hard":
            return self.place((True, *tree[1:]))
        key = tuple(self.tree(branch, plan) for branch in tree)
        return self.nodes.setdefault(key, len(self.nodes))


def build():
    PhoneMetadata.load_all()
    areas = read_nanp()
    check_nanp(areas)
    tables, plans, codes = Tables(), [[0x8000] * 7 + [0x8001] * 9], {}
    nanp = {area: tables.place((True, *place[1:])) for area, place in north_american(areas).items()}
    short = {}
    for region in phonenumbers.SUPPORTED_SHORT_REGIONS:
        code = phonenumbers.country_code_for_region(region)
        if code:
            short.setdefault(code, []).append(region)
    for code in sorted(COUNTRY_CODE_TO_REGION_CODE):
        row = [0x8000] * 16
        if code != 1:
            plan = Code(code, sorted(short.get(code, [])))
            trees = Trees(plan)
            for length in sorted(plan.lengths):
                total = length + len(str(code))
                if total <= 15:
                    row[total] = tables.tree(trees.tree(length), plan)
        codes[code] = len(plans)
        plans.append(row)
    regions = country_zones()
    states = {}
    for line in checked_lines("states.txt"):
        state, *zones = line.split()
        states[state] = set(zones)
    if sorted(states) != sorted("US-" + state for state in STATE_NAMES.values()):
        fail("states.txt: a state is missing or there twice")
    for region, zones in areas.values():
        (states if "-" in region else regions)[region].update(zones)
    regions.update(states)
    region_sets = {}
    for region, zones in sorted(regions.items()):
        zones = zone_set(zones)
        tables.sets.setdefault(zones, len(tables.sets))
        region_sets[region] = tables.sets[zones]
    if len(tables.nodes) >= 0x8000 or len(tables.places) >= 0x7FFF:
        fail("the tables are too large for their references")
    return tables, plans, codes, nanp, region_sets


def rust(tables, plans, codes, nanp, region_sets):
    names = sorted({name for zones in tables.sets for name in zones})
    known = {line.split()[2] if line.startswith("L") else line.split()[1]
             for line in (Path(tzdata.__file__).parent / "zoneinfo" / "tzdata.zi").read_text().splitlines()
             if line[:2] in ("L ", "Z ")}
    for name in names:
        if name not in known:
            fail(f"{name} is no zone of the tz database")
    index = {name: i for i, name in enumerate(names)}
    first = [0] * 1000
    for code, plan in codes.items():
        width = 10 ** (3 - len(str(code)))
        for lead in range(code * width, (code + 1) * width):
            first[lead] = plan
    lengths = [0] * len(plans)
    for code, plan in codes.items():
        lengths[plan] = len(str(code))
    area = [0x8001 if n < 200 else nanp[n] for n in range(1000)]
    out = [
        f"// Generated by generate.py from phonenumbers {VERSION} and the tz database ({TZDATA}). Do not edit.",
        "// Number plan data: libphonenumber, Copyright The Libphonenumber Authors, Apache-2.0; see NOTICE.",
        "", "use super::Row;", "",
        f'pub(super) const VERSION: &str = "phonenumbers {VERSION}";', "",
        "/// The IANA names that the indices of zones refer to, sorted.\n"
        + table("ZONE_NAMES", "&str", [f'"{name}"' for name in names], visibility="pub"),
        table("ZONE_SETS", "&[u16]", ["&[" + ", ".join(str(index[n]) for n in zones) + "]" for zones in tables.sets]),
        table("PLACES", "Row", [row(*place) for place in tables.places]),
        array("FIRST", "u8", first), array("CODE_DIGITS", "u8", lengths),
        array("PLANS", "[u16; 16]", ["[" + ", ".join(map(str, p)) + "]" for p in plans]),
        array("NODES", "[u16; 10]", ["[" + ", ".join(map(str, n)) + "]" for n in tables.nodes]),
        array("AREAS", "u16", area),
        table("REGIONS", "([u8; 4], u16)", [f"({letters(r)}, {s})" for r, s in sorted(
            region_sets.items(), key=lambda item: item[0].replace("-", "").ljust(4, "\0"))]),
    ]
    size = 2 * (16 * len(plans) + 10 * len(tables.nodes) + 1000 + sum(map(len, tables.sets))) + 1000 \
        + 8 * len(tables.places) + 16 * len(tables.sets) + sum(map(len, names)) + 16 * len(names) + 6 * len(region_sets)
    print(f"{len(tables.nodes)} nodes, {len(tables.places)} places, {len(tables.sets)} zone sets, {len(names)} zones: "
          f"{size} bytes")
    return "\n".join(out)


def letters(region):
    return '*b"' + (region or "").replace("-", "").ljust(4, "\0").replace("\0", "\\0") + '"'


def row(possible, region, line, zones):
    return f"Row {{ possible: {'true' if possible else 'false'}, line: {line}, region: {letters(region)}, zones: {zones} }}"


def table(name, kind, items, visibility="pub(super)"):
    return f"#[rustfmt::skip]\n{visibility} static {name}: &[{kind}] = &[\n" + wrapped(items) + "];\n"


def array(name, kind, items):
    return (f"#[rustfmt::skip]\npub(super) static {name}: [{kind}; {len(items)}] = [\n"
            + wrapped(list(map(str, items))) + "];\n")


def wrapped(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > 118 and line.strip():
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join(lines + [line]) + "\n"


def main():
    if phonenumbers.__version__ != VERSION:
        fail(f"needs phonenumbers {VERSION}, this is {phonenumbers.__version__}")
    if tzdata.__version__ != TZDATA:
        fail(f"needs tzdata {TZDATA}, this is {tzdata.__version__}")
    built = build()
    tables, plans, codes, nanp, region_sets = built
    check(tables, plans, codes, nanp, read_nanp(), per_kind=40)
    text, rows = rust(*built), golden(tables, plans, codes, nanp)
    (HERE / "tables.rs").write_text(text, encoding="utf-8")
    (HERE / "golden.tsv").write_text(rows, encoding="utf-8")


if __name__ == "__main__":
    main()
