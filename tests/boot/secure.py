# SPDX-License-Identifier: BSD-2-Clause
"""Secure Boot in tests: the firmware's public snakeoil keys, and signing with them."""

import subprocess
import tempfile
from functools import cached_property
from pathlib import Path

from esp import TOOL
from machine import BUILD, EDK2_SECURE, EDK2_STRICT, NEXT_SHARE

PASSPHRASE = "snakeoil"

# What a machine's owner enrols, in the order of the application `enrol`: with PK, Secure Boot is on.
KEY_LISTS = ("db", "KEK", "PK")
OWNER = "6d757374-6572-4000-8000-000000000002"


class Signer:
    """A key and its certificate, both of them files."""

    certificate: Path
    key: Path

    def list(self) -> bytes:
        """The certificate as a list of keys: an EFI_SIGNATURE_LIST (UEFI 2.10 §32.4.1)."""
        with tempfile.TemporaryDirectory() as name:
            certificate, keys = Path(name) / "certificate", Path(name) / "list"
            subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "der",
                            "-out", certificate], check=True)
            subprocess.run(["sbsiglist", "--owner", OWNER, "--type", "x509", "--output", keys,
                            certificate], check=True)
            return keys.read_bytes()

    def write_lists(self, directory: Path) -> None:
        """Write the certificate as the signed list of each kind of keys, for `enrol`."""
        with tempfile.NamedTemporaryFile() as keys:
            keys.write(self.list())
            keys.flush()
            for variable in KEY_LISTS:
                subprocess.run(["sbvarsign", "--key", self.key, "--cert", self.certificate,
                                "--attr", "NON_VOLATILE,BOOTSERVICE_ACCESS,RUNTIME_ACCESS",
                                "--output", directory / f"{variable}.auth", variable, keys.name],
                               check=True, capture_output=True)

    def sign(self, program: Path) -> None:
        """Sign an EFI program in place."""
        subprocess.run(["sbsign", "--key", self.key, "--cert", self.certificate,
                        "--output", program, program], check=True, capture_output=True)


class Keys(Signer):
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


class OwnKey(Signer):
    """A key that is made anew in a directory, and that no firmware knows."""

    def __init__(self, directory: Path):
        self.key = directory / "own.key"
        self.certificate = directory / "own.pem"
        subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
                        "-subj", "/CN=owner/", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)


SNAKEOIL = Keys(EDK2_SECURE, Path("/usr/share"))
STRICT = Keys(EDK2_STRICT, NEXT_SHARE)


def seal(config: Path, loader: Path, *, embed: bool = False, machine: bool = False) -> None:
    """Seal the system of a configuration, as the file `loader`; with `machine`, one without dtb=."""
    subprocess.run([TOOL, "seal", *(["--embed"] if embed else []),
                    *(["--machine", "qemu"] if machine else []), "-o", loader, config],
                   check=True, capture_output=True)
