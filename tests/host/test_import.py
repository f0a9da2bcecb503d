# SPDX-License-Identifier: BSD-2-Clause
"""Import: what becomes of each of ImageBuilder's variables, and of each form of the shell."""

import signal
import subprocess
import time

import pytest

from conftest import HERE, MUSTER
from system import cpio, image

# ImageBuilder configurations, and what is said of them.
IMPORTS = HERE / "imports"

BOARD = """
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 2 0>; };
    cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; };
        first: cpu@1 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <1>; };
        cpu@2 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <2>; };
        cpu-map { cluster0 { core0 { cpu = <&first>; }; }; };
    };
    axi {
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        ethernet@ff0e0000 { compatible = "vendor,ethernet"; reg = <0 0xff0e0000 0 0x1000>; };
        serial@ff000000 { compatible = "arm,pl011"; reg = <0 0xff000000 0 0x1000>; };
    };
};
"""

FRAGMENT = """
/dts-v1/;
/ { passthrough { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges; }; };
"""

OVERLAY = """
/dts-v1/;
/plugin/;
&{/axi} { can@ff070000 { compatible = "vendor,can"; reg = <0 0xff070000 0 0x1000>; }; };
"""

LOST = OVERLAY.replace("&{/axi}", "&nowhere")

START = 'XEN="xen"\nDEVICE_TREE="board.dtb"\n'
ONE = START + 'NUM_DOMUS=1\nDOMU_KERNEL[0]="Image"\n'
DOM0 = ONE + 'DOM0_KERNEL="Image-dom0"\n'


class Project:
    """A directory with an ImageBuilder configuration and its files."""

    def __init__(self, directory):
        self.directory = directory
        self.target = directory / "new"
        for name in ("xen", "Image", "Image-dom0", "d1/Image", "d2/Image"):
            self.write(name, image(100000, name))
        for name in ("dom0.cpio", "d1/ramdisk.cpio", "d2/ramdisk.cpio", "r.cpio"):
            self.write(name, cpio(5000, name))
        for name, source in (("board.dtb", BOARD), ("part.dtb", FRAGMENT), ("can.dtbo", OVERLAY),
                             ("lost.dtbo", LOST)):
            subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", directory / name],
                           input=source.encode(), check=True)

    def write(self, name, content):
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    def run(self, text, *options):
        """Import a configuration; its output, on which it left its exit code."""
        (self.directory / "config").write_text(text)
        return subprocess.run([MUSTER, "import", "-o", "new", *options, "config"],
                              cwd=self.directory, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)

    def make(self, text):
        """Import a configuration that is right; what was said and the configuration made of it."""
        result = self.run(text)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout, (self.target / "EFI/BOOT/muster.cfg").read_text()

    def tree(self):
        """The finished tree, as the loader would hand it to Xen."""
        subprocess.run([MUSTER, "plan", "--dtb-out", self.directory / "finished.dtb", "new"],
                       cwd=self.directory, check=True, stdout=subprocess.DEVNULL)
        return Tree(self.directory / "finished.dtb")


class Tree:
    """A device tree to be asked for properties."""

    def __init__(self, path):
        self.path = path

    def get(self, node, name, kind="x"):
        result = subprocess.run(["fdtget", "-t", kind, self.path, node, name], text=True,
                                capture_output=True)
        return result.stdout.rstrip("\n") if result.returncode == 0 else None


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


SAMPLE = """\
MEMORY_START="0x0"
MEMORY_END="0x80000000"
LOAD_CMD="tftpb"
BOOT_CMD="booti"

DEVICE_TREE="board.dtb"
XEN="xen"
XEN_CMD="console=dtuart dtuart=serial0 dom0_mem=1G dom0_max_vcpus=1 bootscrub=0 vwfi=native sched=null"
PASSTHROUGH_DTS_REPO="git@example.org:xen-passthrough-device-trees.git device-trees-2021.2/zcu102"
DOM0_KERNEL="Image-dom0"
DOM0_CMD="console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused"
DOM0_RAMDISK="dom0.cpio"
DOM0_MEM=1024
DOM0_VCPUS=1

NUM_DT_OVERLAY=1
DT_OVERLAY[0]="can.dtbo"

NUM_DOMUS=2
DOMU_KERNEL[0]="d1/Image"
DOMU_PASSTHROUGH_PATHS[0]="/axi/ethernet@ff0e0000 /axi/serial@ff000000"
DOMU_CMD[0]="console=ttyPS0 earlycon console=ttyPS0,115200 rdinit=/sbin/init root=/dev/ram0"
DOMU_RAMDISK[0]="d1/ramdisk.cpio"
DOMU_COLORS[0]="6-14"
DOMU_KERNEL[1]="d2/Image"
DOMU_CMD[1]="console=ttyAMA0 clk_ignore_unused rdinit=/sbin/init root=/dev/ram0 init=/bin/sh"
DOMU_RAMDISK[1]="d2/ramdisk.cpio"
DOMU_MEM[1]=512
DOMU_VCPUS[1]=1

BITSTREAM=download.bit

NUM_BOOT_AUX_FILE=2
BOOT_AUX_FILE[0]="r.cpio"
BOOT_AUX_FILE[1]="d1/ramdisk.cpio"

UBOOT_SOURCE="boot.source"
UBOOT_SCRIPT="boot.scr"
APPEND_EXTRA_CMDS="extra.txt"
FDTEDIT="imagebuilder.dtb"
FIT="boot.fit"
FIT_ENC_KEY_DIR="dir/key"
FIT_ENC_UB_DTB="uboot.dtb"
"""

