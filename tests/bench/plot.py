# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark's plot: bars of guest time in each scenario, and lines of how the cost grows."""

from dataclasses import dataclass
from html import escape
from math import floor, log10

from measure import COUNTER_HZ
from results import Result, Results

# Light enough for a dark page and dark enough for a light one.
COLOURS = {"floor": "#9aa0a6", "muster": "#1a73e8", "muster-sealed": "#12b5cb", "xen": "#e8710a", "grub": "#9334e6",
           "muster-u-boot": "#669df6", "u-boot": "#2da44e"}
STYLE = """<style>
text { font-family: system-ui, sans-serif; font-size: 11px; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.head { font-weight: 600; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.page { fill: #ffffff; }
.gap { fill: none; stroke: #ffffff; stroke-width: 3; }
.axis { fill: none; stroke: #818b98; }
.grid { fill: none; stroke: #d1d9e0; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.page { fill: #0d1117; }
.gap { stroke: #0d1117; }
.grid { stroke: #3d444d; }
}
</style>
"""
WIDTH = 900
LABEL_WIDTH = 250
BAR_WIDTH = 520
BAR = 14
GAP = 14
LINE_HEIGHT = 220
MARGIN = 20


def text(x: float, y: float, content: str, style: str = "") -> str:
    """One piece of text."""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{style}">{escape(content)}</text>'


def gap(x: float, y: float) -> str:
    """Two slanted strokes through a bar that would be longer."""
    return "".join(f'<path d="M{x + offset:.1f},{y + BAR:.0f}l6,-{BAR + 2}" '
                   'class="gap"/>' for offset in (0, 8))


def bar(result: Result, y: float, longest: float) -> str:
    """One bar; one that is longer than the plot ends at its edge, with a gap in it."""
    milliseconds = result.milliseconds
    width = min(milliseconds, longest) / longest * BAR_WIDTH
    return (text(LABEL_WIDTH - 8, y + BAR - 3, result.contender_title, "end")
            + f'<rect x="{LABEL_WIDTH}" y="{y:.0f}" width="{width:.1f}" height="{BAR - 2}" '
              f'fill="{COLOURS[result.contender]}"/>'
            + (gap(LABEL_WIDTH + width - 40, y) if milliseconds > longest else "")
            + text(LABEL_WIDTH + width + 6, y + BAR - 3, f"{milliseconds:.1f} ms"))


def bars(results: Results, y: float) -> tuple[list[str], float]:
    """The bars of all scenarios, each scenario to its own scale; returns where they end."""
    parts = []
    for scenario in results.scenarios():
        rows = results.of(scenario)
        # What takes several times as long as the floor would hide how the others differ.
        longest = max(row.milliseconds for row in rows
                      if row.milliseconds < 3 * rows[0].milliseconds)
        parts.append(text(MARGIN, y + 12, rows[0].title, "head"))
        y += BAR + 6
        for row in rows:
            parts.append(bar(row, y, longest))
            y += BAR
        y += GAP
    return parts, y


def ticks(most: float) -> list[float]:
    """Round figures from 0 to `most`, four to nine of them."""
    step = 10 ** floor(log10(most))
    while most / step < 4:
        step /= 2 if str(step).strip("0.")[:1] != "5" else 2.5
    return [step * index for index in range(int(most / step) + 1)]


@dataclass
class Panel:
    """A part of the plot with axes that start at zero."""
    x: float
    y: float
    width: float
    most_x: float
    most_y: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is."""
        return (self.x + x / self.most_x * self.width,
                self.y + LINE_HEIGHT - y / self.most_y * LINE_HEIGHT)

    def axes(self) -> list[str]:
        """Lines and figures of both axes."""
        parts = []
        for value in ticks(self.most_y):
            _, y = self.at(0, value)
            parts += [f'<path d="M{self.x},{y:.1f}h{self.width}" class="grid"/>',
                      text(self.x - 6, y + 4, f"{value:g}", "end")]
        for value in ticks(self.most_x):
            x, _ = self.at(value, 0)
            parts += [f'<path d="M{x:.1f},{self.y + LINE_HEIGHT}v4" class="axis"/>',
                      text(x, self.y + LINE_HEIGHT + 16, f"{value:g}", "middle")]
        return parts + [f'<path d="M{self.x},{self.y}v{LINE_HEIGHT}h{self.width}" class="axis"/>']

    def line(self, series: list[Result]) -> str:
        """One line of points."""
        points = [self.at(result.growth, before_xen(result)) for result in series]
        colour = COLOURS[series[0].contender]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
                       for x, y in points)
        return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'

    def legend(self, lines: list[list[Result]]) -> list[str]:
        """Which line is whose."""
        parts = []
        for index, series in enumerate(lines):
            y = self.y + 8 + 16 * index
            parts += [f'<rect x="{self.x + 10}" y="{y}" width="14" height="4" '
                      f'fill="{COLOURS[series[0].contender]}"/>',
                      text(self.x + 30, y + 6, series[0].contender_title)]
        return parts


def before_xen(result: Result) -> float:
    """Milliseconds up to the start of Xen."""
    return result.usage.ticks_to_xen * 1000 / COUNTER_HZ


def panel(results: Results, prefix: str, unit: str, x: float, y: float, width: float) -> list[str]:
    """The growth of the part before Xen, for the floor and Muster."""
    both = [series for series in (results.series(prefix, name) for name in ("floor", "muster"))
            if len(series) > 1]
    if not both:
        return []
    points = [result for series in both for result in series]
    frame = Panel(x + 24, y, width - 24, max(result.growth for result in points),
                  max(before_xen(result) for result in points))
    return [text(x, y - 12, f"ms up to the start of Xen, by {unit}", "head"), *frame.axes(),
            *(frame.line(series) for series in both), *frame.legend(both)]


def draw(results: Results) -> str:
    """The whole plot as SVG."""
    parts, y = bars(results, 40)
    y += 30
    half = WIDTH / 2 - 2 * MARGIN
    panels = (panel(results, "ramdisk", "MiB of ramdisk", MARGIN, y, half)
              + panel(results, "modules", "modules", WIDTH / 2 + MARGIN, y, half))
    height = y + (LINE_HEIGHT + 40 if panels else 0)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
            f'viewBox="0 0 {WIDTH} {height:.0f}">\n{STYLE}'
            f'<rect width="{WIDTH}" height="{height:.0f}" class="page"/>\n'
            + text(MARGIN, 24, "From the loader's start to Xen's first line (guest time)", "title")
            + "\n" + "\n".join(parts + panels) + "\n</svg>\n")
