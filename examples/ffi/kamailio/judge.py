"""Reads what SIPp saw on both sides of the proxy, and says whether it was right.

    python3 judge.py EXPECTED.csv UAC.log UAS.log dialgate.h

EXPECTED.csv holds each number that was called once and the reason that is due (empty: the call goes through).
"""
import collections
import csv
import re
import sys

# The numbers of the reasons, as in dialgate.h.
CAUSES = {}


def messages(path):
    """The SIP messages of a `-trace_msg` log."""
    with open(path, encoding="utf-8", errors="replace") as log:
        for part in re.split(r"^-{20,}.*$", log.read(), flags=re.MULTILINE):
            found = re.search(r"^(SIP/2\.0 \d+|[A-Z]+ sip:).*", part, flags=re.MULTILINE | re.DOTALL)
            if found:
                yield found.group(0).replace("\r", "")


def called(message):
    """The number in its To header."""
    found = re.search(r"^To:.*?sip:(\+?\d+)@", message, flags=re.MULTILINE)
    return found.group(1) if found else None


def main(expected, uac, uas, header):
    with open(header, encoding="utf-8") as text:
        CAUSES.update((name.lower(), code) for name, code in re.findall(r"DIALGATE_REASON_(\w+) = (\d+)", text.read()))
    with open(expected, encoding="utf-8") as file:
        due = {row["number"]: row["reason"] for row in csv.DictReader(file)}
    wrong = []
    declined, answered = {}, set()
    for message in messages(uac):
        number = called(message)
        if message.startswith("SIP/2.0 603"):
            found = re.search(r"^Reason: (.*)$", message, flags=re.MULTILINE)
            declined[number] = found.group(1) if found else None
        elif message.startswith("SIP/2.0 200") and "INVITE" in re.search(r"^CSeq:.*$", message, flags=re.M).group(0):
            answered.add(number)
    seen = collections.Counter()
    for message in messages(uas):
        if not message.startswith("SIP/2.0"):
            seen[called(message)] += 1
    for number, reason in due.items():
        if reason:
            header_due = f'X.dialgate;cause={CAUSES[reason]};text="{reason}"'
            if declined.get(number) != header_due:
                wrong.append(f"a suppressed number got {declined.get(number)!r} instead of 603 with {header_due!r}")
            if number in answered or seen[number]:
                wrong.append(f"a suppressed number reached the destination ({seen[number]} requests)")
        else:
            if number not in answered or number in declined:
                wrong.append(f"an allowed number did not get through: {declined.get(number)!r}")
            if not seen[number]:
                wrong.append("an allowed number was answered, but not by the destination")
    stray = set(seen) - set(due)
    if stray:
        wrong.append(f"the destination saw {len(stray)} numbers that nobody called")
    suppressed = sum(1 for reason in due.values() if reason)
    for line in wrong[:10]:
        print("WRONG: " + line, file=sys.stderr)
    reached = sum(1 for number, reason in due.items() if reason and seen[number])
    print(f"{len(due)} calls: {len(due) - suppressed} were due to pass, {len(answered)} passed; {suppressed} were due to be "
          f"refused, {len(declined)} got 603 with the reason; the destination saw {reached} of the suppressed; {len(wrong)} wrong")
    sys.exit(1 if wrong or not due or not suppressed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:5])
