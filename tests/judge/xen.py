# SPDX-License-Identifier: BSD-2-Clause
"""Starts a Xen in QEMU, without firmware, on a tree that Muster finished, and reads its console."""

import hashlib
import json
import os
import re
import select
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Optional

import binaries
import muster
from hardware import options
from system import System, parse
from verdict import COMPLETE, ENDS, Heard, Verdict, habits, read

RAM_ADDRESS = 0x40000000
PAGE = 0x1000

# A Xen is stuck when it says nothing for so many seconds of a CPU (a boot takes 0.3 of them in all), or
# when its machine sleeps each time that it is looked at. Neither depends on what else the host does.
STUCK_CPU_SECONDS = 15.0  # it takes 5 to clear dom0's memory
LOOK_SECONDS = 0.2
STUCK_LOOKS = 15
# The same for one that has said the last of its words but one.
COMPLETE_CPU_SECONDS = 0.5
COMPLETE_LOOKS = 3
# A busy host may not run a CPU of the machine within the second that Xen waits for it: that is no verdict.
STARVED = re.compile(rb"CPU\d+ never came online")
STARTS = 10
# Its memory is read after so many seconds of silence, and after twice as many each time again: a Xen without a console
# has its last words there.
RING_CPU_SECONDS = 0.25
# A line that Xen said, in its memory, and what follows it up to the end of the text.
SAID = re.compile(rb"\(XEN\) [\t\r\n -~]{4,}")
TICKS = os.sysconf("SC_CLK_TCK")


def pages(size: int) -> int:
    """Bytes of the pages that so many bytes are in."""
    return (size + PAGE - 1) // PAGE * PAGE


def places(system: System, plan: dict, directory: Path, xen: Path) -> tuple[int, int]:
    """The addresses of Xen and of its tree, to which it has added a page: as high as there is room, which is where a
    firmware puts them that runs from the top of RAM down."""
    taken = [(int(each["address"], 0), pages(each["size"])) for each in plan["binaries"] if each["size"]]
    taken += [(int(name.rpartition("@")[2], 0), pages((directory / name).stat().st_size))
              for name, _kind in muster.files(system) if "@" in name]
    taken += [(int(each["start"], 0), pages(each["size"])) for each in plan["memory"]["regions"] if each["start"]]
    in_memory = pages(struct.unpack_from("<Q", xen.read_bytes(), 16)[0])
    tree = pages((directory / muster.FINISHED).stat().st_size + PAGE)
    end = RAM_ADDRESS + (int(system.machine()["memory"]) << 20)
    for start, size in sorted(taken, reverse=True):
        if start + size + in_memory + tree <= end:
            break
        end = min(end, start)
    return end - in_memory, end - in_memory - tree


def stub(xen_address: int, tree_address: int) -> bytes:
    """Code for the reset address, as Linux's boot protocol wants it: x0 is the tree, x1 to x3 are 0."""
    load_tree, load_xen, jump = 0x580000C0, 0x58000084, 0xD61F0080
    zeros = (0xAA1F03E1, 0xAA1F03E2, 0xAA1F03E3)
    return struct.pack("<6I2Q", load_tree, *zeros, load_xen, jump, tree_address, xen_address)


def loader(file: Path, address: int) -> list[str]:
    """QEMU's option for a file that is in memory when the machine starts."""
    return ["-device", f"loader,file={file},addr={address:#x},force-raw=on"]


def content(binary: dict, directory: Path) -> Path:
    """A file with what is in memory for a binary of a plan."""
    file = directory / binary["path"].lstrip("/")
    if binary["packed"] is None:
        return file
    unpacked = file.with_name(file.name + ".unpacked")
    unpacked.write_bytes(binaries.unpack(file.read_bytes()))
    return unpacked


def command(system: System, plan: dict, directory: Path, xen: Path) -> list[str]:
    """QEMU's command line for a system whose files are in `directory`."""
    xen_address, tree_address = places(system, plan, directory, xen)
    (directory / "stub.bin").write_bytes(stub(xen_address, tree_address))
    made = ["qemu-system-aarch64", "-accel", "tcg", *options(system.machine(), ram=directory / "ram"),
            "-serial", "stdio",
            "-bios", str(directory / "stub.bin"), *loader(xen, xen_address),
            *loader(directory / muster.FINISHED, tree_address)]
    for binary in plan["binaries"]:
        if not binary["hypervisor"] and binary["size"]:
            made += loader(content(binary, directory), int(binary["address"], 0))
    for name, _kind in muster.files(system):
        if "@" in name:
            made += loader(directory / name, int(name.rpartition("@")[2], 0))
    return made


def cpu_seconds(pid: int) -> float:
    """What a process took of the host's CPUs so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def sleeps(pid: int) -> bool:
    """True if each thread of a process waits for something, rather than for a CPU of the host."""
    try:
        threads = Path(f"/proc/{pid}/task").glob("*/stat")
        return all(thread.read_text().rpartition(")")[2].split()[0] == "S" for thread in threads)
    except OSError:
        return False  # a thread has just ended


class Patience:
    """Tells when a silent machine is stuck."""

    def __init__(self, pid: int):
        self._pid = pid
        self._looks = 0
        self._spent = 0.0
        self._next_ring = RING_CPU_SECONDS
        self._most = STUCK_LOOKS, STUCK_CPU_SECONDS

    def heard(self, is_complete: bool = False) -> None:
        """Start anew: the machine said something, perhaps all that it had to say."""
        self._looks = 0
        self._spent = cpu_seconds(self._pid)
        self._next_ring = RING_CPU_SECONDS
        if is_complete:
            self._most = COMPLETE_LOOKS, COMPLETE_CPU_SECONDS

    def is_over(self) -> bool:
        """True when it was silent for too long. To be asked every LOOK_SECONDS."""
        self._looks = self._looks + 1 if sleeps(self._pid) else 0
        looks, seconds = self._most
        return self._looks > looks or cpu_seconds(self._pid) - self._spent > seconds

    def is_ring_due(self) -> bool:
        """True when the machine's memory is worth a look. To be asked every LOOK_SECONDS."""
        if cpu_seconds(self._pid) - self._spent < self._next_ring and self._looks != 1:
            return False
        self._next_ring *= 2
        return True


