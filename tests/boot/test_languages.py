# SPDX-License-Identifier: BSD-2-Clause
"""The ways to describe a system besides trees for Xen: trees for U-Boot, overlays, domain sections,
modules without a type; and regions of memory that a tree gives away."""

import gzip
import re
import shutil

import pytest

from conftest import LOADER, System, only
from domains import XEN_OPTIONS, domain_node, system_source, wait_for_reports
from esp import PAYLOAD, make_overlay, make_ramdisk, make_tree
from failing import boot_failing
from test_xen_trees import log_level

MIB = 1024 * 1024


def placed(text: str) -> dict[str, int]:
    """The address at which Muster put each binary."""
    found = re.findall(r"^  binary (\S+): .* at 0x([0-9a-f]+)\b", text, re.MULTILINE)
    return {name: int(address, 16) for name, address in found}


def kernel_addresses(text: str) -> list[int]:
    """The address of each domain's kernel, in the order in which Xen made them."""
    return [int(address, 16)
            for address in re.findall(r"kernel from boot module @ ([0-9a-f]+)", text)]


def check_no_warning(text: str) -> None:
    """Muster had nothing to say about the system."""
    assert not re.search(r"^\S.*: (warning|error): ", text, re.MULTILINE)


# --- trees made for U-Boot ------------------------------------------------------------------------

EARLIER = 0x60000000
WANTED = 0x68000000
TAKEN = EARLIER + MIB


def u_boot_domain(number: int, kernel: str, ramdisk: str) -> str:
    """A domain's node whose modules have these properties of their own."""
    return f"""
        domU{number} {{
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 0x20000>;
            vpl011;
            module@{number}0 {{
                compatible = "multiboot,kernel", "multiboot,module";
                bootargs = "console=ttyAMA0 quiet";
                {kernel}
            }};
            module@{number}1 {{
                compatible = "multiboot,ramdisk", "multiboot,module";
                {ramdisk}
            }};
        }};"""


def test_modules_with_reg(system):
    """A module that is in memory already stays there; one that asks for an address gets it when
    it is free, else goes elsewhere. options= wins over the tree's xen,xen-bootargs."""
    make_ramdisk("domC", system.files / "ramdisk-domC.img")
    kernel = PAYLOAD / "vmlinuz"
    system.write("muster.cfg", f"options={XEN_OPTIONS} loglvl=all\ndtb=u-boot.dtb\n")
    system.write_tree(
        "u-boot.dtb", 'xen,xen-bootargs = "loglvl=info";',
        u_boot_domain(1, f"reg = <0 {EARLIER:#x} 0 {kernel.stat().st_size:#x}>;",
                      'uefi,binary = "ramdisk-domA.img";'),
        u_boot_domain(2, f'reg = <0 {WANTED:#x} 0 0>; uefi,binary = "vmlinuz-guest";',
                      'uefi,binary = "ramdisk-domB.img";'),
        u_boot_domain(3, 'uefi,binary = "vmlinuz-guest";',
                      f'reg = <0 {TAKEN:#x} 0 0>; uefi,binary = "ramdisk-domC.img";'))
    with system.boot_as_planned(memory=[(kernel, EARLIER)]) as machine:
        wait_for_reports(machine, "domA", "domB", "domC")
        text = machine.text
    assert "domain domU1: 1 vCPU, 128 MiB, (in memory already) + ramdisk-domA.img" in text
    assert kernel_addresses(text) == [EARLIER, WANTED, WANTED]
    assert (f"/chosen/domU3/module@31: note: {TAKEN:#x}, which was asked for, is not free; "
            "ramdisk-domC.img goes elsewhere\n") in text
    assert placed(text)["ramdisk-domC.img"] not in range(EARLIER, EARLIER + 64 * MIB)
    assert text.count(" note: ") == 1
    check_no_warning(text)
    assert log_level(text) == "All"


# --- overlays -------------------------------------------------------------------------------------

OVERLAY = """
/dts-v1/;
/plugin/;
"""


