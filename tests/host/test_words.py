# SPDX-License-Identifier: BSD-2-Clause
"""Mistakes that people make in a configuration: each is one message, at its line, with its hint."""

import functools
import gzip
import lzma
import shutil
import subprocess

import pytest

from conftest import ROOT
from system import HERE, cpio, image

HEAD = "[x]\noptions=console=dtuart\ndomains=dA\n"
DOMAIN = "[dA]\nkernel=vmlinuz\ncpus=1\nmemory=128M\n"

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00"


@functools.cache
def files():
    """Files that people take for others, by their names."""
    x86 = bytearray(image(20000, "x86"))
    x86[56:60] = bytes(4)
    x86[68:70] = b"\x64\x86"
    return {
        "cut.gz": gzip.compress(image(300000, "k"))[:-200],
        "tree.dts": b"/dts-v1/;\n/ { };\n",
        "bzImage": bytes(x86),
        "old-bzImage": bytes(0x202) + b"HdrS" + bytes(5000),
        "vmlinux-x86": ELF + b"\x3e\x00" + bytes(5000),
        "vmlinux-arm64": ELF + b"\xb7\x00" + bytes(5000),
        "vmlinuz.xz": lzma.compress(image(20000, "xz")),
        "vmlinuz.zst": b"\x28\xb5\x2f\xfd" + bytes(5000),
        "vmlinuz.lz4": b"\x02\x21\x4c\x18" + bytes(5000),
        "linux-image.deb": b"!<arch>\ndebian-binary   " + bytes(5000),
        "notes.txt": b"Put the files here. " * 10,
        "large.img": cpio(8 << 20, "large"),
        "overlay.dtbo": subprocess.run(
            ["dtc", "-q", "-@", "-I", "dts", "-O", "dtb"], check=True, capture_output=True,
            input=b"/dts-v1/; /plugin/; &{/chosen} { a; };").stdout,
    }


