# SPDX-License-Identifier: BSD-2-Clause
"""The systems that the benchmark boots: their domains, their files and their device trees."""

import random
import struct
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "boot"))
from esp import PAYLOAD, make_tree  # noqa: E402

KIB = 1024
MIB = 1024 * KIB

XEN_OPTIONS = "console=dtuart console_timestamps=raw dom0_mem=512M bootscrub=0"
KERNEL_OPTIONS = "console=ttyAMA0 rdinit=/init"
HARDWARE = {"cpus": 1, "memory_mib": 4096}
KERNEL = "vmlinuz"
TREE = "system.dtb"

# What padding() adds to a flattened tree; a group is one that the compiler's stack can hold.
PADDING_DEVICE = """
            device@{0:06x} {{
                compatible = "bench,padding";
                reg = <{0}>;
                status = "disabled";
            }};"""
PADDING_DEVICE_SIZE = 92
PADDING_GROUP_SIZE = 56
PADDING_GROUP_DEVICES = 64


@dataclass(frozen=True)
class Module:
    """A module of a domain: what it is and the file that it is read from."""
    kind: str
    file: str
    command_line: str = ""


@dataclass(frozen=True)
class Scenario:
    """One system: dom0's modules or each domain's, the size of each file, the size of its tree.

    A scenario with `growth` is one point of a series that shows how cost grows with that number.
    """
    name: str
    title: str
    domains: tuple[tuple[Module, ...], ...]
    files: dict[str, int]
    dom0: tuple[Module, ...] = ()
    tree_size: int = 0
    growth: Optional[float] = None

    @property
    def modules(self) -> list[Module]:
        """All modules, those of dom0 first."""
        return [*self.dom0, *(module for domain in self.domains for module in domain)]

    @property
    def payload_bytes(self) -> int:
        """The size of all unique files that modules name."""
        return sum(self.files.values())


def kernel(file: str = KERNEL) -> Module:
    """A kernel with the command line that every domain gets."""
    return Module("kernel", file, KERNEL_OPTIONS)


def kernel_size() -> int:
    """The size of the real kernel, which most scenarios share."""
    return (PAYLOAD / KERNEL).stat().st_size


def dom0_only() -> Scenario:
    """dom0 from the configuration file's own keys, on the firmware's tree."""
    return Scenario("dom0", "dom0 only", (), {KERNEL: kernel_size(), "ramdisk": MIB},
                    dom0=(kernel(), Module("ramdisk", "ramdisk")))


def shared_kernel(name: str, title: str, count: int, ramdisk_size: int,
                  tree_size: int = 0) -> Scenario:
    """Domains that share the kernel and have a ramdisk each."""
    ramdisks = [f"ramdisk{number}" for number in range(count)]
    return Scenario(name, title,
                    tuple((kernel(), Module("ramdisk", ramdisk)) for ramdisk in ramdisks),
                    {KERNEL: kernel_size(), **{ramdisk: ramdisk_size for ramdisk in ramdisks}},
                    tree_size=tree_size)