SAMPLE_CONFIG = """\
# Made by muster import from config.

[global]
default=xen

[xen]
options=console=dtuart dtuart=serial0 dom0_mem=1G dom0_max_vcpus=1 bootscrub=0 vwfi=native sched=null llc-coloring=on
xen=xen
dtb=board.dtb
dtbo=can.dtbo
dtbo=imagebuilder.dtbo
kernel=Image-dom0 console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused root=/dev/ram0
ramdisk=dom0.cpio
domains=domU0 domU1

[domU0]
kernel=d1/Image console=ttyPS0 earlycon console=ttyPS0,115200 rdinit=/sbin/init root=/dev/ram0
ramdisk=d1/ramdisk.cpio
dtb=domU0-devices.dtb
cpus=1
memory=512M
vpl011
xen,enhanced=enabled
llc-colors="6-14"

[domU1]
kernel=d2/Image console=ttyAMA0 clk_ignore_unused rdinit=/sbin/init root=/dev/ram0 init=/bin/sh
ramdisk=d2/ramdisk.cpio
cpus=1
memory=512M
vpl011
xen,enhanced=enabled
"""


def test_sample(project):
    """The configuration that ImageBuilder's own manual shows, with this board's names."""
    said, config = project.make(SAMPLE)
    assert config == SAMPLE_CONFIG
    for note in ("not needed: LOAD_CMD, BOOT_CMD, UBOOT_SOURCE, UBOOT_SCRIPT (only U-Boot's script",
                 "not needed: FDTEDIT (", "not needed: FIT (", "not needed: FIT_ENC_KEY_DIR, "
                 "FIT_ENC_UB_DTB (", "the RAM is what DEVICE_TREE says", "DOM0_MEM and DOM0_VCPUS "
                 "count only where XEN_CMD is not", "cache colors are written as Xen has them"):
        assert said.count(f"note: {note}") == 1
    assert said.count("note: ") == 7
    for warning in ("PASSTHROUGH_DTS_REPO is not carried over", "BITSTREAM is not carried over",
                    "APPEND_EXTRA_CMDS is not carried over",
                    "no IOMMU confines /axi/ethernet@ff0e0000, /axi/serial@ff000000"):
        assert said.count(f"warning: {warning}") == 1
    files = sorted(str(path.relative_to(project.target))
                   for path in project.target.rglob("*") if path.is_file())
    assert files == ["EFI/BOOT/Image-dom0", "EFI/BOOT/board.dtb", "EFI/BOOT/can.dtbo",
                     "EFI/BOOT/d1/Image", "EFI/BOOT/d1/ramdisk.cpio", "EFI/BOOT/d2/Image",
                     "EFI/BOOT/d2/ramdisk.cpio", "EFI/BOOT/dom0.cpio",
                     "EFI/BOOT/domU0-devices.dtb", "EFI/BOOT/imagebuilder.dtbo", "EFI/BOOT/muster.cfg", "EFI/BOOT/xen",
                     "d1/ramdisk.cpio", "r.cpio"]
    for name in ("xen", "d1/Image", "dom0.cpio"):
        assert ((project.target / "EFI/BOOT" / name).read_bytes()
                == (project.directory / name).read_bytes())
    tree = project.tree()
    assert tree.get("/axi/ethernet@ff0e0000", "xen,passthrough") == ""
    assert tree.get("/axi/serial@ff000000", "xen,passthrough") == ""
    assert tree.get("/axi/can@ff070000", "compatible", "s") == "vendor,can"


def test_defaults(project):
    """What ImageBuilder takes where nothing is said, without a dom0."""
    said, config = project.make(ONE)
    assert ("options=console=dtuart dtuart=serial0 bootscrub=0 vwfi=native sched=null\n"
            in config)
    assert ("\n[domU0]\nkernel=Image console=ttyAMA0\ncpus=1\nmemory=512M\nvpl011\n" in config)
    assert "xen,enhanced" not in config
    assert not (project.target / "EFI/BOOT/imagebuilder.dtbo").exists()
    assert "warning" not in said and "note" not in said


def test_defaults_of_dom0(project):
    _, config = project.make(DOM0)
    assert ("options=console=dtuart dtuart=serial0 dom0_mem=1024M dom0_max_vcpus=1 bootscrub=0 "
            "vwfi=native sched=null\n" in config)
    assert ("kernel=Image-dom0 console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused "
            "root=/dev/ram0\n" in config)
    assert "xen,enhanced=enabled\n" in config


