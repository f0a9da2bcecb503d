# SPDX-License-Identifier: BSD-2-Clause
"""Packed kernels: they are unpacked, once, wherever Xen could not do it."""

import re
from typing import Callable

import secure
from conftest import LOADER, System
from domains import wait_for_reports
from packing import in_gzip, in_uimage, in_zboot
from test_systems import check_console, kernel_addresses

UNPACKED = r"binary vmlinuz-guest: 2\d\.\d MiB at 0x[0-9a-f]+, unpacked from \d+\.\d MiB"


def pack(system: System, form: Callable[[bytes], bytes]) -> bytes:
    """Pack the kernel of the system; returns what it was."""
    path = system.files / "vmlinuz-guest"
    kernel = path.read_bytes()
    path.write_bytes(form(kernel))
    return kernel


def check_shared(text: str) -> None:
    """Both domains had the same unpacked kernel."""
    check_console(text, [UNPACKED, r"\(XEN\) Xen version"])
    assert len(kernel_addresses(text)) == 2
    assert len(set(kernel_addresses(text))) == 1
    assert not re.search("error|warning", text.partition("(XEN)")[0])


def test_shared_gzip(system):
    """Two domains share a kernel in gzip, which Xen would move away from the second."""
    pack(system, in_gzip)
    with system.boot_as_planned() as machine:
        wait_for_reports(machine, "domA", "domB")
        assert machine.bytes_read() < system.size() + (system.files / "vmlinuz-guest").stat().st_size
        text = machine.text
    check_shared(text)


def test_sealed_zboot(system):
    """An EFI zboot image, which Xen does not know: sealed as it lies on the disk."""
    pack(system, in_zboot)
    secure.seal(system.files / "muster.cfg", system.files / "BOOTAA64.EFI")
    (system.files / "muster.cfg").unlink()
    secure.SNAKEOIL.sign(system.files / "BOOTAA64.EFI")
    with system.boot_options([(LOADER, "section1")], secure.SNAKEOIL) as machine:
        wait_for_reports(machine, "domA", "domB")
        text = machine.text
    check_shared(text)


def test_gzip_in_a_u_boot_image(system):
    """U-Boot's wrapping, with a load address where the domain has no memory."""
    pack(system, in_uimage)
    with system.boot_as_planned() as machine:
        wait_for_reports(machine, "domA", "domB")
        text = machine.text
    check_shared(text)
