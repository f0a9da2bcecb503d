# SPDX-License-Identifier: BSD-2-Clause
"""Devices of an ImageBuilder configuration: the fragment that a domain gets for their paths."""

import subprocess

import pytest

from test_import import ONE, Project, Tree

BOARD = """
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    interrupt-parent = <&gic>;
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 2 0>; };
    cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; };
    };
    clock: clock { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <24000000>; };
    firmware {
        calls: calls {
            compatible = "vendor,calls";
            power { compatible = "vendor,power"; mboxes = <&mailbox 0>; };
            clocks: clock-controller {
                compatible = "vendor,clocks";
                #clock-cells = <1>;
                clocks = <&clock>;
            };
        };
    };
    mailbox: mailbox@ff900000 { reg = <0 0xff900000 0 0x1000>; #mbox-cells = <1>; };
    gic: interrupt-controller@8000000 {
        compatible = "arm,gic-v3";
        #interrupt-cells = <3>;
        interrupt-controller;
        reg = <0 0x08000000 0 0x10000>, <0 0x080a0000 0 0xf60000>;
    };
    iommu: iommu@9050000 { compatible = "arm,mmu-500"; #iommu-cells = <1>; reg = <0 0x9050000 0 0x20000>; };
    axi {
        compatible = "simple-bus";
        #address-cells = <1>;
        #size-cells = <1>;
        ranges = <0x0e0000 0 0xff0e0000 0x100000>;
        ethernet@e0000 {
            compatible = "vendor,ethernet";
            reg = <0xe0000 0x1000 0xe1f80 0x100>;
            interrupts = <0 63 4>, <0 64 4>;
            iommus = <&iommu 5>;
            clocks = <&clocks 4>, <&clock>;
            phy-handle = <&phy>;
            power-domains = <&calls>;
            pinctrl-0 = <&pin>;
            pinctrl-names = "default";
            status = "disabled";
            mdio {
                #address-cells = <1>;
                #size-cells = <0>;
                phy: phy@7 { reg = <7>; reset-gpios = <&gpio 3 1>; };
            };
        };
        gpio: gpio@100000 {
            compatible = "vendor,gpio";
            reg = <0x100000 0x200>;
            #gpio-cells = <2>;
            gpio-controller;
            interrupt-controller;
            #interrupt-cells = <2>;
            interrupts = <0 70 4>;
            pin: pin { pins = "a"; };
        };
        usb@120000 {
            compatible = "vendor,wrapper";
            reg = <0x120000 0x100>;
            #address-cells = <1>;
            #size-cells = <1>;
            ranges;
            usb@130000 { compatible = "vendor,usb"; reg = <0x130000 0x10000>; interrupts = <0 80 4>; };
        };
        i2c@150000 {
            compatible = "vendor,i2c";
            reg = <0x150000 0x1000>;
            #address-cells = <1>;
            #size-cells = <0>;
            expander: expander@20 { reg = <0x20>; #gpio-cells = <2>; };
        };
        leds@160000 { reg = <0x160000 0x1000>; led-gpios = <&expander 1 0>; };
        keys@170000 { reg = <0x170000 0x1000>; interrupt-parent = <&gpio>; interrupts = <1 2>; };
        far@1f0000 { reg = <0x1f0000 0x1000>; };
    };
};
"""


class Devices(Project):
    """Imports a domain that gets devices of BOARD."""

    def __init__(self, directory):
        super().__init__(directory)
        subprocess.run(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", directory / "board.dtb"],
                       input=BOARD.encode(), check=True)

    def give(self, paths, more=""):
        return self.run(f'{ONE}DOMU_PASSTHROUGH_PATHS[0]="{paths}"\n{more}')

    def fragment(self):
        return Tree(self.target / "EFI/BOOT/domU0-devices.dtb")


@pytest.fixture
def devices(tmp_path):
    return Devices(tmp_path)


def test_device(devices):
    """It has its addresses as the processors see them, in whole pages for Xen, and what it refers
    to; what only the machine can manage is left out."""
    result = devices.give("/axi/ethernet@e0000 /axi/gpio@100000")
    assert result.returncode == 0, result.stdout
    assert ("note: the domain does not see what only the machine can manage: iommus, power-domains, "
            "pinctrl-0, pinctrl-names\n" in result.stdout)
    assert "warning: no IOMMU confines /axi/gpio@100000 to the domain\n" in result.stdout
    assert result.stdout.endswith("no errors: 1 domain, 3 files\n")
    tree = devices.fragment()
    ethernet = "/passthrough/ethernet@e0000"
    assert tree.get(ethernet, "reg") == "0 ff0e0000 0 1000 0 ff0e1f80 0 100"
    assert tree.get(ethernet, "xen,reg") == ("0 ff0e0000 0 1000 0 ff0e0000 "
                                            "0 ff0e1000 0 2000 0 ff0e1000")
    assert tree.get(ethernet, "xen,path", "s") == "/axi/ethernet@e0000"
    assert tree.get(ethernet, "interrupts") == "0 3f 4 0 40 4"
    assert tree.get(ethernet, "interrupt-parent") == tree.get("/gic", "phandle")
    for name in ("iommus", "power-domains", "pinctrl-0", "pinctrl-names", "status",
                 "xen,force-assign-without-iommu"):
        assert tree.get(ethernet, name) is None
    assert tree.get(f"{ethernet}/mdio/phy@7", "phandle") == tree.get(ethernet, "phy-handle")
    assert tree.get("/passthrough/gpio@100000", "xen,force-assign-without-iommu") == ""
    assert tree.get("/passthrough/clock", "compatible", "s") == "fixed-clock"
    clocks = tree.get("/passthrough/calls/clock-controller", "phandle")
    assert tree.get(ethernet, "clocks").split() == [clocks, "4",
                                                    tree.get("/passthrough/clock", "phandle")]
    assert tree.get("/passthrough/calls/power", "compatible") is None
    host = devices.tree()
    assert host.get("/axi/ethernet@e0000", "xen,passthrough") == ""


