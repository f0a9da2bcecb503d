# SPDX-License-Identifier: BSD-2-Clause
"""The table, the plot and the verdicts of the benchmark."""

import re
from dataclasses import dataclass
from typing import Optional

from machine import ROOT
from plot import draw
from results import Result, Results

MIB = 1024 * 1024
KIB = 1024

PAGE_FILE = ROOT / "docs/performance.md"
PLOT_FILE = ROOT / "docs/performance.svg"

# What must hold.
MOST_OF_FLOOR = 1.02
FLOOR_MATTERS_FROM = 8 * MIB
MOST_OF_UNIQUE = 1.01
MOST_OFF_LINE = 0.05
MOST_IMAGE = 192 * KIB
MOST_OF_SEAL = 2.5
MOST_SEAL_READS = 64 * KIB
INSTRUCTIONS_A_TICK = 16
PEERS = {"muster": ["xen", "grub"], "muster-u-boot": ["u-boot"]}


@dataclass(frozen=True)
class Verdict:
    """Whether one thing that must hold does, and the figures that say so."""
    holds: bool
    text: str


def ratio(results: Results, result: Result) -> Optional[float]:
    """Ticks relative to the reference on the same firmware: the floor, or U-Boot's script."""
    reference = results.find(result.scenario, "floor" if result.firmware == "edk2" else "u-boot")
    return result.ticks / reference.ticks if reference else None


def row(results: Results, result: Result) -> str:
    """One line of the table."""
    relative = ratio(results, result)
    wall, least, most = result.wall
    usage = result.usage
    cells = [
        result.contender_title,
        f"{result.ticks / 1e6:.3f}",
        f"{relative:.3f}" if relative else "–",
        f"{result.spread * 100:.1f} %",
        f"{usage.ticks_to_exit / 1e6:.3f}" if usage else "–",
        f"{result.read_bytes / MIB:.2f}",
        f"{result.read_bytes / result.unique_bytes:.3f}",
        f"{result.requests:.0f}",
        f"{usage.pages_peak}" if usage else "–",
        f"{usage.characters}" if usage else "–",
        f"{wall:.0f} ({least:.0f}–{most:.0f})",
    ]
    return "| " + " | ".join(cells) + " |"