# What is added to a configuration, and a line that the new one has for it.
CARRIED = [
    (DOM0, "DOM0_MEM=2048", "options=console=dtuart dtuart=serial0 dom0_mem=2048M "
                            "dom0_max_vcpus=1 bootscrub=0 vwfi=native sched=null"),
    (DOM0, "DOM0_VCPUS=4", "options=console=dtuart dtuart=serial0 dom0_mem=1024M "
                           "dom0_max_vcpus=4 bootscrub=0 vwfi=native sched=null"),
    (DOM0, "XEN_CMD=a\nDOM0_COLORS=1-5", "options=a llc-coloring=on dom0-llc-colors=1-5"),
    (ONE, "XEN_CMD=a\nXEN_COLORS=0-0", "options=a llc-coloring=on xen-llc-colors=0-0"),
    (ONE, 'XEN_CMD="console=dtuart"', "options=console=dtuart"),
    (ONE, "XEN_CMD=a\nDOMU_COLORS[0]=1-5", "options=a llc-coloring=on"),
    (ONE, "XEN_CMD='a llc-coloring=1'\nDOMU_COLORS[0]=1-5", "options=a llc-coloring=1"),
    (DOM0, "DOM0_RAMDISK=dom0.cpio", "ramdisk=dom0.cpio"),
    (DOM0, "DOM0_CMD='root=/dev/vda2 quiet'", "kernel=Image-dom0 root=/dev/vda2 quiet"),
    (ONE, "DOMU_RAMDISK[0]=r.cpio", "ramdisk=r.cpio"),
    (ONE, "DOMU_CMD[0]='console=ttyS0 a=\"b c\"'", 'kernel=Image console=ttyS0 a="b c"'),
    (ONE, "DOMU_MEM[0]=128", "memory=128M"),
    (ONE, "DOMU_VCPUS[0]=0x2", "cpus=2"),
    (ONE, "DOMU_PASSTHROUGH_DTB[0]=part.dtb", "dtb=part.dtb"),
    (ONE, "DOMU_STATIC_MEM[0]='0x140000000 0x8000000'",
     "xen,static-mem=<0x1 0x40000000 0x0 0x8000000>"),
    (ONE, "DOMU_STATIC_MEM[0]='0x140000000 0x8000000'", "direct-map"),
    (ONE, "DOMU_COLORS[0]=2-3", 'llc-colors="2-3"'),
    (ONE, "DOMU_VCPUS[0]=2\nDOMU_VCPU_HARD_AFFINITY[0,1]=0-2", "vcpu1/hard-affinity=\"0-2\""),
    (ONE, "DOMU_VCPU_HARD_AFFINITY[0,0]=1", "vcpu0/id=<0>"),
    (ONE, "XEN_POLICY=r.cpio", "xsm=r.cpio"),
    (ONE, "DOMU_GRANT_VER[0]=1", "max_grant_version=1"),
    (ONE, "DOMU_GRANT_FRAMES[0]=32", "max_grant_frames=32"),
    (ONE, "DOMU_MAPTRACK_FRAMES[0]=0", "max_maptrack_frames=0"),
    (DOM0, "DOMU_ENHANCED[0]=2", "xen,enhanced=no-xenstore"),
    (ONE, "DOMU_SHARED_MEM[0]='buffer 0x50000000 0x6000000 0x10000'",
     "shared-mem@50000000/xen,shared-mem=<0x0 0x50000000 0x0 0x6000000 0x0 0x10000>"),
    (ONE, "DOMU_SHARED_MEM[0]='buffer 0x50000000 0x6000000 0x10000'",
     'shared-mem@50000000/xen,shm-id="buffer"'),
    (ONE, "DOMU_SHARED_MEM[0]='buffer 0x6000000 0x10000'",
     "shared-mem-buffer/xen,shared-mem=<0x0 0x6000000 0x0 0x10000>"),
    (ONE, "NUM_CPUPOOLS=1\nCPUPOOL[0]=cpu@1\nDOMU_CPUPOOL[0]=0",
     "domain-cpupool=<&{/chosen/cpupool_0}>"),
    (ONE, "NUM_DT_OVERLAY=1\nDT_OVERLAY[0]=can.dtbo", "dtbo=can.dtbo"),
    (ONE, "XEN_STATIC_HEAP='0x50000000 0x1000000'", "dtbo=imagebuilder.dtbo"),
]


@pytest.mark.parametrize("base, lines, expected", CARRIED,
                         ids=[lines.split("=")[0] + str(at) for at, (_, lines, _) in
                              enumerate(CARRIED)])
def test_carried_over(project, base, lines, expected):
    # Some of these need what this Xen or this board has not, and then the check says so.
    project.run(f"{base}{lines}\n")
    assert expected in (project.target / "EFI/BOOT/muster.cfg").read_text().splitlines()


@pytest.mark.parametrize("lines, absent", [
    ("DOMU_VPL011[0]=0", "vpl011"),
    ("DOMU_VPL011[0]=0", "kernel=Image console=ttyAMA0"),
    ("DOM0_KERNEL=Image-dom0\nDOMU_ENHANCED[0]=0", "xen,enhanced=enabled"),
    ("DOMU_STATIC_MEM[0]='0x50000000 0x8000000'\nDOMU_DIRECT_MAP[0]=0", "direct-map"),
])
def test_switched_off(project, lines, absent):
    project.run(f"{ONE}{lines}\n")
    assert absent not in (project.target / "EFI/BOOT/muster.cfg").read_text().splitlines()


def test_cpupools(project):
    """A CPU with a phandle keeps it, another gets one, and the domain refers to its pool."""
    project.make(ONE + 'NUM_CPUPOOLS=2\nCPUPOOL[0]="cpu@2 null"\nCPUPOOL[1]="cpu@0,cpu@1"\n'
                       "DOMU_CPUPOOL[0]=1\n")
    tree = project.tree()
    phandles = [tree.get(f"/cpus/cpu@{number}", "phandle") for number in range(3)]
    assert phandles[1] == Tree(project.directory / "board.dtb").get("/cpus/cpu@1", "phandle")
    assert len(set(phandles)) == 3 and None not in phandles
    assert tree.get("/chosen/cpupool_0", "compatible", "s") == "xen,cpupool"
    assert tree.get("/chosen/cpupool_0", "cpupool-cpus") == phandles[2]
    assert tree.get("/chosen/cpupool_0", "cpupool-sched", "s") == "null"
    assert tree.get("/chosen/cpupool_1", "cpupool-cpus") == f"{phandles[0]} {phandles[1]}"
    assert tree.get("/chosen/cpupool_1", "cpupool-sched", "s") is None
    assert (tree.get("/chosen/domU0", "domain-cpupool")
            == tree.get("/chosen/cpupool_1", "phandle") not in (None, *phandles))
    assert tree.get("/cpus/cpu-map/cluster0/core0", "cpu") == phandles[1]


