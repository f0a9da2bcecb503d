# SPDX-License-Identifier: BSD-2-Clause
"""Merges gcov's counts of several builds and shows them by file: coverage.py DIRECTORY.

Ends with status 1 when src/core or src/efi is covered less than LEAST says.
"""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

# Percent of lines and of branches.
LEAST = {"src/core": (95, 90), "src/efi": (90, 0)}


class Source:
    """The lines and branches of a file, each with whether some test reached it."""

    def __init__(self) -> None:
        self.lines: dict[int, bool] = {}
        self.branches: dict[int, list[bool]] = {}

    def add(self, line: dict) -> None:
        number = line["line_number"]
        self.lines[number] = self.lines.get(number, False) or line["count"] > 0
        taken = [branch["count"] > 0 for branch in line["branches"]]
        known = self.branches.setdefault(number, [False] * len(taken))
        if len(known) == len(taken):
            self.branches[number] = [old or new for old, new in zip(known, taken)]


def read(directory: Path) -> dict[str, Source]:
    """Runs gcov on the counts of all builds."""
    sources: dict[str, Source] = defaultdict(Source)
    root = Path.cwd()
    for counts in sorted(directory.rglob("*.gcda")):
        command = ["gcov", "--json-format", "--stdout", "--branch-probabilities", str(counts)]
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        for text in run.stdout.splitlines():
            for file in json.loads(text)["files"]:
                path = Path(file["file"])
                name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
                for line in file["lines"] if name.startswith("src/") else ():
                    sources[name].add(line)
    return sources


def percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100


def count(sources: list[Source]) -> tuple[int, int, int, int]:
    lines = [reached for source in sources for reached in source.lines.values()]
    branches = [taken for source in sources for all_taken in source.branches.values()
                for taken in all_taken]
    return sum(lines), len(lines), sum(branches), len(branches)


def show(name: str, counts: tuple[int, int, int, int]) -> tuple[float, float]:
    lines, branches = percent(*counts[:2]), percent(*counts[2:])
    print(f"{name:34} {lines:6.1f} % of {counts[1]:5} lines {branches:6.1f} % of "
          f"{counts[3]:5} branches")
    return lines, branches


def missed(name: str, source: Source) -> None:
    """Prints the lines that no test reached, and those with a branch that none took."""
    lines = [str(line) for line, reached in sorted(source.lines.items()) if not reached]
    partly = [str(line) for line, taken in sorted(source.branches.items())
              if source.lines[line] and not all(taken)]
    print(f"{name}: lines {' '.join(lines) or '-'}; branches in {' '.join(partly) or '-'}")


def main() -> int:
    sources = read(Path(sys.argv[1]))
    status = 0
    for name, source in sorted(sources.items()):
        show(name, count([source]))
    if "-v" in sys.argv:
        for name, source in sorted(sources.items()):
            missed(name, source)
    for directory, (least_lines, least_branches) in LEAST.items():
        own = [source for name, source in sources.items() if name.startswith(directory + "/")]
        lines, branches = show(directory, count(own))
        if lines < least_lines or branches < least_branches:
            print(f"{directory} is to have {least_lines} % of lines, {least_branches} % of branches")
            status = 1
    return status


sys.exit(main())
