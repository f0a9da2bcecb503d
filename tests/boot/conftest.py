# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the boot tests: a system's files, and a machine that boots them."""

import re
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional, Sequence

import pytest

import domains
import esp
import plan
import secure
import variables
from domains import XEN_OPTIONS
from machine import BUILD, LOGS, ROOT, Machine, plain

FIRMWARE = ("edk2", "u-boot")
TOTAL = "all"
LOADER = r"\EFI\BOOT\BOOTAA64.EFI"
SINGLE = f"""
[{{section}}]
options={XEN_OPTIONS}
dtb=single.dtb
binary=vmlinuz-guest domu-kernel
binary=ramdisk-domB.img single-ramdisk
"""

# Room on the disk for what firmware and Muster write.
SPARE = 64 * esp.MIB

NEXT_APPLICATION = BUILD / "boot/next.efi"


def make_example(name: str, root: Path, **hardware) -> None:
    """Make the ESP directory of an example, with XEN_OPTIONS for Xen, for a machine of hardware_options()."""
    esp.make_example(ROOT / "examples" / name, root, **hardware)
    path = root / esp.LOADER_DIRECTORY / "muster.cfg"
    config = path.read_text()
    assert "options=console=dtuart noreboot" in config
    path.write_text(config.replace("console=dtuart noreboot", XEN_OPTIONS))


class System:
    """The ESP of one test: an example's files, to be changed by the test and then booted."""

    def __init__(self, name: str, firmware: str):
        self.name = name
        self.firmware = firmware
        self.directory = BUILD / "tests" / name
        self.root = self.directory / "esp"
        self.files = self.root / esp.LOADER_DIRECTORY
        self.disk = self.directory / "disk.img"
        self.log_path = LOGS / f"{name}.log"
        shutil.rmtree(self.directory, ignore_errors=True)
        self.use_example("two-domains")

    def use_example(self, name: str, **hardware) -> None:
        """Become an example's system, with XEN_OPTIONS for Xen, on a machine of hardware_options()."""
        make_example(name, self.root, **hardware)

    def write(self, name: str, content: str) -> None:
        """Write a text file beside the loader."""
        (self.files / name).write_text(content)

    def write_tree(self, name: str, *nodes: str) -> None:
        """Write the machine's own tree with `nodes` added under /chosen."""
        esp.make_tree(domains.system_source(*nodes), self.files / name)

    def write_single(self, config: str, section: str) -> None:
        """Add to a configuration a section with one small domain, whose ramdisk says domB."""
        self.write_tree("single.dtb", domains.domain_node("single", "single-ramdisk"))
        with open(self.files / config, "a", encoding="utf-8") as file:
            file.write(SINGLE.format(section=section))

    def move_loader(self, directory: str) -> None:
        """Move Muster, as muster.efi, and its files away from where firmware looks by itself."""
        target = self.root / directory
        target.parent.mkdir(parents=True, exist_ok=True)
        self.files.rename(target)
        self.files = target
        (target / "BOOTAA64.EFI").rename(target / "muster.efi")

    def size(self) -> int:
        """The bytes of all files on the ESP."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())

    def add_next(self, name: str) -> str:
        """Add the application `next`, which tells the firmware's state, and return its path."""
        path = Path(name)
        (self.root / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NEXT_APPLICATION, self.root / path)
        return "\\" + name.replace("/", "\\")

    def add_enrolment(self, keys: secure.Keys) -> str:
        """Add the application `enrol` with the keys that it enrols, and return its path."""
        keys.write_lists(self.root)
        shutil.copyfile(BUILD / "boot/enrol.efi", self.root / "enrol.efi")
        return r"\enrol.efi"

    def boot(self, **machine) -> Machine:
        """The machine whose firmware finds Muster at the removable path by itself."""
        return self.boot_options([], **machine)

    def boot_with(self, options: str, **machine) -> Machine:
        """The machine whose first boot option is Muster with load options."""
        return self.boot_options([(LOADER, options)], **machine)

    def boot_options(self, options: Sequence[tuple[str, str]],
                     keys: Optional[secure.Keys] = None, owner_keys: bytes = b"",
                     **machine) -> Machine:
        """The machine with these boot options: what is started, and its load options.

        With `keys`, Secure Boot is on: U-Boot has none when it starts, so that the first option is
        the application `enrol`, which starts the one that was asked for. shim also trusts the list
        of `owner_keys`.
        """
        self._store = store = self.directory / "variables.fd"
        if keys is not None and self.firmware == "u-boot":
            options = [(self.add_enrolment(keys), " ".join(options[0]) if options else "")]
        esp.make_disk(self.root, self.disk, self.size() + SPARE)
        boot_options = [esp.boot_option(self.disk, *option) for option in options]
        if keys is not None and self.firmware == "edk2":
            more = variables.machine_owner_keys(owner_keys) if owner_keys else b""
            variables.extend_store(keys.store, store, boot_options, more)
            machine["code"] = keys.code
        else:
            variables.write_store(store, boot_options)
        if boot_options:
            esp.add_file(self.disk, variables.u_boot_file(boot_options), "ubootefi.var")
        return self.again(**machine)

    def again(self, **machine) -> Machine:
        """The machine with the disk and the boot options as the last one has left them."""
        return Machine(self.name, [self.disk], firmware=self.firmware, variables=self._store,
                       **machine)

    @contextmanager
    def boot_as_planned(self, section: str = "", **machine) -> Iterator[Machine]:
        """Boot a section, or the default one; when the test is done with the machine, the tree that
        Muster handed to Xen must be the one that `muster plan` wrote before."""
        planned = plan.make(self, section, **machine)
        with self.boot_with(f"-debug {section}".strip(), writable=True, **machine) as running:
            yield running
            text = running.text
        plan.check(self, planned, text)