def test_event_channels(project):
    """Each end has the phandle that the other one links to."""
    project.make(START + "NUM_DOMUS=2\nDOMU_KERNEL[0]=Image\nDOMU_KERNEL[1]=Image\n"
                         "DOMU_STATIC_EVTCHNS[0]='10 1 11; 12 1 13'\n"
                         "DOMU_STATIC_EVTCHNS[1]='11 0 10; 13 0 12;'\n")
    tree = project.tree()
    for near, here, far, there in ((0, 10, 1, 11), (0, 12, 1, 13), (1, 11, 0, 10), (1, 13, 0, 12)):
        node = f"/chosen/domU{near}/evtchn@{here:x}"
        other = tree.get(f"/chosen/domU{far}/evtchn@{there:x}", "phandle")
        assert tree.get(node, "compatible", "s") == "xen,evtchn-v1"
        assert tree.get(node, "xen,evtchn") == f"{here:x} {other}"


def test_memory(project):
    """A tree that leaves the memory to the firmware is checked with ImageBuilder's."""
    source = BOARD.replace("reg = <0 0x40000000 2 0>", "reg = <0 0 0 0>")
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", project.directory / "board.dtb"],
                   input=source.encode(), check=True)
    said, _ = project.make(ONE + "MEMORY_START=0x40000000\nMEMORY_END=0x80000000\n")
    assert "\nmuster check --memory=0x40000000@0x40000000 new\n" in said
    assert "note" not in said and "--memory SIZE" not in said
    result = project.run(ONE + "MEMORY_START=0x40000000\nMEMORY_END=0x44000000\n", "--force")
    assert result.returncode == 1 and "error: " in result.stdout


def test_old_colours(project):
    """Options for colors that older patches had, inside XEN_CMD, get the names that Xen has."""
    said, config = project.make(ONE + "XEN_CMD='dom0_colors=1 xxen_colors=2 xen_colors=0-1 last'\n")
    assert ("options=dom0-llc-colors=1 xxen_colors=2 xen-llc-colors=0-1 last llc-coloring=on\n"
            in config)
    assert said.count("note: cache colors are written as Xen has them since 4.20") == 1


def test_dom0_beside_xen_cmd(project):
    said, _ = project.make(ONE + "XEN_CMD=sync_console\nDOM0_VCPUS=2\n")
    assert "note: DOM0_VCPUS counts only where XEN_CMD is not set" in said
    assert "hint: XEN_CMD says what it is to be" in said


def test_static_memory(project):
    project.make(ONE + "DOMU_MEM[0]=128\nDOMU_STATIC_MEM[0]='0x50000000 0x8000000'\n"
                       "XEN_STATIC_HEAP='0x60000000 0x10000000 0x80000000 0x8000000'\n")
    tree = project.tree()
    assert tree.get("/chosen/domU0", "xen,static-mem") == "0 50000000 0 8000000"
    assert tree.get("/chosen", "#address-cells") == tree.get("/chosen", "#size-cells") == "2"
    assert (tree.get("/chosen", "xen,static-heap")
            == "0 60000000 0 10000000 0 80000000 0 8000000")
    assert tree.get("/chosen", "#xen,static-heap-address-cells") == "2"


def test_shared_memory(project):
    lines = "".join(f"DOMU_KERNEL[{number}]=Image\n"
                    f"DOMU_SHARED_MEM[{number}]='it 0x50000000 0x6000000 0x10000000'\n"
                    for number in range(2))
    project.make(START + "NUM_DOMUS=2\n" + lines)
    tree = project.tree()
    for number in range(2):
        node = f"/chosen/domU{number}/shared-mem@50000000"
        assert tree.get(node, "compatible", "s") == "xen,domain-shared-memory-v1"
        assert tree.get(node, "xen,shared-mem") == "0 50000000 0 6000000 0 10000000"
        assert tree.get(f"/chosen/domU{number}", "#size-cells") == "2"