def test_device_on_device(devices):
    """What processors reach below a device is a device as well."""
    result = devices.give("/axi/usb@120000")
    assert result.returncode == 0, result.stdout
    assert "/axi/usb@120000, /axi/usb@120000/usb@130000 to the domain\n" in result.stdout
    tree = devices.fragment()
    below = "/passthrough/usb@120000/usb@130000"
    assert tree.get(below, "reg") == "0 ff130000 0 10000"
    assert tree.get(below, "xen,path", "s") == "/axi/usb@120000/usb@130000"
    assert devices.tree().get("/axi/usb@120000/usb@130000", "xen,passthrough") == ""


def test_interrupts_of_another_device(devices):
    result = devices.give("/axi/keys@170000 /axi/gpio@100000")
    assert result.returncode == 0, result.stdout
    tree = devices.fragment()
    assert (tree.get("/passthrough/keys@170000", "interrupt-parent")
            == tree.get("/passthrough/gpio@100000", "phandle"))


def test_bus(devices):
    """All devices of a bus."""
    assert devices.give("/axi").returncode == 0
    assert (devices.fragment().get("/passthrough/axi/leds@160000", "xen,path", "s")
            == "/axi/leds@160000")


def test_fragment_of_the_person(devices):
    """It counts instead."""
    assert devices.give("/axi/gpio@100000", "DOMU_PASSTHROUGH_DTB[0]=part.dtb\n").returncode == 0
    assert "dtb=part.dtb\n" in (devices.target / "EFI/BOOT/muster.cfg").read_text()
    assert not (devices.target / "EFI/BOOT/domU0-devices.dtb").exists()


OWN = "write the fragment, and DOMU_PASSTHROUGH_DTB[0]=FILE"


@pytest.mark.parametrize("paths, message, hint", [
    ("/axi/ethernet@e0000", "/axi/ethernet@e0000/mdio/phy@7 needs /axi/gpio@100000 (reset-gpios), "
     "which the domain does not get",
     "add /axi/gpio@100000 to it, or write a fragment, and DOMU_PASSTHROUGH_DTB[0]=FILE"),
    ("/axi/leds@160000", "/axi/leds@160000 needs /axi/i2c@150000/expander@20 (led-gpios), which the "
     "domain does not get",
     "add /axi/i2c@150000 to it, or write a fragment, and DOMU_PASSTHROUGH_DTB[0]=FILE"),
    ("/axi/keys@170000", "the interrupts of /axi/keys@170000 do not go to the machine's GIC", OWN),
    ("/clock", "/clock has no registers (reg) that processors reach", OWN),
    ("/axi/far@1f0000", "/axi/far@1f0000 has no registers (reg) that processors reach", OWN),
    ("/axi/i2c@150000/expander@20",
     "/axi/i2c@150000/expander@20 has no registers (reg) that processors reach", OWN),
])
def test_refused(devices, paths, message, hint):
    result = devices.give(paths)
    lines = result.stdout.splitlines()
    assert lines[0] == f"config:5:1: error: {message}"
    assert lines[3:] == [f"  hint: {hint}", "1 error"]
    assert result.returncode == 1 and not devices.target.exists()


def nested(depth):
    return "n { " * depth + "};" * depth


@pytest.mark.parametrize("more, message", [
    (nested(20), "the nodes of a device are too deep"),
    ("clocks = <" + " ".join(f"&c{number}" for number in range(300)) + ">;",
     "these devices refer to too many nodes"),
])
def test_too_much(devices, more, message):
    clocks = "".join(f"c{number}: c{number} {{ #clock-cells = <0>; }};" for number in range(300))
    source = BOARD.replace("far@1f0000 { reg = <0x1f0000 0x1000>;",
                           f"big@180000 {{ reg = <0x180000 0x1000>; {more}")
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", devices.directory / "board.dtb"],
                   input=(source + f"/ {{ {clocks} }};").encode(), check=True)
    result = devices.give("/axi/big@180000")
    assert f"config:5:1: error: {message}\n" in result.stdout
    assert result.stdout.endswith("1 error\n")


def test_too_large(devices):
    (devices.directory / "blob").write_bytes(bytes(2096900))
    source = f"""/dts-v1/; / {{ #address-cells = <2>; #size-cells = <2>;
        d@0 {{ reg = <0 0 0 1>; b = /incbin/("{devices.directory}/blob"); }}; }};"""
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", devices.directory / "board.dtb"],
                   input=source.encode(), check=True)
    result = devices.give("/d@0")
    assert "config:5:1: error: the fragment for these devices would be too large\n" in result.stdout
    assert result.stdout.endswith("1 error\n")
