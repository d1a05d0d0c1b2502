#!/usr/bin/env python3
"""Writes tables.rs and golden.tsv beside this file from published number plan data.

    python3 -m venv /tmp/plan && /tmp/plan/bin/pip install phonenumbers==9.0.43 tzdata==2026.6
    /tmp/plan/bin/python src/plan/generate.py

Running it twice gives identical files. It fails, and writes nothing, when
- an area code of the United States or Canada that the library accepts is missing from nanp.txt,
- a state there is not the one that the library's geocoder names, or a state is missing from states.txt,
- the finished tables and the library disagree on any of the sampled numbers of any region,
- a zone is not in the tz database.

How it works. For every calling code and every length of a number the patterns of all its regions run as one
finite automaton over the digits; what they say about whole numbers is folded into a decision tree with ten
branches a node, and equal trees are shared. An unassigned block takes what all its neighbours agree on.
"""

import random
import re
import sys
from pathlib import Path

try:
    from re import _parser as sre  # Python 3.11 and later
except ImportError:
    import sre_parse as sre

import phonenumbers
import tzdata
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType, geocoder, phonenumberutil
from phonenumbers import timezone as library_zones
from phonenumbers.tzdata import TIMEZONE_DATA

HERE = Path(__file__).parent
VERSION = "9.0.43"
TZDATA = "2026.6"
IMPOSSIBLE, UNASSIGNED, WITHOUT_REGION = "impossible", "unassigned", None
FIXED_OR_MOBILE = PhoneNumberType.FIXED_LINE_OR_MOBILE
LINES = {PhoneNumberType.MOBILE: 1, PhoneNumberType.FIXED_LINE: 2}
GEO_MOBILE = phonenumberutil._GEO_MOBILE_COUNTRIES
# In the order in which the library asks them; fixed and mobile come last.
SPECIAL = [
    ("premium_rate", PhoneNumberType.PREMIUM_RATE), ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST), ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER), ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN), ("voicemail", PhoneNumberType.VOICEMAIL),
]
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


def fail(message):
    sys.exit(f"generate.py: {message}")


def metadata(region, code):
    if region == "001":
        return PhoneMetadata.metadata_for_nongeo_region(code)
    return PhoneMetadata.metadata_for_region(region)


# --- Patterns as one automaton -------------------------------------------------------------------------------


class Automaton:
    """The patterns of one calling code; a state is the set of places where they may stand."""

    def __init__(self):
        self.steps, self.jumps, self.ends = [], [], {}
        self.start = self.place()

    def place(self):
        self.steps.append([])
        self.jumps.append([])
        return len(self.steps) - 1

    def add(self, pattern, tag, prefix=False):
        first, last = self.place(), self.place()
        self.jumps[self.start].append(first)
        self.sequence(sre.parse(pattern), first, last)
        self.ends[last] = tag
        if prefix:
            self.steps[last].append((frozenset(range(10)), last))

    def sequence(self, items, at, end):
        for operation, argument in items:
            after = self.place()
            self.item(str(operation), argument, at, after)
            at = after
        self.jumps[at].append(end)

    def item(self, operation, argument, at, after):
        if operation == "LITERAL":
            self.steps[at].append((frozenset([int(chr(argument))]), after))
        elif operation == "IN":
            self.steps[at].append((self.digits(argument), after))
        elif operation == "BRANCH":
            for branch in argument[1]:
                self.sequence(branch, at, after)
        elif operation == "SUBPATTERN":
            self.sequence(argument[-1], at, after)
        elif operation == "MAX_REPEAT":
            least, most, body = argument
            for done in range(int(most)):
                if done >= least:
                    self.jumps[at].append(after)
                following = self.place()
                self.sequence(body, at, following)
                at = following
            self.jumps[at].append(after)
        else:
            fail(f"a pattern uses {operation}, which this script does not read")

    @staticmethod
    def digits(argument):
        found = set()
        for operation, value in argument:
            if str(operation) == "LITERAL":
                found.add(int(chr(value)))
            elif str(operation) == "RANGE":
                found.update(range(int(chr(value[0])), int(chr(value[1])) + 1))
            elif str(operation) == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
                found.update(range(10))
            else:
                fail(f"a set uses {operation}, which this script does not read")
        return frozenset(found)

    def closed(self, places):
        found, todo = set(places), list(places)
        while todo:
            for target in self.jumps[todo.pop()]:
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return frozenset(place for place in found if self.steps[place] or place in self.ends)

    def step(self, state, digit):
        return self.closed({target for place in state for digits, target in self.steps[place] if digit in digits})

    def tags(self, state):
        return {self.ends[place] for place in state if place in self.ends}


