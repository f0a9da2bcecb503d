# SPDX-License-Identifier: BSD-2-Clause
"""Makes systems of the examples and of what the tool's tests have as input, and changes their texts."""

import re
from functools import lru_cache
from pathlib import Path
from random import Random

from hardware import ROOT
from system import CONFIG, System

SOURCES = (ROOT / "examples", ROOT / "tests/host/cases")
INCLUDE = '/include/ "machine.dts"'
# Words that Xen, a tree or a configuration knows.
WORDS = ("cpus", "memory", "vpl011", "nr_spis", "direct-map", "xen,static-mem", "xen,enhanced", "passthrough", "bootargs",
         "multiboot,kernel", "multiboot,ramdisk", "multiboot,module", "xen,domain", "reg", "status", "disabled", "okay",
         "compatible", "ranges", "#address-cells", "#size-cells", "kernel", "ramdisk", "console=dtuart", "dom0_mem=64M")
NUMBERS = ("0", "1", "2", "3", "4", "7", "8", "0x1000", "0x10000", "0x20001", "0x40000000", "0x80000000", "0xffffffff", "64", "961")


def tree_lines(text: str) -> list[str]:
    """Source of a tree with a property or the start of a node in each line."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text.replace(INCLUDE, "").replace("/dts-v1/;", ""), flags=re.S)
    text = re.sub(r"\s+", " ", text)
    return [line.strip() for line in re.split(r"(?<=[;{])", text) if line.strip()]


def names(config: list[str], tree: list[str]) -> set[str]:
    """The files that a system asks for."""
    found = {match[2] for line in config if (match := re.match(r"(binary|kernel|ramdisk)=(\S+)", line))}
    keys = {match[1] for line in config if (match := re.match(r"binary=\S+ (\S+)", line))}
    return (found | {match[1] for line in tree if (match := re.match(r'uefi,binary = "([^"]+)"', line))}) - keys


def usable(name: str) -> bool:
    """True for a plain name of a file that a part of a system can have."""
    return re.fullmatch(r"[a-z][a-zA-Z0-9.-]*", name) is not None and name not in (CONFIG, "xen.efi")


def make(directory: Path) -> System:
    """The system of a directory, with small files for its large ones."""
    config = (directory / CONFIG).read_text(errors="replace").splitlines()
    config = [line.strip() for line in config if not line.startswith(("dtb=", "xen=")) and line.strip().isprintable()]
    config = [line + " bootscrub=0 noreboot" if line.startswith("options=") else line for line in config]
    trees = [path for path in directory.glob("*.dts") if INCLUDE in path.read_text()]
    tree = tree_lines(trees[0].read_text()) if trees else []
    files = sorted(name for name in names(config, tree) if usable(name))
    kinds = {name: "cpio 5000" if re.search("ramdisk|initrd", name) else "image" for name in files}
    parts = {path.name: tree_lines(path.read_text()) for path in directory.glob("*.dts")
             if path not in trees and path.name.replace(".dts", ".dtb") in kinds}
    return System({"files": [f"{name} = {kind}" for name, kind in kinds.items()
                             if name.replace(".dtb", ".dts") not in parts],
                   **parts, CONFIG: config, "tree": tree})


@lru_cache(maxsize=1)
def corpus() -> list[System]:
    """The systems of all directories that have a configuration of plain text."""
    found = [make(path) for source in SOURCES for path in sorted(source.iterdir())
             if (path / CONFIG).is_file() and (path / CONFIG).read_bytes().isascii()]
    plain = [system for system in found if system.lines(CONFIG) and system.lines("files")
             and not any(re.match(r"dtbo|include|fallback|tries", line) for line in system.lines(CONFIG))
             # Xen would be told of memory that the machine does not have.
             and not any("device_type" in line for line in system.lines("tree"))]
    return list({system.text(): system for system in plain}.values())


def block(lines: list[str], first: int) -> int:
    """The end of the node, or of the line, that begins in line `first`."""
    depth = 0
    for at in range(first, len(lines)):
        depth += lines[at].count("{") - lines[at].count("}")
        if depth <= 0:
            return at + 1
    return first + 1


def change_word(random: Random, line: str) -> str:
    """A line with another number, word or text."""
    places = list(re.finditer(r"0x[0-9a-fA-F]+|\b\d+[MGK]?\b|[a-z][\w,#=-]{2,}", line))
    if not places:
        return line
    place = random.choice(places)
    new = random.choice(NUMBERS if place[0][0].isdigit() else WORDS)
    return line[:place.start()] + new + line[place.end():]


def change(random: Random, lines: list[str]) -> list[str]:
    """Lines with one of them, or one node, changed, taken away, moved or there twice."""
    at = random.randrange(len(lines))
    if lines[at] in ("};", "/ {"):
        return lines
    end = block(lines, at)
    piece = lines[at:end]
    what = random.choice(["word", "word", "word", "gone", "twice", "moved"])
    if what == "word":
        return [*lines[:at], change_word(random, lines[at]), *lines[at + 1:]]
    rest = lines[:at] + lines[end:]
    if what == "gone" or not rest:
        return rest
    if what == "twice" and piece[0].endswith("{"):
        piece = [re.sub(r"^(\S+?)(@\S+)? \{$", r"\1x\2 {", piece[0]), *piece[1:]]
        return lines[:end] + piece + lines[end:]
    to = random.randrange(len(rest))
    return rest[:to] + piece + rest[to:]


def system(random: Random) -> System:
    """One of the systems, mostly changed in one or two places."""
    made = random.choice(corpus())
    remarks = ["a text that has mistakes of its own, perhaps"]
    for _ in range(random.choice([0, 1, 1, 2])):
        part = random.choice([name for name in made.parts if made.lines(name) and name != "files"])
        lines = change(random, made.lines(part))
        remarks += [f"{part}: {line}" for line in lines if line not in made.lines(part)] or [f"{part}: moved or gone"]
        made = made.with_lines(part, lines)
    return System(made.parts, "\n".join(remarks))