@pytest.mark.parametrize("name", [path.stem for path in sorted(IMPORTS.glob("*.cfg"))])
def test_word_for_word(project, request, name):
    """All that is said of a configuration; --update writes it anew."""
    result = project.run((IMPORTS / f"{name}.cfg").read_text())
    expected = IMPORTS / f"{name}.expected"
    text = f"{result.stdout}{result.stderr}exit {result.returncode}\n"
    if request.config.getoption("--update"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_passthrough_paths_with_fragment(project):
    """Devices may also be named for domains that dom0 creates later, and by the older name."""
    said, config = project.make(
        START + "DOM0_KERNEL=Image-dom0\nNUM_DOMUS=2\nDOMU_KERNEL[0]=Image\n"
        "DOMU_PASSTHROUGH_DTB[0]=part.dtb\nDOMU_PASSTHROUGH_PATHS[0]=/axi/ethernet@ff0e0000\n"
        "DOMU_NOBOOT[1]=y\nDOMU_KERNEL[1]=missing\nDOMU_MEM[1]=64\n"
        "DOMU_PASSTHROUGH_PATHS[1]=/axi/serial@ff000000\n"
        "NUM_DT_OVERLAY=1\nDT_OVERLAY[0]=can.dtbo\nXEN_PASSTHROUGH_PATHS=/axi/can@ff070000\n")
    assert "the devices are kept" not in said
    assert "note: domU1 is not started at boot" in said
    assert "domains=domU0\n" in config and "[domU1]" not in config
    tree = project.tree()
    for node in ("ethernet@ff0e0000", "serial@ff000000", "can@ff070000"):
        assert tree.get(f"/axi/{node}", "xen,passthrough") == ""


@pytest.mark.parametrize("lines, message", [
    ("DOMU_ROOTFS[0]=a.cpio.gz\nDOM0_KERNEL=Image-dom0", "domU0 is left out"),
    ("DOM0_KERNEL=Image-dom0\nDOM0_ROOTFS=a.cpio.gz", "DOM0_ROOTFS is not carried over"),
    ("DOMU_DRIVER_DOMAIN[0]=1", "DOMU_DRIVER_DOMAIN[0] is not carried over"),
    ("DOMU_MAXMEM[0]=1024", "DOMU_MAXMEM[0] is not carried over"),
    ("PASSTHROUGH_DTS_REPO=repo", "PASSTHROUGH_DTS_REPO is not carried over: import makes the"),
    ("LINUX=Image", "LINUX is not carried over"),
    ("DOMU_KERNAL[0]=Image", "DOMU_KERNAL[0] is not carried over: import does not know it"),
    ("DOMU_MEM[7]=64", "DOMU_MEM[7] has no effect: NUM_DOMUS is 1"),
    ("CPUPOOL[0]=cpu@0", "CPUPOOL[0] has no effect: NUM_CPUPOOLS is not set"),
    ("DT_OVERLAY[0]=can.dtbo", "DT_OVERLAY[0] has no effect: NUM_DT_OVERLAY is not set"),
    ("BOOT_AUX_FILE[0]=x", "BOOT_AUX_FILE[0] has no effect: NUM_BOOT_AUX_FILE is not set"),
    ("DOM0_RAMDISK=dom0.cpio", "DOM0_RAMDISK has no effect: DOM0_KERNEL is not set"),
    ("DOMU_DIRECT_MAP[0]=1", "DOMU_DIRECT_MAP[0] has no effect without DOMU_STATIC_MEM"),
    ("DOMU_VCPU_HARD_AFFINITY[0,1]=0",
     "DOMU_VCPU_HARD_AFFINITY[0,1] has no effect: the domain has no such vCPU"),
])
def test_not_carried_over(project, lines, message):
    """It is said at its line, and the rest is imported."""
    result = project.run(f"{ONE}{lines}\n")
    number = len(ONE.splitlines()) + len(lines.splitlines())
    if "DOM0_KERNEL=Image-dom0\n" not in lines and "\n" in lines:
        number -= 1
    assert f"config:{number}:1: warning: {message}" in result.stdout
    assert (project.target / "EFI/BOOT/muster.cfg").exists()


@pytest.mark.parametrize("lines, message", [
    ("DOMU_RAMDISK[0]=missing.cpio", "cannot read missing.cpio: No such file"),
    ("DOMU_RAMDISK[0]=d1", "cannot read d1: Is a directory"),
    ("DOMU_MEM[0]=lots", "lots is not a number"),
    ("DOMU_VCPUS[0]=5000000000", "5000000000 is not a number up to 4294967295"),
    ("DOMU_STATIC_MEM[0]=0x50000000", "these are not pairs of an address and a size"),
    ("DOMU_STATIC_MEM[0]='0x50000000 1G'", "1G is not a number"),
    ("XEN_STATIC_HEAP='1 2 3'", "these are not pairs of an address and a size"),
    ("DOMU_SHARED_MEM[0]='id 1'", "this does not describe shared memory"),
    ("DOMU_CMD[0]='a#b'", "muster.cfg cannot hold this: a # starts a comment there"),
    ("DOMU_CMD[0]='a\nb'", "muster.cfg cannot hold this: it has a control character"),
    ("DOMU_CPUPOOL[0]=0", "there is no CPUPOOL[0]"),
    ("NUM_CPUPOOLS=1\nCPUPOOL[0]=cpu@9", "the device tree has no node /cpus/cpu@9"),
    ("NUM_CPUPOOLS=2\nCPUPOOL[0]=cpu@0\nCPUPOOL[1]=cpu@0", "/cpus/cpu@0 is named twice"),
    ("DOMU_PASSTHROUGH_PATHS[0]=/axi/none", "the device tree has no node /axi/none"),
    ("DEVICE_TREE=xen", "xen is not a device tree blob"),
    ("NUM_DT_OVERLAY=1\nDT_OVERLAY[0]=lost.dtbo", "lost.dtbo cannot be applied to DEVICE_TREE"),
    ("DOMU_PASSTHROUGH_PATHS[0]=axi", "the device tree has no node axi"),
    ("DOMU_KERNEL[0]=", "DOMU_KERNEL[0] is not set"),
    ("XEN=", "XEN is not set"),
    ("NUM_DOMUS=0", "there is neither a dom0 nor a domU"),
    ("NUM_DOMUS=1000000", "1000000 is not a number up to 256"),
    ("NUM_DOMUS =1", "a shell takes no blanks around an equals sign"),
    ("DOMU_STATIC_EVTCHNS[0]='1 2 3 4'", "these are not event channels"),
    ("DOMU_STATIC_EVTCHNS[0]='200000 1 1'", "these are not event channels"),
    ("DOMU_COLORS[0]=0-x", "this is not a list of colors"),
    ("XEN_COLORS=7-3", "this is not a list of colors"),
    ("XEN_COLORS=1,", "this is not a list of colors"),
    ("MEMORY_END=0\nDEVICE_TREE=", "MEMORY_END is not above MEMORY_START"),
])
def test_mistakes(project, lines, message):
    """Nothing is written."""
    result = project.run(f"{ONE}{lines}\n")
    assert result.returncode == 1
    assert f"error: {message}" in result.stdout
    assert not project.target.exists()


# A line of ONE, what a person writes instead, the line, message and hint that he gets.
SLIPS = [
    ("NUM_DOMUS=1", "NUM_DOMUS 1", "3:1", "there is no equals sign", "write NUM_DOMUS=1"),
    ("[0]=", "(0)=", "4:1", "an index stands in brackets", 'write DOMU_KERNEL[0]="Image"'),
    ("[0]", "[1]", "4:1", "DOMU_KERNEL[0] is not set",
     "domains count from 0: write DOMU_KERNEL[0] for the first"),
    ("DOMU_KERNEL", "domu_kernel", "4:1", "DOMU_KERNEL[0] is not set",
     "did you mean DOMU_KERNEL[0]?"),
    ("XEN=", "XENN=", "1:1", "XEN is not set", "did you mean XEN?"),
    ("NUM_DOMUS=1", "NUM_DOMUS=2", "3:1", "DOMU_KERNEL[1] is not set",
     "set it, or leave the domain out of NUM_DOMUS"),
    ("NUM_DOMUS=1", "NUM_DOMUS=0", "3:1", "there is neither a dom0 nor a domU",
     "set DOM0_KERNEL, or NUM_DOMUS and DOMU_KERNEL"),
    ("NUM_DOMUS=1", "NUM_DOMUS=one", "3:1", "one is not a number up to 256",
     "write NUM_DOMUS=NUMBER"),
    ('"Image"', '"Imagee"', "4:1", "cannot read Imagee: No such file or directory",
     "did you mean Image?"),
    ('"Image"', '"d1/Imag"', "4:1", "cannot read d1/Imag: No such file or directory",
     "did you mean d1/Image?"),
    ('"Image"', '"kernel"', "4:1", "cannot read kernel: No such file or directory",
     "names of files are relative to the configuration, or to -d DIR"),
    ('"Image"', '"d1"', "4:1", "cannot read d1: Is a directory", "name a file in it"),
    ('"Image"', '"Image', "4:16", "the quotation has no end",
     "a quotation mark is missing, here or above"),
    ('"xen"', '"xen', "1:5", "the quotation has no end",
     "a quotation mark is missing, here or above"),
    ("NUM", "MEMORY_START=0x80000000\nMEMORY_END=0x40000000\nNUM", "4:1",
     "MEMORY_END is not above MEMORY_START", "write the address behind the RAM"),
    ("NUM", "DOMU_STATIC_EVTCHNS[0]='1 domU1 2'\nNUM", "3:1", "domU1 is not a number",
     'write "PORT DOMAIN PORT; …": the port here, the other domain\'s number, the port there'),
    ("NUM", "DOMU_STATIC_EVTCHNS[0]='10 1 11'\nNUM", "3:1",
     "DOMU_STATIC_EVTCHNS[1] does not have 11 0 10", "write a channel in both of its domains"),
    ("NUM", "DOMU_STATIC_EVTCHNS[0]='10 1 11'\nDOMU_STATIC_EVTCHNS[1]='11 0 12'\nNUM", "3:1",
     "DOMU_STATIC_EVTCHNS[1] does not have 11 0 10", "write a channel in both of its domains"),
    ("NUM", "DOMU_STATIC_MEM[0]='0x50000000 1G'\nNUM", "3:1", "1G is not a number",
     'write pairs: "ADDRESS SIZE …"'),
    ("NUM", "DOMU_SHARED_MEM[0]='id 0x50000000 0x60000000 1M'\nNUM", "3:1",
     "1M is not a number", 'write "ID HOST GUEST SIZE"'),
    ('"board.dtb"', '"none.dtb"', "2:1", "cannot read none.dtb: No such file or directory",
     "names of files are relative to the configuration, or to -d DIR"),
    ('"board.dtb"', '"Image"', "2:1", "Image is not a device tree blob", "compile it with dtc"),
    ("NUM", "DOMU_VPL011[0]=yes\nNUM", "3:1", "yes is not a number up to 1",
     "write DOMU_VPL011[0]=1, or 0 for no"),
    ("NUM", "DOMU_MEM[0]=-1\nNUM", "3:1", "-1 is not a number up to 17592186044415",
     "it counts MiB: write DOMU_MEM[0]=NUMBER"),
    ("NUM", "DOMU_MEM[0]=2GB\nNUM", "3:1", "2GB is not a number up to 17592186044415",
     "it counts MiB: write DOMU_MEM[0]=2048"),
    ("NUM", "DOMU_CMD[0]='a # b'\nNUM", "3:1",
     "muster.cfg cannot hold this: a # starts a comment there",
     "write it without that character"),
    ("NUM", "DOMU_PASSTHROUGH_PATHS[0]=/axi/ethernet@ff0e000\nNUM", "3:1",
     "the device tree has no node /axi/ethernet@ff0e000", "did you mean /axi/ethernet@ff0e0000?"),
    ("NUM", "DOMU_PASSTHROUGH_PATHS[0]=/axi/x/y\nNUM", "3:1", "the device tree has no node /axi/x/y",
     "look for it: fdtget -l TREE /axi"),
    ("NUM", "DOMU_PASSTHROUGH_PATHS[0]=axi\nNUM", "3:1", "the device tree has no node axi",
     "a path starts with /"),
    ("XEN", "[global]\nXEN", "1:1", "this is a configuration of Muster, not one of ImageBuilder",
     "muster check config"),
]


@pytest.mark.parametrize("written, slip, place, message, hint", SLIPS,
                         ids=[f"{at}-{slip[3]}" for at, slip in enumerate(SLIPS)])
def test_slips(project, written, slip, place, message, hint):
    """One message, at its line, with its hint, and nothing is written."""
    result = project.run(ONE.replace(written, slip))
    lines = result.stdout.splitlines()
    assert lines[0] == f"config:{place}: error: {message}"
    assert lines[3:] == [f"  hint: {hint}", "1 error"]
    assert result.returncode == 1 and not project.target.exists()


def test_one_reason_is_one_message(project):
    result = project.run(ONE + "DOMU_MEM[3]=1\nDOMU_CMD[4]=a\nLINUX=a\nLINUX_CMD=b\n"
                         "LOPPER_PATH=a\nLOPPER_CMD=b\n")
    assert ("config:9:1: note: not needed: LOPPER_PATH, LOPPER_CMD (import makes the fragments for "
            "devices itself)\n" in result.stdout)
    assert ("config:5:1: warning: DOMU_MEM[3] has no effect: NUM_DOMUS is 1; the same for "
            "DOMU_CMD[4]\n" in result.stdout)
    assert ("config:7:1: warning: LINUX is not carried over: it is for a boot without Xen; the same "
            "for LINUX_CMD\n" in result.stdout)
    assert "2 warnings, 1 note\n" in result.stdout


@pytest.mark.parametrize("line, message", [
    ("touch canary", "this is a command of a shell, and import runs none"),
    ("source ./more", "this is a command of a shell, and import runs none"),
    ("if true; then X=1; fi", "this is a command of a shell, and import runs none"),
    ("A=1 touch canary", "this is a command of a shell, and import runs none"),
    ("DOMU_KERNEL[$i]=Image", "this is a command of a shell, and import runs none"),
    ("X=$(touch canary)", "import runs no command"),
    ('X="a `touch canary` b"', "import runs no command"),
    ("X=$((1 + 1))", "import runs no command"),
    ("X=${HOME:-/root}", "import does not read this expansion"),
    ("X=$1", "import does not read this expansion"),
    ("X=$HOME", "this file does not set HOME"),
    ("X=a|touch canary", "this character means something to a shell"),
    ("X=a>canary", "this character means something to a shell"),
    ("X=a&", "this character means something to a shell"),
    ("X='abc", "the quotation has no end"),
    ('X="abc', "the quotation has no end"),
    ("X=([3]=a)", "import does not read this array"),
    ("X=(a b", "import does not read this array"),
])
def test_no_shell(project, line, message):
    """What needs a shell is an error at its line, and is not run."""
    result = project.run(f"{ONE}{line}\n")
    assert result.returncode == 1
    assert f"config:{len(ONE.splitlines()) + 1}:" in result.stdout
    assert f"error: {message}" in result.stdout
    assert not project.target.exists()
    assert not (project.directory / "canary").exists()


# Each sets DOMU_CMD[0] in a way of its own.
SHELL = [
    "DOMU_CMD[0]=plain",
    'DOMU_CMD[0]="two words"',
    "DOMU_CMD[0]='single $HOME `x` \"quoted\" \\ '",
    r'DOMU_CMD[0]="esc \" \$ \\ \x \` end"',
    r"DOMU_CMD[0]=back\ slash\;d",
    "DOMU_CMD[0]=a'b c'\"d e\"f",
    "DOMU_CMD[0]=x#y'#'",
    "DOMU_CMD[0]=first; DOMU_CMD[0]=second # third",
    "A=1 DOMU_CMD[0]=same",
    'DOMU_CMD[0]="join\\\ned here"',
    "DOMU_CMD[0]=un\\\nquoted",
    "export B=value\nDOMU_CMD[0]=\"$B ${B}x $ end\"",
    "C[2]=two C=none\nDOMU_CMD[0]=${C[2]}-${C}-$C",
    "C=(zero one 'two too')\nDOMU_CMD[0]=\"${C[0]} ${C[2]} ${C[1]}\"",
    "C=( # comment\n zero\n one )\nDOMU_CMD[0]=${C[1]}",
    "DOMU_CMD[0]=a\nDOMU_CMD[0]+=' b'",
    "DOMU_CMD=scalar",
    "DOMU_CMD=('of an array')",
    "\t DOMU_CMD[0]=indented\t",
    "DOMU_CMD[0]=a=b,c[d]*?{e}",
    "DOMU_CMD[0]=''",
    "# DOMU_CMD[0]=comment\nDOMU_CMD[0]=ü",
    "DOMU_CMD[0]='trailing'\\\n",
]


@pytest.mark.parametrize("text", SHELL)
def test_same_as_shell(project, text):
    """Import reads what bash reads."""
    shell = subprocess.run(["bash", "-c", f'{text}\nprintf "%s" "${{DOMU_CMD[0]}}"'],
                           capture_output=True, text=True, check=True, env={}).stdout
    result = project.run(f"{ONE}{text}\n")
    if "#" in shell:
        assert "a # starts a comment there" in result.stdout
        return
    config = (project.target / "EFI/BOOT/muster.cfg").read_text()
    line = f"kernel=Image {shell or 'console=ttyAMA0'}"
    assert line in config.splitlines() or line.rstrip() in config.splitlines()


def test_crlf_and_byte_order_mark(project):
    text = "\ufeff" + ONE.replace("\n", "\r\n") + "DOMU_MEM[0]=64\r\n"
    _, config = project.make(text)
    assert "memory=64M\n" in config


def test_no_text(project):
    (project.directory / "config").write_bytes(b"\x7fELF\0\0\1")
    result = subprocess.run([MUSTER, "import", "config"], cwd=project.directory, text=True,
                            capture_output=True)
    assert result.returncode == 1
    assert result.stdout.startswith("config: error: the file is not text\n"
                                    "  hint: is it an ImageBuilder configuration?\n")


def test_odd_tree(project):
    """What dtc takes, and the loader does not."""
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", project.directory / "board.dtb"], check=True,
                   input=b"/dts-v1/; / { chosen { }; chosen@1 { }; };")
    result = project.run(ONE)
    assert result.returncode == 1
    assert "config:2:1: error: board.dtb cannot be used: it is damaged\n" in result.stdout


