# SPDX-License-Identifier: BSD-2-Clause
"""The loaders that are compared: what each needs on the disk, and how it is started."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from scenarios import (HARDWARE, KERNEL_OPTIONS, MIB, TREE, XEN_OPTIONS, Scenario, make_modules,
                       make_system_tree, memory_kib, named)
from esp import MUSTER, PAYLOAD, TOOL, make_grub
from machine import BUILD, dump_tree

BENCH = BUILD / "bench"
XEN = "xen.efi"
SECTION = "system"

# Where the floor's modules go, at the end: free under EDK2, which keeps what is at the end of all.
FLOOR_MEMORY = "3G@0x40000000"
FLOOR_TREE = "floor.dtb"
LARGE_PAGE = 2 * 1024 * 1024
FLOOR_LIST = "floor.lst"

# ImageBuilder's layout: the script at the start of memory + 2 MiB, then each file, 2 MiB aligned.
U_BOOT_MODULES = 0x40400000
U_BOOT_TREE = "u-boot.dtb"
U_BOOT_SCRIPT = "system.scr"
STAMP_ADDRESS = 0x40200000
LOAD_FROM_DISK = "load virtio 0:1"
LOAD_BY_TFTP = "tftpboot"
# U-Boot 2023.01 refuses more here: "Reading file would overwrite reserved memory".
U_BOOT_LARGEST_FILE = 256 * MIB

# What a seal costs is seen in a small system and in a large one.
SEALED = "muster-sealed.efi"
SEALED_SCENARIOS = ("dom0", "eight")

GRUB = "grubaa64.efi"
GRUB_MODULES = ["boot", "fdt", "xen_boot"]


@dataclass(frozen=True)
class Contender:
    """A loader on a firmware; `command` is what the stamp is told to run."""
    name: str
    title: str
    firmware: str
    command: str
    prepare: Callable[[Scenario, Path], None]
    files: Callable[[Scenario], list[str]]
    dom0_only: bool = False
    largest_file: Optional[int] = None
    image: Optional[str] = None
    scenarios: Optional[tuple[str, ...]] = None

    def can_boot(self, scenario: Scenario) -> bool:
        """Whether the loader is able to start this scenario at all, and is measured in it."""
        if self.scenarios is not None and scenario.name not in self.scenarios:
            return False
        if self.largest_file is not None and max(scenario.files.values()) > self.largest_file:
            return False
        return bool(scenario.dom0) or not self.dom0_only


def lay_out(files: list[tuple[str, int]], start: int, alignment: int) -> list[int]:
    """The aligned address of each of several files of given sizes, one after the other."""
    addresses = []
    for _, size in files:
        addresses.append(start)
        start += -(-size // alignment) * alignment
    return addresses


def size_of(directory: Path, file: str) -> int:
    """The size of a file of the system."""
    return (directory / file).stat().st_size


def prepare_floor(scenario: Scenario, directory: Path) -> None:
    """The floor's list of files with their addresses, and its finished tree: as Muster plans them."""
    shutil.copyfile(BENCH / "floor.efi", directory / "floor.efi")
    prepare_configured(scenario, directory, "muster.cfg")
    machine = BENCH / "machine.dtb"
    dump_tree(machine, **HARDWARE)
    plan = json.loads(subprocess.run(
        [TOOL, "plan", "--json", "--root", directory, "--dtb", machine, "--memory", FLOOR_MEMORY,
         "--dtb-out", directory / FLOOR_TREE, directory / "muster.cfg"], check=True,
        capture_output=True).stdout)
    places = {binary["name"]: int(binary["address"], 0) for binary in plan["binaries"]}
    first = min(places.values())
    lines = [(first // LARGE_PAGE * LARGE_PAGE, first % LARGE_PAGE, "-"),
             *((address, size_of(directory, file), file) for file, address in
               [(XEN, places.pop(XEN)), (FLOOR_TREE, 0), *places.items()])]
    (directory / FLOOR_LIST).write_text("".join(
        f"{address:x} {size:x} {name}\n" for address, size, name in lines))


def configuration(scenario: Scenario) -> str:
    """The configuration file that Xen's own loader and Muster both read."""
    lines = ["[global]", f"default={SECTION}", f"[{SECTION}]", f"options={XEN_OPTIONS}"]
    if scenario.dom0:
        lines += [f"{module.kind}={module.file} {module.command_line}".strip()
                  for module in scenario.dom0]
    else:
        lines.append(f"dtb={TREE}")
    return "\n".join(lines) + "\n"


def prepare_configured(scenario: Scenario, directory: Path, name: str) -> None:
    """A configuration file and, unless dom0 is all, the tree whose modules name their binaries."""
    (directory / name).write_text(configuration(scenario))
    if not scenario.dom0 and not (directory / TREE).exists():
        make_system_tree(scenario, directory / TREE, named)


def prepare_muster(scenario: Scenario, directory: Path) -> None:
    """Muster and what it reads."""
    shutil.copyfile(MUSTER, directory / MUSTER.name)
    prepare_configured(scenario, directory, "muster.cfg")


def prepare_sealed(scenario: Scenario, directory: Path) -> None:
    """Muster with the seal of what it reads."""
    prepare_configured(scenario, directory, "muster.cfg")
    tree = BENCH / "machine.dtb"
    dump_tree(tree, **HARDWARE)
    subprocess.run([TOOL, "seal", "--loader", MUSTER, "--dtb", tree, "--root", directory,
                    "-o", directory / SEALED, directory / "muster.cfg"],
                   check=True, stdout=subprocess.DEVNULL)


def prepare_xen(scenario: Scenario, directory: Path) -> None:
    """What Xen's own loader reads."""
    prepare_configured(scenario, directory, "xen.cfg")


def configured_files(scenario: Scenario, *own: str) -> list[str]:
    """The files of a loader that reads a configuration file and, unless dom0 is all, a tree."""
    return [*own, *([] if scenario.dom0 else [TREE])]


def prepare_grub(scenario: Scenario, directory: Path) -> None:
    """GRUB with the modules that it needs built in, which spares it their reading."""
    make_grub(directory / GRUB, "/", *GRUB_MODULES)
    commands = [f"xen_hypervisor /{XEN} {XEN_OPTIONS}",
                *(f"xen_module /{module.file} {module.command_line}".strip()
                  for module in scenario.dom0), "boot"]
    (directory / "grub.cfg").write_text("\n".join(commands) + "\n")


def u_boot_files(scenario: Scenario) -> list[str]:
    """The files in the order that ImageBuilder loads them: each one anew for each domain."""
    return [XEN, *(module.file for module in scenario.modules), U_BOOT_TREE]


def edit_module(path: str, kind: str, address: int, size: int, command_line: str) -> list[str]:
    """The commands that make one module's node."""
    node = f"{path}/module@{address:#x}"
    commands = [f"fdt mknod {path} module@{address:#x}",
                f'fdt set {node} compatible "multiboot,{kind}" "multiboot,module"',
                f"fdt set {node} reg <0x0 {address:#x} 0x0 {size:#x}>"]
    if command_line:
        commands.append(f'fdt set {node} bootargs "{command_line}"')
    return commands


def u_boot_script(scenario: Scenario, directory: Path, load: str = LOAD_FROM_DISK) -> list[str]:
    """The commands of a boot.scr as ImageBuilder makes it; `load` is the one that reads a file."""
    files = [(file, size_of(directory, file)) for file in u_boot_files(scenario)]
    addresses = lay_out(files, U_BOOT_MODULES, 2 * MIB)
    xen, tree = addresses[0], addresses[-1]
    commands = [f"{load} {address:#x} {file}"
                for address, (file, _) in zip(addresses, files)]
    commands += [f"fdt addr {tree:#x}", "fdt resize 1024",
                 "fdt set /chosen \\#address-cells <0x2>", "fdt set /chosen \\#size-cells <0x2>",
                 f'fdt set /chosen xen,xen-bootargs "{XEN_OPTIONS}"']
    modules = iter(zip(scenario.modules, addresses[1:], (size for _, size in files[1:])))

    def edit(path: str, count: int) -> None:
        for _ in range(count):
            module, address, size = next(modules)
            commands.extend(edit_module(path, module.kind, address, size, module.command_line))

    edit("/chosen", len(scenario.dom0))
    for number, domain in enumerate(scenario.domains):
        path = f"/chosen/domU{number}"
        commands += [f"fdt mknod /chosen domU{number}",
                     f'fdt set {path} compatible "xen,domain"',
                     f"fdt set {path} \\#address-cells <0x2>",
                     f"fdt set {path} \\#size-cells <0x2>",
                     f"fdt set {path} memory <0x0 {memory_kib(scenario, domain):#x}>",
                     f"fdt set {path} cpus <0x1>", f"fdt set {path} vpl011 <0x1>"]
        edit(path, len(domain))
    return commands + ["setenv fdt_high 0xffffffffffffffff", f"booti {xen:#x} - {tree:#x}"]


def make_script(commands: list[str], target: Path) -> None:
    """A U-Boot script image of several commands."""
    source = BENCH / "u-boot.cmd"
    source.write_text("\n".join(commands) + "\n")
    subprocess.run(["mkimage", "-A", "arm64", "-T", "script", "-C", "none", "-d", source, target],
                   check=True, stdout=subprocess.DEVNULL)


def prepare_u_boot(scenario: Scenario, directory: Path) -> None:
    """The script and the tree that it edits; U-Boot itself is the firmware."""
    make_system_tree(scenario, directory / U_BOOT_TREE, None)
    make_script(u_boot_script(scenario, directory), directory / U_BOOT_SCRIPT)


def make_system(scenario: Scenario, directory: Path) -> Scenario:
    """Make the ESP directory that all contenders start a scenario from."""
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "EFI/BOOT").mkdir(parents=True)
    shutil.copyfile(BENCH / "stamp.efi", directory / "EFI/BOOT/BOOTAA64.EFI")
    # U-Boot looks for a script before it looks for EFI applications.
    make_script([f"load virtio 0:1 {STAMP_ADDRESS:#x} EFI/BOOT/BOOTAA64.EFI",
                 f"bootefi {STAMP_ADDRESS:#x} ${{fdtcontroladdr}}",
                 f"load virtio 0:1 {STAMP_ADDRESS:#x} {U_BOOT_SCRIPT}",
                 f"source {STAMP_ADDRESS:#x}"], directory / "boot.scr")
    shutil.copyfile(PAYLOAD / "xen.efi", directory / XEN)
    scenario = make_modules(scenario, directory)
    for contender in CONTENDERS:
        if contender.can_boot(scenario):
            contender.prepare(scenario, directory)
    return scenario


