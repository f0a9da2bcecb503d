#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots an example in QEMU and shows who says what, until each of its domains is up."""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Optional

import domains
import esp
import variables
from machine import BUILD, ROOT, Machine, MachineError, plain

# Muster lists the domains in the order in which Xen starts and numbers them.
LISTED_DOMAIN = re.compile(r"  domain (?!dom0:)(\S+):")
COLOURS = (32, 33, 36, 35, 34, 31)


class Screen:
    """Prints console lines as they come, each with the name of who says it."""

    def __init__(self, colour: bool):
        self._names: list[str] = []
        self._colour = colour
        self._pending = b""

    def name(self, speaker: Optional[str]) -> str:
        """The domain that Xen calls DOM1, DOM2, …; "xen"; "" without a prefix."""
        if not speaker:
            return "" if speaker is None else "xen"
        number = int(speaker.removeprefix("DOM"))
        return self._names[number - 1] if 0 < number <= len(self._names) else speaker

    def show(self, data: bytes) -> None:
        """Print the lines that `data` completes."""
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            # A progress bar repaints its line; its last state is what counts.
            speaker, said = domains.split(plain(line).rstrip("\r").rpartition("\r")[2].rstrip())
            listed = LISTED_DOMAIN.match(said)
            if speaker is None and listed:
                self._names.append(listed[1])
            name = self.name(speaker)
            label = f"{name:>8} | "
            if self._colour and name in self._names:
                colour = COLOURS[self._names.index(name) % len(COLOURS)]
                label = f"\033[{colour}m{label}\033[0m"
            print(label + said, flush=True)


def marks(directory: Path) -> list[str]:
    """The marks that the example's domains report under: one for each ramdisk."""
    return [re.sub(r"^ramdisk-|\.img$", "", path.name)
            for path in sorted(directory.glob("ramdisk-*.img"))]


def watch(machine: Machine, screen: Screen, expected: list[str]) -> None:
    """Show the boot until every domain has reported, then say how long it took."""
    with machine:
        found = domains.wait_for_reports(machine, *expected)
        seconds = machine.seconds()
    print()
    for report in found:
        print(f"{screen.name(report.speaker) or 'dom0'} is up: {report.cpus} vCPUs, "
              f"{report.memory_kib // 1024} MiB for Linux, ramdisk {report.mark}, "
              f"command line {report.command_line}")
    who = "Both domains" if len(found) == 2 else "All domains"
    print(f"{who} are up, {seconds:.1f} s after power-on. "
          f"The console is in {machine.log_path.relative_to(ROOT)}.")


def main() -> None:
    """Read the arguments, make the example's disk, boot it."""
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("example", nargs="?", default="two-domains")
    parser.add_argument("--interactive", action="store_true",
                        help="connect this terminal to the machine's serial console")
    arguments = parser.parse_args()

    source = ROOT / "examples" / arguments.example
    if not (source / "files").exists():
        sys.exit(f"there is no example {arguments.example}")
    root = BUILD / "examples" / arguments.example
    disk, store = root.with_suffix(".img"), root.with_suffix(".fd")
    esp.make_example(source, root)
    esp.make_disk(root, disk)
    variables.write_store(store)
    loader = root / esp.LOADER_DIRECTORY

    if arguments.interactive:
        print("Ctrl-A x ends the machine. Ctrl-A, pressed six times, hands the keyboard on: "
              "to each domain in turn, to Xen, and round again.\n", flush=True)
        command = Machine("demo", [disk], variables=store).interactive_command()
        os.execvp(command[0], command)
    screen = Screen(sys.stdout.isatty())
    try:
        watch(Machine("demo", [disk], variables=store, on_text=screen.show), screen,
              marks(loader))
    except MachineError as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
