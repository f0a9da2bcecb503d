# SPDX-License-Identifier: BSD-2-Clause
"""Trees made for Xen's own EFI loader: each form of system that Xen's page on EFI boot shows."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Optional

from conftest import System
from domains import XEN_OPTIONS, streams, system_source, wait_for_reports, wait_until
from esp import MUSTER, PAYLOAD, make_ramdisk, make_tree
from machine import BUILD

# Two domains of 768 MiB and 1 GiB, as in that page, beside dom0.
MEMORY_MIB = 3072

INFO_OPTIONS = f"{XEN_OPTIONS} loglvl=info"
DOM0_OPTIONS = f"{INFO_OPTIONS} dom0_mem=256M"

# Xen's words for loglvl=info.
INFO = "Errors, warnings and info"

CHOSEN_CELLS = """
    #size-cells = <0x1>;
    #address-cells = <0x1>;
"""

DOM0_MODULES = """
    module@1 {
        compatible = "multiboot,kernel", "multiboot,module";
        xen,uefi-binary = "vmlinuz-dom0";
        bootargs = "console=hvc0 quiet";
    };
    module@2 {
        compatible = "multiboot,ramdisk", "multiboot,module";
        xen,uefi-binary = "initrd-dom0";
    };
"""

DOM0_CONFIG = "kernel=vmlinuz-dom0 console=hvc0 quiet\nramdisk=initrd-dom0\n"


def kernel_only(number: int, memory: str) -> str:
    """The node of a domain that has a kernel alone."""
    return f"""
    domU{number} {{
        #size-cells = <0x1>;
        #address-cells = <0x1>;
        compatible = "xen,domain";
        cpus = <0x1>;
        memory = <0x0 {memory}>;
        vpl011;
        module@{number} {{
            compatible = "multiboot,kernel", "multiboot,module";
            xen,uefi-binary = "Image-domu{number}.bin";
            bootargs = "console=ttyAMA0 root=/dev/ram0 rw";
        }};
    }};
"""


FIRST = kernel_only(1, "0xc0000")
SECOND = kernel_only(2, "0x100000")

WITH_PASSTHROUGH = """
    domU1 {
        #address-cells = <1>;
        #size-cells = <1>;
        compatible = "xen,domain";
        memory = <0 0x20000>;
        cpus = <1>;
        vpl011;
        module@1 {
            compatible = "multiboot,kernel", "multiboot,module";
            xen,uefi-binary = "vmlinuz-guest";
            bootargs = "console=ttyAMA0";
        };
        module@2 {
            compatible = "multiboot,ramdisk", "multiboot,module";
            xen,uefi-binary = "initrd-guest";
        };
        module@3 {
            compatible = "multiboot,device-tree", "multiboot,module";
            xen,uefi-binary = "passthrough.dtb";
        };
    };
"""

# Hands the machine's clock to the domain; it has no DMA, so no IOMMU is needed.
FRAGMENT = """
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    passthrough {
        compatible = "simple-bus";
        ranges;
        #address-cells = <2>;
        #size-cells = <2>;
        clock: fixed-clock {
            compatible = "fixed-clock";
            #clock-cells = <0>;
            clock-frequency = <24000000>;
        };
        pl031@9010000 {
            compatible = "arm,pl031", "arm,primecell";
            reg = <0 0x09010000 0 0x1000>;
            interrupt-parent = <0xfde8>;
            interrupts = <0 2 4>;
            clocks = <&clock>;
            clock-names = "apb_pclk";
            xen,path = "/pl031@9010000";
            xen,reg = <0 0x09010000 0 0x1000 0 0x09010000>;
            xen,force-assign-without-iommu;
        };
    };
};
"""


def prepare(system: System, *, files: dict[str, str], config: Optional[str] = None) -> None:
    """Make a system of Muster, Xen, kernels and ramdisks (each with its mark) alone."""
    for path in system.files.iterdir():
        path.unlink()
    shutil.copyfile(MUSTER, system.files / "BOOTAA64.EFI")
    shutil.copyfile(PAYLOAD / "xen.efi", system.files / "xen.efi")
    for name, mark in files.items():
        if mark == "kernel":
            shutil.copyfile(PAYLOAD / "vmlinuz", system.files / name)
        else:
            make_ramdisk(mark, system.files / name)
    if config is not None:
        system.write("xen.cfg", config)


def tree_of(system: System, *chosen: str) -> dict:
    """The machine whose firmware has a tree with this in /chosen."""
    path = system.directory / "firmware.dtb"
    make_tree(system_source(*chosen), path, memory_mib=MEMORY_MIB)
    return {"tree": path, "memory_mib": MEMORY_MIB}


def log_level(text: str) -> str:
    """The level of messages that Xen's command line asks for with loglvl=."""
    return re.findall(r"^\(XEN\) Std\. Loglevel: (.*)$", text, re.MULTILINE)[-1].strip()


def runs_without_root(said: str, memory_kib: int) -> bool:
    """True if a Linux with this memory and no ramdisk came as far as it can: to its root disk."""
    return ("Kernel command line: console=ttyAMA0 root=/dev/ram0 rw\n" in said
            and re.search(rf"Memory: \d+K/{memory_kib}K available", said) is not None
            and "Unable to mount root fs on unknown-block" in said)


def wait_for_kernels(machine, memory_kib: dict[str, int]) -> None:
    """Wait until each of these domains, which have no ramdisk, has come to its root disk."""
    def complete(text: str) -> bool:
        said = streams(text)
        return all(runs_without_root("\n".join(said.get(speaker, [])), size)
                   for speaker, size in memory_kib.items())
    wait_until(machine, complete, f"kernels of {', '.join(memory_kib)}")