# --- What the plan says about a whole number -----------------------------------------------------------------


class Code:
    """One calling code: its regions, their patterns, its zones."""

    def __init__(self, code, short_regions):
        self.code = code
        self.regions = COUNTRY_CODE_TO_REGION_CODE[code]
        self.metadata = {region: metadata(region, code) for region in self.regions}
        self.lengths = {n for m in self.metadata.values() for n in m.general_desc.possible_length}
        self.zones = zone_set(TIMEZONE_DATA.get(str(code), ()))
        self.prefixes = {}
        for prefix, zones in TIMEZONE_DATA.items():
            if prefix.startswith(str(code)):
                self.prefixes[prefix[len(str(code)):]] = zone_set(zones)
        self.prefix_heads = {p[:n] for p in self.prefixes for n in range(len(p) + 1)}
        self.automaton = Automaton()
        self.descs = {}
        for region, m in self.metadata.items():
            for kind in ["general_desc", "fixed_line", "mobile"] + [name for name, _ in SPECIAL]:
                self.add(region, kind, getattr(m, kind))
            if m.leading_digits:
                self.automaton.add(m.leading_digits, (region, "leading"), prefix=True)
        for line in checked_lines("reserved.txt"):
            reserved, region, kind, pattern = line.split()
            if reserved == str(code):
                for kind in ("general_desc", kind):
                    self.automaton.add(pattern, (region, kind))
        for region in short_regions:
            short = PhoneMetadata.short_metadata_for_region(region)
            for kind in ["short_code", "emergency"]:
                self.add(region, "short-" + kind, getattr(short, kind))

    def add(self, region, kind, desc):
        if desc is None or not desc.national_number_pattern or desc.national_number_pattern == "NA":
            return
        self.descs[region, kind] = desc.possible_length
        self.automaton.add(desc.national_number_pattern, (region, kind))

    def number_type(self, region, matched):
        if (region, "general_desc") not in matched:
            return None
        for kind, number_type in SPECIAL:
            if (region, kind) in matched:
                return number_type
        same = self.metadata[region].same_mobile_and_fixed_line_pattern
        mobile = (region, "mobile") in matched
        if (region, "fixed_line") in matched:
            return FIXED_OR_MOBILE if same or mobile else PhoneNumberType.FIXED_LINE
        return PhoneNumberType.MOBILE if mobile and not same else None

    def place(self, state, length, zones):
        """("hard", region, line, zones) for an assigned block, ("soft", region) for any other, or IMPOSSIBLE."""
        matched = set()
        for tag in self.automaton.tags(state):
            lengths = self.descs.get(tag, ())
            if not lengths or length in lengths:
                matched.add(tag)
        region = number_type = None
        for candidate in self.regions:
            kind = self.number_type(candidate, matched)
            leads = self.metadata[candidate].leading_digits and (candidate, "leading") in matched
            alone = len(self.regions) == 1
            if alone or leads or (kind is not None and not self.metadata[candidate].leading_digits):
                region, number_type = candidate, kind
                break
        if number_type is None:
            if any(kind.startswith("short-") for _, kind in matched):
                return IMPOSSIBLE
            return ("soft", None if region == "001" else region)
        geographic = number_type in (PhoneNumberType.FIXED_LINE, FIXED_OR_MOBILE) or (
            number_type == PhoneNumberType.MOBILE and self.code in GEO_MOBILE)
        region = None if region == "001" else region
        return ("hard", region, LINES.get(number_type, 0), zones if geographic else self.zones)