@pytest.fixture(scope="session", params=FIRMWARE)
def firmware(request: pytest.FixtureRequest) -> str:
    """Each firmware in turn."""
    return request.param


@pytest.fixture
def system(request: pytest.FixtureRequest, firmware: str):
    """The two-domain example's system, on each firmware; its files go if the test passes."""
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
    made = System(name, firmware)
    yield made
    if not request.node.stash.get(FAILED, False):
        shutil.rmtree(made.directory)


FAILED = pytest.StashKey[bool]()
SPENT = pytest.StashKey[float]()


def only(firmware: str) -> pytest.MarkDecorator:
    """Marks a test of what the other firmware does not have."""
    return pytest.mark.parametrize("firmware", [firmware], indirect=True)


def on_one(firmware: str, other: str) -> pytest.MarkDecorator:
    """Marks a test of this firmware that runs on another one when it is asked for what is long."""
    return pytest.mark.parametrize("firmware", [firmware, pytest.param(other, marks=pytest.mark.long)],
                                   indirect=True)


def processor_seconds() -> float:
    """The CPU time of all machines and tools that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def pytest_configure(config: pytest.Config) -> None:
    """Make known the mark by which pytest-xdist keeps tests of one boot together."""
    config.addinivalue_line("markers", "long: takes minutes, and runs only when asked for")
    config.addinivalue_line("markers", "xdist_group(name): run in one process, in parallel runs")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Show the whole console of a test that failed; keep what the table of all tests shows."""
    outcome = yield
    report = outcome.get_result()
    parameters = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    firmware = parameters.pop("firmware", "")
    name = " ".join([item.originalname, *(str(value) for value in parameters.values())])
    before = item.session.stash.get(SPENT, 0.0)
    item.session.stash[SPENT] = processor_seconds()
    report.user_properties = [("name", name), ("firmware", firmware),
                              ("spent", item.session.stash[SPENT] - before)]
    if report.failed:
        item.stash[FAILED] = True
        for value in item.funcargs.values():
            log: Path | None = getattr(value, "log_path", None)
            if log is not None and log.exists():
                report.sections.append((f"console, kept in {log.relative_to(ROOT)}",
                                        plain(log.read_bytes())))


def pytest_terminal_summary(terminalreporter) -> None:
    """Show what came of each test on each firmware, and how long it kept a CPU busy."""
    results: dict[str, dict[str, str]] = {}
    spent: dict[tuple[str, str], float] = {}
    for outcome in ("passed", "", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            # A module that is not even read has none.
            properties = dict(getattr(report, "user_properties", ()))
            name, firmware = properties.get("name"), properties.get("firmware")
            if not firmware:
                continue
            for row in (name, TOTAL):
                spent[row, firmware] = spent.get((row, firmware), 0) + properties["spent"]
            results.setdefault(name, {})[firmware] = outcome or "passed"
    if not results:
        return
    results = dict(sorted(results.items())) | {TOTAL: {each: "" for _, each in spent}}
    terminalreporter.section("tests by firmware, seconds of a CPU")
    width = max(map(len, results))
    terminalreporter.write_line(" " * width + "".join(f"  {each:<13}" for each in FIRMWARE))
    for name, by_firmware in results.items():
        cells = (f"  {by_firmware[each]:6} {spent[name, each]:4.0f} s" if each in by_firmware
                 else f"  {'-':<13}" for each in FIRMWARE)
        terminalreporter.write_line(f"{name:<{width}}{''.join(cells)}".rstrip())
