"""A few shapes of SVG, readable on light and dark pages alike.

Colours are classes, so that one picture serves both: an opaque card follows the reader's scheme, and what does not know
schemes shows the light one.
"""

from html import escape

LIGHT = {
    "card": "fill:#ffffff;stroke:#d0d7de",
    "text": "fill:#1f2328",
    "faint": "fill:#59636e",
    "grid": "stroke:#e4e8ec",
    "axis": "stroke:#8c959f",
    "ours": "#0a5fd0",
    "ours2": "#0a7f5a",
    "a": "#b35900",
    "b": "#8250df",
    "c": "#9a6700",
    "d": "#57606a",
    "e": "#bf3989",
    "limit": "#6e7781",
    "bar": "#afb8c1",
    "mark": "#cf222e",
}
DARK = {
    "card": "fill:#0d1117;stroke:#30363d",
    "text": "fill:#e6edf3",
    "faint": "fill:#9198a1",
    "grid": "stroke:#21262d",
    "axis": "stroke:#656c76",
    "ours": "#58a6ff",
    "ours2": "#3fb950",
    "a": "#f0883e",
    "b": "#bc8cff",
    "c": "#d4a72c",
    "d": "#9198a1",
    "e": "#ff7bc5",
    "limit": "#8b949e",
    "bar": "#57606a",
    "mark": "#ff7b72",
}


def _rules(scheme):
    rules = []
    for name, value in scheme.items():
        if ":" in value:
            rules.append(f".{name}{{{value}}}")
        else:
            rules.append(f".s-{name}{{stroke:{value}}}.f-{name}{{fill:{value}}}")
    return "".join(rules)


def _style():
    return (
        "text{font:13px -apple-system,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif}"
        ".title{font-size:17px;font-weight:600}.head{font-weight:600}.small{font-size:11.5px}"
        ".line{fill:none;stroke-width:2.2;stroke-linejoin:round}.dash{stroke-dasharray:5 4;stroke-width:1.6}"
        + _rules(LIGHT)
        + "@media(prefers-color-scheme:dark){"
        + _rules(DARK)
        + "}"
    )


class Picture:
    """A card of so many units, with a title and a description for who does not see it."""

    def __init__(self, width, height, title, description):
        self.size = (width, height)
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(description)}</desc>',
            f"<style>{_style()}</style>",
            f'<rect class="card" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        ]

    def text(self, x, y, words, classes="text", anchor="start"):
        self.parts.append(
            f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def line(self, x1, y1, x2, y2, classes):
        self.parts.append(f'<line class="{classes}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def path(self, points, classes):
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline class="line {classes}" points="{joined}"/>')

    def dot(self, x, y, classes, told):
        self.parts.append(
            f'<circle class="{classes}" cx="{x:.1f}" cy="{y:.1f}" r="3.6"><title>{escape(told)}</title></circle>'
        )

    def bar(self, x, y, width, height, classes, told):
        self.parts.append(
            f'<rect class="{classes}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 1.0):.1f}" height="{height}" rx="2">'
            f"<title>{escape(told)}</title></rect>"
        )

    def done(self):
        return "\n".join([*self.parts, "</svg>", ""])