CONTENDERS = [
    Contender("floor", "floor", "edk2", r"\floor.efi", prepare_floor,
              lambda _: ["floor.efi", FLOOR_LIST, FLOOR_TREE], image="floor.efi"),
    Contender("muster", "Muster", "edk2", rf"\{MUSTER.name}", prepare_muster,
              lambda s: configured_files(s, MUSTER.name, "muster.cfg"), image=MUSTER.name),
    Contender("muster-sealed", "Muster, sealed", "edk2", rf"\{SEALED}", prepare_sealed,
              lambda s: configured_files(s, SEALED), image=SEALED, scenarios=SEALED_SCENARIOS),
    Contender("xen", "Xen's own loader", "edk2", rf"\{XEN}", prepare_xen,
              lambda s: configured_files(s, "xen.cfg"), image=XEN),
    Contender("grub", "GRUB", "edk2", rf"\{GRUB}", prepare_grub,
              lambda _: [GRUB, "grub.cfg"], dom0_only=True, image=GRUB),
    Contender("muster-u-boot", "Muster on U-Boot", "u-boot", rf"\{MUSTER.name}", prepare_muster,
              lambda s: configured_files(s, MUSTER.name, "muster.cfg"), image=MUSTER.name),
    Contender("u-boot", "U-Boot script", "u-boot", "", prepare_u_boot,
              lambda _: [U_BOOT_SCRIPT, U_BOOT_TREE], largest_file=U_BOOT_LARGEST_FILE),
]
