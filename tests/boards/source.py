# SPDX-License-Identifier: BSD-2-Clause
"""Reads device trees by way of dtc, so that Muster is not judged by its own reader."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional


@dataclass
class Node:
    """A node; a property's value is as dtc writes it, "" for an empty property."""

    properties: dict[str, str] = field(default_factory=dict)
    children: dict[str, "Node"] = field(default_factory=dict)

    def cells(self, name: str) -> list[int]:
        """The cells of a property, none if there is no such property."""
        return [int(word, 16) for word in self.properties.get(name, "").strip("<>").split()]

    def count(self, name: str, default: int) -> int:
        """A count of cells."""
        found = self.cells(name)
        return found[0] if found else default

    def child(self, name: str) -> Optional["Node"]:
        """A child by its name."""
        return self.children.get(name)

    def texts(self, name: str) -> list[str]:
        """The texts of a property."""
        return [text for quoted in re.findall(r'"([^"]*)"', self.properties.get(name, ""))
                for text in quoted.split("\\0")]

    @property
    def is_on(self) -> bool:
        """False if the node's status says that it is not to be used."""
        return self.texts("status") in ([], ["okay"], ["ok"])


@dataclass
class Tree:
    """A tree, and the pairs of address and size that its header reserves."""

    root: Node
    reserved: list[tuple[int, int]]


def read(path: Path) -> Tree:
    """The tree of a file."""
    source = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", path], check=True, text=True,
                            stdout=subprocess.PIPE, errors="replace").stdout
    top = Node()
    stack = [top]
    reserved = []
    for line in source.splitlines():
        line = line.strip()
        if match := re.match(r"/memreserve/\s+(\w+)\s+(\w+);", line):
            reserved.append((int(match[1], 16), int(match[2], 16)))
        elif line.endswith("{"):
            stack.append(stack[-1].children.setdefault(line[:-1].strip(), Node()))
        elif line == "};":
            stack.pop()
        elif line.endswith(";") and not line.startswith("/dts-v1/"):
            name, _, value = line[:-1].partition(" = ")
            stack[-1].properties[name] = value
    return Tree(top.children["/"], reserved)


def ranges(node: Node, name: str, address_cells: int, size_cells: int) -> list[tuple[int, int]]:
    """A property as pairs of address and size, without those of no size."""
    def number(cells: list[int]) -> int:
        value = 0
        for cell in cells:
            value = value << 32 | cell
        return value
    cells = node.cells(name)
    width = address_cells + size_cells
    found = [(number(cells[at:at + address_cells]), number(cells[at + address_cells:at + width]))
             for at in range(0, len(cells) - width + 1, width)]
    return [(start, size) for start, size in found if size]


def ram(tree: Tree) -> list[tuple[int, int]]:
    """The machine's RAM, neighbours joined."""
    root = tree.root
    cells = root.count("#address-cells", 2), root.count("#size-cells", 1)
    banks = sorted(bank for node in root.children.values()
                   if node.texts("device_type") == ["memory"] and node.is_on
                   for bank in ranges(node, "reg", *cells))
    joined: list[tuple[int, int]] = []
    for start, size in banks:
        if joined and sum(joined[-1]) == start:
            joined[-1] = (joined[-1][0], joined[-1][1] + size)
        else:
            joined.append((start, size))
    return joined


def reserved(tree: Tree) -> list[tuple[int, int]]:
    """Reserved memory, which must stay: children of /reserved-memory with an address, the header's list."""
    top = tree.root.child("reserved-memory") or Node()
    cells = top.count("#address-cells", 2), top.count("#size-cells", 1)
    return sorted(tree.reserved + [region for node in top.children.values() if node.is_on
                                   for region in ranges(node, "reg", *cells)])
