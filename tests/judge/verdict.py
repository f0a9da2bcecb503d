# SPDX-License-Identifier: BSD-2-Clause
"""Reads from Xen's console what came of a system, and tells if Muster had said it."""

import re
from dataclasses import dataclass
from typing import Optional

# What ends the question: Xen gives its own memory of the start away, or will not go on.
ENDS = re.compile(rb"Freed \d+kB init memory|Manual reset required|Reboot in \w+ seconds")

# The last words of a start. With a static heap Xen keeps that memory, so the console's are the last ones.
COMPLETE = re.compile(r"Freed \d+kB init memory|\*\*\* Serial input to")
PANIC = re.compile(r"\(XEN\) Panic on CPU \d+:\n\(XEN\) (.*)")
FAULT = re.compile(r"\(XEN\) (Assertion .* failed.*|Xen BUG at .*|CPU\d+: Unexpected Trap: .*)")
DOM0 = re.compile(r"\*\*\* LOADING DOMAIN 0 \*\*\*")
DOMAIN = re.compile(r"\*\*\* LOADING DOMU cpus=(\d+) memory=(?:0x)?([0-9a-fA-F]+)KB \*\*\*")
KERNEL = re.compile(r"Loading (?:Dom|d)(\d+) kernel from boot module @ (?:0x)?([0-9a-f]+)")
RAMDISK = re.compile(r"Loading ramdisk from boot module @ (?:0x)?([0-9a-f]+)")
COMMAND_LINE = re.compile(r"CMDLINE\[(?:0x)?([0-9a-f]+)\]:(\S+)")

# Xen's lines that say that something is wrong.
COMPLAINT = re.compile(
    r"WARN|[Ww]arning|[Ee]rror|[Ff]ail|[Ii]nvalid|[Ii]gnor|[Uu]nable|[Cc]annot|[Cc]an't|[Cc]ould|[Mm]issing"
    r"|[Uu]nknown|[Oo]verlap|[Mm]alformed|[Uu]nsupported|not supported|[Tt]oo |[Ee]xceed|[Bb]ad |does not"
    r"|[Dd]isabl|unallocated|not (?:valid|found|enough)|[Mm]ust |should|truncat|fdt: ")
# Those that are about something else than the system, or are asked for by an option.
USUAL = re.compile(r"\*\*\*\*|Loglevel|CMDLINE\[|Command line:|CONSOLE OUTPUT IS SYNCHRONOUS|HMP COMPUTING|experimental software"
                   r"|LLC color config not found|[Vv][Ii][Rr][Qq] threshold|Checking for|extended regions"
                   # A file that several domains share.
                   r"|Region: (\[.*\)) overlapping with mod\[\d+\]: \1")


@dataclass(frozen=True)
class Heard:
    """What a Xen said: on its console, and, where that did not come to an end, in its memory."""

    console: str
    kept: str = ""


@dataclass(frozen=True)
class Domain:
    """A domain as Xen made it; addresses are those of its files."""

    cpus: Optional[int] = None
    memory_kib: Optional[int] = None
    kernel: Optional[int] = None
    ramdisk: Optional[int] = None


@dataclass(frozen=True)
class Verdict:
    """What Xen made of a system.

    kind is "well", "complaint" (all domains made, line says what Xen minds), "mute" (the same, but nothing
    on the console), "panic" (with its line) or "stuck" (with the last line).
    """

    kind: str
    line: str = ""
    dom0: Optional[Domain] = None
    domains: tuple[Domain, ...] = ()
    with_command_line: Optional[frozenset[str]] = None  # names; None if Xen does not tell

    @property
    def started(self) -> bool:
        """True if Xen came to the end of its start."""
        return self.kind in ("well", "complaint", "mute")

    def __str__(self) -> str:
        return f"{self.kind}: {self.line}" if self.line else self.kind


# What console_timestamps= puts before a line.
TIMESTAMP = re.compile(r"\[[ .:\d-]+\] ")


def plain(line: str) -> str:
    """A line of Xen's without what differs from system to system."""
    return re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+", "N", line)


def complaints(text: str) -> list[str]:
    """The lines in which Xen minds something."""
    said = (TIMESTAMP.sub("", line.removeprefix("(XEN) "), 1).strip() for line in text.splitlines())
    return [line for line in said if COMPLAINT.search(line) and not USUAL.search(line)]


def habits(heard: Heard) -> frozenset[str]:
    """What Xen minds of a machine even if all is well, as plain lines."""
    return frozenset(map(plain, complaints(heard.console)))


def domains(text: str) -> tuple[Optional[Domain], tuple[Domain, ...]]:
    """dom0, if it was made, and the other domains in the order in which they were made."""
    made: list[Domain] = []
    is_dom0: list[bool] = []
    for line in text.splitlines():
        if DOM0.search(line):
            made.append(Domain())
            is_dom0.append(True)
        elif match := DOMAIN.search(line):
            made.append(Domain(int(match[1]), int(match[2], 16)))
            is_dom0.append(False)
        elif (match := KERNEL.search(line)) and made:
            made[-1] = Domain(made[-1].cpus, made[-1].memory_kib, int(match[2], 16))
        elif (match := RAMDISK.search(line)) and made:
            made[-1] = Domain(made[-1].cpus, made[-1].memory_kib, made[-1].kernel, int(match[1], 16))
    dom0 = next((each for each, first in zip(made, is_dom0) if first), None)
    return dom0, tuple(each for each, first in zip(made, is_dom0) if not first)


def command_lines(text: str) -> Optional[frozenset[str]]:
    """The domains for which Xen noted a command line; it only tells with loglvl=all."""
    if "MODULE[0]" not in text:
        return None
    return frozenset(match[2] for match in COMMAND_LINE.finditer(text))


def failure(text: str) -> Optional[Verdict]:
    """The verdict on a Xen that did not come to the end of its start, None if it did."""
    panics = [match[1] for match in PANIC.finditer(text)]
    faults = [match[1] for match in FAULT.finditer(text)]
    for lines in (panics, faults):
        if lines:
            return Verdict("panic", lines[0])
    if not COMPLETE.search(text):
        said = [line for line in text.splitlines() if line.strip()]
        return Verdict("stuck", said[-1].removeprefix("(XEN) ") if said else "no word")
    return None


def read(heard: Heard, usual: frozenset[str] = frozenset()) -> Verdict:
    """The verdict on a Xen by what it said; `usual` are its habits on such a machine."""
    # A machine that was still writing when its memory had the last words has said the first ones twice.
    whole = next((each for each in (heard.console, heard.kept) if COMPLETE.search(each)), "")
    text = whole or heard.console + "\n" + heard.kept
    failed = failure(text)
    if failed is not None:
        return failed
    dom0, others = domains(text)
    names = command_lines(text)
    if not heard.console.strip():
        return Verdict("mute", "no word", dom0, others, names)
    line = next((line for line in complaints(text) if plain(line) not in usual), "")
    return Verdict("complaint" if line else "well", line, dom0, others, names)
