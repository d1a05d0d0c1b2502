"""The finished tables against the library, and a sample of them for the tests in Rust."""

import random

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType
from phonenumbers import timezone as library_zones
from phonenumbers.tzdata import TIMEZONE_DATA

from patterns import fail, sample
from places import FIXED_OR_MOBILE, LINES, SPECIAL, metadata, zone_set


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


def check(tables, plans, codes, nanp, areas, per_kind):
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
