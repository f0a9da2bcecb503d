# SPDX-License-Identifier: BSD-2-Clause
"""Types commands at U-Boot's prompt."""

from machine import Machine

PROMPT = "^=> $"


class Prompt:
    """U-Boot's prompt, instead of its search for something to boot.

    Each method waits for the prompt first, and raises MachineError if it does not come.
    """

    def __init__(self, machine: Machine):
        self._machine = machine
        machine.wait_for("Hit any key to stop autoboot")
        machine.send("\n")
        self.type("virtio scan")

    def start(self, path: str, options: str = "") -> None:
        """Start a file of the first disk's ESP, with load options."""
        self.type(f"load virtio 0:1 $kernel_addr_r {path}")
        self.type(f"setenv bootargs '{options}'")
        self.type("bootefi $kernel_addr_r $fdtcontroladdr")

    def wait(self) -> None:
        """Wait until what was started comes back."""
        self._machine.wait_for(PROMPT)

    def type(self, command: str) -> None:
        """Type a command."""
        self.wait()
        self._machine.send(command + "\n")
