# SPDX-License-Identifier: BSD-2-Clause
"""The whole way: from power-on to the shell of the last domain, by the clock on the wall."""

import shutil
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from contenders import (BENCH, LOAD_BY_TFTP, LOAD_FROM_DISK, TREE, XEN, configuration, make_script,
                        prepare_configured, u_boot_script)
from esp import LOADER_DIRECTORY, MIB, MUSTER, PAYLOAD, make_disk, make_ramdisk
from machine import Machine, MachineError
from packing import in_gzip, in_zboot
from report import Verdict
from scenarios import HARDWARE, KERNEL, Module, Scenario, kernel_size, make_system_tree, named
from variables import WebOption, write_store
from web import WebServer

SPEEDS_MB = (20, 50, 150)
# At these and below, a packed kernel has to be faster than one that is not.
SLOW_MB = 50
HTTP_MB = 10
FORMS = {"raw": bytes, "gzip": in_gzip, "zboot": in_zboot}
PACKED = ("gzip", "zboot")
MARKS = ("domA", "domB")
TIMEOUT = 300
DISK_SIZE = 256 * MIB
LOADER_FILE = f"{LOADER_DIRECTORY}/BOOTAA64.EFI"
XEN_CONFIG = "BOOTAA64.cfg"  # Xen's own loader looks for what is called as itself
SCRIPT = "boot.scr"
NET_SCRIPT = "boot.scr.uimg"  # what U-Boot asks a TFTP server for

TFTP, HTTP = "TFTP", f"HTTP, {HTTP_MB} MB/s"
XEN_BEGINS = r"^\(XEN\) "
DOMAINS_BEGIN = r"^\(XEN\) .*Freed .* init memory"
PARTS = ("firmware", "loader", "Xen", "domains")


@dataclass(frozen=True)
class Peer:
    """A loader on a firmware, and the line by which it is heard first."""
    name: str
    title: str
    firmware: str
    first_line: str
    forms: tuple[str, ...]
    network: tuple[str, ...] = ()
    copies: bool = False  # each domain needs a file of its own where Xen unpacks the kernel


PEERS = (
    Peer("muster", "Muster", "edk2", r"^Muster ", ("raw", "gzip", "zboot"), (TFTP, HTTP)),
    Peer("xen", "Xen's own loader", "edk2", r"EFI loader", ("raw", "gzip"), copies=True),
    Peer("muster-u-boot", "Muster on U-Boot", "u-boot", r"^Muster ", ("raw", "gzip", "zboot")),
    Peer("u-boot", "U-Boot script", "u-boot", r"## Executing script", ("raw", "gzip"), (TFTP,)),
)


@dataclass
class Way:
    """All runs of a peer with a form of the kernel, from a medium."""
    peer: Peer
    form: str
    medium: str
    parts: list[tuple[float, ...]] = field(default_factory=list)  # seconds, as PARTS

    def median(self, part: int) -> float:
        """The median of a part."""
        return statistics.median(run[part] for run in self.parts)

    @property
    def wholes(self) -> list[float]:
        """The whole time of each run."""
        return [sum(run) for run in self.parts]

    @property
    def whole(self) -> float:
        """The median of the whole time."""
        return statistics.median(self.wholes)

    @property
    def to_domains(self) -> float:
        """The median of the time until Xen starts the domains, which take the same from there."""
        return statistics.median(sum(run[:-1]) for run in self.parts)


def kernel_name(peer: Peer, form: str, number: int) -> str:
    """The file of a domain's kernel."""
    return f"{KERNEL}{number}" if peer.copies and form != "raw" else KERNEL


def scenario_of(peer: Peer, form: str) -> Scenario:
    """Two domains with one kernel, which say when they are up."""
    domains = []
    files = {}
    for number, mark in enumerate(MARKS):
        kernel = kernel_name(peer, form, number)
        files |= {kernel: kernel_size(), mark: 2 * MIB}
        domains.append((Module("kernel", kernel, "console=ttyAMA0 quiet"), Module("ramdisk", mark)))
    return Scenario("whole", "the whole way", tuple(domains), files)


