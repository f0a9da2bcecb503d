# SPDX-License-Identifier: BSD-2-Clause
"""What package managers call: a new kernel, ramdisk or Xen is put in place, and nothing ever fails."""

import os
import subprocess

import pytest

from conftest import MUSTER, ROOT
from system import cpio, image
from test_install import Machine
from test_state import record, write as write_state

HOOKS = ROOT / "packaging/hooks"
CONFIG = """\
[global]
default=server
[server]
xen=xen-4.17-arm64.efi
kernel=vmlinuz-6.1.0-9 root=/dev/vda2
ramdisk=initrd.img-6.1.0-9
"""


class Root(Machine):
    """A root directory with kernels in /boot and the partition in /boot/efi."""

    def __init__(self, place):
        super().__init__(place)
        self.boot = place / "boot"
        self.boot.mkdir()
        self.esp.rmdir()
        self.esp = self.boot / "efi"
        self.esp.mkdir()
        (place / "esp").symlink_to(self.esp)
        self.installed = self.esp / "EFI/muster"
        for version, size in (("6.1.0-9", 30000), ("6.1.0-10", 31000)):
            (self.boot / f"vmlinuz-{version}").write_bytes(image(size, version))
            (self.boot / f"initrd.img-{version}").write_bytes(cpio(5000, version))
        (self.boot / "xen-4.17-arm64.efi").write_bytes(image(20000, "xen"))
        for file in ("vmlinuz-6.1.0-9", "initrd.img-6.1.0-9", "xen-4.17-arm64.efi"):
            self.write(file, (self.boot / file).read_bytes())
        self.write("muster.cfg", CONFIG.encode())
        (self.bin / "muster").symlink_to(MUSTER)
        self.environment |= {"MUSTER_HOOK_ROOT": str(place),
                             "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def hook(self, *arguments):
        """Run it: what it says. It never fails, and standard output belongs to others."""
        result = subprocess.run([HOOKS / "muster-hook", *arguments], env=self.environment,
                                capture_output=True, text=True, timeout=60)
        assert (result.returncode, result.stdout) == (0, "")
        return result.stderr

    def settings(self, text):
        (self.place / "etc/default").mkdir(parents=True, exist_ok=True)
        (self.place / "etc/default/muster").write_text(text)

    def kernels(self):
        """The files that the keys of dom0 stand for, by system."""
        return {path.name: [line.split('"')[1].rpartition("/")[2]
                            for line in path.read_text().splitlines() if line.startswith("binary=")]
                for path in sorted(self.installed.glob("muster.*.cfg"))}


@pytest.fixture
def root(tmp_path):
    made = Root(tmp_path)
    result = made.install("--no-entry")
    assert result.returncode == 0, result.stderr
    return made


NEW = ["vmlinuz-6.1.0-10", "initrd.img-6.1.0-10"]
OLD = ["vmlinuz-6.1.0-9", "initrd.img-6.1.0-9"]
SAID = "installed [server.2], with [server.1] as its fallback\n"


def test_new_kernel(root):
    assert root.hook("kernel", "6.1.0-10", str(root.boot / "vmlinuz-6.1.0-10")) == SAID
    assert root.kernels() == {"muster.1.cfg": OLD, "muster.2.cfg": NEW}
    assert "default=server.2\nfallback=server.1\ntries=3\n" in root.config()
    root.check("-s", "server.2")
    root.check("-s", "server.1")
    assert root.hook("kernel", "6.1.0-10") == "nothing is new in [server.2], with [server.1] as its fallback\n"


def test_older_kernel(root):
    (root.boot / "vmlinuz-6.1.0-8").write_bytes(image(32000, "old"))
    assert root.hook("kernel", "6.1.0-8") == ""
    assert root.hook("kernel", "") == root.hook("kernel") == ""


def test_kernel_of_somebody_else(root):
    root.write("mine", image(32000, "mine"))
    root.write("muster.cfg", CONFIG.replace("kernel=vmlinuz-6.1.0-9", "kernel=mine").encode())
    root.install("--no-entry")
    assert root.hook("kernel", "6.1.0-10") == ""


def test_other_ramdisks(root):
    """Fedora's name, one that kernel-install hands over, and none."""
    (root.boot / "initrd.img-6.1.0-10").rename(root.boot / "initramfs-6.1.0-10.img")
    root.hook("kernel", "6.1.0-10")
    assert root.kernels()["muster.2.cfg"] == ["vmlinuz-6.1.0-10", "initramfs-6.1.0-10.img"]
    (root.place / "made").write_bytes(cpio(6000, "made"))
    root.hook("kernel", "6.1.0-10", str(root.boot / "vmlinuz-6.1.0-10"), str(root.place / "made"))
    assert root.kernels()["muster.3.cfg"] == ["vmlinuz-6.1.0-10", "initrd.img-6.1.0-10"]


def test_kernel_that_has_no_version_in_its_name(root):
    """kernel-install of systemd takes it from the modules; later ones are to take its place, too."""
    image_file = root.place / "lib/modules/6.1.0-11/vmlinuz"
    image_file.parent.mkdir(parents=True)
    image_file.write_bytes(image(33000, "modules"))
    assert root.hook("kernel", "6.1.0-11", str(image_file), str(root.boot / "initrd.img-6.1.0-10")) == SAID
    assert root.kernels()["muster.2.cfg"] == ["vmlinuz-6.1.0-11", "initrd.img-6.1.0-11"]
    root.confirm("server.2")
    assert "installed [server.3]" in root.hook("removed", "6.1.0-11")
    # The ramdisk's content is the same.
    assert root.kernels()["muster.3.cfg"] == ["vmlinuz-6.1.0-10", "initrd.img-6.1.0-11"]


def test_new_ramdisk_of_the_kernel_in_use(root):
    (root.boot / "initrd.img-6.1.0-9").write_bytes(cpio(7000, "new"))
    (root.boot / "initrd.img-6.1.0-10").write_bytes(cpio(7000, "new"))
    assert root.hook("ramdisk", "6.1.0-10") == root.hook("ramdisk", "6.1.0") == ""
    assert root.hook("ramdisk", "6.1.0-9") == SAID
    assert root.kernels()["muster.2.cfg"] == ["vmlinuz-6.1.0-9", "initrd.img-6.1.0-9.2"]


def test_kernel_that_is_removed(root):
    root.hook("kernel", "6.1.0-10")
    assert root.hook("removed", "6.1.0-9") == root.hook("removed", "6.1.0-1") == ""
    (root.boot / "vmlinuz-6.1.0-10").unlink()
    assert root.hook("removed", "6.1.0-10") == (
        "[server.2] was never confirmed: [server.1] stays the fallback\n"
        "installed [server.3], with [server.1] as its fallback\n")
    assert root.kernels() == {"muster.1.cfg": OLD, "muster.3.cfg": OLD}
    (root.boot / "vmlinuz-6.1.0-9").unlink()
    assert root.hook("removed", "6.1.0-9") == (
        f"muster: no other kernel is in {root.boot}: 6.1.0-9 stays in place\n")


def test_new_xen(root):
    assert "nothing is new" in root.hook("xen")
    (root.boot / "xen-4.9-arm64.efi").write_bytes(image(19000, "old"))
    (root.boot / "xen-4.20-arm64.efi").write_bytes(image(21000, "new"))
    assert root.hook("xen") == SAID
    assert 'xen="/EFI/muster/xen-4.20-arm64.efi"\n' in root.config("muster.2.cfg")


def test_xen_of_somebody_else(root):
    root.write("xen.efi", image(22000, "mine"))
    root.write("muster.cfg", CONFIG.replace("xen=xen-4.17-arm64.efi\n", "").encode())
    root.install("--no-entry")
    assert root.hook("xen") == ""


def test_switched_off(root):
    root.settings("KERNEL=no\nXEN=no\n")
    for arguments in (["kernel", "6.1.0-10"], ["ramdisk", "6.1.0-9"], ["removed", "6.1.0-9"], ["xen"]):
        assert root.hook(*arguments) == ""
    assert list(root.kernels()) == ["muster.1.cfg"]


@pytest.mark.parametrize("text", ["KERNEL=(", "if\n", "$NOTHING\n", "exit 3\n"])
def test_settings_that_are_wrong(root, text):
    root.settings(text)
    assert root.hook("kernel", "6.1.0-10") == (
        f"muster: {root.place}/etc/default/muster is left out: sh does not read it\n" + SAID)


def test_another_partition(root):
    root.esp.rename(root.place / "elsewhere")
    assert root.hook("kernel", "6.1.0-10") == ""
    root.settings(f"ESP={root.place}/elsewhere\n")
    assert root.hook("kernel", "6.1.0-10") == SAID


def test_confirm(root):
    state = root.installed / "muster.state"
    write_state(state, record(5, "server.1", left=2))
    assert root.hook("confirm") == "confirmed server.1\n"
    assert "confirmed      server.1\n" in root.run("state", state).stdout


def test_make_installs_them(tmp_path):
    for target in ("install-hooks", "uninstall-hooks"):
        subprocess.run(["make", "-s", target, f"DESTDIR={tmp_path}"], cwd=ROOT, check=True)
        found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
        assert found == ([] if target == "uninstall-hooks" else [
            "etc/initramfs/post-update.d/zz-muster", "etc/kernel/postinst.d/zz-muster",
            "etc/kernel/postrm.d/zz-muster", "usr/lib/kernel/install.d/95-muster.install",
            "usr/lib/muster/muster-hook", "usr/lib/systemd/system/muster-confirm.service"])


def test_make_installs_the_tool_alone(tmp_path):
    subprocess.run(["make", "-s", "install-tool", f"DESTDIR={tmp_path}", "prefix=/usr"], cwd=ROOT, check=True)
    assert (tmp_path / "usr/bin/muster").exists() and (tmp_path / "usr/share/man/man1/muster.1").exists()
    assert not (tmp_path / "usr/lib").exists()


def test_sealed_system(tmp_path):
    """Only who has the key can change it, and is told so."""
    machine = Root(tmp_path)
    loader = machine.source / "sealed.efi"
    machine.run("seal", "-o", loader, "--dtb", "machine.dtb", "--memory", "8G", "source/muster.cfg")
    assert machine.install("--no-entry", source=loader).returncode == 0
    before = machine.files()
    assert machine.hook("kernel", "6.1.0-10") == (
        f"muster: error: the system on {machine.esp} is sealed\n"
        "  hint: seal the changed system, and give that to muster install\n"
        "muster: the kernel 6.1.0-10 was not put in place, and what booted before stays\n")
    assert machine.hook("xen") == ""
    assert machine.files() == before


def test_nothing_is_installed(tmp_path):
    machine = Root(tmp_path)
    assert machine.hook("kernel", "6.1.0-10") == machine.hook("xen") == machine.hook() == ""


def test_what_goes_wrong_is_said(root):
    before = root.files()
    assert root.hook("kernel", "6.5") == (
        f"muster: there is no {root.boot}/vmlinuz-6.5, and what booted before stays\n")
    (root.boot / "vmlinuz-6.5").write_bytes(b"no kernel")
    said = root.hook("kernel", "6.5")
    assert "error" in said and said.endswith(
        "muster: the kernel 6.5 was not put in place, and what booted before stays\n")
    (root.bin / "muster").unlink()
    (root.bin / "muster").write_text("#!/bin/sh\nexit 1\n")
    (root.bin / "muster").chmod(0o755)
    assert root.hook("kernel", "6.1.0-10") == (
        "muster: muster status does not tell what boots: the kernel 6.1.0-10 was not put in place\n")
    after = {name: content for name, content in root.files().items() if not name.endswith(".files")}
    assert after == {name: content for name, content in before.items() if not name.endswith(".files")}


def test_ruined_configuration(root):
    (root.installed / "muster.cfg").write_bytes(b"\0\1\2")
    before = root.files()
    assert root.hook("xen") == "muster: muster status does not tell what boots: Xen was not put in place\n"
    assert root.hook("kernel", "6.1.0-10") == (
        "muster: muster status does not tell what boots: the kernel 6.1.0-10 was not put in place\n")
    assert root.hook("removed", "6.1.0-9") == root.hook("ramdisk", "6.1.0-9") == ""
    assert root.files() == before


@pytest.mark.parametrize("name", ["postinst.d", "postrm.d", "post-update.d", "95-muster.install"])
def test_without_the_package(name):
    """A hook stays behind as configuration when its package goes."""
    result = subprocess.run([HOOKS / name, "add", "6.1"], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("name, arguments, calls", [
    ("postinst.d", ["6.1", "/boot/vmlinuz-6.1"], "kernel 6.1 /boot/vmlinuz-6.1"),
    ("postrm.d", ["6.1", "/boot/vmlinuz-6.1"], "removed 6.1 /boot/vmlinuz-6.1"),
    ("post-update.d", ["6.1", "/boot/initrd.img-6.1"], "ramdisk 6.1 /boot/initrd.img-6.1"),
    ("95-muster.install", ["add", "6.1", "/boot/x", "/lib/modules/6.1/vmlinuz", "/tmp/initrd"],
     "kernel 6.1 /lib/modules/6.1/vmlinuz /tmp/initrd"),
    ("95-muster.install", ["remove", "6.1", "/boot/x"], "removed 6.1"),
])
def test_what_is_called(tmp_path, name, arguments, calls):
    """Each hook, with a program that fails in place of the one that it calls."""
    program = tmp_path / "muster-hook"
    program.write_text(f"#!/bin/sh\necho \"$*\" >{tmp_path}/calls\nexit 3\n")
    program.chmod(0o755)
    script = tmp_path / name
    script.write_text((HOOKS / name).read_text().replace("/usr/lib/muster/muster-hook", str(program)))
    result = subprocess.run(["sh", script, *arguments])
    assert result.returncode == 0
    assert (tmp_path / "calls").read_text().strip() == calls
