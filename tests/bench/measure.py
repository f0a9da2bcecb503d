# SPDX-License-Identifier: BSD-2-Clause
"""One run of one contender: from the stamp to Xen's first line, in counted and in measured units."""

import os
import re
import tempfile
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional

from contenders import BENCH, Contender
from machine import Machine
from scenarios import HARDWARE
from tpm import SoftwareTpm
from variables import write_store

ICOUNT = "shift=0,sleep=off"
COUNTER_HZ = 62_500_000
WARM_PIECE = 16 * 1024 * 1024
XEN_LINE = r"\(XEN\) \[([0-9a-f]{16})\].*\n"


@dataclass(frozen=True)
class Run:
    """What one timed run took: counter ticks, bytes and requests of the disk, wall-clock seconds."""
    ticks: int
    read_bytes: int
    requests: int
    seconds: float
    written_bytes: int = 0
    writes: int = 0


@dataclass(frozen=True)
class Extras:
    """What a machine has that most do without: a disk that takes writes, which are thrown away at
    its end; a TPM."""
    is_writable: bool = False
    has_tpm: bool = False


@dataclass(frozen=True)
class Usage:
    """What a contender used of boot services, and its ticks up to the start of Xen's own code."""
    pages_allocated: int
    pages_peak: int
    characters: int
    images_loaded: int
    ticks_to_xen: int
    ticks_to_exit: int


class BenchMachine(Machine):
    """A machine that is as deterministic as emulation lets it be."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        # The host then does not find memory while it reads the disk.
        self._command.append("-mem-prealloc")

    def disk_statistics(self) -> tuple[int, int, int, int]:
        """Bytes and requests that the guest has read from the disk since power-on, and written."""
        statistics = next(device["stats"] for device in self._execute("query-blockstats")
                          if device["device"] == "disk0")
        return statistics["rd_bytes"], statistics["rd_operations"], \
            statistics["wr_bytes"], statistics["wr_operations"]

    def stop_time_for_disk(self) -> None:
        """Let the disk's threads always run before the emulated CPU, on the CPU that it runs on.

        Guest time passes with each emulated instruction. While the CPU polls for a request's end,
        a slow host would make more guest time pass than a fast one; this way nearly none passes.
        """
        emulated = {cpu["thread-id"] for cpu in self._execute("query-cpus-fast")}
        host_cpu = max(os.sched_getaffinity(0))
        for name in os.listdir(f"/proc/{self._process.pid}/task"):
            thread = int(name)
            os.sched_setaffinity(thread, {host_cpu})
            if thread not in emulated:
                os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(1))


def disk_image(scenario_name: str) -> Path:
    """The disk that all contenders start a scenario from."""
    return BENCH / f"{scenario_name}.img"


def private_variables(contender: Contender) -> Optional[Path]:
    """A fresh variable store for a firmware that has one."""
    if contender.firmware != "edk2":
        return None
    store = BENCH / f"variables-{os.getpid()}.fd"
    write_store(store)
    return store


def warm(image: Path) -> None:
    """Read all data of a disk image, so that the host has it in memory when the guest reads it."""
    buffer = bytearray(WARM_PIECE)
    with open(image, "rb", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        offset = 0
        while offset < end:
            try:
                offset = os.lseek(file.fileno(), offset, os.SEEK_DATA)
            except OSError:
                break
            hole = os.lseek(file.fileno(), offset, os.SEEK_HOLE)
            os.lseek(file.fileno(), offset, os.SEEK_SET)
            while offset < hole:
                offset += file.readinto(buffer)


@contextmanager
def machine_of(contender: Contender, scenario_name: str,
               extras: Extras = Extras()) -> Iterator[BenchMachine]:
    """The machine that runs a contender."""
    image = disk_image(scenario_name)
    warm(image)
    snapshot = ",snapshot=on" if extras.is_writable else ""
    with tempfile.TemporaryDirectory() as name, \
            (SoftwareTpm(Path(name)) if extras.has_tpm else nullcontext()) as tpm, \
            BenchMachine(f"bench-{scenario_name}-{contender.name}", [],
                         drives=[f"format=raw,file={image}{snapshot}"],
                         writable=extras.is_writable, tpm=tpm.socket if tpm else None,
                         firmware=contender.firmware, variables=private_variables(contender),
                         icount=ICOUNT, **HARDWARE) as machine:
        yield machine


def wait_for_question(machine: BenchMachine) -> None:
    """Wait until the stamp asks what to run."""
    machine.wait_for(r"^what to run\?$", timeout=60)
    machine.stop_time_for_disk()


def wait_for_stamp(machine: BenchMachine) -> int:
    """The counter at the end of the second stamp line, which took as long as the first one."""
    first, second = machine.wait_for(
        r"^stamp ([0-9a-f]{16})\nstamp ([0-9a-f]{16})\n", timeout=60).groups()
    return 2 * int(second, 16) - int(first, 16)


def time_run(contender: Contender, scenario_name: str, extras: Extras = Extras()) -> Run:
    """Run a contender up to Xen's first line."""
    command = f"time {contender.command}" if contender.command else "return"
    with machine_of(contender, scenario_name, extras) as machine:
        wait_for_question(machine)
        before = machine.disk_statistics()
        begin = time.monotonic()
        machine.send(command + "\r")
        stamp = wait_for_stamp(machine)
        first_line = int(machine.wait_for(XEN_LINE, timeout=300)[1], 16)
        seconds = time.monotonic() - begin
        read_bytes, requests, written, writes = (
            now - then for now, then in zip(machine.disk_statistics(), before))
    return Run(first_line - stamp, read_bytes, requests, seconds, written, writes)


def count_run(contender: Contender, scenario_name: str, extras: Extras = Extras()) -> Usage:
    """Run a contender once more, with its calls of boot services counted."""
    with machine_of(contender, scenario_name, extras) as machine:
        wait_for_question(machine)
        machine.send(f"count {contender.command}\r")
        stamp = wait_for_stamp(machine)
        machine.wait_for(XEN_LINE, timeout=300)
        seen = {name: int(value, 16) for name, value in
                re.findall(r"^([a-z ]+) ([0-9a-f]{16})$", machine.text, re.MULTILINE)}
    return Usage(seen["pages allocated"], seen["pages peak"], seen["characters"],
                 seen["images loaded"], seen["xen entered"] - stamp,
                 seen["exited"] - stamp)