def test_overlays_by_path_and_by_label(system):
    """Overlays on the tree of dtb=, in order: the third changes what the first added."""
    system.write("muster.cfg", f"""
options={XEN_OPTIONS}
dtb=labels.dtb
dtbo=by-path.dtbo
dtbo=by-label.dtbo
dtbo=later.dtbo
binary=vmlinuz-guest domu-kernel
""")
    first = domain_node("domU1", "ramdisk-domA.img").replace("domU1 {", "first: domU1 {")
    make_tree(system_source(first), system.files / "labels.dtb", labels=True)
    second = domain_node("domU2", "ramdisk-domB.img")
    make_overlay(OVERLAY + "&{/chosen} {" + second + "};", system.files / "by-path.dtbo")
    make_overlay(OVERLAY + "&first { cpus = <2>; };", system.files / "by-label.dtbo")
    make_overlay(OVERLAY + '&{/chosen/domU2} { cpus = <3>; module@0 { bootargs = '
                 '"console=ttyAMA0 quiet later"; }; };', system.files / "later.dtbo")
    with system.boot_as_planned() as machine:
        report_a, report_b = wait_for_reports(machine, "domA", "domB")
        check_no_warning(machine.text)
    assert (report_a.cpus, report_a.command_line) == (2, "console=ttyAMA0 quiet")
    assert (report_b.cpus, report_b.command_line) == (3, "console=ttyAMA0 quiet later")


BAD_SYSTEMS = """
[global]
default=none

[path]
dtbo=to-chosen.dtbo
dtbo=to-nowhere.dtbo

[no-labels]
dtbo=to-label.dtbo

[label]
dtb=labels.dtb
dtbo=to-label.dtbo

[no-tree]
dtbo=muster.cfg

[runtime]
binary=vmlinuz-guest domu-kernel
domains=domA

[domA]
kernel=domu-kernel console=ttyAMA0
cpus=1
memory=64M
vpl011
xen,static-mem=<0 0xbc000000 0 0x4000000>

[static]
binary=vmlinuz-guest domu-kernel
domains=domB

[domB]
kernel=domu-kernel console=ttyAMA0
cpus=1
memory=128M
vpl011
xen,static-mem=<0 0x60000000 0 0x8000000>
"""

NOT_BUILT = ("{}: error: domain {} has static memory, but xen.efi is built without it "
             "hint: use a Xen that is built with CONFIG_STATIC_MEMORY")

BAD = {
    "path": "muster.cfg:7: error: to-nowhere.dtbo does not apply: fragment@0 is for /chosen/domU9, "
            "which the device tree does not have",
    "no-labels": "muster.cfg:10: error: to-label.dtbo does not apply: fragment@0 needs the label "
                 "frist, which the device tree does not have hint: the tree has no labels at all: "
                 "make it with dtc -@, or give the fragment a target-path",
    "label": "muster.cfg:14: error: to-label.dtbo does not apply: fragment@0 needs the label "
             "frist, which the device tree does not have hint: did you mean &first?",
    "no-tree": "muster.cfg:17: error: muster.cfg is not a device tree overlay: it does not start "
               "with d0 0d fe ed hint: make it with dtc -@ -O dtb",
    "runtime": "muster.cfg:28: error: static memory of domA (0xbc000000 to 0xbfffffff) overlaps "
               "the firmware's runtime services (0x",
    "static": NOT_BUILT.format("muster.cfg:39", "domB"),
}


@pytest.fixture(scope="module")
def bad_systems(firmware):
    """All systems that cannot be, in one boot."""
    system = System(f"bad-systems-{firmware}", firmware)
    system.write("muster.cfg", BAD_SYSTEMS)
    first = domain_node("domU1", "ramdisk-domA.img").replace("domU1 {", "first: domU1 {")
    make_tree(system_source(first), system.files / "labels.dtb", labels=True)
    make_overlay(OVERLAY + "&{/chosen} { domU1 { cpus = <1>; }; };",
                 system.files / "to-chosen.dtbo")
    make_overlay(OVERLAY + "&{/chosen/domU9} { cpus = <1>; };", system.files / "to-nowhere.dtbo")
    make_overlay(OVERLAY + "&frist { cpus = <1>; };", system.files / "to-label.dtbo")
    yield boot_failing(system, *((LOADER, name) for name in BAD))
    shutil.rmtree(system.directory)


