# SPDX-License-Identifier: BSD-2-Clause
"""The numbers at which Xen stops to take more, each with a system that has just so many of something."""

from dataclasses import dataclass
from typing import Callable, Optional

from nodes import Node, cells, wide
from system import CONFIG, System

OPTIONS = "options=console=dtuart noreboot bootscrub=0"
KERNEL = '"multiboot,kernel", "multiboot,module"'
RESERVED = 0x48000000


# Of a domain that has the machine's memory at its own addresses.
STATIC: dict[str, Optional[str]] = {
    "direct-map": None, "xen__static-mem": wide(0x60000000, 0x4000000), "memory": cells(0, 0x10000)}


def kernel(file: str = "Image", arguments: str = "") -> Node:
    """A kernel's module."""
    node = Node("module@0", {"compatible": KERNEL, "uefi,binary": f'"{file}"'})
    if arguments:
        node.properties["bootargs"] = f'"{arguments}"'
    return node


def domain(name: str = "domA", *children: Node, **properties: Optional[str]) -> Node:
    """A small domain; properties are given with "_" for ","."""
    made: dict[str, Optional[str]] = {"compatible": '"xen,domain"', "#address-cells": "<2>", "#size-cells": "<2>", "cpus": "<1>",
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
    return system(domain(capabilities=cells(count), **STATIC))


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


def number(name: str, machine: tuple[str, ...] = ()) -> Callable[[int], System]:
    """A domain with a number in a property."""
    def make(count: int) -> System:
        return system(domain(**{name.replace(",", "__"): cells(count)}), machine=machine)
    make.__name__ = name
    return make


def dom0_cpus(machine: tuple[str, ...] = ()) -> Callable[[int], System]:
    """dom0 with so many vCPUs."""
    def make(count: int) -> System:
        return system(dom0(), machine=machine, options=f"{OPTIONS} dom0_mem=64M dom0_max_vcpus={count}")
    make.__name__ = "-".join(["dom0-cpus", *machine])
    return make


def dom0() -> Node:
    """The module of a kernel of dom0."""
    return Node("module@k", {"compatible": KERNEL, "uefi,binary": '"Image"'})


def channel(node: str, here: int, other: str) -> Node:
    """An end of an event channel."""
    return Node(node, {"compatible": '"xen,evtchn-v1"', "xen,evtchn": f"<{here} &{{{other}}}>"})


def port_of_dom0(count: int) -> System:
    """An event channel of dom0 at this port."""
    return system(dom0(), channel("ec", count, "/chosen/domA/ec"),
                  domain("domA", kernel(), channel("ec", 5, "/chosen/ec")), options=OPTIONS + " dom0_mem=64M")


def port_of_hardware_domain(count: int) -> System:
    """An event channel of a hardware domain at this port."""
    return system(domain("domA", kernel(), channel("ec", 5, "/chosen/hw/ec")),
                  domain("hw", kernel(), channel("ec", count, "/chosen/domA/ec"), capabilities="<2>", **STATIC))


def fragment(*device: str, root: str = "") -> dict[str, list[str]]:
    """The part that has a fragment f.dts with a device."""
    return {"f.dts": ["/ {", "#address-cells = <2>;", "#size-cells = <2>;", root, "passthrough {",
                      'compatible = "simple-bus";', "ranges;", "#address-cells = <2>;", "#size-cells = <2>;",
                      *device, "};", "};"]}


def given(parts: dict[str, list[str]], *nodes: Node, **properties: str) -> System:
    """A domain with a fragment, on a machine whose tree has more nodes at its root."""
    module = Node("module@f", {"compatible": '"multiboot,device-tree", "multiboot,module"', "uefi,binary": '"f.dtb"'})
    made = system(domain("domA", kernel(), module, **properties), root=nodes)
    return System(made.parts | parts)


def phandle(count: int) -> System:
    """A fragment with this phandle."""
    return given(fragment("d@10000000 {", 'compatible = "x";', f"phandle = <{count}>;", "};"))


def interrupt(count: int) -> System:
    """A device with this shared interrupt, of 64 that the domain has."""
    address = 0xA000000 + (count - 16) * 0x200  # QEMU has devices of virtio at the interrupts from 16 to 47
    page = address & ~0xFFF
    return given(fragment("d@10000000 {", 'compatible = "virtio,mmio";',
                          f"xen,reg = {wide(page, 0x1000, 0x10000000)};",
                          f'xen,path = "/virtio_mmio@{address:x}";', "xen,force-assign-without-iommu;", "};"),
                 Node(f"virtio_mmio@{address:x}", {"xen,passthrough": None}), nr_spis="<32>")


def depth(count: int) -> System:
    """A node of the machine's tree that is so deep in it."""
    node = Node("n", {"compatible": '"x"'})
    for _ in range(count - 1):
        node = Node("n", {}, [node])
    return system(domain(), root=(node,))


def option(count: int) -> System:
    """An option of Xen of so many characters, which is wrong once its end is cut off."""
    return system(domain(), options=f"{OPTIONS} gnttab=max-ver:{'1'.rjust(count - len('gnttab=max-ver:'), '0')}")


def vcpu(count: int) -> System:
    """A node for this vCPU of a domain that has 4 of them."""
    return system(domain("domA", kernel(), Node("vcpu", {"compatible": '"xen,vcpu"', "id": cells(count)}), cpus="<4>"))


def affinity(count: int) -> System:
    """A vCPU on this CPU of a machine that has 4 of them."""
    return system(domain("domA", kernel(), Node("vcpu", {
        "compatible": '"xen,vcpu"', "id": "<0>", "hard-affinity": f'"{count}"'})), machine=("cpus=4",))


def color(count: int) -> System:
    """The colors up to this one, of a cache that has 16 of them."""
    return colored(f"0-{count}", "1M")


def colors(count: int) -> System:
    """A cache of so many colors."""
    return colored("0-3", f"{count * 64}K")


def colored(text: str, size: str) -> System:
    """A domain that has these colors of a cache of a size with 16 ways."""
    return system(domain(**{"llc-colors": f'"{text}"'}),
                  options=f"{OPTIONS} llc-coloring=on llc-size={size} llc-nr-ways=16")


def banks(count: int) -> System:
    """A domain with so many pieces of static memory."""
    size = 0x200000
    places = [value for each in range(count) for value in (0x50000000 + each * 2 * size, size)]
    return system(domain(**{"xen__static-mem": wide(*places), "memory": cells(0, count * size // 1024)}),
                  machine=("memory=2048",))


def first_bank(count: int) -> System:
    """Static memory of a domain of so many MiB in one piece."""
    return system(domain(**{"xen__static-mem": wide(0x80000000, count << 20), "memory": cells(0, count << 10)}),
                  machine=("memory=6144",))


def ramdisk(count: int) -> System:
    """A ramdisk of so many MiB in a domain of 16 MiB."""
    module = Node("module@r", {"compatible": '"multiboot,ramdisk", "multiboot,module"', "uefi,binary": '"rd"'})
    return system(domain("domA", kernel(), module), files=(f"rd = cpio {count << 20}",))


def guest_line(count: int) -> System:
    """A command line of so many characters for a domain of 24 vCPUs, the tree of which has not much room."""
    return system(domain("domA", kernel(arguments="x" * count), cpus="<24>"))


def maptrack_frames(count: int) -> System:
    """Two domains with so many of these frames each."""
    return system(*(domain(name, max_maptrack_frames=cells(count)) for name in ("domA", "domB")), machine=("memory=4096",))


def grant_tables(count: int) -> System:
    """So many domains with as many frames as one can have."""
    return system(*(domain(f"d{each}", max_grant_frames=cells(0x7FFFFF)) for each in range(count)), machine=("memory=8192",))


@dataclass(frozen=True)
class Limit:
    """What is counted, and the last number that is right, by Xen; "*" stands for all."""

    make: Callable[[int], System]
    last: dict[str, int]
    needs: str = ""  # what Debian's Xens do not have
    warned: bool = False  # Xen takes the last number, but not all of it
    step: int = 1  # to the next number
    quiet: tuple[str, ...] = ()  # versions that go on with the next number, and say nothing
    is_long: bool = False  # left out of the check

    def at(self, version: str) -> int:
        """The last number that is right with a version of Xen; 0 if it does not have this limit."""
        return self.last.get(version, self.last.get("*", 0))


TELLS = "to tell of command lines"
STATIC_MEMORY = "static memory"

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
    Limit(number("xen,domain-p2m-mem-mb"), {"*": 1}, step=-1, is_long=True),
    Limit(number("max_grant_frames", ("memory=2048",)), {"4.17": 0, "*": 0x7FFFFF}, is_long=True),
    Limit(maptrack_frames, {"4.17": 0, "*": 0x3F00000}, step=0x100000, is_long=True),
    Limit(grant_tables, {"4.17": 0, "*": 3}, is_long=True),
    Limit(number("sve", ("cpu=max",)), {"4.17": 0, "*": 2048}, "SVE", step=128, warned=True),
    Limit(capabilities, {"4.17": 0, "4.20": 0, "*": 7}, STATIC_MEMORY),
    Limit(dom0_cpus(), {"*": 123}, is_long=True),
    Limit(dom0_cpus(("gic=2",)), {"*": 8}, is_long=True),
    Limit(port_of_dom0, {"*": 4095}, is_long=True),
    Limit(port_of_hardware_domain, {"4.17": 0, "4.20": 0, "*": 4095}, STATIC_MEMORY),
    Limit(phandle, {"4.17": 0, "4.20": 0, "*": 64998}),
    Limit(interrupt, {"*": 31}, is_long=True),
    Limit(depth, {"*": 15}, quiet=("4.20",), is_long=True),
    Limit(option, {"*": 127}, quiet=("4.17", "4.20"), is_long=True),
    Limit(vcpu, {"4.17": 0, "4.20": 0, "*": 3}),
    Limit(affinity, {"4.17": 0, "4.20": 0, "*": 3}),
    Limit(color, {"4.17": 0, "*": 15}, "cache coloring"),
    Limit(colors, {"4.17": 0, "*": 128}, "cache coloring", step=128, quiet=("4.20",)),
    Limit(banks, {"*": 251}, STATIC_MEMORY),
    Limit(first_bank, {"4.17": 3072, "4.20": 3072, "*": 0}, STATIC_MEMORY, step=2),
    Limit(guest_line, {"4.17": 871, "4.20": 907, "*": 0}, is_long=True),
    Limit(ramdisk, {"*": 10}, step=2, is_long=True),
)
