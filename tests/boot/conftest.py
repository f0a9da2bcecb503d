# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the boot tests: a system's files, and a machine that boots them."""

import re
import shutil
from pathlib import Path
from typing import Sequence

import pytest

import domains
import esp
import variables
from machine import BUILD, LOGS, ROOT, Machine, plain

NEXT_APPLICATION = BUILD / "boot/next.efi"
NEXT = (r"\EFI\BOOT\next.efi", "")


class System:
    """The ESP of one test: an example's files, to be changed by the test and then booted."""

    def __init__(self, name: str):
        self.name = name
        self.directory = BUILD / "tests" / name
        self.root = self.directory / "esp"
        self.files = self.root / esp.LOADER_DIRECTORY
        self.log_path = LOGS / f"{name}.log"
        shutil.rmtree(self.directory, ignore_errors=True)
        esp.make_example(ROOT / "examples/two-domains", self.root)

    def use_example(self, name: str) -> None:
        """Become another example's system."""
        esp.make_example(ROOT / "examples" / name, self.root)

    def write(self, name: str, content: str) -> None:
        """Write a text file beside the loader."""
        (self.files / name).write_text(content)

    def write_tree(self, name: str, *nodes: str) -> None:
        """Write the machine's own tree with `nodes` added under /chosen."""
        esp.make_tree(domains.system_source(*nodes), self.files / name)

    def size(self) -> int:
        """The bytes of all files on the ESP."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())

    def boot(self, **machine) -> Machine:
        """The machine whose firmware finds Muster at the removable path by itself."""
        return self._machine([], **machine)

    def boot_with(self, options: str, **machine) -> Machine:
        """The machine whose first boot option is Muster with load options."""
        return self._machine([(r"\EFI\BOOT\BOOTAA64.EFI", options)], **machine)

    def boot_failing(self, *options: str, **machine) -> Machine:
        """The machine that starts Muster with each of the load options, and `next` around each."""
        shutil.copyfile(NEXT_APPLICATION, self.files / "next.efi")
        sequence = [NEXT]
        for each in options:
            sequence += [(r"\EFI\BOOT\BOOTAA64.EFI", each), NEXT]
        return self._machine(sequence, **machine)

    def _machine(self, options: Sequence[tuple[str, str]], **machine) -> Machine:
        disk = self.directory / "disk.img"
        store = self.directory / "variables.fd"
        esp.make_disk(self.root, disk)
        boot_options = [esp.boot_option(disk, *option) for option in options]
        variables.write_store(store, boot_options)
        if boot_options:
            esp.add_file(disk, variables.u_boot_file(boot_options), "ubootefi.var")
        return Machine(self.name, [disk], variables=store, **machine)


@pytest.fixture
def system(request: pytest.FixtureRequest):
    """The two-domain example's system under the test's name; its files go if the test passes."""
    made = System(re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-"))
    yield made
    if not request.node.stash.get(FAILED, False):
        shutil.rmtree(made.directory)


FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Make known the mark by which pytest-xdist keeps tests of one boot together."""
    config.addinivalue_line("markers", "xdist_group(name): run in one process, in parallel runs")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Show the whole console of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        item.stash[FAILED] = True
        for value in item.funcargs.values():
            log: Path | None = getattr(value, "log_path", None)
            if log is not None and log.exists():
                report.sections.append((f"console, kept in {log.relative_to(ROOT)}",
                                        plain(log.read_bytes())))
