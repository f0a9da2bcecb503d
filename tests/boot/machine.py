# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU machine with UEFI firmware: its serial console as text, its disks' statistics."""

import json
import re
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Optional, Sequence

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "logs"

# The firmware of this Debian, and that of the next one, which tools/payload.sh fetches.
NEXT_SHARE = BUILD / "payload/trixie/usr/share"
NEXT_FIRMWARE = BUILD / "payload/firmware/trixie"
FIRMWARE_FILES = {
    "edk2": Path("/usr/share/AAVMF/AAVMF_CODE.fd"),
    "u-boot": Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin"),
    "edk2-2025.02": NEXT_FIRMWARE / "AAVMF_CODE.no-secboot.fd",
    "edk2-2025.02-strict": NEXT_FIRMWARE / "AAVMF_CODE.secboot.strictnx.fd",
    "u-boot-2025.01": NEXT_FIRMWARE / "u-boot.bin",
}
# These start signed programs alone with variables of which SNAKEOIL is the key, the second one
# executes no page either that a program did not make executable.
EDK2_SECURE = Path("/usr/share/AAVMF/AAVMF_CODE.ms.fd")
EDK2_STRICT = FIRMWARE_FILES["edk2-2025.02-strict"]

# One CPU: emulated ones take turns, so that each more makes a boot longer, and Xen shares it out. Some tests have as many
# as `muster run`.
CPUS = 1
RUN_CPUS = 2
MEMORY_MIB = 2048

# Emulated CPUs take turns: one that waits for another in a loop would take a CPU of the host away,
# for a minute at times when the host is busy.
ACCELERATOR = ["-accel", "tcg,thread=single"]

ESCAPE_SEQUENCE = re.compile(rb"\x1b\[[0-9;=?]*[A-Za-z]")


def hardware_options(*, cpus: int = CPUS, memory_mib: int = MEMORY_MIB,
                     virtualization: bool = True, acpi: bool = False, gic: int = 3,
                     nodes: int = 1, smmu: bool = False,
                     dump_tree: Optional[Path] = None) -> list[str]:
    """QEMU's options that shape the device tree; the same ones dump it and run it.

    With `acpi` EDK2 describes the machine by ACPI alone, without a device tree. `nodes` are those
    of NUMA, which share CPUs and memory.
    """
    machine = (f"virt,virtualization={'on' if virtualization else 'off'},gic-version={gic},"
               f"acpi={'on' if acpi else 'off'}{',iommu=smmuv3' if smmu else ''}")
    if dump_tree is not None:
        # Without the random seeds, the same machine has the same tree.
        machine += f",dtb-randomness=off,dumpdtb={dump_tree}"
    options = ["-machine", machine, "-cpu", "cortex-a57", "-smp", str(cpus), "-m", str(memory_mib),
               "-nic", "none", "-display", "none"]
    for node in range(nodes if nodes > 1 else 0):
        options += ["-object", f"memory-backend-ram,id=node{node},size={memory_mib // nodes}M",
                    "-numa", f"node,memdev=node{node},cpus={node}"]
    return options


