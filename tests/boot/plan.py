# SPDX-License-Identifier: BSD-2-Clause
"""Holds what `muster plan` says of a system on a workstation against what the firmware hands to
Xen."""

import json
import re
import subprocess
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple, Optional

import esp
from machine import dump_tree

# The file that Muster writes beside itself with -debug.
TREE = "muster-tree.dtb"

# Properties that firmware adds to its own tree, or to one that it fixes up: QEMU's seeds and U-Boot's version;
# and EDK2 keeps some devices for itself.
ADDED_LINE = r"^\s*(rng-seed|kaslr-seed|u-boot,version) = .*;\n"
KEPT_DEVICE = r"^(\t(?:pl031@9010000|flash@0) \{\n)\t\tstatus = \"disabled\";\n"


class Plan(NamedTuple):
    """The tool's plan in JSON, and the finished tree as it has it."""

    said: dict
    tree: Path


def make(system, section: str = "", *, tree: Optional[Path] = None, memory=(), **hardware) -> Plan:
    """Plan a section, or the default one, for the machine of these arguments of Machine; what is in
    its memory from power-on makes no difference."""
    if tree is None:
        tree = system.directory / "machine.dtb"
        dump_tree(tree, **hardware)
    finished = system.directory / "planned.dtb"
    said = subprocess.run(
        [esp.TOOL, "plan", "--json", "--dtb", tree, "--dtb-out", finished,
         *(["--section", section] if section else []), system.root],
        check=True, capture_output=True).stdout
    return Plan(json.loads(said), finished)


def source(tree: Path) -> str:
    """A tree as source."""
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], check=True, text=True,
                          capture_output=True).stdout


def source_lines(tree: Path) -> list[str]:
    """A tree as source, without what firmware adds, and without the addresses of binaries, which
    may differ."""
    text = re.sub(ADDED_LINE, "", source(tree), flags=re.MULTILINE)
    text = re.sub(KEPT_DEVICE, r"\1", text, flags=re.MULTILINE)
    lines = []
    for line in text.splitlines():
        name = re.fullmatch(r"(\s*)module@[0-9a-f]+ \{", line)
        reg = re.fullmatch(r"(\s*)reg = <([^>]*)>;", line)
        if name:
            line = name[1] + "module {"
            in_module = True
        elif "{" in line or "}" in line:
            in_module = False
        elif reg and in_module:
            cells = reg[2].split()
            line = f"{reg[1]}reg of {len(cells)} cells, size {cells[-1]}"
        lines.append(line)
    return lines


def check(system, plan: Plan, text: str) -> None:
    """Muster placed the planned binaries, and the tree that it wrote is the planned one."""
    for binary in plan.said["binaries"]:
        if not binary["hypervisor"]:
            name = re.escape(binary["name"])
            assert re.search(rf"^  binary {name}: .* at 0x", text, re.MULTILINE)
    written = system.directory / TREE
    esp.get_file(system.disk, f"EFI/BOOT/{TREE}", written)
    assert "-seed = " not in source(written)
    difference = "\n".join(unified_diff(source_lines(plan.tree), source_lines(written),
                                        "planned", "written", n=1, lineterm=""))
    assert not difference, difference
