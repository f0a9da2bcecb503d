# SPDX-License-Identifier: BSD-2-Clause
"""Mistakes that people make in a configuration: each is one message, at its line, with its hint."""

import pytest

from system import cpio

HEAD = "[x]\noptions=console=dtuart\ndomains=dA\n"
DOMAIN = "[dA]\nkernel=vmlinuz\ncpus=1\nmemory=128M\n"

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
     "hint: did you mean 2.9 GiB? Without a unit, memory= is KiB"),
    (HEAD + DOMAIN.replace("128M", "3000000004"), "7:8",
     "error: domain dA asks for 2.7 TiB of memory, but the machine has 1 GiB",
     "hint: memory=128M is 128 MiB; without a unit, it is KiB"),
    (HEAD + DOMAIN.replace("128M", "0"), "7:8", "error: domain dA has no memory",
     "hint: write memory=SIZE, such as memory=128M"),
    (HEAD.replace("dA", "dA,dB") + DOMAIN + DOMAIN.replace("dA", "dB"), "3:9",
     "error: the names of domains are separated by blanks, not by commas",
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
]


@pytest.mark.parametrize("config, place, message, hint", MISTAKES,
                         ids=[mistake[3] for mistake in MISTAKES])
def test_one_message(make, config, place, message, hint):
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_text(config)
    result = system.run("check", "--dtb", "../../../machine.dtb", "muster.cfg")
    lines = result.stdout.splitlines()
    assert lines[0] == f"muster.cfg:{place}: {message}"
    assert lines[3] == f"  {hint}"
    assert lines[4:] in (["1 error"], ["1 warning", "no errors: 1 domain, 2 files"])


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
