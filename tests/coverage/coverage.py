# SPDX-License-Identifier: BSD-2-Clause
"""Merges gcov's counts of several builds and shows them by file: coverage.py DIRECTORY.

Below stands each line of which no test takes all branches, with the reason that "unreached" gives.
Ends with status 1 when src/core or src/efi is covered less than LEAST says.
"""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

# Percent of lines and of branches.
LEAST = {"src/core": (95, 90), "src/efi": (90, 0)}

# Reasons, each with the lines of sources that it is the reason for, indented: "FILE: TEXT".
UNREACHED = Path(__file__).with_name("unreached")


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


def read_reasons() -> dict[str, str]:
    """Why a line, "FILE: TEXT", is not reached."""
    reasons: dict[str, str] = {}
    reason = ""
    for line in UNREACHED.read_text().splitlines():
        if line.startswith("    "):
            reasons[line.strip()] = reason
        elif not line.startswith("#"):
            reason = line
    return reasons


def missed(name: str, source: Source) -> list[tuple[str, str]]:
    """The lines with something that no test reached: the line as "FILE: TEXT", and what is shown."""
    texts = Path(name).read_text().splitlines()
    found = []
    for number in sorted(source.lines):
        taken = source.branches.get(number, [])
        if source.lines[number] and all(taken):
            continue
        text = texts[number - 1].strip()
        count = f"{len(taken) - sum(taken)} of {len(taken)}" if source.lines[number] else "never"
        found.append((f"{name}: {text}", f"{name}:{number}: {count}: {text}"))
    return found


def show_missed(sources: dict[str, Source]) -> None:
    """Shows what is not reached, by reason, and the reasons of what is reached after all."""
    reasons = read_reasons()
    by_reason: dict[str, list[str]] = defaultdict(list)
    left = dict(reasons)
    for name, source in sorted(sources.items()):
        for key, shown in missed(name, source):
            by_reason[reasons.get(key, "without a reason")].append(shown)
            left.pop(key, None)
    print("\nNot reached (branches of a line, or the line):")
    for reason, lines in by_reason.items():
        print(f"  {reason}:")
        for line in lines:
            print(f"    {line}")
    for key in left:
        print(f"  reached, or no longer there: {key}")


def main() -> int:
    sources = read(Path(sys.argv[1]))
    status = 0
    for name, source in sorted(sources.items()):
        show(name, count([source]))
    for directory, (least_lines, least_branches) in LEAST.items():
        own = [source for name, source in sources.items() if name.startswith(directory + "/")]
        lines, branches = show(directory, count(own))
        if lines < least_lines or branches < least_branches:
            print(f"{directory} is to have {least_lines} % of lines, {least_branches} % of branches")
            status = 1
    show_missed(sources)
    return status


sys.exit(main())