def root_of(peer: Peer, form: str) -> Path:
    """What the partition of a peer, or its server, holds."""
    return BENCH / "whole" / f"{peer.name}-{form}"


def make_files(peer: Peer, form: str) -> None:
    """The partition of a peer."""
    root = root_of(peer, form)
    directory = root if peer.name == "u-boot" else root / LOADER_DIRECTORY
    directory.mkdir(parents=True)
    scenario = scenario_of(peer, form)
    packed = FORMS[form]((PAYLOAD / KERNEL).read_bytes())
    for number, mark in enumerate(MARKS):
        (directory / kernel_name(peer, form, number)).write_bytes(packed)
        make_ramdisk(mark, directory / mark)
    shutil.copyfile(PAYLOAD / XEN, directory / XEN)
    if peer.name == "u-boot":
        make_system_tree(scenario, directory / "u-boot.dtb", None)
        make_script(u_boot_script(scenario, directory, LOAD_FROM_DISK), directory / SCRIPT)
        make_script(u_boot_script(scenario, directory, LOAD_BY_TFTP), directory / NET_SCRIPT)
        return
    make_system_tree(scenario, directory / TREE, named)
    if peer.name == "xen":
        (directory / XEN).rename(root / LOADER_FILE)
        (directory / XEN_CONFIG).write_text(configuration(scenario))
    else:
        shutil.copyfile(MUSTER, root / LOADER_FILE)
        prepare_configured(scenario, directory, "muster.cfg")


def listen(machine: Machine, peer: Peer) -> tuple[float, ...]:
    """The times of the parts, from the console."""
    ends = []
    for pattern in (peer.first_line, XEN_BEGINS, DOMAINS_BEGIN):
        machine.wait_for(pattern, timeout=TIMEOUT)
        ends.append(machine.seconds())
    machine.wait_until(lambda text: all(f"MARK {mark}" in text for mark in MARKS) or None, TIMEOUT,
                       "the domains")
    ends.append(machine.seconds())
    return tuple(end - start for start, end in zip([0.0, *ends], ends))


def machine_of(way: Way, options: list[WebOption], **medium) -> Machine:
    """The machine of a run, still off."""
    store: Optional[Path] = None
    if way.peer.firmware == "edk2":
        store = BENCH / "whole/variables.fd"
        write_store(store, options)
    name = f"whole-{way.peer.name}-{way.form}-{way.medium}"
    return Machine("".join(letter if letter.isalnum() else "-" for letter in name), [],
                   firmware=way.peer.firmware, variables=store, **medium, **HARDWARE)


def run_from_disk(way: Way) -> tuple[float, ...]:
    """One run from a disk that is throttled."""
    root = root_of(way.peer, way.form)
    image = root.with_suffix(".img")
    if not image.exists():
        make_disk(root, image, DISK_SIZE)
    bytes_a_second = int(way.medium.split()[0]) * 1_000_000
    drive = f"format=raw,file={image},throttling.bps-read={bytes_a_second}"
    with machine_of(way, [], drives=[drive]) as machine:
        return listen(machine, way.peer)


def run_from_network(way: Way) -> tuple[float, ...]:
    """One run from a server."""
    root = root_of(way.peer, way.form)
    if way.medium == TFTP:
        first = LOADER_FILE if way.peer.firmware == "edk2" else NET_SCRIPT
        with machine_of(way, [], network=f"tftp={root},bootfile={first}") as machine:
            return listen(machine, way.peer)
    with WebServer(root, bytes_a_second=HTTP_MB * 1_000_000) as server:
        option = WebOption("Muster", server.url(LOADER_FILE), "")
        with machine_of(way, [option], network="") as machine:
            return listen(machine, way.peer)


