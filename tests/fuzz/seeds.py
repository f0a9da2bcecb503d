# SPDX-License-Identifier: BSD-2-Clause
"""Makes the fuzzers' seeds from the sources in tests/fuzz/corpus: seeds.py SOURCE TARGET."""

import gzip
import struct
import subprocess
import sys
from pathlib import Path


def compile_tree(source: Path) -> bytes:
    if not source.exists():
        return b""
    command = ["dtc", "-q", "-@", "-O", "dtb", str(source)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def system(case: Path) -> bytes:
    """A configuration, a tree, an overlay and a kernel, as system_fuzz.c splits them."""
    config = case / "muster.cfg"
    kernel = case / "kernel"
    parts = [
        config.read_bytes() if config.exists() else b"",
        compile_tree(case / "tree.dts"),
        compile_tree(case / "overlay.dts"),
        kernel.read_bytes() if kernel.exists() else b"",
    ]
    return b"".join(len(part).to_bytes(2, "little") for part in parts) + b"".join(parts)


def options(text: str) -> dict[str, bytes]:
    """Load options in each form in which firmware passes them."""
    wide = text.encode("utf-16-le")
    head = b"\1\0\0\0\x08\0" + "Muster\0".encode("utf-16-le") + b"\4\4\4\0\x7f\xff\4\0"
    return {"wide": wide, "ended": wide + b"\0\0", "bytes": text.encode(), "option": head + wide}


def headers() -> dict[str, bytes]:
    """The start of each kind of binary, for the kernel and for the hypervisor."""
    image = bytearray(320)
    image[0:2] = b"MZ"
    image[16:24] = (8192).to_bytes(8, "little")
    image[24] = 10
    image[56:60] = b"ARM\x64"
    image[60] = 64
    image[64:70] = b"PE\0\0\x64\xaa"
    image[84:90] = b"\xa0\0\x06\x02\x0b\x02"
    image[148:152] = (0x400).to_bytes(4, "little")
    image[156] = 10
    zimage = bytes(36) + b"\x18\x28\x6f\x01" + bytes(4) + (64).to_bytes(4, "little") + bytes(16)
    zboot = b"MZ\0\0zimg" + bytes(16) + b"gzip" + bytes(40)
    return {
        "image": bytes(image) + bytes(8192),
        "zimage": zimage,
        "zboot": zboot,
        "elf": b"\x7fELF\2\1\1" + bytes(9) + b"\2\0\xb7\0\1\0\0\0" + bytes(40),
        "uimage": bytes.fromhex("27051956") + bytes(26) + b"\2" + bytes(33),
        "gzip": bytes.fromhex("1f8b0800") + bytes(14),
        "cpio": b"070701" + b"0" * 104,
        "xsm": bytes.fromhex("8cff7cf9") + bytes(28),
        "tree": bytes.fromhex("d00dfeed0000004800000038000000480000002800000011000000100000000"
                              "0000000000000001000000000000000000000000000000000000000010000000"
                              "0000000020000000900000000"),
    }


def pe() -> dict[str, bytes]:
    """PE images of one and of two sections, of which the first may be on no page of its own."""
    def build(start: int, alignment: int, sections: list[tuple[bytes, bytes]]) -> bytes:
        end = start + sum(-(-len(data) // alignment) * alignment for _, data in sections)
        coff = b"PE\0\0" + struct.pack("<HH12xHH", 0xaa64, len(sections), 160, 0x206)
        optional = struct.pack("<H14xI4xQIIQ8xIIIHH32x4xI", 0x20b, start, 0, alignment, alignment,
                               0, end, start, 0, 10, 0, 6).ljust(160, b"\0")
        table, content, at = b"", b"", start
        for name, data in sections:
            size = -(-len(data) // alignment) * alignment
            table += struct.pack("<8sIIII12xI", name, len(data), at, size, at, 0x60000020)
            content += data.ljust(size, b"\0")
            at += size
        head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + coff + optional + table
        return head.ljust(start, b"\0") + content
    return {
        "one": build(512, 8, [(b".text", b"code" * 16)]),
        "two": build(512, 512, [(b".text", b"code" * 16), (b".data", b"data")]),
        "names": build(1024, 512, [(b".text", b"code"), (b".longest", b""), (b".config", b"c"),
                                   (b".digests", b"")]),
    }


def server() -> dict[str, bytes]:
    """Dialogs with servers, as server_fuzz.c reads them: DHCP packets, and answers of web servers."""
    def packet(*options: bytes, file: bytes = b"") -> bytes:
        return b"\0" + (bytes(108) + file.ljust(128, b"\0") + b"\x63\x82\x53\x63"
                        + b"".join(options) + b"\xff")

    def head(code: int, *headers: tuple[int, bytes]) -> bytes:
        return bytes([code, len(headers)]) + b"".join(
            bytes([name]) + value + b"\n" for name, value in headers)

    def body(content: bytes) -> bytes:
        return bytes([-(-len(content) // 16)]) + content

    start = b"\1http://10.0.2.2:8080/EFI/BOOT/BOOTAA64.EFI\n"
    chunks = b"5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n"
    return {
        "bootp": packet(file=b"/EFI/BOOT/BOOTAA64.EFI"),
        "options": packet(b"\0\x36\x04\x0a\0\2\2", b"\x43\x05a.efi"),
        "known": start + 2 * head(3, (0, b"16")) + body(b"x" * 16),
        "chunked": start + head(3, (1, b"chunked")) + head(3, (1, b"chunked")) + body(chunks),
        "not-allowed": start + head(22) + head(3, (0, b"3"), (2, b"close")) + body(b"abc"),
        "moved": start + head(12, (3, b"other")) + head(3, (0, b"1"), (2, b"close"))
                 + head(11, (3, b"https://a/b?c#d")) + head(3, (0, b"1")) + body(b"x"),
        "gone": start + head(21, (0, b"0")),
        "twice": start + head(3, (0, b"1"), (0, b"2"), (4, b"X\nvalue")),
    }


def packed() -> dict[str, bytes]:
    """A kernel in gzip, alone and in each wrapping, and with what gzip's header can have."""
    image = bytearray(4096)
    image[0:2], image[56:60] = b"MZ", b"ARM\x64"
    data = gzip.compress(bytes(image), mtime=0)
    named = data[:3] + b"\x1f" + data[4:10] + b"\3\0abcname\0comment\0\0\0" + data[10:]
    return {
        "gzip": data,
        "named": named,
        "uimage": (bytes.fromhex("27051956") + bytes(8) + len(data).to_bytes(4, "big") + bytes(13)
                   + b"\x16\2\1" + bytes(32) + data),
        "zboot": (b"MZ\0\0zimg" + struct.pack("<II", 64, len(data)) + bytes(8)
                  + b"gzip".ljust(40, b"\0") + data),
        "padded": data + bytes(64),
        "stored": gzip.compress(bytes(image), compresslevel=0, mtime=0),
    }


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    for name in ("config", "options", "value", "headers", "imagebuilder", "tree", "pe", "seal",
                 "digests", "server", "unpack", "system"):
        (target / name).mkdir(parents=True)
    for name in ("config", "value", "imagebuilder", "seal", "digests"):
        for case in (source / name).iterdir():
            (target / name / case.name).write_bytes(case.read_bytes())
    lines = (source / "options.txt").read_text().splitlines()
    for number, line in enumerate(lines):
        for form, data in options(line).items():
            name = f"{form}-{number}"
            (target / "options" / name).write_bytes(data)
    for kind, data in headers().items():
        for place in range(4):
            (target / "headers" / f"{kind}-{place}").write_bytes(bytes([place]) + data)
    for name, data in server().items():
        (target / "server" / name).write_bytes(data)
    for name, data in packed().items():
        (target / "unpack" / name).write_bytes(data)
    for name, data in pe().items():
        (target / "pe" / name).write_bytes(data)
    for case in (source / "system").iterdir():
        (target / "system" / case.name).write_bytes(system(case))
        (target / "tree" / case.name).write_bytes(compile_tree(case / "tree.dts"))
    # Inputs that once broke something, as they were found.
    for found in (source / "found").glob("*/*"):
        (target / found.parent.name / found.name).write_bytes(found.read_bytes())


main()