def listen(process: subprocess.Popen, directory: Path) -> str:
    """The console of a machine until what it says, there or in its memory, ends it, or it is stuck."""
    patience = Patience(process.pid)
    heard = b""
    while not ENDS.search(heard) and not STARVED.search(heard):
        if select.select([process.stdout], [], [], LOOK_SECONDS)[0]:
            more = os.read(process.stdout.fileno(), 65536)
            if not more:
                break
            heard += more
            patience.heard(COMPLETE.search(heard.decode(errors="replace")) is not None)
        elif patience.is_over() or patience.is_ring_due() and ENDS.search(ring(directory).encode()):
            break
    return heard.decode(errors="replace").replace("\r", "")


def said(memory: bytes) -> list[list[bytes]]:
    """What Xen said, in pieces of memory that lie apart."""
    found: list[list[bytes]] = []
    end = 0
    for match in SAID.finditer(memory):
        if not found or match.start() > end + PAGE:
            found.append([])
        found[-1].append(match.group())
        end = match.end()
    return found


def ring(directory: Path) -> str:
    """What Xen keeps in its memory of what it said, also of what was said before it had a console. It copies its first
    ring into another one, so that the longest is the latest, which comes last."""
    found: list[list[bytes]] = []
    for ram in sorted(directory.glob("ram?")):
        with open(ram, "rb") as file:
            for start, end in written(file.fileno(), ram.stat().st_size):
                file.seek(start)
                found += said(file.read(end - start))
    lines = [line for each in sorted(found, key=lambda texts: sum(map(len, texts))) for line in each]
    return b"\n".join(lines).decode(errors="replace").replace("\r", "")


def written(file: int, size: int) -> Iterator[tuple[int, int]]:
    """The parts of a sparse file that were ever written to."""
    at = 0
    while at < size:
        try:
            start = os.lseek(file, at, os.SEEK_DATA)
        except OSError:
            return
        at = os.lseek(file, start, os.SEEK_HOLE)
        yield start, at


def start(made: list[str], directory: Path) -> Heard:
    """Start a machine whose files are in `directory` by its command line."""
    # QEMU must not outlive this program, however that ends.
    with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *made], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            console = listen(process, directory)
        finally:
            process.kill()
    kept = "" if ENDS.search(console.encode()) else ring(directory)
    for ram in directory.glob("ram?"):
        ram.unlink()
    return Heard(console, kept)


def digest(made: list[str], directory: Path) -> str:
    """The name of a machine's command line and of all files in it, wherever they lie."""
    found = hashlib.sha256()
    for argument in made:
        match = re.match(r"(loader,)file=([^,]+)(,.*)", argument)
        found.update(argument.replace(str(directory), "").encode() if match is None else
                     match[1].encode() + Path(match[2]).read_bytes() + match[3].encode())
    return found.hexdigest()


class Memory:
    """What Xens said of machines, in a directory, so that a changed Muster can be asked about the same ones at once."""

    directory: Optional[Path] = None  # None to ask Xen each time

    @classmethod
    def path(cls, made: list[str], directory: Path) -> Optional[Path]:
        """The file for a machine."""
        return None if cls.directory is None else cls.directory / digest(made, directory)


def boot(system: System, plan: dict, directory: Path, xen: Path) -> Heard:
    """Start Xen on a system whose files and finished tree are in `directory`. Raises Broken."""
    made = command(system, plan, directory, xen)
    known = Memory.path(made, directory)
    if known is not None and known.exists():
        return Heard(**json.loads(known.read_text()))
    for _ in range(STARTS):
        heard = start(made, directory)
        if not STARVED.search((heard.console + heard.kept).encode()):
            if known is not None:
                known.write_text(json.dumps(asdict(heard)))
            return heard
    raise muster.Broken("this host is too busy to run all CPUs of the machine")


PLAINEST = """
== files
Image = image
== muster.cfg
options=console=dtuart noreboot bootscrub=0 loglvl=all
domains=domA
[domA]
kernel=Image
cpus=1
memory=32M
"""


@lru_cache(maxsize=256)
def usual(machine: tuple[str, ...], directory: Path, xen: Path) -> frozenset[str]:
    """What a Xen minds of a machine whatever the system is."""
    system = parse(PLAINEST).with_lines("machine", list(machine))
    plan = muster.ask(system, directory, xen).plan
    assert plan is not None
    return habits(boot(system, plan, directory, xen))


def judge(system: System, plan: dict, directory: Path, xen: Path) -> Verdict:
    """The verdict of a Xen on a system whose files and finished tree are in `directory`.

    The console is left there, too. Raises Broken.
    """
    heard = boot(system, plan, directory, xen)
    (directory / "console").write_text(heard.console + heard.kept)
    machine = tuple(f"{name}={value}" for name, value in system.machine().items())
    return read(heard, usual(machine, directory.with_name("usual-" + directory.name), xen))
