#!/usr/bin/env python3
"""Writes the public-holiday calendars in calendars/ beside this file from published data.

    python3 -m venv target/calendars && target/calendars/bin/pip install holidays==0.109
    target/calendars/bin/python src/rules/calendars.py

Running it twice gives identical files. What a calendar holds is said by its note, in its file's head.
src/rules/calendars/NOTICE has the licence of the source.
"""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import holidays
from holidays import country_holidays

VERSION = "0.109"
FROM, TO = date(2024, 1, 1), date(2033, 1, 1)
YEARS = range(FROM.year, TO.year)
OUT = Path(__file__).parent / "calendars"
DAY = timedelta(days=1)

US_STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY "
    "OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY"
).split()
AU_STATES = "ACT NSW NT QLD SA TAS VIC WA".split()
# Barcelona, a city, is left out.
ES_REGIONS = "AN AR AS CB CE CL CM CN CT EX GA IB MC MD ML NC PV RI VC".split()
# The Spanish regions name their days year by year; the source has checked them up to here.
ES_CHECKED = 2026
ES_PATTERN = range(2015, ES_CHECKED + 1)


def days(country, subdivision=None, years=YEARS, **options):
    """Day -> name, observed and substitute days included."""
    return dict(country_holidays(country, subdiv=subdivision, years=years, language="en_US", **options))


def joined(*parts):
    """The union; the first name that a day is given stays."""
    union = {}
    for part in parts:
        for day, name in part.items():
            union.setdefault(day, name)
    return union


def france():
    found = days("FR")
    for year in YEARS:
        if sum(day.year == year for day in found) != 11:
            raise SystemExit(f"FR {year}: C. trav. L3133-1 names eleven days")
    return found


def australia():
    states = [days("AU", state) for state in AU_STATES]
    everywhere = set.intersection(*map(set, states))
    return joined(days("AU"), {day: states[0][day] for day in everywhere})


def spain():
    regions = [days("ES", region) for region in ES_REGIONS]
    found = joined(days("ES"), *regions)
    # From then on also each day of the year that some region keeps, and the Monday after every Sunday: which
    # region moves which is not told in advance. Days by the moon may fall on either side.
    seen = defaultdict(set)
    for region in ES_REGIONS:
        for day, names in days("ES", region, ES_PATTERN).items():
            for name in names.split("; "):
                seen[name].add(day)
    for name, kept in seen.items():
        dates = {(day.month, day.day) for day in kept}
        if len(dates) == 1 and len(kept) > 1 and "following" not in name:
            (month, of_month) = dates.pop()
            for year in range(ES_CHECKED + 1, TO.year):
                found.setdefault(date(year, month, of_month), name)
    for day, name in sorted(found.items()):
        if day.year <= ES_CHECKED:
            continue
        if day.weekday() == 6:
            found.setdefault(day + DAY, f"Monday following {name}")
        if "estimated" in name:
            found.setdefault(day - DAY, name)
            found.setdefault(day + DAY, name)
    return found


def italy():
    return joined(days("IT"), days("IT", "BZ"))


def federal():
    return joined(days("US", categories=("government",)), days("US"))


def state(code):
    return joined(federal(), days("US", code))


def unlisted():
    return joined(federal(), *(days("US", code) for code in US_STATES))


US_NOTE = (
    "Federal holidays and {}, observed days included.\n"
    "Days on which the President closed the offices are among them. What the state's telephone law calls a legal\n"
    "holiday was not researched."
)
CALENDARS = {
    "AU": (australia, "The national public holidays, and substitute days that every state and territory keeps."),
    "ES": (
        spain,
        "National and all regional public holidays, Ceuta and Melilla included; local feasts left out. The regions\n"
        f"announce their days each autumn and the source has checked them to the end of {ES_CHECKED}; later years have\n"
        "beside its projection every day of the year that some region kept twice since 2015, the Monday after each\n"
        "Sunday, and both neighbours of an estimated Islamic day.",
    ),
    "FR": (france, "The eleven days of C. trav. L3133-1, without those of Alsace-Moselle and overseas."),
    "IT": (
        italy,
        "National public holidays and Whit Monday in the province of Bolzano; the patron saint's day of each city is\n"
        "municipal and left out.",
    ),
    "US-AL": (lambda: state("AL"), US_NOTE.format("those of Alabama")),
    "US-LA": (lambda: state("LA"), US_NOTE.format("those of Louisiana")),
    "US-PA": (lambda: state("PA"), US_NOTE.format("those of Pennsylvania")),
    "US-RI": (lambda: state("RI"), US_NOTE.format("those of Rhode Island")),
    "US-UT": (lambda: state("UT"), US_NOTE.format("those of Utah")),
    "US-UNLISTED": (unlisted, US_NOTE.format("those of every state and the District of Columbia")),
}


def text(code, found, note):
    by_name = defaultdict(list)
    for day, name in sorted(found.items()):
        if FROM <= day < TO:
            by_name[name.split("; ")[0]].append(day)
    lines = [f"# {line}" for line in note.split("\n")]
    lines += [f"# Made by calendars.py from the Python package `holidays` {VERSION} (MIT, see NOTICE)."]
    lines += [f"code: {code}", f"source: Python package holidays {VERSION}", f"from: {FROM}", f"to: {TO}", ""]
    for name, dates in sorted(by_name.items(), key=lambda item: item[1]):
        lines.append(f"{name.replace(':', '')}: {' '.join(map(str, dates))}")
    return "\n".join(lines) + "\n"


def main():
    if holidays.__version__ != VERSION:
        raise SystemExit(f"expected holidays {VERSION}, found {holidays.__version__}")
    texts = {code: text(code, make(), note) for code, (make, note) in CALENDARS.items()}
    OUT.mkdir(exist_ok=True)
    for code, content in texts.items():
        (OUT / f"{code.lower()}.txt").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