# A configuration, the line and column, the message, the hint.
MISTAKES = [
    (HEAD + "[dA]\nkernel=vmlinuz\nmemory=128M\n", "4:2",
     "error: domain dA does not say how many cpus it has", "hint: add cpus=N, such as cpus=1"),
    (HEAD + "[dA]\nkernel=vmlinuz\ncpus=1\n", "4:2",
     "error: domain dA does not say how much memory it has",
     "hint: add memory=SIZE, such as memory=128M"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=0"), "6:6", "error: domain dA has 0 cpus",
     "hint: a domain has at least one"),
    (HEAD + DOMAIN.replace("128M", "512"), "7:8",
     "error: domain dA has 512 KiB of memory, but its files need 6 MiB",
     "hint: did you mean memory=512M? Without a unit, it is KiB"),
    (HEAD + DOMAIN.replace("128M", "3000G"), "7:8",
     "error: domain dA asks for 2.9 TiB of memory, but the machine has 1 GiB",
     "hint: did you mean memory=3000M? Without a unit, it is KiB"),
    (HEAD + DOMAIN.replace("128M", "3000000004"), "7:8",
     "error: domain dA asks for 2.7 TiB of memory, but the machine has 1 GiB",
     "hint: memory=128M is 128 MiB; without a unit, it is KiB"),
    (HEAD + DOMAIN.replace("128M", "0"), "7:8", "error: domain dA has no memory",
     "hint: write memory=SIZE, such as memory=128M"),
    (HEAD.replace("dA", "dA,dB") + DOMAIN + DOMAIN.replace("dA", "dB"), "3:9",
     "error: the names of domains are separated by blanks, not by commas or semicolons",
     "hint: write domains=NAME NAME"),
    (HEAD + DOMAIN + DOMAIN, "8:2",
     "warning: section [dA] is there twice; where both have a key, as kernel=, the first one counts "
     "(line 5)", "hint: rename one of them, or make one of the two"),
    (HEAD.replace("dtuart", "dtuart \\\n  noreboot") + DOMAIN, "2:24",
     "error: a line does not go on in the next",
     "hint: write the entry in one line, as long as it is"),
    (HEAD + DOMAIN + "ramdisk=/boot/efi/EFI/BOOT/initrd-a.img\n", "8:9",
     "error: /boot/efi/EFI/BOOT/initrd-a.img is neither a key of binary= nor a file",
     "hint: names start at the partition's root: /EFI/BOOT/initrd-a.img"),
    (HEAD + DOMAIN + "vpl11\n", "8:1", "warning: domain dA: no binding of Xen has vpl11 here",
     "hint: did you mean vpl011?"),
    (HEAD + DOMAIN + DOMAIN.replace("dA", "dB"), "8:2",
     "warning: section [dB] describes a domain, but no domains= names it",
     "hint: name it with domains= in the section that is booted"),
    (HEAD.replace("=dA", "=dC") + DOMAIN.replace("cpus=1\nmemory=128M\n", ""), "3:9",
     "error: there is no section [dC] in muster.cfg", "hint: did you mean dA?"),
    (HEAD + DOMAIN.replace("cpus=", "cpu="), "6:1",
     "error: domain dA does not say how many cpus it has", "hint: write cpus=N"),
    (HEAD + DOMAIN.replace("cpus=", "vcpus="), "6:1",
     "error: domain dA does not say how many cpus it has", "hint: write cpus=N"),
    (HEAD + DOMAIN.replace("cpus=", "CPUS="), "6:1",
     "error: domain dA does not say how many cpus it has", "hint: did you mean cpus?"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=1.5"), "6:6",
     "error: domain dA: cpus is to be written cpus=NUMBER", "hint: such as cpus=1"),
    (HEAD + DOMAIN.replace("kernel=", "Kernel="), "5:1", "error: domain dA has no kernel",
     "hint: did you mean kernel?"),
    (HEAD + DOMAIN.replace("kernel=", "kernel=="), "5:8",
     "error: =vmlinuz is neither a key of binary= nor a file", "hint: did you mean vmlinuz?"),
    (HEAD + DOMAIN.replace("vmlinuz", "\u201cvmlinuz\u201d"), "5:8",
     "error: \u201cvmlinuz\u201d is neither a key of binary= nor a file",
     "hint: define it by binary=FILE KEY in the booted section, or put the file beside the loader"),
    (HEAD + DOMAIN.replace("vmlinuz", "kernels"), "5:8",
     "error: cannot open kernels: it is a directory", "hint: name a file in it"),
    (HEAD + DOMAIN.replace("vmlinuz", "bzImage"), "5:8",
     "error: bzImage is an EFI program, so Xen cannot start it as the kernel of dA",
     "hint: it is for another processor"),
    (HEAD + DOMAIN.replace("vmlinuz", "old-bzImage"), "5:8",
     "error: old-bzImage is not a kernel, so Xen cannot start it as the kernel of dA",
     "hint: it is for another processor"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinux-x86"), "5:8",
     "error: vmlinux-x86 is an ELF file, so Xen cannot start it as the kernel of dA",
     "hint: it is for another processor"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinux-arm64"), "5:8",
     "error: vmlinux-arm64 is an ELF file, so Xen cannot start it as the kernel of dA",
     "hint: use the Image that objcopy -O binary makes of it"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinuz.xz"), "5:8",
     "error: vmlinuz.xz is a compressed archive, so Xen cannot start it as the kernel of dA",
     "hint: Xen unpacks gzip alone: unpack it, or pack it with gzip"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinuz.zst"), "5:8",
     "error: vmlinuz.zst is a compressed archive, so Xen cannot start it as the kernel of dA",
     "hint: Xen unpacks gzip alone: unpack it, or pack it with gzip"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinuz.lz4"), "5:8",
     "error: vmlinuz.lz4 is a compressed archive, so Xen cannot start it as the kernel of dA",
     "hint: Xen unpacks gzip alone: unpack it, or pack it with gzip"),
    (HEAD + DOMAIN.replace("vmlinuz", "linux-image.deb"), "5:8",
     "error: linux-image.deb is not a kernel, so Xen cannot start it as the kernel of dA",
     "hint: it is a package: take the kernel out of it with dpkg-deb -x FILE DIR"),
    (HEAD + DOMAIN.replace("vmlinuz", "notes.txt"), "5:8",
     "error: notes.txt is not a kernel, so Xen cannot start it as the kernel of dA",
     "hint: Xen starts an Image, a zImage, or these in gzip"),
    (HEAD + DOMAIN.replace("vmlinuz", "system.dtb"), "5:8",
     "error: system.dtb is a device tree, so Xen cannot start it as the kernel of dA",
     "hint: Xen starts an Image, a zImage, or these in gzip"),
    (HEAD + DOMAIN.replace("vmlinuz", "initrd-a.img") + "ramdisk=vmlinuz\n", "5:8",
     "error: initrd-a.img is a cpio archive, so Xen cannot start it as the kernel of dA",
     "hint: kernel and ramdisk are exchanged: vmlinuz is the kernel"),
    (HEAD.replace("domains", "xen=vmlinux-arm64\ndomains") + DOMAIN, "3:5",
     "error: vmlinux-arm64 is not an EFI program for arm64",
     "hint: it is an ELF file; give the xen.efi that was built with the hypervisor"),
    (HEAD.replace("domains", "xen=bzImage\ndomains") + DOMAIN, "3:5",
     "error: bzImage is not an EFI program for arm64", "hint: it is for another processor"),
    (HEAD.replace("domains", "xen=kernels\ndomains") + DOMAIN, "3:5",
     "error: cannot open the hypervisor kernels: it is a directory", "hint: name a file in it"),
    (HEAD.replace("domains", "dtb=vmlinuz\ndomains") + DOMAIN, "3:5",
     "error: vmlinuz is not a device tree: it does not start with d0 0d fe ed",
     "hint: make it with dtc -O dtb"),
    (HEAD.replace("domains", "dtb=overlay.dtbo\ndomains") + DOMAIN, "3:5",
     "error: overlay.dtbo is an overlay, not a whole device tree", "hint: name it with dtbo="),
    (HEAD.replace("domains", "dtbo=system.dtb\ndomains") + DOMAIN, "3:6",
     "error: system.dtb is not a device tree overlay: it has no fragments",
     "hint: make it with dtc -@ -O dtb"),
    (HEAD.replace("domains", "dtbo=tree.dts\ndomains") + DOMAIN, "3:6",
     "error: tree.dts is not a device tree overlay: it does not start with d0 0d fe ed",
     "hint: it is source text: compile it with dtc"),
    (HEAD + DOMAIN + "dtb=tree.dts\n", "8:5",
     "error: tree.dts, a device tree for dA, is none: it does not start with d0 0d fe ed",
     "hint: it is source text: compile it with dtc"),
    (HEAD + DOMAIN + "vpl011=no\n", "8:8",
     "warning: domain dA: vpl011 counts as set whatever its value", "hint: leave it out to say no"),
    (HEAD + DOMAIN + "vpl011\nvpl011\n", "9:1",
     "warning: vpl011= is given again; the one in line 8 counts", "hint: remove one of them"),
    (HEAD + DOMAIN + "xen,enhanced=yes\n", "8:14",
     "warning: domain dA: xen,enhanced cannot be \"yes\"", "hint: Xen takes it as disabled"),
    (HEAD + DOMAIN + "xen,enhanced=enabled\n", "8:14",
     "error: domain dA asks for xenstore, which only dom0 can serve",
     "hint: start a dom0, or write xen,enhanced=no-xenstore"),
    (HEAD.replace("=dA", "=da") + DOMAIN, "3:9", "error: there is no section [da] in muster.cfg",
     "hint: did you mean dA?"),
    (HEAD.replace("domains", "Domains") + DOMAIN, "3:1", "error: unknown key Domains",
     "hint: did you mean domains=?"),
    (HEAD.replace("domains=", "domains ") + DOMAIN, "3:1", "error: unknown key domains dA",
     "hint: write domains=dA"),
    (HEAD + DOMAIN + "[y]\noptions=a\ndomains=dB\n" + DOMAIN.replace("dA", "dB"), "8:2",
     "warning: no section is asked for, so the keys of those before [y] count",
     "hint: name the one that boots: [global] default=y"),
    (HEAD.replace("domains", "setenv fdt_high\ndomains") + DOMAIN, "3:1",
     "warning: unknown key setenv fdt_high",
     "hint: it is ignored: an entry is written key=value"),
    (HEAD.replace("domains", "colour=blue\ndomains") + DOMAIN, "3:1",
     "warning: unknown key colour", "hint: it is ignored"),
    ("[x]\noptions=console=dtuart\n" + DOMAIN, "3:2",
     "error: section [dA] describes a domain, but no domains= names it",
     "hint: name it with domains= in the section that is booted"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus="), "6:1",
     "error: domain dA: cpus is to be written cpus=NUMBER", "hint: such as cpus=1"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus: 1"), "6:1",
     "error: cpus: 1 cannot be the name of a property", "hint: write cpus=1"),
    (HEAD + DOMAIN.replace("kernel=", "kernel "), "5:1",
     "error: kernel vmlinuz cannot be the name of a property", "hint: write kernel=vmlinuz"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=two"), "6:6",
     "error: domain dA: cpus is to be written cpus=NUMBER", "hint: such as cpus=1"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=-1"), "6:6",
     "error: domain dA: cpus is to be written cpus=NUMBER", "hint: such as cpus=1"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=1 // one"), "6:6",
     "error: domain dA: cpus is to be written cpus=NUMBER", "hint: such as cpus=1"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=<1>;"), "6:9",
     "error: cpus: there is a comma missing", "hint: values are separated by commas"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=\u00a01"), "6:6",
     "error: cpus: there is a character that is not ASCII",
     "hint: write plain letters, quotes and blanks"),
    (HEAD + DOMAIN.replace("128M", "128MB"), "7:8",
     "error: memory: it is not an amount of memory", "hint: write 128M, 1G, or a number of KiB"),
    (HEAD + DOMAIN.replace("128M", "-128M"), "7:8",
     "error: memory: it is not an amount of memory", "hint: write 128M, 1G, or a number of KiB"),
    (HEAD + DOMAIN.replace("128M", '"128M"'), "7:8",
     "error: memory: it is not an amount of memory", "hint: write 128M, 1G, or a number of KiB"),
    (HEAD + DOMAIN.replace("128M", "0x8000000"), "7:8",
     "error: domain dA asks for 128 GiB of memory, but the machine has 1 GiB",
     "hint: did you mean memory=128M? Without a unit, it is KiB"),
    (HEAD + DOMAIN.replace("128M", "4G"), "7:8",
     "error: domain dA asks for 4 GiB of memory, but the machine has 1 GiB",
     "hint: give it less; the tree has 1 GiB of RAM, from 0x40000000: --memory SIZE tells of more"),
    (HEAD + DOMAIN.replace("128M", "8M") + "ramdisk=large.img\n", "7:8",
     "error: domain dA has 8 MiB of memory, but its files need 14 MiB",
     "hint: give it memory=14M or more"),
    (HEAD + DOMAIN.replace("128M", "<131072>"), "7:8",
     "error: domain dA: memory is to be written memory=SIZE", "hint: such as memory=128M"),
    (HEAD + DOMAIN.replace("memory=", "MEMORY="), "7:1",
     "error: domain dA does not say how much memory it has", "hint: did you mean memory?"),
    (HEAD + DOMAIN.replace("memory=", "memory: "), "7:1",
     "error: memory: 128M cannot be the name of a property", "hint: write memory=128M"),
    (HEAD + DOMAIN.replace("cpus=1", "cpus=200"), "6:6",
     "error: domain dA has 200 cpus, but Xen takes 128",
     "hint: its interrupt controller sets the limit"),
    (HEAD + DOMAIN.replace("memory=", "mem="), "7:1",
     "error: domain dA does not say how much memory it has", "hint: write memory=SIZE"),
    (HEAD + DOMAIN.replace("memory=", "memroy="), "7:1",
     "error: domain dA does not say how much memory it has", "hint: did you mean memory?"),
    (HEAD + DOMAIN.replace("128M", ""), "7:1",
     "error: domain dA: memory is to be written memory=SIZE", "hint: such as memory=128M"),
    (HEAD + DOMAIN.replace("128M", "128 MiB"), "7:8",
     "error: memory: it is not an amount of memory", "hint: write 128M, 1G, or a number of KiB"),
    (HEAD + DOMAIN.replace("kernel=", "kernal="), "5:1", "error: domain dA has no kernel",
     "hint: did you mean kernel?"),
    (HEAD + DOMAIN.replace("kernel=vmlinuz\n", ""), "4:2", "error: domain dA has no kernel",
     "hint: add kernel=FILE"),
    (HEAD + DOMAIN.replace("kernel=vmlinuz", "kernel="), "5:1", "error: kernel names no file",
     "hint: it is written KEY=FILE"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinux"), "5:8",
     "error: vmlinux is neither a key of binary= nor a file", "hint: did you mean vmlinuz?"),
    (HEAD + DOMAIN.replace("vmlinuz", '"vmlinuz'), "5:8",
     'error: "vmlinuz is neither a key of binary= nor a file', "hint: did you mean vmlinuz?"),
    (HEAD + DOMAIN.replace("vmlinuz", "cut.gz"), "5:8",
     "error: cannot unpack cut.gz: its size is not what it says at its end",
     "hint: was it copied completely?"),
    (HEAD + DOMAIN.replace("vmlinuz", "initrd-a.img"), "5:8",
     "error: initrd-a.img is a cpio archive, so Xen cannot start it as the kernel of dA",
     "hint: Xen starts an Image, a zImage, or these in gzip"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinuz quiet \\\n  root=/dev/ram0"), "5:22",
     "error: a line does not go on in the next",
     "hint: write the entry in one line, as long as it is"),
    (HEAD + DOMAIN.replace("vmlinuz", "vmlinuz quiet\n  root=/dev/ram0"), "6:3",
     "warning: domain dA: no binding of Xen has root here",
     "hint: a line does not go on in the next"),
    (HEAD.replace("dtuart", "dtuart\n  noreboot") + DOMAIN, "3:3", "warning: unknown key noreboot",
     "hint: a line does not go on in the next: write the entry in one line"),
    (HEAD + DOMAIN + "initrd=initrd-a.img\n", "8:1",
     "warning: domain dA: no binding of Xen has initrd here", "hint: write ramdisk=FILE"),
    (HEAD + DOMAIN + "bootargs=quiet\n", "8:1",
     "warning: domain dA: no binding of Xen has bootargs here",
     "hint: write it behind the kernel: kernel=FILE TEXT"),
    (HEAD + DOMAIN + "vpl011=0\n", "8:8",
     "warning: domain dA: vpl011 counts as set whatever its value", "hint: leave it out to say no"),
    (HEAD + DOMAIN + 'compatible="xen,domain"\n', "8:1",
     "error: a domain section is always compatible with xen,domain", "hint: leave it out"),
    (HEAD + DOMAIN + "kernel=vmlinuz\n", "8:1",
     "warning: kernel= is given again; the one in line 5 counts", "hint: remove one of them"),
    (HEAD + DOMAIN + "like=dX\n", "8:6", "error: there is no section [dX] in muster.cfg",
     "hint: did you mean dA?"),
    (HEAD.replace("domains=", "domain=") + DOMAIN, "3:1", "error: unknown key domain",
     "hint: did you mean domains=?"),
    (HEAD.replace("=dA", "=dA; dB") + DOMAIN + DOMAIN.replace("dA", "dB"), "3:9",
     "error: the names of domains are separated by blanks, not by commas or semicolons",
     "hint: write domains=NAME NAME"),
    (HEAD.replace("=dA", "=dA dA") + DOMAIN, "3:12", "error: the domain dA is named twice",
     "hint: name each section once"),
    (HEAD + DOMAIN.replace("[dA]", "[dA"), "4:1",
     "warning: section header has no closing bracket",
     "hint: a section starts with its name in brackets: [name]"),
    (HEAD + DOMAIN.replace("[dA]", "dA]"), "4:1",
     "warning: section header has no opening bracket",
     "hint: a section starts with its name in brackets: [name]"),
    ("[global]\ndefault=y\n" + HEAD + DOMAIN, "2:9",
     "error: there is no section [y] in muster.cfg", "hint: its sections are: x, dA"),
    (HEAD.replace("domains", "dtb=none.dtb\ndomains") + DOMAIN, "3:5",
     "error: cannot read device tree none.dtb: there is no such file",
     "hint: put it into /EFI/BOOT of the loader's partition"),
    (HEAD.replace("domains", "dtb=tree.dts\ndomains") + DOMAIN, "3:5",
     "error: tree.dts is not a device tree: it does not start with d0 0d fe ed",
     "hint: it is source text: compile it with dtc"),
    (HEAD.replace("domains", "xen=xen-4.17.efi\ndomains") + DOMAIN, "3:5",
     "error: cannot open the hypervisor xen-4.17.efi: there is no such file",
     "hint: put it into /EFI/BOOT of the loader's partition"),
    (HEAD + DOMAIN + "xen,static-mem=0x60000000 0x8000000\n", "8:16",
     "error: domain dA: xen,static-mem is to be written xen,static-mem=<0 ADDRESS 0 SIZE>",
     "hint: such as xen,static-mem=<0 0x60000000 0 0x8000000>"),
    (HEAD + DOMAIN + "xen,static-mem=<0 0x60000000 0 0x4000000>\n", "7:8",
     "error: domain dA has a memory of 131072 KiB, but static memory of 65536 KiB",
     "hint: write memory=65536K, or change xen,static-mem"),
    (HEAD + DOMAIN + "domain-cpupool=<&{/cpus}>\n", "8:16",
     "error: domain dA: domain-cpupool is not a xen,cpupool node",
     "hint: write domain-cpupool=<&{/chosen/POOL}>"),
    (HEAD + DOMAIN + "max_grant_frames=0\n", "8:18",
     "error: domain dA: max_grant_frames cannot be 0", "hint: give it a number from 1 to 8388607"),
    (HEAD + DOMAIN + "direct-map\n", "8:1",
     "error: domain dA has direct-map, but no static memory",
     "hint: give it xen,static-mem, or no direct-map"),
    # What a person writes who comes from elsewhere, or mixes up where a thing stands.
    (HEAD.replace("domains", "overlay=overlay.dtbo\ndomains") + DOMAIN, "3:1",
     "error: unknown key overlay", "hint: did you mean dtbo=?"),
    (HEAD.replace("domains", "devicetree=system.dtb\ndomains") + DOMAIN, "3:1",
     "error: unknown key devicetree", "hint: did you mean dtb=?"),
    (HEAD.replace("domains", "initrd=initrd-a.img\ndomains") + DOMAIN, "3:1",
     "error: unknown key initrd", "hint: did you mean ramdisk=?"),
    ("default=x\n" + HEAD + DOMAIN, "1:1", "warning: unknown key default",
     "hint: move it below [global]"),
    (HEAD.replace("domains", "timeout=3\ndomains") + DOMAIN, "3:1", "warning: unknown key timeout",
     "hint: move it below [global]"),
    ("[Global]\ndefault=x\n" + HEAD + DOMAIN, "2:1", "warning: unknown key default",
     "hint: move it below [global]"),
    ("[global]\ndefault=\n" + HEAD + DOMAIN, "2:1", "warning: default has no value and is ignored",
     "hint: an entry is written key=value"),
    ("[global]\ndefault=[x]\n" + HEAD + DOMAIN, "2:9",
     "error: there is no section [[x]] in muster.cfg", "hint: did you mean x?"),
    ("[global]\ndefault=dA\n" + HEAD + DOMAIN, "2:9", "error: [dA] is no section to boot",
     "hint: name another section"),
    ("[global]\ndefault=x\nfallback=y\n" + HEAD + DOMAIN, "3:10",
     "error: there is no section [y] in muster.cfg", "hint: its sections are: x, dA"),
    ("[global]\ndefault=x\ntimeout=5s\n" + HEAD + DOMAIN, "3:9", "error: timeout=5s cannot be used",
     "hint: write a number of seconds, up to 3600"),
    ("[global]\ndefault=x\nmeasure=true\n" + HEAD + DOMAIN, "3:9",
     "error: measure=true cannot be used", "hint: write yes, no or required"),
    ("[global]\ndefault=y\nchain=next.cfg\n" + HEAD + DOMAIN, "3:7",
     "error: cannot read configuration next.cfg: there is no such file",
     "hint: put it into /EFI/BOOT of the loader's partition"),
    (HEAD.replace("=dA", "=[dA]") + DOMAIN, "3:9",
     "error: there is no section [[dA]] in muster.cfg", "hint: did you mean dA?"),
    (HEAD.replace("=dA", "=") + DOMAIN, "3:1", "error: domains has no value and is ignored",
     "hint: an entry is written key=value"),
    (HEAD.replace("=dA", "='my dom'") + DOMAIN.replace("dA", "my dom"), "4:2",
     "error: my dom cannot be the name of a domain",
     "hint: use letters, digits and ,._+-, 255 at most"),
    (HEAD.replace("domains", "binary=vmlinuz linux quiet\ndomains")
     + DOMAIN.replace("=vmlinuz", "=linux"), "3:8", "error: binary= has more than a file and a key",
     "hint: it is written binary=FILE KEY"),
    (HEAD.replace("domains", "binary=linux vmlinuz\ndomains")
     + DOMAIN.replace("=vmlinuz", "=linux"), "6:8",
     "error: linux is neither a key of binary= nor a file",
     "hint: it is written binary=FILE KEY"),
    (HEAD.replace("domains", "binary=vmlinuz Linux\ndomains")
     + DOMAIN.replace("=vmlinuz", "=linux"), "6:8",
     "error: linux is neither a key of binary= nor a file", "hint: did you mean the key Linux?"),
    (HEAD.replace("domains", "binary=vmlinuz, linux\ndomains")
     + DOMAIN.replace("=vmlinuz", "=linux"), "3:8",
     "error: cannot open vmlinuz,: there is no such file", "hint: did you mean vmlinuz?"),
    (HEAD + DOMAIN + "ramdisk=initrd-a.img initrd-b.img\n", "8:9",
     "error: ramdisk= has more than a file",
     "hint: it is written KEY=FILE"),
    (HEAD.replace("domains=dA", "kernel=vmlinuz\nramdisk=initrd-a.img quiet"), "4:9",
     "error: ramdisk= has more than a file",
     "hint: it is written KEY=FILE"),
    (HEAD + DOMAIN.replace("=vmlinuz", "=../../../vmlinuz"), "5:8",
     "error: cannot open ../../../vmlinuz: access was denied",
     "hint: a name is relative to the loader's directory and never leaves its partition"),
    (HEAD + DOMAIN.replace("=vmlinuz", "=vmlinuz*"), "5:8",
     "error: vmlinuz* is neither a key of binary= nor a file", "hint: did you mean vmlinuz?"),
    (HEAD + DOMAIN.replace("128M", "<0 0 0x20000>"), "7:8", "error: domain dA has no memory",
     "hint: write memory=SIZE, such as memory=128M"),
    (HEAD + DOMAIN + "v8r_el1_msa\n", "8:1",
     "error: domain dA has v8r_el1_msa, which is for processors without an MMU",
     "hint: leave it out"),
    (HEAD.replace("domains", "ramdisk=initrd-a.img\ndomains") + DOMAIN, "3:9",
     "warning: dom0 has a ramdisk but no kernel",
     "hint: give it a kernel, or leave its ramdisk out"),
    (HEAD.replace("console=dtuart", "console=dtuart dom0_mem=512").replace("domains=dA",
                                                                           "kernel=vmlinuz"),
     "2:9", "error: dom0 has 512 KiB of memory, but its files need 6 MiB",
     "hint: write dom0_mem=512M"),
    ("Put the files here,\nall of them.\n", "1:1",
     "error: this is not a configuration: no line is a section's header or has a known key",
     "hint: sections start with [NAME], and lines are written key=value"),
    ("/dts-v1/;\n/ {\n  chosen { };\n};\n", "1:1", "error: this is the source of a device tree",
     "hint: dtc -@ -O dtb -o system.dtb muster.cfg; name system.dtb with dtb="),
    ("menuentry 'Xen' {\n  multiboot /xen.gz\n}\n", "1:1",
     "error: this is a configuration of GRUB", "hint: muster init writes a first configuration"),
    ('MEMORY_START="0x0"\nXEN="xen.efi"\nNUM_DOMUS=1\n', "1:1",
     "error: this is a configuration of ImageBuilder",
     "hint: muster import muster.cfg makes a system of it"),
    ('# Xen\n  setenv fdt_high 0xffffffff\nfatload mmc 0:1 0x40000000 xen\n', "2:3",
     "error: this is a script for U-Boot", "hint: muster init writes a first configuration"),
    ('kernel = "vmlinuz"\nvcpus = 2\nmemory = 512\n', "2:1",
     "error: this is a domain's configuration for xl",
     "hint: write it as a section: [NAME], kernel=FILE, cpus=N, memory=512M"),
    ('{\n  "kernel": "vmlinuz"\n}\n', "1:1", "error: this is JSON",
     "hint: muster init writes a first configuration"),
    ("options: console=dtuart\ndomains:\n  - dA\n", "1:1", "error: this is YAML",
     "hint: sections start with [NAME], and lines are written key=value"),
]


