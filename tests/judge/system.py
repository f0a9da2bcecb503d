# SPDX-License-Identifier: BSD-2-Clause
"""A system that Muster and Xen are asked about: a machine, files, a configuration and a tree, as text.

A system is written and read as one text file, whose parts begin with "== NAME" in a line:

    == machine      lines NAME=VALUE: gic, cpus, memory (MiB), numa (nodes), cpu, iommu
    == files        lines NAME = KIND ARGUMENTS; see binaries.py. NAME@ADDRESS is in memory from the start
    == FILE.dts     the source of a fragment, which becomes FILE.dtb beside the configuration
    == muster.cfg   the configuration
    == memreserve   lines of /memreserve/, before the tree
    == tree         source that is merged over the machine's own tree
    == expected     what came of it; see cases.py
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

MACHINE = {"gic": "3", "cpus": "2", "memory": "1024", "numa": "1", "cpu": "cortex-a57",
           "iommu": "none"}
CONFIG = "muster.cfg"


@dataclass(frozen=True)
class System:
    """The parts by name, each a list of lines; what a generator says of it is a remark."""

    parts: dict[str, list[str]]
    remark: str = field(default="", compare=False)

    def lines(self, part: str) -> list[str]:
        """The lines of a part, none if there is no such part."""
        return self.parts.get(part, [])

    def machine(self) -> dict[str, str]:
        """What the machine is like."""
        return MACHINE | dict(line.split("=", 1) for line in self.lines("machine"))

    def with_lines(self, part: str, lines: list[str]) -> "System":
        """The same system with other lines in one part; a part without lines goes."""
        parts = {name: old for name, old in self.parts.items() if name != part or lines}
        if lines:
            parts[part] = lines
        return replace(self, parts=parts)

    def text(self) -> str:
        """The system as a file."""
        remark = "".join(f"# {line}\n" for line in self.remark.splitlines())
        return remark + "".join(f"== {name}\n" + "".join(line + "\n" for line in lines)
                                for name, lines in self.parts.items())


def parse(text: str) -> System:
    """The system that text() wrote. Lines before the first part are its remark."""
    parts: dict[str, list[str]] = {}
    remark = []
    current = None
    for line in text.splitlines():
        if line.startswith("== "):
            current = parts.setdefault(line[3:].strip(), [])
        elif current is None:
            remark.append(line.removeprefix("#").strip())
        elif line.strip():
            current.append(line)
    return System(parts, "\n".join(remark))


def read(path: Path) -> System:
    """The system of a file."""
    return parse(path.read_text())