def test_too_large(project):
    result = project.run("#" * (4 * 1024 * 1024))
    assert result.returncode == 1
    assert (result.stderr
            == "muster: error: config is too large for an ImageBuilder configuration\n")


def test_values_do_not_explode(project):
    """Each line doubles the value before it."""
    lines = ["A0=" + "x" * 1000] + [f"A{at}=$A{at - 1}$A{at - 1}" for at in range(1, 40)]
    result = project.run(ONE + "\n".join(lines) + "\n")
    assert result.returncode == 1
    assert "error: the value is too long" in result.stdout


def test_shared_kernel_is_copied_once(project):
    (project.directory / "link").symlink_to("Image")
    _, config = project.make(START + "NUM_DOMUS=3\nDOMU_KERNEL[0]=Image\nDOMU_KERNEL[1]=./Image\n"
                                     "DOMU_KERNEL[2]=link\n")
    assert config.count("kernel=Image console") == 3
    assert not (project.target / "EFI/BOOT/link").exists()


def test_names_that_cannot_stay(project):
    """Names that FAT, the configuration or the partition cannot have, and that would clash."""
    outside = project.directory.parent / f"{project.directory.name}-outside"
    outside.mkdir()
    (outside / "Image").write_bytes(image(50000, "other"))
    project.write("with space", image(50000, "space"))
    project.write("muster.cfg", image(50000, "cfg"))
    _, config = project.make(
        START + f"NUM_DOMUS=4\nDOMU_KERNEL[0]=Image\nDOMU_KERNEL[1]=../{outside.name}/Image\n"
                "DOMU_KERNEL[2]='with space'\nDOMU_KERNEL[3]=muster.cfg\n")
    for name in ("Image", "Image-2", "with_space", "muster.cfg-2"):
        assert f"kernel={name} console=ttyAMA0\n" in config
    assert (project.target / "EFI/BOOT/Image-2").read_bytes() == image(50000, "other")