def ways(speeds: tuple[int, ...], has_network: bool) -> list[Way]:
    """All that is measured."""
    found = [Way(peer, form, f"{speed} MB/s") for speed in speeds for peer in PEERS
             for form in peer.forms]
    if has_network:
        found += [Way(peer, form, medium) for medium in (TFTP, HTTP) for peer in PEERS
                  for form in peer.forms if medium in peer.network]
    return found


def measure(runs: int, speeds: tuple[int, ...], has_network: bool) -> list[Way]:
    """Run everything, each once after the other, and so on."""
    measured = ways(speeds, has_network)
    shutil.rmtree(BENCH / "whole", ignore_errors=True)
    for peer in PEERS:
        for form in peer.forms:
            make_files(peer, form)
    for number in range(runs):
        for way in measured:
            run = run_from_network if way.medium in (TFTP, HTTP) else run_from_disk
            try:
                way.parts.append(run(way))
            except MachineError as error:
                print(f"{way.medium}, {way.peer.title}, {way.form}: {error}", flush=True)
                continue
            print(f"run {number + 1} of {runs}: {way.medium}, {way.peer.title}, {way.form}: "
                  + ", ".join(f"{name} {seconds:.2f} s"
                              for name, seconds in zip(PARTS, way.parts[-1]))
                  + f", in all {way.wholes[-1]:.2f} s", flush=True)
    return [way for way in measured if way.parts]


def table(measured: list[Way]) -> str:
    """A table for each medium, the fastest first."""
    parts = []
    for medium in dict.fromkeys(way.medium for way in measured):
        rows = sorted((way for way in measured if way.medium == medium), key=lambda way: way.whole)
        lines = [f"**{medium}**\n",
                 f"| Loader | kernel | {' | '.join(PARTS)} | to domains | whole (least–most) |",
                 "|---|---|" + "--:|" * (len(PARTS) + 2)]
        lines += [f"| {way.peer.title} | {way.form} | "
                  + " | ".join(f"{way.median(part):.2f}" for part in range(len(PARTS)))
                  + f" | {way.to_domains:.2f} | **{way.whole:.2f}** ({min(way.wholes):.2f}–"
                    f"{max(way.wholes):.2f}) |" for way in rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def best(measured: list[Way], medium: str, names: tuple[str, ...],
         forms: tuple[str, ...]) -> Optional[Way]:
    """The one of some peers and forms that is up first."""
    found = [way for way in measured if way.medium == medium and way.peer.name in names
             and way.form in forms]
    return min(found, key=lambda way: way.whole, default=None)


def compare(medium: str, ours: Optional[Way], other: Optional[Way]) -> list[Verdict]:
    """Whether ours is up first, if both were measured."""
    if ours is None or other is None:
        return []
    return [Verdict(ours.whole <= other.whole,
                    f"{medium}: {ours.peer.title} ({ours.form}) takes {ours.whole:.2f} s, "
                    f"{other.peer.title} ({other.form}) {other.whole:.2f} s; until the domains "
                    f"start {ours.to_domains:.2f} s and {other.to_domains:.2f} s")]


def verdicts(measured: list[Way]) -> list[Verdict]:
    """Muster against each peer on the same firmware, and packed kernels against raw ones."""
    found = []
    for medium in dict.fromkeys(way.medium for way in measured):
        for ours, peer in (("muster", "xen"), ("muster-u-boot", "u-boot")):
            found += compare(medium, best(measured, medium, (ours,), tuple(FORMS)),
                             best(measured, medium, (peer,), tuple(FORMS)))
        if medium == TFTP:
            found += compare(medium, best(measured, medium, ("muster",), tuple(FORMS)),
                             best(measured, medium, ("u-boot",), tuple(FORMS)))
        if medium in (TFTP, HTTP) or int(medium.split()[0]) <= SLOW_MB:
            for ours in ("muster", "muster-u-boot"):
                for form in PACKED:
                    found += compare(medium, best(measured, medium, (ours,), (form,)),
                                     best(measured, medium, (ours,), ("raw",)))
    return found