DOM0_FILES = {"vmlinuz-dom0": "kernel", "initrd-dom0": "dom0"}


def test_dom0_by_configuration(system):
    """Xen and dom0, by a configuration file alone; the firmware's own tree."""
    prepare(system, files=DOM0_FILES, config=f"""
[global]
default=dom0

[dom0]
options={DOM0_OPTIONS}
{DOM0_CONFIG}
""")
    with system.boot() as machine:
        report, = wait_for_reports(machine, "dom0")
        assert log_level(machine.text) == INFO
    assert report.command_line == "console=hvc0 quiet"
    assert 0.75 * 256 * 1024 < report.memory_kib < 256 * 1024


def test_dom0_and_domain_by_tree(system):
    """Xen, dom0 and a domain, all in the firmware's tree; there is no configuration file."""
    prepare(system, files=DOM0_FILES | {"Image-domu1.bin": "kernel"})
    machine = tree_of(system, CHOSEN_CELLS, f'xen,xen-bootargs = "{DOM0_OPTIONS}";', DOM0_MODULES,
                      FIRST)
    with system.boot_as_planned(**machine) as running:
        wait_for_kernels(running, {"DOM1": 0xc0000})
        report, = wait_for_reports(running, "dom0")
        text = running.text
    assert "no configuration file, the device tree as it is" in text
    assert log_level(text) == INFO
    assert report.speaker is None
    assert report.command_line == "console=hvc0 quiet"


def test_dom0_by_configuration_and_domain_by_tree(system):
    """Xen and dom0 by the configuration, a domain by the tree of dtb=, which U-Boot completes."""
    prepare(system, files=DOM0_FILES | {"Image-domu1.bin": "kernel"}, config=f"""
[global]
default=xen

[xen]
options={DOM0_OPTIONS}
{DOM0_CONFIG}
dtb=system.dtb
""")
    make_tree(system_source(CHOSEN_CELLS, "xen,uefi-cfg-load;", FIRST),
              system.files / "system.dtb", memory_mib=MEMORY_MIB)
    with system.boot_as_planned(memory_mib=MEMORY_MIB) as machine:
        wait_for_kernels(machine, {"DOM1": 0xc0000})
        report, = wait_for_reports(machine, "dom0")
        if system.firmware == "u-boot":
            # EFI_DT_FIXUP_PROTOCOL adds it; the machine's own tree does not have it.
            machine.send("clear; cat /proc/device-tree/chosen/u-boot,version; echo\n")
            machine.wait_for(r"^20\d\d\.\d\d")
    assert report.command_line == "console=hvc0 quiet"


def test_domains_by_tree(system):
    """Two domains in the firmware's tree, and nothing else: no dom0, no configuration file."""
    prepare(system, files={"Image-domu1.bin": "kernel", "Image-domu2.bin": "kernel"})
    machine = tree_of(system, CHOSEN_CELLS, f'xen,xen-bootargs = "{INFO_OPTIONS}";',
                      FIRST, SECOND)
    with system.boot(**machine) as running:
        wait_for_kernels(running, {"DOM1": 0xc0000, "DOM2": 0x100000})
        text = running.text
    assert "no configuration file, the device tree as it is" in text
    assert log_level(text) == INFO


def test_domains_by_configuration_and_tree(system):
    """The same two domains with a configuration file, whose options= win over the tree's."""
    prepare(system, files={"Image-domu1.bin": "kernel", "Image-domu2.bin": "kernel"}, config=f"""
[global]
default=xen

[xen]
options={XEN_OPTIONS} loglvl=all
""")
    machine = tree_of(system, CHOSEN_CELLS, 'xen,uefi-cfg-load; xen,xen-bootargs = "loglvl=info";',
                      FIRST, SECOND)
    with system.boot_as_planned(**machine) as running:
        wait_for_kernels(running, {"DOM1": 0xc0000, "DOM2": 0x100000})
        assert log_level(running.text) == "All"


def import_fragment(directory: Path, target: Path) -> None:
    """The fragment for the same device that an import makes of the machine's own tree."""
    make_tree(system_source(), directory / "board.dtb")
    for name in ("xen.efi", "vmlinuz"):
        shutil.copyfile(PAYLOAD / name, directory / name)
    (directory / "config").write_text("XEN=xen.efi\nDEVICE_TREE=board.dtb\nNUM_DOMUS=1\n"
                                      "DOMU_KERNEL[0]=vmlinuz\n"
                                      "DOMU_PASSTHROUGH_PATHS[0]=/pl031@9010000\n")
    subprocess.run([BUILD / "muster", "import", "-o", "new", "config"], cwd=directory, check=True,
                   stdout=subprocess.DEVNULL)
    shutil.copyfile(directory / "new/EFI/BOOT/domU0-devices.dtb", target)


def test_passthrough(system):
    """A domain with a kernel, a ramdisk and a fragment that hands a device to it."""
    prepare(system, files={"vmlinuz-guest": "kernel", "initrd-guest": "guest"})
    fragment = system.files / "passthrough.dtb"
    if system.firmware == "edk2":
        import_fragment(system.directory, fragment)
    else:
        make_tree(FRAGMENT, fragment)
    source = system_source(f'xen,xen-bootargs = "{XEN_OPTIONS}";', WITH_PASSTHROUGH)
    make_tree(source + "/ { pl031@9010000 { xen,passthrough; }; };", system.directory / "fw.dtb")
    with system.boot_as_planned(tree=system.directory / "fw.dtb") as machine:
        report, = wait_for_reports(machine, "guest")
        text = machine.text
    assert report.command_line == "console=ttyAMA0"
    assert "rtc-pl031 9010000.pl031: registered as rtc0" in text