class Trees:
    """Shared decision trees; a tree is a place or a tuple of ten trees."""

    def __init__(self, plan):
        self.plan = plan
        self.known = {}

    def tree(self, length):
        start = self.plan.automaton.closed({self.plan.automaton.start})
        return self.build(start, length, length, "", self.plan.zones)

    def build(self, state, length, left, digits, zones):
        zones = self.plan.prefixes.get(digits, zones) if digits is not None else zones
        if digits is not None and digits not in self.plan.prefix_heads:
            digits = None
        key = (state, length, left, digits, zones)
        if key not in self.known:
            if left == 0:
                self.known[key] = self.plan.place(state, length, zones)
            else:
                self.known[key] = folded(tuple(
                    self.build(self.plan.automaton.step(state, d), length, left - 1,
                               None if digits is None else digits + str(d), zones)
                    for d in range(10)))
        return self.known[key]


def folded(branches):
    """One place where all branches agree: unassigned blocks agree with whatever does not contradict them."""
    kinds = set(branches)
    if len(kinds) == 1 and isinstance(branches[0][0], str):
        return branches[0]
    hard = [place for place in kinds if place[0] == "hard"]
    soft = [place for place in kinds if place[0] == "soft"]
    if len(hard) == 1 and len(hard) + len(soft) == len(kinds) and all(s[1] in (None, hard[0][1]) for s in soft):
        return hard[0]
    return branches


# --- Zones ---------------------------------------------------------------------------------------------------

ZONES = {}


def zone_set(names):
    return tuple(sorted(set(names)))


