#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Systems about which Muster and Xen once disagreed, with what is to come of them.

A line of a case's part "expected" is `XEN: MUSTER, VERDICT` or `XEN: MUSTER, VERDICT: WORDS`: what Muster says at
worst (error, warning, silent), what Xen makes of it (see verdict.py), and a part of Xen's line.

usage: cases.py FILE…    write down what the Xens at hand make of these, and what Muster is to say then
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import muster
import xen
from hardware import ROOT, xen_path
from system import System, read
from verdict import Verdict

CASES = Path(__file__).resolve().parent / "cases"
EXPECTED = "expected"
LINE = re.compile(r"(\S+): (error|warning|silent), (\w+)(?:: (.*))?$")


@dataclass(frozen=True)
class Expected:
    """What is to come of a system with one Xen."""

    xen: str
    muster: str
    verdict: str
    words: str

    def __str__(self) -> str:
        return f"{self.xen}: {self.muster}, {self.verdict}" + (f": {self.words}" if self.words else "")


def expected(system: System) -> list[Expected]:
    """What is to come of a case. Raises ValueError if a line is not understood."""
    found = []
    for line in system.lines(EXPECTED):
        match = LINE.match(line)
        if match is None:
            raise ValueError(f"not understood: {line}")
        found.append(Expected(match[1], match[2], match[3], match[4] or ""))
    return found


def due(answer: muster.Answer, verdict: Verdict) -> str:
    """What Muster has to say of a system of which Xen made this."""
    if not verdict.started:
        return "error"
    if verdict.kind != "well" or answer.kind != "silent":
        return "warning"
    return "silent"


def record(path: Path) -> None:
    """Write down in a case what is to come of it with each Xen that it names, else with Debian's."""
    system = read(path)
    names = [each.xen for each in expected(system)] or ["4.17", "4.20"]
    lines = []
    for name in names:
        directory = ROOT / "build/judge/record"
        answer = muster.ask(system, directory, xen_path(name))
        if answer.plan is None:
            sys.exit(f"{path}: the tree cannot be finished: {answer.lines()}")
        verdict = xen.judge(system, answer.plan, directory, xen_path(name))
        words = re.split(r"0x[0-9a-f]{4,}|\b[0-9a-f]{8,}\b", verdict.line)[0].strip()
        lines.append(str(Expected(name, due(answer, verdict), verdict.kind, words)))
        print(path.name, lines[-1], "" if due(answer, verdict) == answer.kind else f"(says {answer.kind})")
    path.write_text(system.with_lines(EXPECTED, lines).text())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record(Path(name))
