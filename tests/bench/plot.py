# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark's plot: bars of guest time in each scenario, and lines of how the cost grows."""

from html import escape

from measure import COUNTER_HZ
from results import Result, Results

COLOURS = {"floor": "#9aa0a6", "muster": "#1a73e8", "xen": "#e8710a", "grub": "#9334e6",
           "muster-u-boot": "#669df6", "u-boot": "#188038"}
WIDTH = 900
LABEL_WIDTH = 250
BAR_WIDTH = 520
BAR = 14
GAP = 14
LINE_HEIGHT = 220
MARGIN = 20


def text(x: float, y: float, content: str, extra: str = "") -> str:
    """One piece of text."""
    return f'<text x="{x:.0f}" y="{y:.0f}" {extra}>{escape(content)}</text>'


def gap(x: float, y: float) -> str:
    """Two slanted strokes through a bar that would be longer."""
    return "".join(f'<path d="M{x + offset:.1f},{y + BAR:.0f}l6,-{BAR + 2}" fill="none" '
                   'stroke="white" stroke-width="3"/>' for offset in (0, 8))


def bar(result: Result, y: float, longest: float) -> str:
    """One bar; one that is longer than the plot ends at its edge, with a gap in it."""
    milliseconds = result.milliseconds
    width = min(milliseconds, longest) / longest * BAR_WIDTH
    return (text(LABEL_WIDTH - 8, y + BAR - 3, result.contender_title, 'text-anchor="end"')
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
        parts.append(text(MARGIN, y + 12, rows[0].title, 'font-weight="bold"'))
        y += BAR + 6
        for row in rows:
            parts.append(bar(row, y, longest))
            y += BAR
        y += GAP
    return parts, y


def line(series: list[Result], x: float, y: float, width: float, most: tuple[float, float]) -> str:
    """One line of points; the axes start at zero."""
    points = [(x + result.growth / most[0] * width,
               y + LINE_HEIGHT - result.usage.ticks_to_xen / most[1] * LINE_HEIGHT)
              for result in series]
    colour = COLOURS[series[0].contender]
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    dots = "".join(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>'
                   for px, py in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def panel(results: Results, prefix: str, unit: str, x: float, y: float, width: float) -> list[str]:
    """The growth of the part before Xen, for the floor and Muster."""
    both = [series for series in (results.series(prefix, name) for name in ("floor", "muster"))
            if len(series) > 1]
    if not both:
        return []
    points = [result for series in both for result in series]
    most = (max(result.growth for result in points),
            max(result.usage.ticks_to_xen for result in points))
    milliseconds = most[1] * 1000 / COUNTER_HZ
    return [text(x, y - 8, f"ms up to the start of Xen, by {unit}", 'font-weight="bold"'),
            f'<path d="M{x},{y}v{LINE_HEIGHT}h{width}" fill="none" stroke="#5f6368"/>',
            text(x + 4, y + 12, f"{milliseconds:.1f} ms"),
            text(x + width, y + LINE_HEIGHT + 16, f"{most[0]:.0f}", 'text-anchor="end"'),
            *(line(series, x, y, width, most) for series in both)]


def draw(results: Results) -> str:
    """The whole plot as SVG."""
    parts, y = bars(results, 40)
    y += 30
    half = WIDTH / 2 - 2 * MARGIN
    panels = (panel(results, "ramdisk", "MiB of ramdisk", MARGIN, y, half)
              + panel(results, "modules", "modules", WIDTH / 2 + MARGIN, y, half))
    height = y + (LINE_HEIGHT + 40 if panels else 0)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
            f'viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif" font-size="11">\n'
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="white"/>\n'
            + text(MARGIN, 24, "From the loader's start to Xen's first line (guest time)",
                   'font-size="15"') + "\n" + "\n".join(parts + panels) + "\n</svg>\n")
