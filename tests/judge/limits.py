# SPDX-License-Identifier: BSD-2-Clause
"""The numbers at which Xen stops to take more, each with a system that has just so many of something."""

from dataclasses import dataclass
from typing import Callable

from nodes import Node, cells, wide
from system import CONFIG, System

OPTIONS = "options=console=dtuart noreboot bootscrub=0"
KERNEL = '"multiboot,kernel", "multiboot,module"'
RESERVED = 0x48000000


def kernel(file: str = "Image", arguments: str = "") -> Node:
    """A kernel's module."""
    node = Node("module@0", {"compatible": KERNEL, "uefi,binary": f'"{file}"'})
    if arguments:
        node.properties["bootargs"] = f'"{arguments}"'
    return node


def domain(name: str = "domA", *children: Node, **properties: str) -> Node:
    """A small domain; properties are given with "_" for ","."""
    made = {"compatible": '"xen,domain"', "#address-cells": "<2>", "#size-cells": "<2>", "cpus": "<1>",
            "memory": cells(0, 0x4000)}
    made |= {name.replace("__", ","): value for name, value in properties.items()}
    return Node(name, made, list(children) or [kernel()])


def system(*nodes: Node, machine: tuple[str, ...] = (), files: tuple[str, ...] = (), root: tuple[Node, ...] = (),
           options: str = OPTIONS) -> System:
    """A system of these nodes below /chosen."""
    chosen = Node("chosen", {"#address-cells": "<2>", "#size-cells": "<2>"}, list(nodes))
    parts = {"machine": list(machine), "files": ["Image = image", *files], CONFIG: [options],
             "tree": Node("/", {}, [*root, chosen]).lines()}
    return System({name: lines for name, lines in parts.items() if lines})


def nr_spis(count: int) -> System:
    """A domain with so many shared interrupts."""
    return system(domain(nr_spis=cells(count)))


def cpus(count: int) -> System:
    """A domain with so many vCPUs."""
    return system(domain(cpus=cells(count)))


def cpus_gicv2(count: int) -> System:
    """The same with a GICv2."""
    return system(domain(cpus=cells(count)), machine=("gic=2",))


def command_line(count: int) -> System:
    """A command line of so many characters."""
    return system(domain("domA", kernel(arguments="x" * count)))


def name(count: int) -> System:
    """A domain whose name has so many characters, with a command line."""
    return system(domain("d" * count, kernel(arguments="quiet")))


def path(count: int) -> System:
    """A module whose path has so many characters, once it has its address; without a command line."""
    return system(domain("d" * (count - len("/chosen//module@7fea6000"))))


def modules(count: int) -> System:
    """So many boot modules, Xen and the tree among them."""
    many = range(count - 2)
    return system(*(domain(f"d{each}", kernel(f"Image{each}"), memory=cells(0, 0x2000)) for each in many),
                  files=tuple(f"Image{each} = image" for each in many))


def command_lines(count: int) -> System:
    """So many modules with a command line, all of one file."""
    return system(*(domain(f"d{each}", kernel(arguments="quiet"), memory=cells(0, 0x2000)) for each in range(count)))


def port(count: int) -> System:
    """An event channel at this port."""
    return system(*(domain(one, kernel(), Node("ec", {
        "compatible": '"xen,evtchn-v1"', "xen,evtchn": f"<{count} &{{/chosen/{other}/ec}}>"}))
                    for one, other in (("domA", "domB"), ("domB", "domA"))))


def reserved(count: int) -> System:
    """So many reserved regions, which touch each other."""
    children = [Node(f"r@{start:x}", {"reg": wide(start, 0x1000)})
                for start in range(RESERVED, RESERVED + count * 0x1000, 0x1000)]
    return system(domain(), root=(Node("reserved-memory", {
        "#address-cells": "<2>", "#size-cells": "<2>", "ranges": None}, children),))


def grant_version(count: int) -> System:
    """The newest grant table version that a domain may use."""
    return system(domain(max_grant_version=cells(count)))


def capabilities(count: int) -> System:
    """The bits of a domain that is everything: control, hardware and xenstore domain."""
    return system(domain(capabilities=cells(count), **{
        "direct-map": "", "xen__static-mem": wide(0x60000000, 0x4000000), "memory": cells(0, 0x10000)}))


def trap(count: int) -> System:
    """The values of trap-unmapped-accesses."""
    return system(domain(**{"trap-unmapped-accesses": cells(count)}))


def shared(count: int) -> System:
    """So many pieces of shared memory."""
    children = [Node(f"shm@{each}", {
        "compatible": '"xen,domain-shared-memory-v1"', "xen,shm-id": f'"{each}"',
        "xen,shared-mem": wide(RESERVED + each * 0x200000, 0x18000000 + each * 0x1000, 0x1000)})
                for each in range(count)]
    half = count // 2
    return system(domain("domA", kernel(), *children[:half]), domain("domB", kernel(), *children[half:]))


def shm_id(count: int) -> System:
    """An xen,shm-id of so many characters."""
    return system(domain("domA", kernel(), Node("shm", {
        "compatible": '"xen,domain-shared-memory-v1"', "xen,shm-id": '"' + "x" * count + '"',
        "xen,shared-mem": wide(RESERVED, 0x18000000, 0x1000)})))


@dataclass(frozen=True)
class Limit:
    """What is counted, and the last number that is right, by Xen; "*" stands for all."""

    make: Callable[[int], System]
    last: dict[str, int]
    needs: str = ""  # what Debian's Xens do not have
    warned: bool = False  # Xen takes the last number, but not all of it

    def at(self, version: str) -> int:
        """The last number that is right with a version of Xen; 0 if it does not have this limit."""
        return self.last.get(version, self.last.get("*", 0))


TELLS = "to tell of command lines"

LIMITS = (
    Limit(nr_spis, {"*": 960}),
    Limit(cpus, {"4.17": 33, "4.20": 33, "*": 128}),
    Limit(cpus_gicv2, {"*": 8}),
    Limit(command_line, {"*": 1024}, warned=True),  # the last character is cut off
    Limit(name, {"*": 40}, TELLS),
    Limit(path, {"*": 91}),
    Limit(modules, {"*": 32}),
    Limit(command_lines, {"*": 32}, TELLS),
    Limit(port, {"*": 1023}),
    Limit(reserved, {"*": 256}),
    Limit(grant_version, {"4.17": 0, "*": 1}),
    Limit(trap, {"4.17": 0, "4.20": 0, "*": 1}),
    Limit(shared, {"4.17": 0, "*": 32}, "static shared memory"),
    Limit(shm_id, {"*": 15}, "static shared memory"),
)
