# SPDX-License-Identifier: BSD-2-Clause
"""Boots in which Muster fails again and again, and how it leaves the firmware each time."""

import re
from typing import NamedTuple, Optional

from conftest import System
from machine import MachineError
from secure import Keys
from u_boot import Prompt

# Pages of firmware pools that come and go with the handles of one started image.
POOL_PAGES = 16

# The words of each firmware about an application that returns an error, by the error.
RETURNED = {
    "edk2": {error: rf"BdsDxe: failed to start Boot[0-9A-F]{{4}} \"\S+\" .*: {error}"
             for error in ("Load Error", "Security Violation", "Aborted")},
    "u-boot": {error: f"## Application failed, r = {number} "
               for error, number in (("Load Error", 1), ("Security Violation", 26),
                                     ("Aborted", 21))},
}


# What each firmware says of an application whose signature is not right.
REFUSED = {"edk2": r"BdsDxe: failed to load Boot[0-9A-F]{4} \"\S+\" .*: Access Denied",
           "u-boot": "Image not authenticated"}


class State(NamedTuple):
    """The firmware's state as `next` found it; see next.c."""

    tree: str
    free_pages: int
    loader_pages: int


class Failures:
    """One boot in which Muster was started, and failed, once for each of some load options.

    `next` runs twice before the first start, and after each start.
    """

    def __init__(self, system: System, text: str):
        self.log_path = system.log_path
        self._firmware = system.firmware
        # Muster's words stand between two runs of `next`; the first part is the firmware's.
        self._parts = re.split(r"^NEXT BOOT OPTION$", text, flags=re.MULTILINE)

    def said(self, number: int) -> str:
        """The console during the numbered start of Muster, without white space runs."""
        assert number + 3 < len(self._parts), f"nothing ran after start {number}"
        return " ".join(self._parts[number + 2].split("next: done", 1)[1].split())

    def state(self, run: int) -> State:
        """The report of the numbered run of `next`."""
        match = re.search(r"next: (?:no )?device tree(?: at )?(\S*)(.*)\n"
                          r"next: (\d+) free pages, (\d+) loader pages", self._parts[run + 1])
        assert match is not None, "`next` did not report"
        # U-Boot gives each application a copy of its tree; EDK2's stays where it is.
        place = match[1] if self._firmware == "edk2" else ""
        return State(place + match[2], int(match[3]), int(match[4]))

    def check(self, number: int, errors: tuple[str, ...], returned: str = "Load Error") -> None:
        """Muster showed these errors and no other, and left the firmware as it was."""
        said = self.said(number)
        position = 0
        for error in errors:
            found = said.find(error, position)
            assert found >= 0, f"{error!r} is not in {said[position:]!r}"
            position = found + len(error)
        assert said.count("error: ") == sum(error.count("error: ") for error in errors)
        assert ("nothing was started; back to the firmware" in said) == (returned != "Aborted")
        assert re.search(RETURNED[self._firmware][returned], said)
        self._check_tree(number)
        before, after = self.state(number + 1), self.state(number + 2)
        # Pages that the firmware itself keeps of each application that it started: U-Boot, its tree.
        kept = self.state(0).free_pages - self.state(1).free_pages
        assert abs(before.free_pages - after.free_pages - 2 * kept) <= POOL_PAGES
        assert after.loader_pages == before.loader_pages

    def check_refused(self, number: int) -> None:
        """The firmware did not start it; U-Boot keeps the memory that it loaded it to."""
        said = self.said(number)
        assert re.search(REFUSED[self._firmware], said)
        assert "Muster" not in said
        self._check_tree(number)

    def _check_tree(self, number: int) -> None:
        """Xen did not run, and the firmware's tree is as before the numbered start."""
        assert "(XEN)" not in self.said(number)
        assert self.state(number + 2).tree == self.state(number + 1).tree


def boot_failing(system: System, *starts: tuple[str, str], keys: Optional[Keys] = None,
                 **machine) -> Failures:
    """Start each of some loaders with its load options, and return what was seen.

    On EDK2, each start is the next boot option of the one before. U-Boot does not go on to its
    next boot option, but back to its prompt.
    """
    following = system.add_next("EFI/next.efi")
    if keys is not None:
        keys.sign(system.root / "EFI/next.efi")
    sequence = [(following, ""), (following, "")]
    for start in starts:
        sequence += [start, (following, "")]
    by_itself = system.firmware == "edk2"
    if keys is not None and not by_itself:
        sequence.insert(0, (system.add_enrolment(keys), ""))
    with system.boot_options(sequence if by_itself else [], keys, **machine) as running:
        try:
            if by_itself:
                for _ in range(len(starts) + 2):
                    running.wait_for("^next: done$")
            else:
                prompt = Prompt(running)
                for path, load_options in sequence:
                    prompt.start(path.replace("\\", "/"), load_options)
                prompt.wait()
        except MachineError:
            pass  # the test of the start that did not end says so
        return Failures(system, running.text)
