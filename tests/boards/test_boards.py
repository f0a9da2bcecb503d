# SPDX-License-Identifier: BSD-2-Clause
"""Plans a system with two domains on the device trees of real boards, as Debian's kernel has them.

`./dev boards` takes all boards, `./dev check` some of them.
"""

import json
import struct
import subprocess
from pathlib import Path
from typing import Optional

import pytest

from source import Node, Tree, ram, read, reserved

ROOT = Path(__file__).resolve().parents[2]
BOARDS = ROOT / "build/payload/boards"
MUSTER = ROOT / "build/muster"
GIB = 1 << 30

SECTIONS = """
[global]
default=system

[system]
options=console=dtuart
domains=domA domB

[domA]
kernel=Image console=ttyAMA0
ramdisk=ramdisk
cpus=1
memory=32M
vpl011

[domB]
kernel=Image
cpus=2
memory=64M
"""

OVERLAY = """
[global]
default=system

[system]
options=console=dtuart
dtbo=domains.dtbo
"""

DOMAINS = """
/dts-v1/;
/plugin/;
/ { fragment@0 { target-path = "/chosen"; __overlay__ {
    #address-cells = <2>;
    #size-cells = <2>;
    domA { compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; cpus = <1>; memory = <0 0x8000>;
        vpl011;
        module@0 { compatible = "multiboot,kernel", "multiboot,module"; uefi,binary = "Image";
            bootargs = "console=ttyAMA0"; };
        module@1 { compatible = "multiboot,ramdisk", "multiboot,module"; uefi,binary = "ramdisk"; }; };
    domB { compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; cpus = <2>; memory = <0 0x10000>;
        module@0 { compatible = "multiboot,kernel", "multiboot,module"; uefi,binary = "Image"; }; };
}; }; };
"""


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the system, which is the same on each board."""
    made = tmp_path_factory.mktemp("system")
    image = struct.pack("<IIQQQQQQ4sI", 0x14000010, 0, 0, 4096, 0xA, 0, 0, 0, b"ARM\x64", 0)
    (made / "Image").write_bytes(image.ljust(4096, b"\0"))
    (made / "ramdisk").write_bytes(b"070701".ljust(5000, b"0"))
    (made / "xen.efi").write_bytes((ROOT / "build/payload/xen.efi").read_bytes())
    (made / "sections.cfg").write_text(SECTIONS)
    (made / "overlay.cfg").write_text(OVERLAY)
    subprocess.run(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", made / "domains.dtbo"], check=True,
                   input=DOMAINS.encode())
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each board is a test, or each n-th."""
    step = metafunc.config.getoption("each")
    boards = sorted(BOARDS.rglob("*.dtb"))[::step]
    names = [str(board.relative_to(BOARDS)) for board in boards]
    metafunc.parametrize("board", boards, ids=names)


def memory_options(tree: Tree) -> list[str]:
    """The tool's options for RAM, where the firmware is to say how much there is.

    It begins with the GiB in which the first reserved region lies.
    """
    if ram(tree):
        return []
    first = min((start for start, _ in reserved(tree)), default=GIB)
    return ["--memory", f"2G@{first // GIB * GIB:#x}"]


def plan(directory: Path, board: Path, config: str, options: list[str]) -> dict:
    """The tool's plan, whatever Xen lacks to drive the board; the finished tree is at finished.dtb."""
    done = subprocess.run([MUSTER, "plan", "--json", "--force", "--root", directory, "--dtb", board, "--dtb-out",
                           directory / "finished.dtb", *options, directory / config],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def is_driven(node: Optional[Node], xen: bytes) -> bool:
    """True if Xen's binary has a word of a node's compatible."""
    return node is not None and any(b"\0" + word.encode() + b"\0" in xen for word in node.texts("compatible"))


def console(tree: Tree) -> Optional[Node]:
    """The node that stdout-path names, itself or by an alias."""
    chosen = tree.root.child("chosen") or Node()
    path = "".join(chosen.texts("stdout-path")).partition(":")[0]
    if not path.startswith("/"):
        path = "".join((tree.root.child("aliases") or Node()).texts(path))
    node: Optional[Node] = tree.root if path else None
    for name in path.strip("/").split("/"):
        node = node and node.child(name)
    return node


def controllers(node: Node) -> list[Node]:
    """A node and all below it that take interrupts."""
    found = [node] if "interrupt-controller" in node.properties else []
    return found + [each for child in node.children.values() for each in controllers(child)]


def check_said(tree: Tree, made: dict) -> None:
    """Nothing is said but that Xen drives no console or no interrupt controller, and that only if it is so."""
    xen = (ROOT / "build/payload/xen.efi").read_bytes()
    said = [each["message"] for each in made["diagnostics"]]
    expected = []
    if not is_driven(console(tree), xen):
        expected.append("Xen has no console")
    if not any(is_driven(node, xen) for node in controllers(tree.root)):
        expected.append("xen.efi drives no interrupt controller of this machine")
    assert len(said) == len(expected), said
    assert all(any(text.startswith(start) for text in said) for start in expected), said


def pairs(regions: list[dict]) -> list[tuple[int, int]]:
    """Regions of a plan as pairs of address and size, without those of no size."""
    return sorted((int(each["start"], 0), each["size"]) for each in regions if each["size"])


def without_chosen(tree: Tree) -> Node:
    """The root without what Muster is there to change: /chosen, and what overlays leave of symbols."""
    kept = {name: child for name, child in tree.root.children.items() if name != "chosen"}
    return Node(tree.root.properties, kept)


def overlaps(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """True if two regions have a byte in common."""
    return one[0] < sum(other) and other[0] < sum(one)


def check_plan(tree: Tree, made: dict, has_ram: bool) -> None:
    """RAM and reserved memory are those of the tree, and no binary lies where it must not."""
    if has_ram:
        assert pairs(made["memory"]["ram"]) == ram(tree)
    kinds = ("reserved memory", "/memreserve/")
    assert pairs([each for each in made["memory"]["regions"] if each["kind"] in kinds]) == reserved(tree)
    banks = pairs(made["memory"]["ram"])
    for binary in made["binaries"]:
        if not binary["hypervisor"]:
            place = int(binary["address"], 0), binary["size"]
            assert any(start <= place[0] and sum(place) <= start + size for start, size in banks)
            assert not any(overlaps(place, region) for region in reserved(tree))


def check_finished(tree: Tree, finished: Tree) -> None:
    """The finished tree is the board's, with two domains and their files."""
    assert without_chosen(finished) == without_chosen(tree)
    assert finished.reserved == tree.reserved
    chosen = finished.root.children["chosen"]
    before = tree.root.child("chosen") or Node()
    assert set(chosen.children) - set(before.children) == {"domA", "domB"}
    for name, domain in ((name, chosen.children[name]) for name in ("domA", "domB")):
        modules = [child for child in domain.children.values() if "multiboot,module" in child.texts("compatible")]
        assert len(modules) == (2 if name == "domA" else 1)
        assert all(module.cells("reg") for module in modules)


@pytest.mark.parametrize("config", ["sections.cfg", "overlay.cfg"])
def test_two_domains(directory: Path, board: Path, config: str) -> None:
    """Two domains, described either way, on a board."""
    tree = read(board)
    options = memory_options(tree)
    made = plan(directory, board, config, options)
    check_said(tree, made)
    check_plan(tree, made, not options)
    check_finished(tree, read(directory / "finished.dtb"))