@pytest.mark.parametrize("config, place, message, hint", MISTAKES,
                         ids=[f"{at}-{mistake[3]}" for at, mistake in enumerate(MISTAKES)])
def test_one_message(make, config, place, message, hint):
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_text(config)
    for name, content in files().items():
        (system.loader_directory / name).write_bytes(content)
    (system.loader_directory / "kernels").mkdir()
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    lines = result.stdout.splitlines()
    assert lines[0] == f"muster.cfg:{place}: {message}"
    assert lines[3] == f"  {hint}"
    assert lines[4] in ("1 error", "1 warning")
    assert lines[4] == "1 error" or lines[5].startswith("no errors: ") and len(lines) == 6
    assert lines[4] == "1 warning" or len(lines) == 5


@pytest.mark.parametrize("content, message", [
    (b"MZ" + bytes(300), "muster: error: muster.cfg is a program, but not a sealed loader\n"
                         "  hint: muster seal -o FILE CONFIG makes one\n"),
    (b"\x7fELF" + bytes(300), "muster.cfg: error: this is an ELF file, not a configuration\n"
                              "  hint: name the configuration that has it as kernel=\n1 error\n"),
    (b"\xd0\x0d\xfe\xed" + bytes(300),
     "muster.cfg: error: this is a device tree, not a configuration\n"
     "  hint: name it with --dtb, and then the configuration\n1 error\n"),
    (b"070701" + b"0" * 300, "muster.cfg: error: this is a cpio archive, not a configuration\n"
                             "  hint: name the configuration that has it as ramdisk=\n1 error\n"),
    (b"\x27\x05\x19\x56" + bytes(300),
     "muster.cfg: error: this is a U-Boot image, not a configuration\n"
     "  hint: name the configuration that has it\n1 error\n"),
    (b"\x89PNG\r\n\x1a\n", "muster.cfg: error: the file is not text\n"
                           "  hint: is it a configuration file?\n1 error\n"),
    (b"[x]\n" + bytes(300), "muster.cfg: error: the file is not text\n"
                            "  hint: is it a configuration file?\n1 error\n"),
    ((HEAD + DOMAIN).encode("utf-16-le"), "muster.cfg: error: the file is not text\n"
                                          "  hint: is it a configuration file?\n1 error\n"),
    ((HEAD + DOMAIN).encode("utf-16"), "muster.cfg: error: the file is in UTF-16\n"
                                       "  hint: save the file as plain text in UTF-8\n1 error\n"),
])
def test_no_text_as_configuration(make, content, message):
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_bytes(content)
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    assert (result.returncode, result.stdout + result.stderr) == (1, message)


