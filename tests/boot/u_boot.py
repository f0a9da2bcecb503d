# SPDX-License-Identifier: BSD-2-Clause
"""Types commands at U-Boot's prompt."""

from machine import Machine

PROMPT = "^=> $"


class Prompt:
    """U-Boot's prompt, instead of its search for something to boot."""

    def __init__(self, machine: Machine):
        self._machine = machine
        machine.wait_for("Hit any key to stop autoboot")
        self._run("")
        self._run("virtio scan")

    def start(self, path: str, options: str = "") -> None:
        """Start a file of the first disk's ESP; raises MachineError if it does not come back."""
        self._run(f"load virtio 0:1 $kernel_addr_r {path}")
        self._run(f"setenv bootargs '{options}'")
        self._run("bootefi $kernel_addr_r $fdtcontroladdr")

    def _run(self, command: str) -> None:
        self._machine.send(command + "\n")
        self._machine.wait_for(PROMPT, timeout=60)
