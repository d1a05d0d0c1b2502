#!/usr/bin/env python3
"""Draws benches/ns.svg, benches/bytes.svg and benches/peers.svg from the lines in benches/results.

    python3 benches/report/report.py

needs Python 3.9 or later and nothing else. What the lines hold is written in benches/README.md.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from charts import SIZES, Panel, around, bars, figure, millions, tick, times
from svg import Picture

BENCHES = Path(__file__).resolve().parent.parent


def main():
    check, peers, decisions = read("check"), read("peers"), read("decision")
    if not peers:
        sys.exit(f"no lines about peers in {BENCHES / 'results'}: run benches/peers/run first")
    for name, picture in (
        ("ns", over_sizes(check, peers)),
        ("bytes", bytes_over_sizes(check, peers)),
        ("peers", beside_peers(peers, decisions)),
    ):
        path = BENCHES / f"{name}.svg"
        path.write_text(picture.done(), encoding="utf-8")
        print(path)


def read(what):
    """The lines about one thing by size, peer, malloc and figure; the last of several counts."""
    found = {}
    for path in sorted((BENCHES / "results").glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                key = (row["n"], row.get("peer", ""), row.get("malloc", "default"), row["figure"])
                if row["what"] == what and row.get("threads", 1) == 1:
                    found[key] = row
            except (ValueError, KeyError, TypeError) as error:
                sys.exit(f"{path}:{number}: expected an object with what, n and figure: {error!r}")
    return found


def curve(rows, peer, malloc, fig, value=lambda row: row["ns"]):
    """A curve over the sizes that the pictures have room for."""
    points = [(key[0], value(row)) for key, row in rows.items() if key[1:] == (peer, malloc, fig)]
    return sorted((n, v) for n, v in points if SIZES[0] <= n <= SIZES[-1])


def origin(*tables):
    """Machine and dates, as the lines tell them."""
    rows = [row for table in tables for row in table.values()]
    machines = {row["machine"].removesuffix(", shared with other work").removesuffix(", KVM") for row in rows}
    dates = sorted({row["date"] for row in rows})
    return "; ".join(sorted(machines)) + " · " + (dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}")


def over_sizes(check, peers):
    """Time a number over the size, singly and in batches."""
    title = f"What a look-up {'and a decision cost' if check else 'costs'}, by the size of the index"
    halves = [
        ("one at a time", "single_fenced", "single_fenced", "R", "r", "one dependent read"),
        ("in batches", "batch", "screen", "P", "p", "one prefetched read"),
    ]
    told = []
    picture = Picture(1030, 470, title, "")
    picture.text(24, 34, title, "text title")
    words = "n suppressed numbers and n/2 consents (50 M at 250 M); random numbers, half of them known; one thread; lower is better"
    picture.text(24, 54, words, "faint small")
    for half, (heading, look_up, decision, limit, limit_key, limit_words) in enumerate(halves):
        curves = [
            ("dialgate, decision", "ours2", False, curve(check, "", "default", decision)),
            ("dialgate, look-up", "ours", False, curve(peers, "dialgate", "default", look_up)),
            ("hashbrown", "a", False, curve(peers, "hashbrown", "default", look_up)),
            ("hashbrown, huge pages", "b", False, curve(peers, "hashbrown", "thp", look_up)),
            (f"{limit}, {limit_words}", "limit", True, curve(peers, limit, "default", look_up) if not any(k[3] == limit_key for k in check) else curve(check, "", "default", limit_key)),
        ]
        values = [value for *_, points in curves for _, value in points]
        panel = Panel(picture, (62 + half * 510, 100, 272, 300), heading, around(values), tick, True)
        panel.curves(curves, figure)
        told.append(heading + ": " + "; ".join(f"{name} " + ", ".join(f"{figure(v)} at {millions(n)}" for n, v in points) for name, _, _, points in curves if points))
    picture.text(24, 452, origin(check, peers), "faint small")
    describe(picture, told)
    return picture


def bytes_over_sizes(check, peers):
    """Bytes a number over the size."""
    title = "Memory, in bytes a known number, by the size of the index"
    picture = Picture(760, 450, title, "")
    picture.text(24, 34, title, "text title")
    picture.text(24, 54, "all bytes over n suppressed numbers and n/2 consents (50 M at 250 M), each with its lists, or its consent and second; lower is better", "faint small")
    each = lambda row: row["bytes"] / (row["n"] + row["consents"])
    whole = curve(check, "", "default", "bytes", each)
    curves = [("dialgate, with histories", "ours2", False, whole)]
    for name, colour in (("dialgate", "ours"), ("hashbrown", "a"), ("sorted vector", "c"), ("fst", "e"), ("roaring", "d")):
        label = "roaring (membership only)" if name == "roaring" else name
        curves.append((label, colour, name == "roaring", curve(peers, name, "default", "single_fenced", each)))
    top = max(value for *_, points in curves for _, value in points)
    words = lambda value: f"{value:.1f} B"
    panel = Panel(picture, (62, 96, 440, 290), "bytes a number", list(range(0, int(top) + 6, 5)), lambda v: f"{v:g}", False)
    panel.curves(curves, words)
    picture.text(24, 432, origin(check, peers), "faint small")
    describe(picture, [f"{name} " + ", ".join(f"{words(v)} at {millions(n)}" for n, v in points) for name, _, _, points in curves if points])
    return picture


def beside_peers(peers, decisions):
    """Bars: look-ups singly, look-ups in batches, whole decisions."""
    servers = [key[0] for key in peers if key[1] == "Redis"]
    maps = [key[0] for key in peers if key[1] == "hashbrown"]
    size = max(servers) if servers and max(servers) in maps else max(maps)
    title = f"The same questions put to others, at {millions(size)} suppressed numbers and {millions(size / 2)} consents"
    parts = []
    for heading, fig, limit in (
        ("One number, answered before the next is asked", "single_fenced", "R"),
        ("Many numbers at once, time for one", "batch", "P"),
    ):
        rows = []
        for (n, peer, malloc, row_figure), row in peers.items():
            shown = malloc == "default" or peer == "hashbrown"
            if row_figure != fig or peer in ("R", "P") or not shown or n != size:
                continue
            note = "" if row["work"] == "lists and consent" else f"only: {row['work']}"
            name = peer + (", huge pages" if malloc == "thp" else "")
            rows.append((name, note, row["ns"], "" if peer == "dialgate" else times(row["ratio_dialgate"]), "ours" if peer == "dialgate" else "bar"))
        reads = peers.get((size, limit, "default", fig))
        parts.append((heading, sorted(rows, key=lambda row: row[2]), (limit, reads["ns"]) if reads else None))
    if decisions:
        rows = []
        latest = max(key[0] for key in decisions)
        for (n, peer, _, fig), row in decisions.items():
            ours = peer.startswith("dialgate")
            if n == latest:
                note = "finds the facts itself" if ours else "the facts are given"
                name = peer + (", in batches" if fig == "batch" else "")
                rows.append((name, note, row["ns"], "" if peer == "dialgate" and fig != "batch" else times(row["ratio_dialgate"]), "ours" if ours else "bar"))
        parts.append((f"A decision at {millions(round(latest, -5))}: engines judge one rule (suppressed? consent? hour?), dialgate does all it does", sorted(rows, key=lambda row: row[2]), None))
    step = 32
    height = 92 + sum(82 + step * len(rows) for _, rows, _ in parts)
    picture = Picture(860, height, title, "")
    picture.text(24, 34, title, "text title")
    picture.text(24, 54, "logarithmic scale; × is the time over dialgate's in the same rounds; every answer was checked; lower is better", "faint small")
    y, told = 88, []
    for heading, rows, limit in parts:
        picture.text(24, y, heading, "text head")
        bars(picture, (190, y + 30, 520, step), rows, limit)
        y += 82 + step * len(rows)
        told.append(heading + ": " + "; ".join(f"{name} {figure(ns)} {label}".strip() for name, _, ns, label, _ in rows))
    picture.text(24, height - 14, origin(peers, decisions), "faint small")
    describe(picture, told)
    return picture


def describe(picture, told):
    """What the picture shows, in words, for who does not see it."""
    from html import escape

    picture.parts[2] = f'<desc id="desc">{escape(". ".join(told))}.</desc>'


if __name__ == "__main__":
    main()
