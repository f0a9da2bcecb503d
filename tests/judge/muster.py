# SPDX-License-Identifier: BSD-2-Clause
"""Asks the tool `muster` about a system, and has it finish the system's tree."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import binaries
from hardware import ROOT, base_tree
from system import CONFIG, System

MUSTER = Path(os.environ.get("MUSTER", ROOT / "build/muster"))
XEN = "xen.efi"
FINISHED = "finished.dtb"


@dataclass(frozen=True)
class Answer:
    """What Muster says of a system."""

    said: dict[str, list[str]]  # by severity
    plan: Optional[dict]        # None if the tree cannot even be finished

    @property
    def kind(self) -> str:
        """The worst that is said: error, warning or silent; notes count as silence."""
        return next((each for each in ("error", "warning") if self.said.get(each)), "silent")

    def lines(self) -> list[str]:
        """Errors and warnings, as a person reads them."""
        return [f"{severity}: {text}" for severity in ("error", "warning")
                for text in self.said.get(severity, [])]


class Broken(Exception):
    """The system is no question: its text cannot be made into files."""


def compile_tree(source: str, target: Path) -> None:
    """Compile a tree, mistakes of which are wanted here. Raises Broken."""
    made = subprocess.run(["dtc", "-q", "-f", "-@", "-I", "dts", "-O", "dtb", "-o", target],
                          input=source, text=True, capture_output=True, cwd=target.parent,
                          check=False)
    if made.returncode != 0 or not target.exists():
        raise Broken(made.stderr.strip())


def tree_source(system: System) -> str:
    """The source of the firmware's tree: the machine's own one, with the system's lines over it."""
    source = base_tree(system.machine())
    reserved = "\n".join(system.lines("memreserve"))
    source = re.sub(r"^/dts-v1/;\n", "/dts-v1/;\n" + reserved + "\n", source)
    return source + "\n" + "\n".join(system.lines("tree")) + "\n"


def files(system: System) -> list[tuple[str, str]]:
    """Names, with @ADDRESS if they have one, and kinds of the system's files."""
    return [(name.strip(), kind.strip())
            for name, kind in (line.split("=", 1) for line in system.lines("files"))]


def write(system: System, directory: Path, xen: Path) -> None:
    """Write all files of a system into an empty directory. Raises Broken."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shutil.copyfile(xen, directory / XEN)
    for name, kind in files(system):
        try:
            (directory / name).write_bytes(binaries.make(kind))
        except (KeyError, ValueError, OSError) as error:
            raise Broken(f"{name}: {error}") from error
    for name, lines in system.parts.items():
        if name.endswith(".dts"):
            source = "/dts-v1/;\n" + "\n".join(lines) + "\n"
            compile_tree(source, directory / name.replace(".dts", ".dtb"))
    if CONFIG in system.parts:
        (directory / CONFIG).write_text("\n".join(system.lines(CONFIG)) + "\n")
    compile_tree(tree_source(system), directory / "machine.dtb")


def run(directory: Path, *arguments: str) -> Optional[dict]:
    """The object that the tool prints, None if it prints none. Raises Broken if it fails."""
    command = [MUSTER, *arguments, "--json", "--root", directory, "--dtb",
               directory / "machine.dtb", directory / CONFIG]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False,
                          errors="replace")
    if done.returncode not in (0, 1):
        raise Broken(f"muster ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout) if done.stdout else None


def ask(system: System, directory: Path, xen: Path) -> Answer:
    """Write a system, check it, and finish its tree as directory/finished.dtb. Raises Broken."""
    write(system, directory, xen)
    checked = run(directory, "check")
    if checked is None:
        raise Broken("muster said nothing")
    said: dict[str, list[str]] = {}
    for each in checked["diagnostics"]:
        where = f"{each['node']}: " if each["node"] else ""
        said.setdefault(each["severity"], []).append(where + each["message"])
    plan = run(directory, "plan", "--force", "--dtb-out", str(directory / FINISHED))
    return Answer(said, plan if plan and plan.get("bootable", True) else None)
