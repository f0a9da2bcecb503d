# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the boot tests: a system's files, and a machine that boots them."""

import shutil
from pathlib import Path
from typing import Callable, Sequence

import pytest

import esp
import variables
from machine import BUILD, ROOT, Machine, MachineError

NEXT = BUILD / "boot/next.efi"


class System:
    """The ESP of one test: an example's files, to be changed by the test and then booted."""

    def __init__(self, name: str, directory: Path):
        self.name = name
        self.root = directory / "esp"
        self.files = self.root / esp.LOADER_DIRECTORY
        self._directory = directory
        self.log_path = None

    def example(self, name: str) -> "System":
        """Start from the files that ./dev makes of an example."""
        esp.make_example(ROOT / "examples" / name, self.root)
        return self

    def write(self, name: str, content: str) -> None:
        """Write a text file beside the loader."""
        (self.files / name).write_text(content)

    def boot(self, **machine) -> Machine:
        """The machine whose firmware starts Muster from the removable path by itself."""
        return self._machine([], **machine)

    def boot_options(self, options: str = "", **machine) -> Machine:
        """The machine whose first boot option is Muster with load options, the second `next`."""
        shutil.copyfile(NEXT, self.files / "next.efi")
        return self._machine([(r"\EFI\BOOT\BOOTAA64.EFI", options),
                              (r"\EFI\BOOT\next.efi", "")], **machine)

    def _machine(self, options: Sequence[tuple[str, str]], **machine) -> Machine:
        disk = self._directory / "disk.img"
        store = self._directory / "variables.fd"
        esp.make_disk(self.root, disk)
        variables.write_store(store, [esp.boot_option(disk, *option) for option in options])
        result = Machine(self.name, [disk], variables=store, **machine)
        self.log_path = result.log_path
        return result


@pytest.fixture
def system(request: pytest.FixtureRequest):
    """The system of a test; its files go when the test has passed."""
    name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")
    directory = BUILD / "tests" / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    made = System(name, directory)
    request.node.system = made
    yield made
    if not getattr(request.node, "failed", False):
        shutil.rmtree(directory)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Show the whole console of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        item.failed = True
        log = getattr(getattr(item, "system", None), "log_path", None)
        if log is not None and log.exists():
            report.sections.append((f"console, kept in {log}",
                                    log.read_text(errors="replace")))
