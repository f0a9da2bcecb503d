# SPDX-License-Identifier: BSD-2-Clause
"""The examples in the documentation of the configuration and the device tree are accepted."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from conftest import MUSTER, ROOT
from system import compile_tree, cpio, image, make_system

CONFIGURATION = (ROOT / "docs/configuration.md").read_text()
DEVICE_TREE = (ROOT / "docs/device-tree.md").read_text()

# A fragment without a device.
FRAGMENT = "/dts-v1/;\n/ { passthrough { }; };\n"
POOL = """/include/ "machine.dts"
/ { chosen { cpupool { compatible = "xen,cpupool"; cpupool-cpus = <&{/cpus/cpu@0}>; }; }; };
"""


def blocks(document: str) -> list[str]:
    """The indented blocks of a document."""
    found = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", document, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found]


def only(found: list[str], start: str) -> str:
    """The one block that starts with a text."""
    block, = [block for block in found if block.startswith(start)]
    return block


def first_words(config: str, key: str) -> list[str]:
    """The first words of a key's values in a configuration."""
    return re.findall(rf"^{key}=(\S+)", config, re.MULTILINE)


class Example:
    """A system made of an example and of files that look like those that it names."""

    def __init__(self, directory: Path):
        empty = directory / "empty"
        empty.mkdir()
        self.files = make_system(empty, directory / "esp")
        self._firmware = directory / "machine.dtb"

    def write_tree(self, name: str, source: str) -> None:
        """Compile a tree or overlay."""
        path = self.files / "source.dts"
        path.write_text(source)
        compile_tree(path, self.files / name)

    def write_config(self, config: str) -> None:
        """Write the configuration, and the binaries that it names."""
        (self.files / "muster.cfg").write_text(config)
        for name in first_words(config, "binary") + first_words(config, "kernel"):
            self._write_binary(name, cpio if "ramdisk" in name else image)
        for name in first_words(config, "ramdisk"):
            self._write_binary(name, cpio)
        for name in first_words(config, "xsm"):
            (self.files / name).write_bytes(b"\x8c\xff\x7c\xf9" + bytes(100))
        for name in first_words(config, "xen"):
            self._write_binary(name, image)

    def _write_binary(self, name: str, make) -> None:
        """Write a binary, unless the name is a key."""
        if f" {name}\n" not in (self.files / "muster.cfg").read_text():
            (self.files / name).write_bytes(make(300000, name))

    def check(self, *arguments: str) -> str:
        """Check the system, which has to be without a mistake; returns what was said."""
        command = [MUSTER, "check", "--dtb", self._firmware, *arguments, "muster.cfg"]
        result = subprocess.run(command, cwd=self.files, timeout=60, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True)
        said = result.stdout + result.stderr
        assert result.returncode == 0, said
        return said


@pytest.fixture
def example(tmp_path):
    """A system without configuration, of the standard binaries."""
    return Example(tmp_path)


def system_tree(*chosen: str) -> str:
    """The machine's tree with this in it."""
    return '/include/ "machine.dts"\n/ {\n' + "".join(chosen) + "};\n"


DOMAIN_NODE = only(blocks(DEVICE_TREE), "chosen {\n    domU1")
SECTIONS = only(blocks(CONFIGURATION), "[section1]")


def test_first_example(example):
    """The example on top of the configuration's page, with the tree of the device tree's page."""
    example.write_config(only(blocks(CONFIGURATION), "[global]\ndefault=section1"))
    example.write_tree("two-domains.dtb", system_tree(DOMAIN_NODE))
    assert "warning" not in example.check()


def test_domain_sections(example):
    """The example of domain sections."""
    example.write_config(SECTIONS)
    example.write_tree("passthrough-can0.dtb", FRAGMENT)
    assert "warning" not in example.check("-s", "section1")


def test_domains_that_are_alike(example):
    """The example of like=."""
    config = only(blocks(CONFIGURATION), "[global]\ndefault=boot")
    example.write_config(config.replace("domu-kernel", "vmlinuz"))
    assert "warning" not in example.check()