def many_modules(count: int) -> Scenario:
    """Domains of three modules each, no file used twice."""
    domains, files = [], {}
    for number in range(count // 3):
        domain = (kernel(f"kernel{number}"), Module("ramdisk", f"ramdisk{number}"),
                  Module("device-tree", f"devices{number}.dtb"))
        domains.append(domain)
        files |= {domain[0].file: 4 * MIB, domain[1].file: 2 * MIB, domain[2].file: 0}
    return Scenario(f"modules{count}", f"{count} modules", tuple(domains), files, growth=count)


def one_ramdisk(mib: int) -> Scenario:
    """One domain whose ramdisk is nearly all that there is to load."""
    scenario = shared_kernel(f"ramdisk{mib}", f"one {mib} MiB ramdisk", 1, mib * MIB)
    return replace(scenario, growth=mib)


def table_scenarios() -> list[Scenario]:
    """The scenarios that loaders are compared in."""
    return [
        dom0_only(),
        shared_kernel("two", "2 domains, shared kernel", 2, MIB),
        shared_kernel("eight", "8 domains, shared kernel, 16 MiB ramdisk each", 8, 16 * MIB),
        many_modules(30),
        one_ramdisk(512),
        shared_kernel("tree10k", "2 domains, 10 KiB tree", 2, MIB, 10 * KIB),
        shared_kernel("tree1m", "2 domains, 1 MiB tree", 2, MIB, MIB),
    ]


def growth_scenarios() -> list[Scenario]:
    """More points of the series by which it is seen how the cost grows."""
    return [many_modules(6), many_modules(18), one_ramdisk(64), one_ramdisk(256)]


def image_header(size: int) -> bytes:
    """The header of an arm64 Image of `size` bytes."""
    return struct.pack("<IIQQQQQQ4sI", 0, 0, 0, size, 0xA, 0, 0, 0, b"ARM\x64", 0)


def write_noise(target: Path, start: bytes, size: int) -> None:
    """Write a file that starts as stated and goes on with one MiB of noise, again and again."""
    noise = random.Random(target.name).randbytes(MIB)
    with open(target, "wb") as file:
        for offset in range(0, size, MIB):
            file.write(noise[:min(MIB, size - offset)])
        file.seek(0)
        file.write(start)


def make_module(module: Module, target: Path, size: int) -> None:
    """Make the file of a module, of the content that its kind has."""
    if module.file == KERNEL:
        target.write_bytes((PAYLOAD / KERNEL).read_bytes())
    elif module.kind == "kernel":
        write_noise(target, image_header(size), size)
    elif module.kind == "ramdisk":
        write_noise(target, b"070701", size)
    else:
        make_tree('/dts-v1/; / { passthrough { compatible = "simple-bus"; ranges; '
                  '#address-cells = <2>; #size-cells = <2>; }; };', target)


def make_modules(scenario: Scenario, directory: Path) -> Scenario:
    """Make all files that modules name; returns the scenario with the sizes that they have."""
    for module in scenario.modules:
        target = directory / module.file
        if not target.exists():
            make_module(module, target, scenario.files[module.file])
    sizes = {file: (directory / file).stat().st_size for file in scenario.files}
    return replace(scenario, files=sizes)


def module_node(number: int, module: Module, where: str) -> str:
    """One module's node; `where` is the property that names or places its binary."""
    bootargs = f'bootargs = "{module.command_line}";' if module.command_line else ""
    return f"""
            module@{number} {{
                compatible = "multiboot,{module.kind}", "multiboot,module";
                {where}
                {bootargs}
            }};"""


def padding(size: int) -> str:
    """Nodes of devices that take about `size` bytes in a flattened tree."""
    count = max(0, size - PADDING_GROUP_SIZE) // (
        PADDING_DEVICE_SIZE + PADDING_GROUP_SIZE // PADDING_GROUP_DEVICES)
    groups = []
    for first in range(0, count, PADDING_GROUP_DEVICES):
        devices = "".join(PADDING_DEVICE.format(number) for number in
                          range(first, min(first + PADDING_GROUP_DEVICES, count)))
        groups.append(f"""
        padding{first} {{
            #address-cells = <1>;
            #size-cells = <0>;{devices}
        }};""")
    return "".join(groups)


def memory_kib(scenario: Scenario, domain: tuple[Module, ...]) -> int:
    """The memory of a domain: 128 MiB, and twice what is loaded into it, in whole MiB."""
    loaded = sum(scenario.files[module.file] for module in domain)
    return (128 + -(-2 * loaded // MIB)) * MIB // KIB


def tree_source(scenario: Scenario, where: Optional[Callable[[Module], str]], pad: int = 0) -> str:
    """The source of a scenario's tree, with modules as `where` says or, if None, without any."""
    nodes = []
    if where is not None:
        nodes += [module_node(number, module, where(module))
                  for number, module in enumerate(scenario.dom0)]
    for number, domain in enumerate(scenario.domains if where is not None else ()):
        modules = "".join(module_node(*item, where(item[1])) for item in enumerate(domain))
        nodes.append(f"""
        domU{number} {{
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 {memory_kib(scenario, domain):#x}>;
            vpl011;{modules}
        }};""")
    return f"""
/include/ "machine.dts"
/ {{
    chosen {{
        #address-cells = <2>;
        #size-cells = <2>;
        xen,xen-bootargs = "{XEN_OPTIONS}";{"".join(nodes)}
    }};{padding(pad)}
}};
"""


def make_system_tree(scenario: Scenario, target: Path,
                     where: Optional[Callable[[Module], str]]) -> None:
    """Make the tree of a scenario, padded to the size that the scenario states."""
    make_tree(tree_source(scenario, where), target, **HARDWARE)
    missing = scenario.tree_size - target.stat().st_size
    if missing > 0:
        make_tree(tree_source(scenario, where, missing), target, **HARDWARE)


def named(module: Module) -> str:
    """The property that names a module's binary, as both Xen's loader and Muster read it."""
    return f'xen,uefi-binary = "{module.file}";'