OVERLAY = HEAD.replace("domains", "dtbo=own.dtbo\ndomains") + DOMAIN
NODE = """/dts-v1/; /include/ "machine.dts"
/ {{ chosen {{ #address-cells = <2>; #size-cells = <2>; d {{ compatible = "xen,domain";
cpus = <1>; memory = <0 0x20000>; {} m {{ compatible = "multiboot,kernel", "multiboot,module";
uefi,binary = "{}"; }}; }}; }}; }};"""


# The source of own.dtb or own.dtbo, where the one message is and what it says.
@pytest.mark.parametrize("source, place, message, hint", [
    ("/dts-v1/; /plugin/; &{/cpu/cpu@0} { a; };", "muster.cfg:3:6",
     "error: own.dtbo does not apply: fragment@0 is for /cpu/cpu@0, which the device tree does not "
     "have", "dtc -I dtb -O dts FILE shows its nodes"),
    ("/dts-v1/; /plugin/; &{/soc/uart} { a; };", "muster.cfg:3:6",
     "error: own.dtbo does not apply: fragment@0 is for /soc/uart, which the device tree does not "
     "have", "dtc -I dtb -O dts FILE shows its nodes"),
    ("/dts-v1/; /plugin/; &urat { a; };", "muster.cfg:3:6",
     "error: own.dtbo does not apply: fragment@0 needs the label urat, which the device tree does "
     "not have", "did you mean &uart?"),
    (NODE.format('xen,enhanced = "enable";', "vmlinuz"), "/chosen/d",
     'warning: domain d: xen,enhanced cannot be "enable"', "Xen takes it as disabled"),
    (NODE.format("", "vmlinux"), "/chosen/d/m",
     "error: vmlinux is neither a key of binary= nor a file", "did you mean the key vmlinux-a?"),
    (NODE.format("", "vmlinuz").replace("uefi,binary", "uefi,binry"), "/chosen/d/m",
     "error: the module names no binary and has no reg", "did you mean uefi,binary for uefi,binry?"),
    (NODE.format("", "vmlinuz").replace('"xen,domain"', '"xen,domU"'), "/chosen/d",
     "error: the node d is no domain: its compatible is not xen,domain",
     'write compatible = "xen,domain"'),
    (NODE.format("", "vmlinuz").replace("0x20000", "0x8000000"), "/chosen/d",
     "error: domain d asks for 128 GiB of memory, but the machine has 1 GiB",
     "memory counts KiB: <0 0x8000000> is 128 GiB, 128 MiB is <0 0x20000>"),
    (NODE.format("", "vmlinuz").replace("<0 0x20000>", '"128M"'), "/chosen/d",
     "error: domain d: memory is to be written memory = <0 NUMBER>",
     "such as memory = <0 0x20000>, 128 MiB"),
    (NODE.format("", "vmlinuz").replace("cpus = <1>;", ""), "/chosen/d",
     "error: domain d does not say how many cpus it has", "add cpus = <N>, one cell"),
])
def test_one_message_of_a_tree(make, source, place, message, hint):
    system = make("one-domain")
    config = OVERLAY
    if "/plugin/" not in source:
        config = "[x]\noptions=console=dtuart\ndtb=own.dtb\nbinary=vmlinuz vmlinux-a\n"
        source = source.replace('"vmlinuz"', '"vmlinux-a"')
    (system.loader_directory / "muster.cfg").write_text(config)
    subprocess.run(["dtc", "-q", "-@", "-i", HERE, "-I", "dts", "-O", "dtb", "-o",
                    system.loader_directory / ("own.dtbo" if config is OVERLAY else "own.dtb")],
                   check=True, input=source.encode())
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    lines = result.stdout.splitlines()
    assert lines[0] == f"{place}: {message}"
    assert lines[3 if "muster.cfg" in place else 1] == f"  hint: {hint}"
    assert result.stdout.count("error:") + result.stdout.count("warning:") + \
        result.stdout.count("note:") == 1


