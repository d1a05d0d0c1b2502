"""What the published plan data say about whole numbers, folded into decision trees."""

from pathlib import Path

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType, phonenumberutil
from phonenumbers.tzdata import TIMEZONE_DATA

from patterns import Automaton

HERE = Path(__file__).parent
IMPOSSIBLE = "impossible"
FIXED_OR_MOBILE = PhoneNumberType.FIXED_LINE_OR_MOBILE
LINES = {PhoneNumberType.MOBILE: 1, PhoneNumberType.FIXED_LINE: 2}
# The French plan shares its national prefixes among calling codes: 0692 is +262 692 and no number under +33.
ELSEWHERE = {33: ["RE", "YT", "GP", "GF", "MQ"]}
GEO_MOBILE = phonenumberutil._GEO_MOBILE_COUNTRIES
# In the order in which the library asks them; fixed and mobile come last.
SPECIAL = [
    ("premium_rate", PhoneNumberType.PREMIUM_RATE), ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST), ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER), ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN), ("voicemail", PhoneNumberType.VOICEMAIL),
]


def metadata(region, code):
    if region == "001":
        return PhoneMetadata.metadata_for_nongeo_region(code)
    return PhoneMetadata.metadata_for_region(region)


def zone_set(names):
    return tuple(sorted(set(names)))


def checked_lines(name):
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


for correction in checked_lines("zones.txt"):
    corrected, *more = correction.split()
    TIMEZONE_DATA[corrected] = tuple(sorted({*TIMEZONE_DATA.get(corrected, ()), *more}))


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
        for region in ELSEWHERE.get(code, ()):
            for kind in ["fixed_line", "mobile"]:
                self.add("elsewhere", f"{region} {kind}", getattr(PhoneMetadata.metadata_for_region(region), kind))
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
            if any(region == "elsewhere" for region, _ in matched):
                return ("hard", None, 0, self.zones)
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
        tree = self.build(start, length, length, "", self.plan.zones)
        # Where no number begins with a zero one that does is written with a national prefix: +61 0491 570 156.
        branches = [tree] * 10 if isinstance(tree[0], str) else list(tree)
        zero = self.build(self.plan.automaton.step(start, 0), length, length - 1, None, self.plan.zones)
        if is_unassigned(zero):
            return folded((IMPOSSIBLE, *branches[1:]))
        return tree

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


def is_unassigned(tree):
    """No block in it is assigned."""
    if isinstance(tree[0], str):
        return tree[0] != "hard"
    return all(is_unassigned(branch) for branch in tree)


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