def test_directory_of_files(project):
    """Names are relative to -d, as with ImageBuilder, or to the configuration."""
    (project.directory / "sub").mkdir()
    (project.directory / "sub/config").write_text(ONE)
    command = [MUSTER, "import", "-o", "new", "-d", ".", "sub/config"]
    assert subprocess.run(command, cwd=project.directory, stdout=subprocess.DEVNULL).returncode == 0
    assert (project.target / "EFI/BOOT/xen").exists()


def test_default_target(project):
    (project.directory / "config").write_text(ONE)
    subprocess.run([MUSTER, "import", "config"], cwd=project.directory, check=True,
                   stdout=subprocess.DEVNULL)
    assert (project.directory / "config.esp/EFI/BOOT/muster.cfg").exists()


def test_target_in_use(project):
    """What import did not make, it does not replace, not even when it is forced to."""
    project.target.mkdir()
    (project.target / "precious").write_text("data")
    for options in ([], ["--force"]):
        result = project.run(ONE, *options)
        assert result.returncode == 1
        assert result.stderr == ("muster: error: new is there, and muster import did not make it\n"
                                 "  hint: name another directory with -o\n")
    assert [path.name for path in project.target.iterdir()] == ["precious"]
    assert not list(project.directory.glob(".new.*"))


def test_import_again(project):
    project.make(ONE)
    (project.target / "EFI/BOOT/mine").write_text("added by hand")
    result = project.run(ONE)
    assert result.returncode == 1
    assert result.stderr == ("muster: error: new is there already\n"
                             "  hint: --force replaces it, -o DIR names another one\n")
    assert (project.target / "EFI/BOOT/mine").exists()
    assert project.run(ONE + "DOMU_MEM[0]=64\n", "--force").returncode == 0
    assert "memory=64M" in (project.target / "EFI/BOOT/muster.cfg").read_text()
    assert not (project.target / "EFI/BOOT/mine").exists()
    assert not list(project.directory.glob(".new.*"))