XEN_OPTIONS = [
    ("dom0_mem = 512M", "Xen takes no space around an =", "an entry is written key=value"),
    ("cosnole=dtuart", "xen.efi does not know the option cosnole and ignores it",
     "did you mean console?"),
    ("root=/dev/vda2", "xen.efi does not know the option root and ignores it",
     "leave it out"),
    ("dom0_mem=half", "Xen gives dom0 512 MiB: it does not understand dom0_mem=half",
     "write dom0_mem=512M"),
    ("sched=fast", "xen.efi has no scheduler fast", "leave it out"),
    ("maxcpus=two", "Xen does not understand maxcpus=two", "write a number"),
    ("'dom0_mem=512M'", "Xen takes quotes and tabs as part of an option: 'dom0_mem=512M'",
     "write it without them; only spaces separate options"),
    ('"bootscrub=0 noreboot"',
     'Xen takes quotes and tabs as part of an option: "bootscrub=0 noreboot"',
     "write it without them; only spaces separate options"),
]


@pytest.mark.parametrize("option, message, hint", XEN_OPTIONS)
def test_one_message_of_an_option(make, option, message, hint):
    """Of a Xen whose options are known, at options=."""
    system = make("one-domain")
    shutil.copyfile(ROOT / "build/payload/xen.efi", system.loader_directory / "xen.efi")
    (system.loader_directory / "muster.cfg").write_text(
        HEAD.replace("console=dtuart", f"console=dtuart {option}") + DOMAIN)
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    lines = result.stdout.splitlines()
    assert lines[0] == f"muster.cfg:2:9: warning: {message}"
    assert lines[3] == f"  hint: {hint}"
    assert lines[4:] == ["1 warning", "no errors: 1 domain, 2 files"]


