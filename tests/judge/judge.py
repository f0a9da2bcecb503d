#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes up systems, asks Muster and asks Xen, and shows what they disagree about."""

import argparse
import itertools
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import generate
import muster
import xen
from agreement import Disagreement, compare
from hardware import ROOT, XENS, xen_path
from shrink import shrink
from system import System, read
from verdict import Verdict

WORK = ROOT / "build/judge"


@dataclass(frozen=True)
class Hearing:
    """What was said of a system. Without a verdict it could not be put before Xen."""

    answer: muster.Answer
    verdict: Optional[Verdict]
    disagreement: Optional[Disagreement]


def hear(system: System, path: Path, directory: Path, is_good: bool = False) -> Hearing:
    """Ask Muster and the Xen at `path`. Raises Broken."""
    answer = muster.ask(system, directory, path)
    if answer.plan is None:
        return Hearing(answer, None, None)
    verdict = xen.judge(system, answer.plan, directory, path)
    return Hearing(answer, verdict, compare(answer, verdict, is_good))


def same(kind: str, path: Path, is_good: bool):
    """A function that tells if a system still shows a disagreement of a kind."""
    def holds(system: System) -> bool:
        try:
            heard = hear(system, path, WORK / f"shrink-{os.getpid()}", is_good)
        except muster.Broken:
            return False
        return heard.disagreement is not None and heard.disagreement.kind == kind
    return holds


def show(name: str, system: System, heard: Hearing) -> None:
    """Print a disagreement and the system that shows it."""
    assert heard.disagreement is not None
    print(f"\n=== {name}: {heard.disagreement.what}\nkind: {heard.disagreement.kind}")
    print("Xen:    " + str(heard.verdict))
    print("Muster: " + "\n        ".join(heard.answer.lines() or ["(silent)"]))
    print(system.text(), flush=True)


def judge(system: System, name: str, path: Path, arguments: argparse.Namespace,
          seen: dict[str, int]) -> Optional[Hearing]:
    """Hear one system, and make it small and show it if there is a disagreement of a new kind."""
    is_good = not system.remark
    try:
        heard = hear(system, path, WORK / f"work-{os.getpid()}", is_good)
    except muster.Broken as error:
        print(f"{name}: no question: {error}", file=sys.stderr)
        return None
    if heard.disagreement is None:
        return heard
    kind = heard.disagreement.kind
    seen[kind] = seen.get(kind, 0) + 1
    if seen[kind] == 1 or arguments.every:
        if not arguments.as_is:
            system = shrink(system, same(kind, path, is_good))
            again = hear(system, path, WORK / f"work-{os.getpid()}", is_good)
            heard = again if again.disagreement is not None else heard
        show(name, system, heard)
    return heard


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev judge", description=__doc__)
    parser.add_argument("--xen", default="4.17", help="4.17, 4.20 (Debian's), or a file")
    parser.add_argument("--seed", default="0", help="systems are those of SEED/NUMBER; SEED/NUMBER is one of them")
    parser.add_argument("--good", action="store_true", help="systems without a mistake")
    parser.add_argument("--every", action="store_true", help="show each disagreement, not one of each kind")
    parser.add_argument("--as-is", action="store_true", help="do not make systems smaller")
    parser.add_argument("count", nargs="?", default="100", help="how many systems Xen is asked about, or the file of one")
    return parser.parse_args()


def systems(arguments: argparse.Namespace):
    """Names and systems that are asked for."""
    if not arguments.count.isdigit():
        yield arguments.count, read(Path(arguments.count))
    elif "/" in arguments.seed:
        yield arguments.seed, generate.system(arguments.seed, not arguments.good)
    else:
        for number in itertools.count():
            name = f"{arguments.seed}/{number}"
            yield name, generate.system(name, not arguments.good)


@dataclass
class Tally:
    """What came of the systems so far."""

    said: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)  # of disagreements
    asked: int = 0
    since: int = 0  # systems asked since the last disagreement
    last: str = ""

    def add(self, name: str, heard: Optional[Hearing]) -> None:
        """Count a system."""
        words = "no question" if heard is None else \
            f"{heard.answer.kind}, {heard.verdict.kind if heard.verdict else 'cannot be finished'}"
        self.said[words] = self.said.get(words, 0) + 1
        if heard is None or heard.verdict is None:
            return
        self.asked += 1
        self.since += 1
        if heard.disagreement is not None:
            self.last, self.since = name, 0

    def show(self) -> None:
        """Print it."""
        for words, number in sorted(self.said.items()):
            print(f"{number:6} {words}")
        for kind, number in sorted(self.kinds.items()):
            print(f"{number:6} disagree: {kind}")
        print(f"Xen was asked about {self.asked} of {sum(self.said.values())} systems: {sum(self.kinds.values())} disagreements"
              + (f", the last one is {self.last}, {self.since} in a row since" if self.last else ""), flush=True)


def stop(*_: object) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def main() -> int:
    """Judge the systems that the command line asks for, until Xen was asked about so many."""
    arguments = options()
    path = xen_path(arguments.xen)
    if not path.exists():
        sys.exit(f"judge: there is no Xen {arguments.xen}; known are {', '.join(XENS)} and files")
    signal.signal(signal.SIGTERM, stop)
    xen.Memory.directory = WORK / "heard"
    xen.Memory.directory.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    count = int(arguments.count) if arguments.count.isdigit() else 1
    try:
        for name, system in systems(arguments):
            tally.add(name, judge(system, name, path, arguments, tally.kinds))
            if tally.asked == count:
                break
    except KeyboardInterrupt:
        print(f"stopped behind {sum(tally.said.values())} systems")
    tally.show()
    return 1 if tally.kinds else 0


if __name__ == "__main__":
    sys.exit(main())
