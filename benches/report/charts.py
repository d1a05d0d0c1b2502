"""Curves over the size, and bars on a logarithmic scale."""

from math import log10

SIZES = [1_000_000, 10_000_000, 100_000_000, 250_000_000]


def figure(ns):
    """A time in words."""
    if ns >= 1_000_000:
        return f"{ns / 1_000_000:.3g} ms"
    if ns >= 10_000:
        return f"{ns / 1000:.0f} µs"
    if ns >= 1000:
        return f"{ns / 1000:.1f} µs"
    return f"{ns:.0f} ns" if ns >= 10 else f"{ns:.1f} ns"


def tick(ns):
    """The same for an axis."""
    return f"{ns / 1000:g} µs" if ns >= 1000 else f"{ns:g} ns"


def times(ratio):
    if ratio >= 10:
        return f"{ratio:.0f}×"
    return f"{ratio:.1f}×" if ratio >= 0.1 else f"{ratio:.2f}×"


def around(values):
    """Round values from just below the lowest to just above the highest."""
    steps = [step * 10**decade for decade in range(0, 7) for step in (1, 2, 5)]
    low = max((step for step in steps if step <= min(values)), default=steps[0])
    high = min((step for step in steps if step >= max(values)), default=steps[-1])
    return [step for step in steps if low <= step <= high]


def millions(count):
    return f"{count / 1_000_000:g} M"


class Panel:
    """A field of a picture with a logarithmic axis of sizes below and an axis of values at its left."""

    def __init__(self, picture, box, heading, ticks, words, logarithmic):
        self.picture, self.box, self.logarithmic = picture, box, logarithmic
        left, top, width, height = box
        self.range = (ticks[0], ticks[-1])
        picture.text(left - 38, top - 14, heading, "text head")
        for value in ticks:
            y = self.y(value)
            picture.line(left, y, left + width, y, "grid")
            picture.text(left - 7, y + 4, words(value), "faint small", "end")
        for size in SIZES:
            x = self.x(size)
            picture.line(x, top + height, x, top + height + 4, "axis")
            picture.text(x, top + height + 18, millions(size), "faint small", "middle")
        picture.line(left, top + height, left + width, top + height, "axis")

    def x(self, size):
        low, high = log10(SIZES[0]), log10(SIZES[-1])
        return self.box[0] + 12 + (log10(size) - low) / (high - low) * (self.box[2] - 24)

    def y(self, value):
        low, high = self.range
        if self.logarithmic:
            low, high, value = log10(low), log10(high), log10(max(value, low))
        return self.box[1] + self.box[3] - (value - low) / (high - low) * self.box[3]

    def curves(self, curves, words):
        """Each curve is (name, colour, dashed, [(size, value)]); names stand at the right ends, apart."""
        ends = []
        for name, colour, dashed, points in curves:
            if not points:
                continue
            places = [(self.x(size), self.y(value)) for size, value in points]
            self.picture.path(places, f"s-{colour}" + (" dash" if dashed else ""))
            for (x, y), (size, value) in zip(places, points):
                self.picture.dot(x, y, f"f-{colour}", f"{name}, {millions(size)}: {words(value)}")
            ends.append([places[-1][1], f"{name}: {words(points[-1][1])}", colour, places[-1]])
        ends.sort(key=lambda end: end[0])
        for above, below in zip(ends, ends[1:]):
            below[0] = max(below[0], above[0] + 15)
        overflow = ends[-1][0] - (self.box[1] + self.box[3]) if ends else 0
        if overflow > 0:
            for end in reversed(ends):
                end[0] -= max(overflow, 0)
            for below, above in zip(reversed(ends), list(reversed(ends))[1:]):
                above[0] = min(above[0], below[0] - 15)
        right = self.box[0] + self.box[2]
        for y, label, colour, (x, end) in ends:
            if x < right - 30 or abs(y - end) > 6:
                self.picture.line(x + 5, end, right + 2, y, "grid")
            self.picture.text(right + 6, y + 4, label, f"f-{colour} small")


def bars(picture, box, rows, limit):
    """Horizontal bars: (name, note, ns, label, colour). The limit is (name, ns), a line through all of them, or none."""
    left, top, width, step = box
    lowest = min([ns for _, _, ns, _, _ in rows] + ([limit[1]] if limit else []))
    decades = range(int(log10(lowest / 2) // 1), int(log10(max(ns for _, _, ns, _, _ in rows)) // 1) + 2)
    low, high = decades[0], decades[-1]
    place = lambda ns: left + (log10(ns) - low) / (high - low) * width
    bottom = top + step * len(rows)
    for decade in decades:
        picture.line(place(10**decade), top - 4, place(10**decade), bottom, "grid")
        picture.text(place(10**decade), bottom + 14, tick(10.0**decade), "faint small", "middle")
    for row, (name, note, ns, label, colour) in enumerate(rows):
        y = top + row * step
        middle = y + (step - 8) / 2 + 5
        picture.text(left - 8, middle - (6 if note else 0), name, "text" if colour != "ours" else "text head", "end")
        picture.bar(left, y + 1, place(ns) - left, step - 8, f"f-{colour}", f"{name}: {figure(ns)}, {label}")
        picture.text(place(ns) + 6, middle, f"{figure(ns)} · {label}" if label else figure(ns), "text small")
        if note:
            picture.text(left - 8, middle + 7, note, "faint small", "end")
    if limit:
        x = place(limit[1])
        picture.line(x, top - 4, x, bottom, "s-mark line dash")
        picture.text(x + 4, top - 8, f"{limit[0]} = {figure(limit[1])}", "f-mark small", "middle")
    return bottom + 20