def test_no_room_is_said_once(make):
    """Where the files alone have no room, what a domain asks for is not said as well."""
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_text(HEAD + DOMAIN)
    result = system.run("check", "--dtb", "../../../machine.dtb", "--memory", "64K", "muster.cfg")
    assert "error: no room in memory for vmlinuz (292 KiB)\n" in result.stdout
    assert result.stdout.endswith("\n1 error\n")


def test_a_section_with_its_brackets(make):
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_text(HEAD + DOMAIN)
    result = system.run("check", "-s", "[x]", "--dtb", "../../../machine.dtb", "muster.cfg")
    assert result.stdout == "error: there is no section [[x]] in muster.cfg\n" \
        "  hint: did you mean x?\n1 error\n"


MEMORY = "the tree has 1 GiB of RAM, from 0x40000000: --memory SIZE tells of more"


@pytest.mark.parametrize("domain, message, hint", [
    (DOMAIN.replace("128M", "900M") + DOMAIN.replace("dA", "dB"),
     "/chosen: error: the domains need 1036 MiB of memory (1028 for themselves), but the machine has "
     "1024", f"give them less; {MEMORY}"),
    (DOMAIN + "xen,static-mem=<0 0x90000000 0 0x8000000>\n",
     "error: static memory of dA (0x90000000 to 0x97ffffff) lies outside the machine's memory",
     MEMORY),
])
def test_memory_of_the_tree(make, domain, message, hint):
    """Where RAM is the question, the option that tells of more is an answer."""
    system = make("one-domain")
    head = HEAD.replace("=dA", "=dA dB") if "[dB]" in domain else HEAD
    (system.loader_directory / "muster.cfg").write_text(head + domain)
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    assert f"{message}\n" in result.stdout and f"  hint: {hint}\n" in result.stdout
    assert result.stdout.endswith("\n1 error\n")
    for memory, is_enough in (("1G", False), ("4G", True)):
        result = system.run("check", "--dtb", "../../../machine.dtb", "--memory", memory, "muster.cfg")
        assert "--memory" not in result.stdout
        assert (result.returncode == 0) == is_enough