@pytest.mark.xdist_group("bad-systems")
@pytest.mark.parametrize("name", BAD)
def test_bad_system(bad_systems, name):
    """An overlay that does not apply: which fragment, and why. Static memory that the firmware
    keeps: what for; static memory for a Xen without it. The firmware is then as it was."""
    also = (NOT_BUILT.format("muster.cfg:28", "domA"),) if name == "runtime" else ()
    bad_systems.check(list(BAD).index(name), (BAD[name], *also))


# --- modules without a type -----------------------------------------------------------------------

def untyped(domain: str) -> str:
    """A domain's node without the types of its modules."""
    return re.sub(r"compatible = \"multiboot,.*;", "", domain)


def test_types_by_content(system):
    """Modules without compatible: Image and cpio in any order; gzip data, kernel then ramdisk."""
    for name in ("vmlinuz-guest", "ramdisk-domB.img"):
        packed = gzip.compress((system.files / name).read_bytes(), compresslevel=1)
        (system.files / f"{name}.gz").write_bytes(packed)
    first = untyped(domain_node("domU1", "vmlinuz-guest", kernel="ramdisk-domA.img",
                                bootargs="")).replace('bootargs = "";', "")
    first = first.replace('"vmlinuz-guest";', '"vmlinuz-guest"; bootargs = "console=ttyAMA0 one";')
    second = untyped(domain_node("domU2", "ramdisk-domB.img.gz", kernel="vmlinuz-guest.gz"))
    assert "multiboot" not in first + second
    system.write_tree("untyped.dtb", first, second)
    system.write("muster.cfg", f"options={XEN_OPTIONS}\ndtb=untyped.dtb\n")
    with system.boot_as_planned() as machine:
        report_a, report_b = wait_for_reports(machine, "domA", "domB")
        text = machine.text
    check_no_warning(text)
    assert report_a.command_line == "console=ttyAMA0 one"
    assert report_b.command_line == "console=ttyAMA0 quiet"
    found = kernel_addresses(text)
    assert found == [placed(text)["vmlinuz-guest"], placed(text)["vmlinuz-guest.gz"]]


# --- memory that a tree gives away ----------------------------------------------------------------

RESERVED = (0x50000000, 128)
HEAP = (0x60000000, 1024)

REGIONS = """
&{{/chosen}} {{
    xen,static-heap = <0 {over:#x} 0 0x1000000>, <0 0x60000000 0 0x40000000>;
}};
&{{/}} {{
    reserved-memory {{
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        hole@50000000 {{ reg = <0 0x50000000 0 0x8000000>; }};
    }};
}};
"""


def test_static_heap_over_kernel(system):
    """Xen's static heap where the kernel would have been put: the kernel goes elsewhere. Xen
    stops when a module overlaps such a region."""
    system.use_example("domain-sections")
    with system.boot() as machine:
        machine.wait_for(r"\(XEN\) Xen version")
        kernel = placed(machine.text)["vmlinuz-guest"]
    size = (system.files / "vmlinuz-guest").stat().st_size
    over = (kernel // (2 * MIB) + 1) * (2 * MIB)
    assert kernel < over < over + 16 * MIB < kernel + size
    make_overlay(OVERLAY + REGIONS.format(over=over), system.files / "regions.dtbo")
    config = (system.files / "muster.cfg").read_text()
    system.write("muster.cfg", config.replace("[section1]", "[section1]\ndtbo=regions.dtbo"))

    with system.boot_as_planned() as machine:
        report_a, report_b = wait_for_reports(machine, "domA", "domB")
        text = machine.text
    check_no_warning(text)
    assert (report_a.cpus, report_a.command_line) == (2, "console=ttyAMA0 who=domA")
    assert (report_b.cpus, report_b.command_line) == (3, "console=ttyAMA0 who=domB")
    moved = placed(text)
    for name, address in moved.items():
        end = address + (system.files / name).stat().st_size
        for start, length in ((over, 16), RESERVED, HEAP):
            assert end <= start or start + length * MIB <= address, name
    assert kernel_addresses(text) == [moved["vmlinuz-guest"]] * 2


# --- firmware that has no tree --------------------------------------------------------------------

@only("edk2")
def test_no_tree(system):
    """Firmware that describes the machine by ACPI alone."""
    system.use_example("domain-sections")
    seen = boot_failing(system, (LOADER, ""), acpi=True)
    seen.check(0, ("error: the firmware provides no device tree (it may describe the machine by "
                   "ACPI only) hint: give one with dtb= in the configuration",))
