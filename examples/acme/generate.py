#!/usr/bin/env python3
"""Writes the sample beside gate.toml: lists, records, leads and questions. Same output every time.

Only numbers reserved for fiction, or generated: +48 22 300 XX XX, +44 20 7946 0XXX, +44 7700 900XXX and
+1 NPA 555 01XX. The questions and their answers are written by hand below.
"""

import csv
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
EVIDENCE = {"uri": "https://consents.example/{}", "sha256": "9f" * 32}


class Dice:
    """SplitMix64: the same numbers in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) * limit) >> 64

    def pick(self, weights):
        roll = self.below(sum(weights.values()))
        for name, weight in weights.items():
            if roll < weight:
                return name
            roll -= weight


dice = Dice(2026)
records, bulk, leads, questions = [], [], [], []
lists = {name: [] for name in
         ["us-ndnc", "gb-tps", "gb-ctps", "acme-dnc", "acme-genesys", "beta-vicidial", "litigators", "changed-hands"]}


def record(kind, number, at, /, controller="acme", **fields):
    entry = {"type": kind, "number": number, "at": at}
    if controller:
        entry["controller"] = controller
    if kind != "attempt":
        entry["id"] = f"{kind}-{len(records):05}"
    records.append({**entry, **fields})


def consent(number, at="2026-02-10T10:00:00Z", controller="acme", purposes=("own-offers",), channels=("live_call",),
            text="web-2026-01", evidence=True, **fields):
    shown = {**EVIDENCE, "uri": EVIDENCE["uri"].format(len(records))} if evidence else None
    if text:
        fields["text"] = text
    record("consent", number, at, controller, purposes=list(purposes), channels=list(channels), evidence=shown, **fields)


def bulk_consent(number, at, purposes, channels, expires=""):
    bulk.append({"type": "consent", "number": number, "at": at, "controller": "acme", "id": f"bulk-{len(bulk):05}",
                 "purposes": ";".join(purposes), "channels": ";".join(channels), "text": "web-2026-01",
                 "evidence.uri": f"https://consents.example/bulk/{len(bulk)}", "evidence.sha256": "9f" * 32,
                 "expires_at": expires})


def ask(verdict, reason, number, note, purpose="own-offers", channel="manual_call", controller="acme",
        at="2026-11-23T15:00:00Z", region="", party="", line="", time_zone=""):
    questions.append([number, purpose, channel, controller, at, region, party, line, time_zone, verdict, reason, note])


def lead(number, region="", time_zone="", party="", line="", note=""):
    leads.append([f"L{len(leads) + 1:05}", number, region, time_zone, party, line, note])


def day(first_month=1, months=9, year=2026):
    return f"{year}-{first_month + dice.below(months):02}-{1 + dice.below(28):02}T{8 + dice.below(10):02}:{dice.below(60):02}:00Z"


pl = "+4822300{:04}".format
gb = "+4420794{:05}".format  # 60000 to 60999
mobile = "+447700900{:03}".format
def us(area, line): return f"+1{area}55501{line:02}"


# --- Questions, each with the history that its answer rests on. --------------------------------------------

def questions_in_poland():
    ask("deny", "consent_missing", pl(1), "marketing needs consent, and nothing is on record")
    consent(pl(2))
    ask("allow", "", pl(2), "a conforming consent")
    ask("allow", "", pl(2), "the same for a dialer that dials", channel="autodialed_call")
    ask("deny", "consent_scope", pl(2), "not for this channel", channel="sms")
    ask("deny", "consent_scope", pl(2), "not for this purpose", purpose="partner-offers")
    ask("deny", "consent_missing", pl(2), "not for this controller", controller="beta")
    ask("deny", "consent_not_yet_valid", pl(2), "asked of the day before it was given", at="2026-02-09T10:00:00Z")
    ask("deny", "rule_unverified", pl(2), "surveys: no verified source in Poland", purpose="satisfaction")
    ask("deny", "basis_missing", pl(2), "service without a contract on record", purpose="service")
    ask("deny", "forbidden", pl(2), "emergency is not a master key", purpose="emergency")
    ask("deny", "question_unknown", pl(2), "a purpose that nobody declared", purpose="own-ofers")
    ask("deny", "question_unknown", pl(2), "a controller that nobody declared", controller="acne")
    consent(pl(3), text="web-2024-ticked", at="2025-03-01T10:00:00Z")
    ask("deny", "consent_nonconforming", pl(3), "a pre-ticked box")
    consent(pl(4), evidence=False)
    ask("deny", "consent_nonconforming", pl(4), "nothing to show for it")
    consent(pl(5))
    record("withdrawal", pl(5), "2026-03-01T00:00:00Z")
    ask("deny", "withdrawn", pl(5), "withdrawn")
    ask("allow", "", pl(5), "the day before", at="2026-02-28T12:00:00Z")
    ask("deny", "withdrawn", pl(5), "and not to be asked again", purpose="reconsent")
    consent(pl(6))
    record("objection", pl(6), "2026-03-01T00:00:00Z", scope="marketing")
    record("relationship", pl(6), "2026-01-01T00:00:00Z", kind="contract")
    ask("deny", "objected", pl(6), "an objection to marketing")
    ask("allow", "", pl(6), "which leaves the contract's calls alone", purpose="service")
    consent(pl(7))
    record("erasure", pl(7), "2026-03-01T00:00:00Z")
    ask("deny", "erased", pl(7), "erased, and still not called")
    ask("deny", "erased", pl(7), "nor is what was known before", at="2026-02-20T12:00:00Z")
    consent(pl(8), expires_at="2026-11-01T00:00:00Z")
    ask("deny", "consent_expired", pl(8), "past its own expiry")
    consent(pl(10))
    record("restriction", pl(10), "2026-03-01T00:00:00Z")
    record("relationship", pl(10), "2026-01-01T00:00:00Z", kind="contract")
    ask("deny", "restricted", pl(10), "processing is restricted")
    ask("allow", "", pl(10), "a notice that the law demands may go out", purpose="notice")
    consent(pl(11), at="2016-05-01T00:00:00Z", text=None, form="electronic", pre_ticked=False,
            conditions={"freely_given": True, "informed": True, "unambiguous": True, "revocable": True})
    ask("allow", "", pl(11), "older than GDPR, but it met the conditions")
    consent(pl(12))
    record("opt_out", pl(12), "2026-04-01T09:00:00Z", via="call")
    ask("deny", "opted_out", pl(12), "an opt-out")
    consent(pl(13))
    lists["acme-dnc"].append([pl(13), "2026-05-01", ""])
    ask("deny", "opted_out", pl(13), "on the controller's own list, after the consent")
    consent(pl(14))
    lists["acme-dnc"].append([pl(14), "2026-01-05", ""])
    ask("allow", "", pl(14), "on that list before the consent, which lifts it")
    consent(pl(15), at="2026-01-10T10:00:00Z")
    record("reassigned", pl(15), "2026-06-01T00:00:00Z", controller=None)
    ask("deny", "number_reassigned", pl(15), "the number changed hands")
    consent(pl(16))
    record("opt_out", pl(16), "2026-04-01T09:00:00Z", until="2026-06-01T00:00:00Z")
    ask("deny", "opted_out", pl(16), "a pause that was asked for", at="2026-05-01T12:00:00Z")
    ask("allow", "", pl(16), "and is over")
    consent(pl(17), text=None, form="implied", pre_ticked=False,
            conditions={"freely_given": True, "informed": True, "unambiguous": True, "revocable": True})
    ask("deny", "consent_nonconforming", pl(17), "implied is never unambiguous")
    record("relationship", pl(18), "2025-05-01T00:00:00Z", kind="contract", ends_at="2026-05-01T00:00:00Z")
    ask("allow", "", pl(18), "service while the contract ran", purpose="service", at="2026-04-01T12:00:00Z")
    ask("deny", "basis_missing", pl(18), "and no longer", purpose="service")
    record("withdrawal", pl(19), "2026-01-05T10:00:00Z")
    consent(pl(19))
    ask("allow", "", pl(19), "a later consent lifts a withdrawal")
    consent(pl(20))
    record("withdrawal", pl(20), "2026-02-10T10:00:00Z")
    ask("deny", "withdrawn", pl(20), "at equal instants the denial wins")
    consent(pl(21))
    lists["litigators"].append(pl(21))
    ask("deny", "list_blocked", pl(21), "on a blocking list")
    consent(pl(9950))
    ask("deny", "list_blocked", pl(9950), "in a blocked range")
    record("relationship", pl(23), "2026-03-01T00:00:00Z", kind="order", purposes=["own-offers"], soft_opt_in=True)
    ask("deny", "consent_missing", pl(23), "Poland knows no soft opt-in", channel="sms")
    record("erasure", pl(26), "2026-01-05T10:00:00Z")
    consent(pl(26))
    ask("allow", "", pl(26), "a new consent after an erasure")
    bulk_consent(pl(27), "2026-02-10T10:00:00Z", ["own-offers"], ["live_call", "sms"])
    ask("allow", "", pl(27), "a consent from the bulk file", channel="sms")


def questions_of_the_house():
    consent(pl(30), purposes=["green-energy"])
    energy = {"purpose": "green-energy"}
    ask("allow", "", pl(30), "Warsaw, 16:00 on a Monday", **energy)
    ask("defer", "outside_hours", pl(30), "Sunday", at="2026-11-29T12:00:00Z", **energy)
    ask("defer", "holiday", pl(30), "Christmas", at="2026-12-25T12:00:00Z", **energy)
    consent(pl(31), purposes=["green-energy"])
    for hour in (8, 9):
        record("attempt", pl(31), f"2026-11-20T{hour:02}:00:00Z", channel="manual_call", purpose="green-energy",
               outcome="no_answer")
    ask("defer", "attempt_cap", pl(31), "tried twice within seven days", **energy)
    ask("review", "rule_needs_review", gb(60010), "the publisher decides", purpose="papers", party="individual")


def questions_in_britain():
    home = {"party": "individual"}
    ask("allow", "", gb(60010), "live calls are opt-out", **home)
    ask("allow", "", gb(60010), "whoever holds the number")
    ask("deny", "consent_missing", gb(60010), "recorded voice needs consent", channel="automated_call", **home)
    ask("deny", "consent_missing", gb(60010), "and so does a message to a person", channel="sms", **home)
    ask("allow", "", gb(60010), "but not one to a company", channel="sms", party="business")
    ask("deny", "consent_missing", gb(60010), "claims management: consent only", purpose="claims", controller="gamma", **home)
    ask("deny", "consent_missing", gb(60010), "pensions: consent or an expecting client", purpose="pension-review", **home)
    ask("deny", "registry_stale", gb(60010), "the TPS copy is older than 28 days", at="2026-12-20T12:00:00Z", **home)
    ask("allow", "", gb(60010), "genuine research is not marketing", purpose="satisfaction", **home)
    lists["gb-tps"].append(gb(60011))
    ask("deny", "registry_listed", gb(60011), "on the TPS", **home)
    ask("deny", "registry_listed", gb(60011), "on the TPS, so not a company's after all", party="business")
    lists["gb-tps"].append(gb(60012))
    consent(gb(60012))
    ask("allow", "", gb(60012), "consent to this caller beats the TPS", **home)
    lists["gb-ctps"].append(gb(60013))
    ask("deny", "registry_listed", gb(60013), "on the CTPS", party="business")
    ask("deny", "registry_listed", gb(60013), "holder unknown: both registries count")
    record("relationship", gb(60014), "2026-01-05T10:00:00Z", kind="contract", purposes=["pension-review"])
    ask("allow", "", gb(60014), "an existing client who expects the call", purpose="pension-review", **home)
    record("relationship", gb(60015), "2026-01-05T10:00:00Z", kind="purchase", purposes=["own-offers"], soft_opt_in=True)
    ask("allow", "", gb(60015), "soft opt-in", channel="sms", **home)
    record("withdrawal", gb(60016), "2026-06-01T10:00:00Z")
    ask("deny", "withdrawn", gb(60016), "a withdrawal bites where no consent was needed", **home)
    lists["acme-genesys"].append([gb(60018), "2027-06-01T00:00Z"])
    ask("deny", "opted_out", gb(60018), "on the dialer's list until next June", **home)
    lists["acme-genesys"].append([gb(60019), "2026-06-01T00:00Z"])
    ask("allow", "", gb(60019), "an entry that has ended", **home)
    record("objection", gb(60020), "2026-01-05T10:00:00Z", scope="marketing")
    consent(gb(60020), expires_at="2026-03-01T00:00:00Z")
    ask("allow", "", gb(60020), "a later consent lifts the objection", at="2026-02-20T12:00:00Z", **home)
    ask("deny", "objected", gb(60020), "and no longer, once it has expired", **home)


def questions_in_the_united_states():
    home = {"party": "individual"}
    ask("allow", "", us(312, 0), "Chicago, 9:00", **home)
    ask("defer", "outside_hours", us(312, 0), "7:00 there", at="2026-11-23T13:00:00Z", **home)
    ask("defer", "outside_hours", us(406, 0), "Montana, 7:30", at="2026-11-23T14:30:00Z")
    ask("allow", "", us(212, 0), "New York, 8:00", at="2026-11-23T13:00:00Z")
    ask("defer", "outside_hours", us(212, 0), "a New York number whose holder lives in Illinois: both zones",
        at="2026-11-23T13:00:00Z", region="US-IL", time_zone="America/Chicago")
    ask("deny", "time_zone_unknown", us(312, 0), "a zone that does not exist", time_zone="Mars/Olympus")
    ask("deny", "consent_missing", us(312, 0), "recorded voice needs written consent", channel="automated_call", **home)
    ask("deny", "consent_missing", us(312, 0), "so does a dialer, unless ...", channel="autodialed_call", **home)
    ask("allow", "", us(312, 0), "... the line is known to be fixed", channel="autodialed_call", line="fixed", **home)
    lists["us-ndnc"].append(us(312, 1))
    ask("deny", "registry_listed", us(312, 1), "National DNC", **home)
    lists["us-ndnc"].append(us(312, 3))
    record("relationship", us(312, 3), "2026-01-15T00:00:00Z", kind="purchase")
    ask("allow", "", us(312, 3), "a purchase within 18 months", **home)
    lists["us-ndnc"].append(us(312, 4))
    record("relationship", us(312, 4), "2026-01-15T00:00:00Z", kind="inquiry")
    ask("deny", "registry_listed", us(312, 4), "an inquiry of more than 3 months ago", **home)
    lists["litigators"].append(us(312, 5))
    ask("deny", "list_blocked", us(312, 5), "a litigator", **home)
    ask("deny", "registry_missing", us(216, 0), "Cleveland: the registry was not bought for 216", **home)
    for hour in range(7):
        record("attempt", us(312, 6), f"2026-11-2{hour // 3}T1{5 + hour % 3}:00:00Z",
               channel="manual_call", purpose="debt_collection", outcome="no_answer")
    ask("defer", "attempt_cap", us(312, 6), "seven calls in seven days about a debt", purpose="debt_collection", **home)
    record("attempt", us(312, 7), "2026-11-20T16:00:00Z", channel="manual_call", purpose="debt_collection",
           outcome="conversation")
    ask("defer", "silence_period", us(312, 7), "seven days after a conversation about a debt", purpose="debt_collection", **home)
    consent(us(312, 8), channels=["automated_call", "sms"])
    ask("allow", "", us(312, 8), "written consent, electronically", channel="automated_call", **home)
    consent(us(312, 9), channels=["automated_call", "sms"], text=None, form="oral", pre_ticked=False,
            conditions={"freely_given": True, "informed": True, "unambiguous": True, "revocable": True})
    ask("deny", "consent_nonconforming", us(312, 9), "oral is not written", channel="automated_call", **home)
    lists["beta-vicidial"].append(us(212, 10))
    ask("deny", "opted_out", us(212, 10), "on the list of beta's dialer", controller="beta")
    ask("allow", "", us(212, 10), "which does not bind acme")


def questions_elsewhere():
    ask("deny", "jurisdiction_unknown", "+12685550123", "+1 is not only the United States")
    ask("deny", "number_invalid", "112", "an emergency number")
    ask("deny", "number_invalid", "+4822300", "too short for Poland")
    ask("deny", "number_invalid", "call me", "not a number at all")


# --- Leads, with histories drawn from a distribution. ------------------------------------------------------

def leads_in_poland():
    share = {"consent": 40, "nothing": 18, "bulk": 8, "scope": 6, "ticked": 4, "unproved": 2, "expired": 5, "withdrawn": 6,
             "objected": 3, "opted_out": 3, "listed": 3, "erased": 2, "restricted": 1, "reassigned": 2, "changed": 1}
    for i in range(1000, 2500):
        number, kind = pl(i), dice.pick(share)
        written = number
        if i % 25 == 0:
            written = f"22 300 {i // 100:02} {i % 100:02}"
        lead(written, region="PL" if i % 7 == 0 else "", party="business" if i % 9 == 0 else "", note=f"warsaw-{i % 4}")
        if kind in ("consent", "expired", "withdrawn", "objected", "opted_out", "listed", "erased", "restricted",
                    "reassigned", "changed"):
            consent(number, day(1, 5), **({"expires_at": "2026-10-01T00:00:00Z"} if kind == "expired" else {}))
        later = day(6, 5)
        if kind == "bulk":
            bulk_consent(number, day(1, 9), ["own-offers", "partner-offers"], ["live_call", "sms"])
        elif kind == "scope":
            consent(number, day(), purposes=["partner-offers"], channels=["live_call", "sms"])
        elif kind == "ticked":
            consent(number, day(1, 9, 2025), text="web-2024-ticked")
        elif kind == "unproved":
            consent(number, day(), evidence=False)
        elif kind == "withdrawn":
            record("withdrawal", number, later, via="call")
        elif kind == "objected":
            record("objection", number, later, scope="marketing")
        elif kind == "opted_out":
            record("opt_out", number, later, via="call")
        elif kind == "listed":
            lists["acme-dnc"].append([number, later[:10], ""])
        elif kind == "erased":
            record("erasure", number, later)
        elif kind == "restricted":
            record("restriction", number, later)
        elif kind == "reassigned":
            record("reassigned", number, later, controller=None)
        elif kind == "changed":
            lists["changed-hands"].append([number, later[:10]])
        if i % 10 == 0:
            record("notice", number, day(1, 5), version="2026-01")


def leads_in_britain():
    share = {"clean": 50, "tps": 22, "ctps": 6, "over": 6, "withdrawn": 4, "objected": 3, "genesys": 5, "litigator": 1}
    numbers = [gb(60100 + i) for i in range(500)] + [mobile(i) for i in range(400)]
    for i, number in enumerate(numbers):
        kind = dice.pick(share)
        written = f"+44 20 {number[5:9]} {number[9:]}" if number.startswith("+4420") and i % 20 == 0 else number
        party = "business" if kind == "ctps" else ["individual", "", "individual"][i % 3]
        lead(written, party=party, line="mobile" if number.startswith("+447") else "", note=f"britain-{i % 3}")
        if kind in ("tps", "over"):
            lists["gb-tps"].append(number)
        if kind == "ctps":
            lists["gb-ctps"].append(number)
        if kind == "over":
            consent(number, day())
        elif kind == "withdrawn":
            record("withdrawal", number, day())
        elif kind == "objected":
            record("objection", number, day(), scope="marketing")
        elif kind == "genesys":
            lists["acme-genesys"].append([number, "2027-11-01T00:00Z" if i % 2 else ""])
        elif kind == "litigator":
            lists["litigators"].append(number)


def leads_in_the_united_states():
    share = {"clean": 50, "listed": 24, "purchase": 6, "inquiry": 3, "opted_out": 4, "litigator": 1, "attempted": 6}
    states = {"IL": [312, 773, 217], "NY": [212, 718, 716], "OH": [614, 216], "WI": [414, 608], "MT": [406], "NE": [402],
              "AR": [501], "SC": [803]}
    for state, areas in states.items():
        for area in areas:
            for i in range(20, 78):
                number, kind = us(area, i), dice.pick(share)
                lead(number, region=f"US-{state}" if i % 3 else "", party="individual" if i % 4 else "",
                     time_zone="Nowhere/Else" if i == 77 and area in (312, 414) else "", note=f"us-{state.lower()}")
                if kind in ("listed", "purchase", "inquiry"):
                    if area != 216:
                        lists["us-ndnc"].append(number)
                if kind == "purchase":
                    record("relationship", number, day(), kind="purchase")
                elif kind == "inquiry":
                    record("relationship", number, day(9, 2), kind="inquiry")
                elif kind == "opted_out":
                    record("opt_out", number, day(), via="call")
                elif kind == "litigator":
                    lists["litigators"].append(number)
                elif kind == "attempted":
                    record("attempt", number, day(10, 2)[:7] + f"-{1 + dice.below(20):02}T16:00:00Z", channel="manual_call",
                           purpose="own-offers", outcome="no_answer")


def leads_elsewhere():
    for i in range(8):
        lead(f"+126855501{20 + i}", note="antigua")
    for text in ["112", "999", "n/a", "+4822300", "", "+44207946", "call 5 pm", "+48223001000000000000"]:
        lead(text, note="unreadable")
    for i in range(1000, 1040):
        lead(pl(i), note="a second time")


def shuffle(rows):
    for i in range(len(rows) - 1, 0, -1):
        j = dice.below(i + 1)
        rows[i], rows[j] = rows[j], rows[i]


def other_numbers():
    for i in range(3000, 4200):
        consent(pl(i), day(), controller="beta" if i % 3 else "gamma", purposes=["own-offers"] if i % 3 else ["claims"])
    for i in range(4200, 5000):
        bulk_consent(pl(i), day(), ["own-offers"], ["live_call"], "2027-12-31T00:00:00Z" if i % 2 else "")
    for i in range(100):
        lists["beta-vicidial"].append(us(518, i))
        lists["us-ndnc"].append(us(716, i)) if i < 20 or i > 77 else None


# --- Files. ------------------------------------------------------------------------------------------------

def write(name, text):
    with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def write_csv(name, header, rows, delimiter=",", end="\n"):
    with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=delimiter, lineterminator=end)
        out.writerow(header)
        out.writerows(rows)


def tps_line(number):
    national = "0" + number[3:]
    code, rest = (national[:4], national[4:]) if national.startswith("02") else (national[:5], national[5:])
    return f"{code:<5}{rest:>7}\r\n"


def main():
    for part in (questions_in_poland, questions_of_the_house, questions_in_britain, questions_in_the_united_states, questions_elsewhere,
                 leads_in_poland, leads_in_britain, leads_in_the_united_states, leads_elsewhere, other_numbers):
        part()
    shuffle(leads)
    os.makedirs(os.path.join(HERE, "lists"), exist_ok=True)
    ndnc = sorted(set(lists["us-ndnc"]))
    write("lists/us-ndnc.txt", "".join(f"{n[2:5]},{n[5:]}\n" for n in ndnc))
    write("lists/gb-tps.txt", "".join(tps_line(n) for n in sorted(set(lists["gb-tps"]))))
    write("lists/gb-ctps.txt", "".join(f"0{n[3:]}\n" for n in sorted(set(lists["gb-ctps"]))))
    write_csv("lists/acme-dnc.csv", ["phone", "date", "expires"], lists["acme-dnc"])
    write_csv("lists/acme-genesys.csv", ["Phone", "Expires"], lists["acme-genesys"])
    write("lists/beta-vicidial.txt", "".join(f"{n[2:]}\n" for n in lists["beta-vicidial"]) + "701XXXXXXX\n")
    write("lists/litigators.txt", "".join(f"{n}\n" for n in sorted(set(lists["litigators"]))))
    write("lists/test-ranges.txt", "+48223009900,+48223009999\n+4477009009*\n")
    write_csv("lists/changed-hands.csv", ["number", "disconnected"], lists["changed-hands"])
    write("records.jsonl", "".join(json.dumps(r, separators=(",", ":")) + "\n" for r in records))
    write_csv("consents.csv", list(bulk[0]), [list(r.values()) for r in bulk])
    write_csv("leads.csv", ["id", "number", "region", "time_zone", "party", "line", "note"], leads)
    write_csv("questions.tsv", ["number", "purpose", "channel", "controller", "at", "region", "party", "line", "time_zone",
                                "verdict", "reason", "note"], questions, "\t")


if __name__ == "__main__":
    main()