@pytest.mark.parametrize("arguments, message", [
    (("--dbt", "x"), "unknown or ambiguous option --dbt; did you mean --dtb?"),
    (("--formt=json",), "unknown or ambiguous option --formt=json; did you mean --format?"),
    (("--quick",), "unknown or ambiguous option --quick"),
    (("--memory", "512"), "512 are bytes of memory; did you mean 512M?"),
    (("--memory", "lots"), "lots is not a size such as 512M or 2G@0x80000000"),
    (("--memory", "-1G"), "-1G is not a size such as 512M or 2G@0x80000000"),
])
def test_wrong_options(make, arguments, message):
    result = make("one-domain").run("check", *arguments, "muster.cfg")
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith(f"muster check: {message}\nusage: muster check ")


@pytest.mark.parametrize("name, written", [
    ("a b.img", '"a b.img"'), ("a b.img", "'a b.img'"), ("it's", '"it\'s"'), ('a"b', 'a"b')])
def test_names_in_quotes(make, name, written):
    """As in a shell, wherever a file stands."""
    system = make("one-domain")
    (system.loader_directory / name).write_bytes(cpio(5000, "a"))
    (system.loader_directory / f"xen {name}").write_bytes(
        (system.loader_directory / "xen.efi").read_bytes())
    for entry in (f"ramdisk={written}", f"ramdisk=r\n[y]\nbinary={written} r"):
        head = HEAD.replace("[x]", f"[x]\nbinary={written} r") if "[y]" in entry else HEAD
        config = head + DOMAIN + entry.partition("\n[y]")[0] + "\n"
        (system.loader_directory / "muster.cfg").write_text(config)
        result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
        assert result.stdout == "no errors: 1 domain, 3 files\n"


