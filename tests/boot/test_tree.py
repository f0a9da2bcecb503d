# SPDX-License-Identifier: BSD-2-Clause
"""What `muster plan` says on a workstation is what the firmware hands to Xen."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from esp import FIRST_SECTOR, SECTOR
from machine import BUILD, dump_tree

TREE = "muster-tree.dtb"


def source_lines(tree: Path) -> list[str]:
    """A tree as source, without the addresses of binaries, which may differ."""
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], check=True, text=True,
                          capture_output=True).stdout
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


def node_lines(lines: list[str], name: str) -> list[str]:
    """The lines of the first node of that name."""
    start = next(at for at, line in enumerate(lines) if line.strip() == f"{name} {{")
    indent = lines[start][:-len(lines[start].lstrip())]
    end = next(at for at in range(start, len(lines)) if lines[at] == indent + "};")
    return lines[start:end + 1]


@pytest.mark.parametrize("example", ["two-domains", "domain-sections", "overlay"])
def test_tree_is_as_planned(system, example):
    """With -debug the finished tree is beside the loader: the one that the host tool writes."""
    system.use_example(example)
    dump_tree(system.directory / "machine.dtb")
    planned = system.directory / "planned.dtb"
    plan = json.loads(subprocess.run(
        [BUILD / "muster", "plan", "--json", "--dtb", system.directory / "machine.dtb",
         "--dtb-out", planned, system.files / "muster.cfg"],
        check=True, capture_output=True).stdout)
    with system.boot_with("-debug", writable=True) as machine:
        machine.wait_for(r"\(XEN\) Xen version")
        text = machine.text
    disk = f"{system.directory / 'disk.img'}@@{FIRST_SECTOR * SECTOR}"
    written = system.directory / TREE
    subprocess.run(["mcopy", "-i", disk, f"::/EFI/BOOT/{TREE}", written], check=True)
    there, here = source_lines(written), source_lines(planned)
    for domain in plan["domains"]:
        assert node_lines(there, domain["name"]) == node_lines(here, domain["name"])
    if example == "two-domains" and system.firmware == "edk2":
        # A tree from the ESP, to which this firmware adds nothing.
        assert there == here
    for binary in plan["binaries"]:
        if not binary["hypervisor"]:
            assert re.search(rf"binary {re.escape(binary['name'])}: .* at 0x", text)
