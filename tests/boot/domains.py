# SPDX-License-Identifier: BSD-2-Clause
"""The lines of a system's domains on the console that Xen shares among them."""

import re
from typing import NamedTuple, Optional

from machine import PATIENCE, Machine, MachineError

# Xen does not clear memory that it does not use, which is most of the work of an emulated boot.
XEN_OPTIONS = "console=dtuart noreboot bootscrub=0"

# Xen 4.17 names the domain when there are several; the one that has the input gets no prefix.
PREFIX = re.compile(r"\(XEN\) (?:DOM(\d+):(?: |$))?")
KERNEL_MESSAGE = re.compile(r"^\[ *\d+\.\d+\] ")
REPORT = re.compile(r"^MARK (\S+)\nnproc=(\d+)\nMemTotal=(\d+) kB\ncmdline=([^\0]*?)\n\1 is up$",
                    re.MULTILINE)


# The console's text when no domain will come up any more.
FAILURE = re.compile(r"^nothing was started.*$|^\(XEN\) Panic on CPU.*\n.*$", re.MULTILINE)


class Report(NamedTuple):
    """The lines that `report` in a domain printed: see tools/ramdisk-report."""

    speaker: Optional[str]
    mark: str
    cpus: int
    memory_kib: int
    command_line: str


def domain_node(name: str, ramdisk: str, *, cpus: int = 1, memory_mib: int = 128,
                kernel: str = "domu-kernel", bootargs: str = "console=ttyAMA0 quiet") -> str:
    """The source of a domain's node that names its binaries by key or file."""
    return f"""
        {name} {{
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <{cpus}>;
            memory = <0 {memory_mib * 1024}>;
            vpl011;
            module@0 {{
                compatible = "multiboot,kernel", "multiboot,module";
                uefi,binary = "{kernel}";
                bootargs = "{bootargs}";
            }};
            module@1 {{
                compatible = "multiboot,ramdisk", "multiboot,module";
                uefi,binary = "{ramdisk}";
            }};
        }};"""


def system_source(*nodes: str) -> str:
    """The source of a system's tree: the machine's own one with `nodes` under /chosen."""
    return f'/include/ "machine.dts"\n/ {{ chosen {{ {"".join(nodes)} }}; }};\n'


def split(line: str) -> tuple[Optional[str], str]:
    """Which domain a console line is from ("DOM1", "" for Xen, None for no prefix) and its text."""
    prefix = PREFIX.match(line)
    if prefix is None:
        return None, line
    return f"DOM{prefix[1]}" if prefix[1] else "", line[prefix.end():]


def streams(text: str) -> dict[Optional[str], list[str]]:
    """The lines of each speaker of split()."""
    found: dict[Optional[str], list[str]] = {}
    is_open = False
    for line in re.sub(r"(?<!\n)\(XEN\) ", "\0\n(XEN) ", text).splitlines():
        speaker, said = split(line)
        lines = found.setdefault(speaker, [])
        words = said.rstrip("\0").rstrip()
        # Xen's lines begin wherever dom0's console is; the rest of dom0's line comes behind them.
        if speaker is None and is_open:
            lines[-1] += words
        else:
            lines.append(words)
        if speaker is None:
            is_open = said.endswith("\0")
    return found


def reports(text: str) -> dict[str, Report]:
    """The complete reports in a console's text, by their marks."""
    found = {}
    for speaker, lines in streams(text).items():
        # Linux says things in the midst of what its processes print.
        printed = "\n".join(line for line in lines if not KERNEL_MESSAGE.match(line))
        for match in REPORT.finditer(printed):
            # Xen breaks a domain's line when its buffer of 128 characters is full.
            command_line = match[4].replace("\n", "")
            found[match[1]] = Report(speaker, match[1], int(match[2]), int(match[3]), command_line)
    return found


def wait_until(machine: Machine, condition, what: str, timeout: float = PATIENCE):
    """Wait until `condition(text)` is true for the console so far, and return its value.

    Raises MachineError when Muster or Xen gives up, or as Machine.wait_until() does.
    """
    def complete(text: str):
        failure = FAILURE.search(text)
        if failure:
            raise MachineError(f"the system does not boot: {failure[0]}")
        return condition(text)
    return machine.wait_until(complete, timeout, what)


def wait_for_reports(machine: Machine, *marks: str, timeout: float = PATIENCE) -> list[Report]:
    """Wait until each of `marks` has reported, and return their reports in this order.

    Raises MachineError as wait_until() does.
    """
    def complete(text: str) -> Optional[list[Report]]:
        found = reports(text)
        return [found[mark] for mark in marks] if all(mark in found for mark in marks) else None
    return wait_until(machine, complete, f"reports of {', '.join(marks)}", timeout)