@pytest.mark.parametrize("name, reason", [("nofile", "No such file or directory"),
                                          ("d1", "Is a directory")])
def test_no_configuration(project, name, reason):
    result = subprocess.run([MUSTER, "import", name], cwd=project.directory, text=True,
                            capture_output=True)
    assert result.returncode == 1
    assert result.stderr == f"muster: error: cannot read {name}: {reason}\n"


def test_interrupted(project):
    """A signal while files are copied leaves nothing; what is left when it is killed goes later."""
    with open(project.directory / "large", "wb") as file:
        file.truncate(8 << 30)
    (project.directory / "config").write_text(ONE + "NUM_BOOT_AUX_FILE=1\nBOOT_AUX_FILE[0]=large\n")
    left = set()
    for number in (signal.SIGKILL, signal.SIGINT):
        with subprocess.Popen([MUSTER, "import", "-o", "new", "config"], cwd=project.directory) as process:
            for _ in range(3000):
                if set(project.directory.glob(".new.muster-*/partition/large")) - left:
                    break
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(timeout=30) == -number
        left = set(project.directory.glob(".new.muster-*/partition/large"))
        assert len(list(project.directory.glob(".new.*"))) == (number == signal.SIGKILL)
    assert not (project.directory / "new").exists()


def test_what_check_finds(project):
    """A system that is imported but cannot start is an error in the end."""
    result = project.run(ONE + "DOMU_VCPUS[0]=0\n")
    assert result.returncode == 1
    assert "wrote new" in result.stdout and "1 error" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--no-such"], ["-o"]])
def test_usage(project, arguments):
    result = subprocess.run([MUSTER, "import", *arguments], cwd=project.directory, text=True,
                            capture_output=True)
    assert result.returncode == 2
    assert "usage: muster import" in result.stderr
