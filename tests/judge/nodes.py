# SPDX-License-Identifier: BSD-2-Clause
"""The nodes of a system that is being made up, and how they are written in either language."""

import re
from dataclasses import dataclass, field
from typing import Iterator, Optional

CELLS = re.compile(r"<[^<>]*>$")


@dataclass
class Node:
    """A node; a property's value is as in the source of a tree, None for an empty property."""

    name: str
    properties: dict[str, Optional[str]] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """The node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def lines(self) -> list[str]:
        """The node as source of a tree, a property in each line."""
        made = [f"{self.name} {{"]
        for name, value in self.properties.items():
            made.append(f"{name};" if value is None else f"{name} = {value};")
        for child in self.children:
            made += child.lines()
        return made + ["};"]

    def is_module(self) -> bool:
        """True if the node stands for a file."""
        return "multiboot" in (self.properties.get("compatible") or "") or "uefi,binary" in self.properties


def entry(prefix: str, name: str, value: Optional[str]) -> str:
    """A property as an entry of a domain section."""
    return f"{prefix}{name}" if value is None else f"{prefix}{name}={value}"


def module_entry(module: Node) -> Optional[str]:
    """A module as an entry of a domain section, None if that has no word for it."""
    kinds = {"kernel": "kernel", "ramdisk": "ramdisk", "device-tree": "dtb"}
    match = re.search(r"multiboot,(kernel|ramdisk|device-tree)\"", module.properties.get("compatible") or "")
    file = (module.properties.get("uefi,binary") or "").strip('"')
    if match is None or not file:
        return None
    arguments = (module.properties.get("bootargs") or "").strip('"')
    return f"{kinds[match[1]]}={file} {arguments}".strip()


def section(domain: Node) -> list[str]:
    """A domain as a section of the configuration."""
    made = [f"[{domain.name}]"]
    made += [entry("", name, value) for name, value in domain.properties.items()
             if name not in ("compatible", "#address-cells", "#size-cells")]
    for child in domain.children:
        module = module_entry(child) if child.is_module() else None
        if module is not None:
            made.append(module)
        else:
            for node, path in paths(child, child.name):
                made += [entry(path + "/", name, value) for name, value in node.properties.items()]
    return made


def paths(node: Node, path: str) -> Iterator[tuple[Node, str]]:
    """A node and all below it, with their paths."""
    yield node, path
    for child in node.children:
        yield from paths(child, f"{path}/{child.name}")


def cells(*values: int) -> str:
    """Cells of 32 bits as source."""
    return "<" + " ".join(f"{value:#x}" if value > 9 else str(value) for value in values) + ">"


def wide(*values: int) -> str:
    """Pairs of cells as source."""
    return cells(*(half for value in values for half in (value >> 32, value & 0xFFFFFFFF)))