def tz_lines(name):
    text = (Path(tzdata.__file__).parent / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def checked_lines(name):
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


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
    for area in range(200, 1000):
        area = str(area)
        numbers = [phonenumbers.PhoneNumber(1, int(area + rest)) for rest in ("2345678", "5550100", "9876543")]
        for number in numbers:
            region = phonenumbers.region_code_for_number(number)
            if region not in ("US", "CA") or phonenumbers.number_type(number) != FIXED_OR_MOBILE:
                continue
            if area not in areas or areas[area][0][:2] != region:
                fail(f"nanp.txt: area code {area} ({region}) is missing or has another country")
            if region == "US":
                name = geocoder.description_for_number(number, "en")
                state = STATE_NAMES.get(name) or (name[-2:] if re.search(r", [A-Z]{2}$", name) else None)
                if state is not None and areas[area][0] != "US-" + state:
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


# --- Checking against the library ----------------------------------------------------------------------------


def locate(number, tables, plans, codes, nanp):
    """What the Rust side does with the tables."""
    digits = str(number)
    if digits[0] == "1" and len(digits) == 11:
        reference = 0x8001 if int(digits[1:4]) < 200 else nanp[int(digits[1:4])]
    else:
        code = next((int(digits[:n]) for n in (1, 2, 3) if int(digits[:n]) in codes), None)
        reference = plans[codes.get(code, 0)][len(digits)]
        nodes = tables.node_list
        for digit in digits[len(str(code)):]:
            if reference & 0x8000:
                break
            reference = nodes[reference][int(digit)]
    possible, region, line, zones = tables.place_list[reference & 0x7FFF]
    return possible, region, line, tables.set_list[zones]


def expected(number, areas):
    """What the library says of a valid number, with the differences that this project wants."""
    code = number.country_code
    region = phonenumbers.region_code_for_number(number)
    kind = phonenumbers.number_type(number)
    zones = [z for z in library_zones.time_zones_for_number(number) if z != "Etc/Unknown"]
    line = LINES.get(kind, 0)
    if code == 1:
        area = phonenumbers.national_significant_number(number)[:3]
        line = 0
        if area in areas:
            region, zones = areas[area]
        elif kind not in (FIXED_OR_MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
            region = "any"
        else:
            zones = sorted({z for p, n in TIMEZONE_DATA.items() if p.startswith(f"1{area}") for z in n})
    return (True, None if region == "001" else region, line, zone_set(zones))


def sample(pattern, randomness):
    """A random string that the pattern describes."""
    def one(items):
        out = ""
        for operation, argument in items:
            operation = str(operation)
            if operation == "LITERAL":
                out += chr(argument)
            elif operation == "IN":
                out += str(randomness.choice(sorted(Automaton.digits(argument))))
            elif operation == "BRANCH":
                out += one(randomness.choice(argument[1]))
            elif operation == "SUBPATTERN":
                out += one(argument[-1])
            else:
                least, most, body = argument
                out += "".join(one(body) for _ in range(randomness.randint(least, most)))
        return out
    return one(sre.parse(pattern))


def samples(per_kind):
    randomness = random.Random(20261123)
    for code in sorted(COUNTRY_CODE_TO_REGION_CODE):
        for region in COUNTRY_CODE_TO_REGION_CODE[code]:
            m = metadata(region, code)
            for kind in ["fixed_line", "mobile"] + [name for name, _ in SPECIAL]:
                desc = getattr(m, kind)
                if desc is None or not desc.national_number_pattern or desc.national_number_pattern == "NA":
                    continue
                for _ in range(per_kind):
                    national = sample(desc.national_number_pattern, randomness)
                    number = phonenumbers.PhoneNumber(code, int(national), italian_leading_zero=national[0] == "0" or None,
                                                      number_of_leading_zeros=len(national) - len(national.lstrip("0")) or None)
                    if not national.strip("0") or phonenumbers.national_significant_number(number) != national:
                        continue
                    if code == 1 and len(national) != 10:
                        continue  # Canada's 310-XXXX is dialled within Canada alone
                    if phonenumbers.is_valid_number(number) and len(str(code)) + len(national) <= 15:
                        yield int(f"{code}{national}"), number, region, kind


def check(tables, plans, codes, nanp, per_kind):
    areas = read_nanp()
    tables.node_list, tables.place_list, tables.set_list = list(tables.nodes), list(tables.places), list(tables.sets)
    checked, wrong, regions = 0, [], set()
    for digits, number, region, kind in samples(per_kind):
        want, got = expected(number, areas), locate(digits, tables, plans, codes, nanp)
        checked += 1
        regions.add(want[1])
        same = got == want or (want[1] == "any" and got[0] and got[2] == 0)
        if not same:
            wrong.append(f"+{digits} {region} {kind}: library {want}, table {got}")
    for region in phonenumbers.SUPPORTED_SHORT_REGIONS:
        short = PhoneMetadata.short_metadata_for_region(region)
        code = phonenumbers.country_code_for_region(region)
        randomness = random.Random(region)
        emergency = short.emergency.national_number_pattern if short.emergency else None
        for national in {sample(emergency, randomness) for _ in range(40)} if emergency else ():
            for dialled in (national, f"{code}{national}" if code else national):
                checked += 1
                if dialled[0] != "0" and locate(int(dialled), tables, plans, codes, nanp)[0]:
                    wrong.append(f"+{dialled} is an emergency number of {region}, the table takes it")
    for code in codes:
        for length in range(1, 16 - len(str(code))):
            number = phonenumbers.PhoneNumber(code, int("7" * length))
            reason = phonenumbers.is_possible_number_with_reason(number)
            got = locate(int(f"{code}{'7' * length}"), tables, plans, codes, nanp)[0]
            checked += 1
            if got and reason != phonenumbers.ValidationResult.IS_POSSIBLE:
                wrong.append(f"+{code}, {length} digits: the library says {reason}, the table takes it")
    print(f"{checked} numbers of {len(regions)} regions checked against the library, {len(wrong)} differ")
    if wrong:
        fail("\n".join(wrong[:40]))


def golden(tables, plans, codes, nanp):
    lines = ["number\tpossible\tregion\tline\tzones"]
    seen = set()
    for digits, _number, region, kind in samples(1):
        place = locate(digits, tables, plans, codes, nanp)
        if (region, kind) in seen or (kind not in ("fixed_line", "mobile") and kind != {"US": "toll_free"}.get(region)):
            continue
        seen.add((region, kind))
        lines.append("\t".join([f"+{digits}", "yes", place[1] or "", ["unknown", "mobile", "fixed"][place[2]], " ".join(place[3])]))
    return "\n".join(lines) + "\n"


def main():
    if phonenumbers.__version__ != VERSION:
        fail(f"needs phonenumbers {VERSION}, this is {phonenumbers.__version__}")
    built = build()
    tables, plans, codes, nanp, region_sets = built
    check(tables, plans, codes, nanp, per_kind=40)
    text, rows = rust(*built), golden(tables, plans, codes, nanp)
    (HERE / "tables.rs").write_text(text, encoding="utf-8")
    (HERE / "golden.tsv").write_text(rows, encoding="utf-8")


if __name__ == "__main__":
    main()
