# SPDX-License-Identifier: BSD-2-Clause
"""A software TPM for a machine, and what firmware says of it."""

import hashlib
import re
import struct
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

TEXT = 0x0D
PROGRAM = 0x80000003
SHA256 = 0x0B


class SoftwareTpm:
    """One run of swtpm, which ends with the `with` statement. A machine takes its `socket`."""

    def __init__(self, directory: Path):
        self._state = directory / "tpm"
        self.socket = directory / "tpm.socket"

    def __enter__(self) -> "SoftwareTpm":
        self._state.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "swtpm", "socket", "--tpm2", "--tpmstate",
             f"dir={self._state}", "--ctrl", f"type=unixio,path={self.socket}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        latest = time.monotonic() + 20
        while not self.socket.exists() and time.monotonic() < latest:
            time.sleep(0.05)
        return self

    def __exit__(self, *_exception) -> None:
        self._process.terminate()
        self._process.wait()


class Event(NamedTuple):
    """An event of the log, as the application tpm.efi prints it."""

    pcr: int
    kind: int
    digest: str
    text: str


def events(text: str) -> list[Event]:
    """The log of events on a console."""
    return [Event(int(found[1]), int(found[2], 16), found[3].lower(), found[4].strip())
            for found in re.finditer(r"^tpm: event (\d+) ([0-9a-fA-F]+) ([0-9A-F]{64})(.*)$", text,
                                     re.MULTILINE)]


def registers(text: str) -> dict[int, str]:
    """The values of registers on a console."""
    return {int(found[1]): found[2].lower()
            for found in re.finditer(r"^tpm: pcr (\d+) ([0-9A-F]{64})$", text, re.MULTILINE)}


def read_log(log: bytes) -> list[Event]:
    """The events of a log in the form of TPM 2.0, but for the first, which tells of its digests."""
    size, = struct.unpack_from("<I", log, 28)
    count, = struct.unpack_from("<I", log, 32 + 24)
    sizes = dict(struct.unpack_from("<HH", log, 60 + 4 * number) for number in range(count))
    at = 32 + size
    found = []
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        digests = {}
        for _ in range(count):
            algorithm, = struct.unpack_from("<H", log, at)
            digests[algorithm] = log[at + 2:at + 2 + sizes[algorithm]]
            at += 2 + sizes[algorithm]
        size, = struct.unpack_from("<I", log, at)
        text = log[at + 4:at + 4 + size].rstrip(b"\0").decode() if kind == TEXT else ""
        at += 4 + size
        found.append(Event(pcr, kind, digests[SHA256].hex(), text))
    return found


def replay(digests: list[str]) -> str:
    """The value of a register that was extended with these digests."""
    value = bytes(32)
    for digest in digests:
        value = hashlib.sha256(value + bytes.fromhex(digest)).digest()
    return value.hex()


def program_digest(program: bytes) -> str:
    """The digest of a PE image that a signature covers: all but its checksum and the place of
    signatures, which the images here have no other bytes of."""
    header, = struct.unpack_from("<I", program, 0x3C)
    checksum, place = header + 24 + 64, header + 24 + 112 + 4 * 8
    return hashlib.sha256(program[:checksum] + program[checksum + 4:place]
                          + program[place + 8:]).hexdigest()