def dump_tree(target: Path, **hardware) -> None:
    """Write the machine's own flattened device tree to `target`."""
    subprocess.run(["qemu-system-aarch64", *hardware_options(dump_tree=target, **hardware)],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def firmware_options(firmware: str, variables: Optional[Path],
                     code: Optional[Path] = None) -> list[str]:
    """QEMU's options for one of FIRMWARE_FILES, or for the file `code` of the same kind; EDK2 keeps
    its variables in a file."""
    code = code or FIRMWARE_FILES[firmware]
    if firmware.startswith("u-boot"):
        return ["-bios", str(code)]
    # EDK2 waits five seconds for somebody who wants its menu, unless it is told how long to wait.
    return ["-boot", "menu=on,splash-time=0",
            "-drive", f"if=pflash,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,format=raw,file={variables}"]


def disk_options(drives: Sequence[str], writable: bool) -> list[str]:
    """QEMU's options for disks that are named disk0, disk1, … in statistics."""
    readonly = "off" if writable else "on"
    options = []
    for number, drive in enumerate(drives):
        options += ["-drive", f"if=none,id=disk{number},readonly={readonly},{drive}",
                    "-device", f"virtio-blk-device,drive=disk{number}"]
    return options


def plain(raw: bytes) -> str:
    """Console output as text: no escape sequences, lines ended by a line feed alone."""
    return re.sub(r"\r+\n", "\n", ESCAPE_SEQUENCE.sub(b"", raw).decode(errors="replace"))


# Seconds without a word after which a machine is given up. Firmware that fetches a whole disk says none for so long that
# a slow host with other work took two minutes.
PATIENCE = 300


class MachineError(Exception):
    """Something that was waited for did not come."""


class Machine:
    """One run of QEMU. Use it in a `with` statement: its end is the machine's end."""

    def __init__(self, name: str, disks: Sequence[Path], *, firmware: str = "edk2",
                 variables: Optional[Path] = None, code: Optional[Path] = None,
                 icount: Optional[str] = None,
                 writable: bool = False, tree: Optional[Path] = None,
                 tpm: Optional[Path] = None, network: Optional[str] = None,
                 memory: Sequence[tuple[Path, int]] = (), drives: Sequence[str] = (), **hardware):
        """Prepare a machine whose console goes to build/logs/NAME.log.

        `variables` is EDK2's variable store, which the machine may write to, and `code` its
        program. `writable`
        lets the machine write to the disks. `tree` is the device tree that the firmware finds, if
        it is not the machine's own, and `tpm` the socket of its TPM. With `network`,
        the options of QEMU's own net, it has a network card. `memory` lists files that are
        in memory at an address from power-on. `drives` are QEMU's names of what stands for the
        disks, if not their files. The other arguments are those of hardware_options().
        """
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log_path = LOGS / f"{name}.log"
        self._command = ["qemu-system-aarch64", *ACCELERATOR, *hardware_options(**hardware),
                         *firmware_options(firmware, variables, code), *disk_options(drives or [f"format=raw,file={disk}" for disk in disks],
                                       writable)]
        if icount is not None:
            self._command += ["-icount", icount]
        if tree is not None:
            self._command += ["-dtb", str(tree)]
        if network is not None:
            self._command += ["-netdev", f"user,id=net0,{network}".rstrip(","),
                              "-device", "virtio-net-pci,netdev=net0,romfile=",
                              # Without random numbers, newer EDK2 has no network.
                              "-device", "virtio-rng-pci"]
        if tpm is not None:
            self._command += ["-chardev", f"socket,id=tpm-chip,path={tpm}",
                              "-tpmdev", "emulator,id=tpm0,chardev=tpm-chip",
                              "-device", "tpm-tis-device,tpmdev=tpm0"]
        for file, address in memory:
            self._command += ["-device", f"loader,file={file},addr={address:#x},force-raw=on"]
        self._raw = bytearray()
        self._more = threading.Condition()
        self._ended = False
        self._position = 0

    def __enter__(self) -> "Machine":
        self._serial, serial_end = socket.socketpair()
        self._qmp, qmp_end = socket.socketpair()
        command = [
            # QEMU must not outlive the test, however that ends.
            "setpriv", "--pdeathsig", "KILL", *self._command,
            "-chardev", f"socket,id=serial,fd={serial_end.fileno()}", "-serial", "chardev:serial",
            "-chardev", f"socket,id=qmp,fd={qmp_end.fileno()}", "-mon", "chardev=qmp,mode=control"]
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            pass_fds=(serial_end.fileno(), qmp_end.fileno()))
        serial_end.close()
        qmp_end.close()
        self._reader = threading.Thread(target=self._read_console, daemon=True)
        self._reader.start()
        self._qmp_lines = self._qmp.makefile("r", encoding="utf-8")
        try:
            self._qmp_lines.readline()
            self._execute("qmp_capabilities")
        except (OSError, ValueError) as error:
            self.__exit__()
            raise MachineError(f"QEMU did not start: {self._qemu_errors}") from error
        return self

    def __exit__(self, *_exception) -> None:
        self._process.terminate()
        try:
            _, errors = self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, errors = self._process.communicate()
        self._qemu_errors = errors.decode(errors="replace").strip()
        self._reader.join(timeout=10)
        self._serial.close()
        self._qmp.close()

    def _read_console(self) -> None:
        with open(self.log_path, "wb") as log:
            while True:
                try:
                    data = self._serial.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    break
                log.write(data)
                log.flush()
                with self._more:
                    self._raw += data
                    self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def _execute(self, command: str, **arguments):
        request = {"execute": command, "arguments": arguments}
        self._qmp.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = json.loads(self._qmp_lines.readline())
            if "error" in answer:
                raise MachineError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    @property
    def text(self) -> str:
        """The console so far."""
        return plain(bytes(self._raw))

    def seconds(self) -> float:
        """The time since power-on."""
        return time.monotonic() - self.started

    def wait_for(self, pattern: str, timeout: float = PATIENCE) -> re.Match:
        """Wait until the console matches the regular expression, from where the last wait ended.

        Raises MachineError as wait_until() does.
        """
        return self.wait_until(lambda text: re.search(pattern, text, re.MULTILINE), timeout,
                               f"/{pattern}/", advance=True)

    def wait_until(self, condition, timeout: float = PATIENCE, what: str = "", advance: bool = False):
        """Wait until `condition(text)` is true, and return its value.

        The text starts where the last wait that advances ended. Raises MachineError when the
        machine ends, or when nothing new comes for `timeout` seconds: a busy host makes a machine
        slow, but not silent. One that never stops talking gets four times as long.
        """
        length = -1
        latest = time.monotonic() + 4 * timeout
        with self._more:
            while True:
                text = self.text[self._position:]
                found = condition(text)
                if found:
                    if advance:
                        self._position += found.end()
                    return found
                if len(text) > length:
                    length, deadline = len(text), min(latest, time.monotonic() + timeout)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    why = "the machine ended" if self._ended else f"{timeout} s passed"
                    raise MachineError(f"{why} without {what}; last lines of {self.log_path}:\n"
                                       + "\n".join(self.text.splitlines()[-15:]))
                self._more.wait(left)

    def send(self, text: str) -> None:
        """Type `text` on the serial console."""
        self._serial.sendall(text.encode())

    def bytes_read(self, disk: int = 0) -> int:
        """The bytes that the guest has read from a disk since power-on."""
        for device in self._execute("query-blockstats"):
            if device["device"] == f"disk{disk}":
                return device["stats"]["rd_bytes"]
        raise MachineError(f"there is no disk{disk}")