def test_whole_values_in_quotes(make):
    system = make("one-domain")
    for name, copy in (("xen.efi", "my xen.efi"), ("system.dtb", "my tree.dtb")):
        (system.loader_directory / name).rename(system.loader_directory / copy)
    config = system.loader_directory / "muster.cfg"
    config.write_text(config.read_text().replace("system.dtb", "'my tree.dtb'\nxen=\"my xen.efi\""))
    assert system.run("check", "muster.cfg").returncode == 0


def test_thirty_domains_that_are_alike(make):
    """Thirty domains are thirty short sections, and a mistake in what they share is one."""
    system = make("one-domain")
    names = [f"d{number}" for number in range(30)]
    sections = "".join(f"[{name}]\nlike=guest\n" for name in names)
    config = f"[x]\noptions=console=dtuart\ndomains={' '.join(names)}\n{sections}[guest]\n"
    guest = "kernel=vmlinuz\nramdisk=initrd-a.img\ncpus=1\nmemory=16M\n"
    (system.loader_directory / "muster.cfg").write_text(config + guest)
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    assert result.stdout == "no errors: 30 domains, 3 files\n"
    for wrong, message in (("16", "error: domain d0 has 16 KiB of memory"),
                           ("much", "error: memory: it is not an amount of memory")):
        (system.loader_directory / "muster.cfg").write_text(config + guest.replace("16M", wrong))
        result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
        assert f"muster.cfg:68:8: {message}" in result.stdout
        assert result.stdout.endswith("\n1 error\n")