def test_keys(example):
    """The examples of all keys, in one section."""
    page = CONFIGURATION.partition("## Keys of a boot section")[2]
    keys = page.partition("## Domain sections")[0]
    config = "[example]\n" + "".join(blocks(keys)) + SECTIONS.partition("\n\n")[2]
    assert config.count("=") > 15
    example.write_config(config)
    example.write_tree("board.dtb", system_tree())
    example.write_tree("domains.dtbo", only(blocks(DEVICE_TREE), "/dts-v1/;\n/plugin/;"))
    example.write_tree("passthrough-can0.dtb", FRAGMENT)
    assert "warning" not in example.check("-s", "example", "--memory", "2G")


def test_values(example):
    """Each example in the table of values; not all are properties that Xen knows."""
    rows = re.findall(r"^\| .* \| .* \| `([a-z,-]+=.*)` \|$", CONFIGURATION, re.MULTILINE)
    rows = {row.partition("=")[0]: row for row in rows if not row.startswith("xen,static-mem")}
    assert len(rows) >= 5
    example.write_tree("pool.dtb", POOL)
    example.write_config("[example]\ndtb=pool.dtb\ndomains=domA\n[domA]\nkernel=vmlinuz\n"
                         "memory=64M\n" + "\n".join(rows.values()) + "\n")
    example.check("-s", "example")


def test_overlay(example):
    """The example of an overlay."""
    example.write_config("[a]\nbinary=vmlinuz domu-kernel\ndtbo=domains.dtbo\n")
    example.write_tree("domains.dtbo", only(blocks(DEVICE_TREE), "/dts-v1/;\n/plugin/;"))
    assert "warning" not in example.check()


def test_tree_for_xen(example):
    """The tree for Xen's own loader."""
    node = only(blocks(DEVICE_TREE), "chosen {\n    xen,xen-bootargs")
    (example.files / "vmlinuz-dom0").write_bytes(image(300000, "dom0"))
    example.write_config("dtb=system.dtb\n")
    example.write_tree("system.dtb", system_tree(node))
    assert "warning" not in example.check()


def test_tree_for_u_boot(example):
    """The module that asks for its address."""
    node = only(blocks(DEVICE_TREE), "module@48000000")
    domain = ('domU1 { compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; '
              "cpus = <1>; memory = <0 0x20000>; vpl011;" + node + "};")
    example.write_config("dtb=system.dtb\n")
    (example.files / "vmlinuz-guest").write_bytes(image(300000, "guest"))
    example.write_tree("system.dtb", system_tree("chosen {", domain, "};"))
    assert "warning" not in example.check()


VERSION = re.search(r'MUSTER_VERSION "(.*)"', (ROOT / "src/core/base/version.h").read_text())[1]


@pytest.mark.parametrize("path", ["README.md", "docs/host-tool.md", "docs/boot.md", "docs/troubleshooting.md",
                                  "docs/packaging.md", "tests/host/cases/usage/expected"])
def test_version(path):
    """What shows the version shows that of version.h, which is the one place to change."""
    said = re.findall(r"\b[Mm]uster(?:-efi)?[ _-](\d+\.\d+(?:\.\d+)?)(?=\b|_)", (ROOT / path).read_text())
    assert said and set(said) == {VERSION}


def test_version_of_recipes_and_changes():
    recipes = list((ROOT / "packaging/yocto").rglob("*.bb"))
    assert recipes and all(path.stem.endswith(f"_{VERSION}") for path in recipes)
    assert re.search(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] == VERSION


def test_compile_commands():
    """Each source of the loader and the tool is listed for editors."""
    commands = json.loads((ROOT / "compile_commands.json").read_text())
    listed = {entry["file"] for entry in commands}
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.c")} <= listed
    assert all(entry["command"].endswith(f" -c {entry['file']}") for entry in commands)


def anchors(page):
    """The places of a page that links can name, as GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md",
                                  *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        file, _, anchor = link.partition("#")
        target = (page.parent / file) if file else page
        if "://" not in link:
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index
