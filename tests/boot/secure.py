# SPDX-License-Identifier: BSD-2-Clause
"""Secure Boot in tests: the firmware's public snakeoil keys, and signing with them."""

import subprocess
from functools import cached_property
from pathlib import Path

from esp import TOOL
from machine import BUILD, EDK2_SECURE, EDK2_STRICT, NEXT_SHARE

PASSPHRASE = "snakeoil"


class Keys:
    """An EDK2 whose variables have Secure Boot on, and the key that they trust."""

    def __init__(self, code: Path, share: Path):
        self.code = code
        self.store = share / "AAVMF/AAVMF_VARS.snakeoil.fd"
        self.certificate = share / "qemu-efi-aarch64/PkKek-1-snakeoil.pem"
        self._locked = share / "qemu-efi-aarch64/PkKek-1-snakeoil.key"

    @cached_property
    def key(self) -> Path:
        """The private key, without its passphrase."""
        target = BUILD / "tests" / f"{self.code.stem}.key"
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "rsa", "-passin", f"pass:{PASSPHRASE}", "-in", self._locked,
                        "-out", target], check=True, capture_output=True)
        return target

    def sign(self, program: Path) -> None:
        """Sign an EFI program in place."""
        subprocess.run(["sbsign", "--key", self.key, "--cert", self.certificate,
                        "--output", program, program], check=True, capture_output=True)


SNAKEOIL = Keys(EDK2_SECURE, Path("/usr/share"))
STRICT = Keys(EDK2_STRICT, NEXT_SHARE)


def seal(config: Path, loader: Path, *, embed: bool = False) -> None:
    """Seal the system of a configuration, as the file `loader`."""
    subprocess.run([TOOL, "seal", *(["--embed"] if embed else []), "-o", loader, config],
                   check=True, capture_output=True)