HEADER = """\
| Loader | Mticks | relative | spread | before Xen | MiB read | of unique | requests | pages \
| characters | wall ms |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


def table(results: Results) -> str:
    """All figures, one table a scenario."""
    parts = []
    for scenario in results.scenarios():
        rows = results.of(scenario)
        parts.append(f"**{rows[0].title}** ({rows[0].payload_bytes / MIB:.1f} MiB of binaries)\n\n"
                     + HEADER + "\n" + "\n".join(row(results, result) for result in rows))
    return "\n\n".join(parts)


def floor_verdicts(results: Results) -> list[Verdict]:
    """Muster against the floor."""
    verdicts = []
    for scenario in results.scenarios():
        muster, floor = results.find(scenario, "muster"), results.find(scenario, "floor")
        if muster.payload_bytes >= FLOOR_MATTERS_FROM:
            times = muster.ticks / floor.ticks
            verdicts.append(Verdict(times <= MOST_OF_FLOOR,
                                    f"{scenario}: {times:.3f} times the floor's ticks "
                                    f"(at most {MOST_OF_FLOOR})"))
    return verdicts


def peer_verdicts(results: Results) -> list[Verdict]:
    """Muster against what people use today."""
    verdicts = []
    for scenario in results.scenarios():
        for ours, peers in PEERS.items():
            muster = results.find(scenario, ours)
            for peer in filter(None, (results.find(scenario, name) for name in peers)):
                times = muster.ticks / peer.ticks
                verdicts.append(Verdict(times <= 1, f"{scenario}: {times:.3f} times the ticks of "
                                                    f"{peer.contender_title} (at most 1)"))
    return verdicts


def bytes_verdicts(results: Results) -> list[Verdict]:
    """What is read, against what there is to read."""
    verdicts = []
    for result in results.results:
        if result.contender in PEERS and not result.is_growth:
            times = result.read_bytes / result.unique_bytes
            verdicts.append(Verdict(times <= MOST_OF_UNIQUE,
                                    f"{result.scenario}, {result.contender_title}: reads "
                                    f"{times:.4f} times its unique files (at most "
                                    f"{MOST_OF_UNIQUE})"))
    return verdicts


def seal_verdicts(results: Results) -> list[Verdict]:
    """What a seal costs, in instructions for each byte that it covers, and in bytes."""
    verdicts = []
    for scenario in results.scenarios():
        plain, sealed = (results.find(scenario, name) for name in ("muster", "muster-sealed"))
        if plain is None or sealed is None:
            continue
        cost = (sealed.ticks - plain.ticks) * INSTRUCTIONS_A_TICK / plain.unique_bytes
        more = sealed.read_bytes - plain.read_bytes
        verdicts += [Verdict(cost <= MOST_OF_SEAL,
                             f"{scenario}: a seal takes {cost:.2f} instructions a byte (at most "
                             f"{MOST_OF_SEAL})"),
                     Verdict(abs(more) <= MOST_SEAL_READS,
                             f"{scenario}: a seal reads {more / KIB:+.1f} KiB (at most "
                             f"{MOST_SEAL_READS // KIB})")]
    return verdicts


def off_line(points: list[tuple[float, float]]) -> float:
    """How far the farthest point is from the line of least squares, as a part of its value."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    slope = (sum((x - mean_x) * (y - mean_y) for x, y in points)
             / sum((x - mean_x) ** 2 for x, _ in points))
    return max(abs(mean_y + slope * (x - mean_x) - y) / y for x, y in points)


def line_verdicts(results: Results) -> list[Verdict]:
    """Whether Muster's own part, up to the start of Xen, grows linearly."""
    verdicts = []
    for prefix, unit in (("ramdisk", "bytes"), ("modules", "modules")):
        series = results.series(prefix, "muster")
        if len(series) >= 3:
            off = off_line([(point.growth, point.usage.ticks_to_xen) for point in series])
            verdicts.append(Verdict(off <= MOST_OFF_LINE,
                                    f"cost is linear in {unit}: {off * 100:.1f} % off the line "
                                    f"(at most {MOST_OFF_LINE * 100:.0f} %)"))
    return verdicts


def verdicts(results: Results) -> list[Verdict]:
    """Everything that must hold."""
    size = next(result.image_bytes for result in results.results if result.contender == "muster")
    return [*floor_verdicts(results), *peer_verdicts(results), *bytes_verdicts(results),
            *line_verdicts(results), *seal_verdicts(results),
            Verdict(size <= MOST_IMAGE, f"musteraa64.efi has {size} bytes (at most {MOST_IMAGE})")]


def list_verdicts(held: list[Verdict]) -> str:
    """What holds and what does not, as a list for the page."""
    return "\n".join(f"- {'holds' if verdict.holds else '**falls short**'}: {verdict.text}"
                     for verdict in held)


def put(part: str, figures: str) -> None:
    """Put figures into the page about performance, between the two comments that name the part."""
    text = PAGE_FILE.read_text()
    before, begin, rest = re.split(f"(<!-- {part}: .* -->\n)", text)
    _, end, after = rest.partition(f"<!-- end of {part} -->")
    PAGE_FILE.write_text(f"{before}{begin}\n{figures}\n\n{end}{after}")


def publish(results: Results) -> None:
    """Put the figures into the page about performance, and draw its plot."""
    about = results.host
    runs = len(results.results[0].runs)
    held = list_verdicts(verdicts(results))
    put("figures", f"Muster at {about['commit']}, Xen {about['xen']}, {about['qemu']}; {runs} runs, "
                   f"medians.\n\n{table(results)}\n\n### What must hold\n\n{held}")
    PLOT_FILE.write_text(draw(results))
