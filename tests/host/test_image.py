# SPDX-License-Identifier: BSD-2-Clause
"""Disks: what sfdisk, fsck.fat and mtools find on them, and that they are all or nothing."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import MUSTER

MIB = 1024 * 1024
START = MIB
LOADER = b"MZ the loader"


@pytest.fixture
def project(tmp_path):
    """A directory `esp` with a loader of its own and some files, and a place to work in."""
    boot = tmp_path / "esp/EFI/BOOT"
    boot.mkdir(parents=True)
    (boot / "BOOTAA64.EFI").write_bytes(b"MZ own")
    (boot / "muster.cfg").write_text("[one]\n")
    (boot / "a file with a long name.img").write_bytes(os.urandom(3 * MIB + 17))
    (tmp_path / "esp/empty").write_bytes(b"")
    (tmp_path / "esp/other").mkdir()
    (tmp_path / "esp/other/ünïcode name.text").write_text("text")
    return tmp_path


def run(directory, *arguments, muster=MUSTER, **options):
    return subprocess.run([muster, "image", *arguments], cwd=directory, capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL, **options)


def make(directory, *arguments, **options):
    result = run(directory, *arguments, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout


def check_disk(path, directory):
    """The partition table and file system are sound, and hold exactly the directory."""
    verify = subprocess.run(["sfdisk", "--verify", path], capture_output=True, text=True)
    assert "No errors detected" in verify.stdout, verify.stdout + verify.stderr
    dump = subprocess.run(["sfdisk", "--dump", path], capture_output=True, text=True,
                          check=True).stdout
    assert "label: gpt" in dump
    assert dump.count("type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B") == dump.count("start=") == 1
    sectors = int(dump.split("size=")[1].split(",")[0])
    assert int(dump.split("start=")[1].split(",")[0]) * 512 == START
    partition = path.parent / "partition"
    with open(path, "rb") as disk, open(partition, "wb") as file:
        disk.seek(START)
        file.write(disk.read(sectors * 512))
    check = subprocess.run(["fsck.fat", "-n", partition], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout
    with open(partition, "rb") as file:
        assert file.read(512)[82:90] == b"FAT32   "
    content = path.parent / "content"
    shutil.rmtree(content, ignore_errors=True)
    content.mkdir()
    subprocess.run(["mcopy", "-i", partition, "-s", "-n", "-Q", "::/*", content], check=True)
    assert files_of(content) == files_of(directory)
    return content


def files_of(directory):
    return {str(path.relative_to(directory)): path.read_bytes() if path.is_file() else None
            for path in directory.rglob("*")}


TRIAL = "[global]\ndefault=new\nfallback=old\ntries=3\n%s[new]\nkernel=Image\n[old]\nkernel=Image\n"


@pytest.mark.parametrize("line, name", (
    ("", "EFI/BOOT/muster.state"), ("state=count\n", "EFI/BOOT/count"),
    ("state=\\state\\here\n", "state/here")))
def test_the_boot_state_is_made(project, line, name):
    """A configuration that counts gets its state, in the directory that it names."""
    esp = project / "esp"
    (esp / "EFI/BOOT/muster.cfg").write_text(TRIAL % line)
    make(project, "-o", "disk.img", "esp")
    assert not (esp / name).exists()
    # The disk is that of the directory with such a state.
    (esp / name).parent.mkdir(exist_ok=True)
    subprocess.run([MUSTER, "state", "--init", esp / name], check=True, timeout=60)
    check_disk(project / "disk.img", esp)


def test_a_boot_state_that_is_there_stays(project):
    """Only what is missing of it is made."""
    esp = project / "esp"
    state = esp / "EFI/BOOT/muster.state"
    (esp / "EFI/BOOT/muster.cfg").write_text(TRIAL % "")
    subprocess.run([MUSTER, "state", "--init", state], check=True, timeout=60)
    subprocess.run([MUSTER, "state", "--next", "old", state], check=True, timeout=60)
    second = (esp / "EFI/BOOT/muster.state.2").read_bytes()
    make(project, "-o", "disk.img", "esp")
    check_disk(project / "disk.img", esp)
    state.unlink()
    make(project, "-o", "disk.img", "esp")
    subprocess.run([MUSTER, "state", "--init", project / "new"], check=True, timeout=60)
    state.write_bytes((project / "new").read_bytes())
    assert (esp / "EFI/BOOT/muster.state.2").read_bytes() == second
    check_disk(project / "disk.img", esp)


def test_no_boot_state_without_counting(project):
    """tries= without default= counts nothing."""
    esp = project / "esp"
    (esp / "EFI/BOOT/muster.cfg").write_text("[global]\ntries=3\n[new]\nkernel=Image\n")
    make(project, "-o", "disk.img", "esp")
    check_disk(project / "disk.img", esp)


def test_disk(project):
    said = make(project, "esp")
    size = (project / "esp.img").stat().st_size
    assert said == f"wrote esp.img, {size // MIB} MiB\n"
    check_disk(project / "esp.img", project / "esp")
    assert list(project.glob("*.img*")) == [project / "esp.img"]


def test_same_bytes(project):
    """Neither the time, nor the order or times of the files, nor the person's settings count."""
    make(project, "-o", "one.img", "esp")
    shutil.copytree(project / "esp", project / "copy")
    for path in (project / "copy").rglob("*"):
        os.utime(path, (1e9, 1e9))
    time.sleep(2.1)  # FAT counts in two seconds
    make(project, "-o", "two.img", "copy/", env={**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C"})
    assert (project / "one.img").read_bytes() == (project / "two.img").read_bytes()


def test_source_date(project):
    make(project, "-o", "one.img", "esp", env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    listing = subprocess.run(["mdir", "-i", f"{project}/one.img@@{START}", "::/EFI/BOOT"],
                             capture_output=True, text=True, check=True).stdout
    assert "2023-11-14" in listing


def test_loader_is_added(project, tmp_path):
    """Muster's own, found beside the program or where it is installed to."""
    (project / "esp/EFI/BOOT/BOOTAA64.EFI").unlink()
    for place in ("bin", "lib/muster"):
        base = tmp_path / place.replace("/", "-")
        (base / "bin").mkdir(parents=True)
        (base / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(MUSTER, base / "bin/muster")
        (base / place / "musteraa64.efi").write_bytes(LOADER)
        make(project, "-o", f"{base.name}.img", "esp", muster=base / "bin/muster")
        with_loader = project / f"{base.name}-with"
        shutil.copytree(project / "esp", with_loader)
        (with_loader / "EFI/BOOT/BOOTAA64.EFI").write_bytes(LOADER)
        check_disk(project / f"{base.name}.img", with_loader)


def test_loader_into_no_directory(project, tmp_path):
    """EFI/BOOT is made, and a configuration that is not read from there is warned of."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "flat").mkdir()
    shutil.copy(MUSTER, tmp_path / "bin/muster")
    (tmp_path / "bin/musteraa64.efi").write_bytes(LOADER)
    (tmp_path / "flat/muster.cfg").write_text("[one]\n")
    result = run(project, "flat", muster=tmp_path / "bin/muster")
    assert result.returncode == 0
    assert (result.stderr == "muster: warning: muster.cfg is not read: the loader is in EFI/BOOT, "
                             "and looks there\n")
    expected = tmp_path / "expected"
    shutil.copytree(tmp_path / "flat", expected)
    (expected / "EFI/BOOT").mkdir(parents=True)
    (expected / "EFI/BOOT/BOOTAA64.EFI").write_bytes(LOADER)
    check_disk(project / "flat.img", expected)


def test_no_loader(project, tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(MUSTER, tmp_path / "bin/muster")
    (project / "esp/EFI/BOOT/BOOTAA64.EFI").unlink()
    result = run(project, "esp", muster=tmp_path / "bin/muster")
    assert result.returncode == 1
    assert (result.stderr == "muster: error: there is no EFI/BOOT/BOOTAA64.EFI in the directory, "
                             "and musteraa64.efi is not where this program is: build it with make\n")


def test_no_room_for_the_loader(project, tmp_path):
    """What is to be its directory is a file."""
    (tmp_path / "bin").mkdir()
    shutil.copy(MUSTER, tmp_path / "bin/muster")
    (tmp_path / "bin/musteraa64.efi").write_bytes(LOADER)
    shutil.rmtree(project / "esp/EFI")
    (project / "esp/EFI").write_text("a file")
    result = run(project, "esp", muster=tmp_path / "bin/muster")
    assert result.returncode == 1
    assert result.stderr == "muster: error: EFI has to be a directory\n"


def test_loader_in_other_case(project):
    boot = project / "esp/EFI/BOOT"
    boot.rename(project / "esp/EFI/boot")
    (project / "esp/EFI/boot/BOOTAA64.EFI").rename(project / "esp/EFI/boot/bootaa64.efi")
    make(project, "esp")
    check_disk(project / "esp.img", project / "esp")


def test_size(project):
    make(project, "--size", "200M", "esp")
    assert (project / "esp.img").stat().st_size == 200 * MIB
    check_disk(project / "esp.img", project / "esp")


def test_large_disk(project):
    """Larger clusters, so that the file system's tables stay small."""
    make(project, "--size", "1G", "esp")
    check_disk(project / "esp.img", project / "esp")


def test_too_small(project):
    result = run(project, "--size", "8M", "esp")
    assert result.returncode == 1
    assert re.fullmatch("muster: error: the disk needs at least [0-9]+ MiB for its files and a "
                        "FAT32 file system\n", result.stderr)
    assert not (project / "esp.img").exists()


def test_too_large(project):
    """None of this is written, so it takes no time."""
    result = run(project, "--size", "4096G", "esp")
    assert result.returncode == 1
    assert result.stderr == "muster: error: the disk is too large for a FAT32 file system\n"
    for number in range(600):
        with open(project / f"esp/{number}", "wb") as file:
            file.truncate(4 * 1024 * MIB - 1)
    result = run(project, "esp")
    assert result.returncode == 1
    assert result.stderr == "muster: error: the files are too large for a FAT32 file system\n"
    with open(project / "esp/0", "wb") as file:
        file.truncate(4 * 1024 * MIB)
    result = run(project, "esp")
    assert result.returncode == 1
    assert result.stderr == "muster: error: esp/0 is too large for a FAT file system\n"
    assert not (project / "esp.img").exists()


def test_many_files_fit(project):
    """Directories take room as well: names this long need 20 entries each."""
    many = project / "esp/many"
    many.mkdir()
    for number in range(150):
        (many / f"{number:0240}").write_bytes(b"x")
    make(project, "esp")
    check_disk(project / "esp.img", project / "esp")


def test_full_disk_fits(project):
    """Where the files, not FAT32, make the size."""
    (project / "esp/large").write_bytes(os.urandom(70 * MIB))
    make(project, "esp")
    assert (project / "esp.img").stat().st_size < 80 * MIB
    check_disk(project / "esp.img", project / "esp")


def test_links_are_followed(project):
    (project / "outside").write_text("outside")
    (project / "esp/link").symlink_to(project / "outside")
    make(project, "esp")
    content = check_disk(project / "esp.img", project / "esp")
    assert (content / "link").read_text() == "outside"


@pytest.mark.parametrize("name, message", [
    ("a:b", "esp/a:b: a FAT file system cannot hold this name"),
    ("end.", "esp/end.: a FAT file system cannot hold this name"),
    ("new\nline", "line: a FAT file system cannot hold this name"),
    ("EMPTY", "EMPTY and empty have the same name in a FAT file system"),
])
def test_names(project, name, message):
    (project / "esp" / name).write_text("x")
    result = run(project, "esp")
    assert result.returncode == 1
    assert message in result.stderr
    assert not (project / "esp.img").exists()


def test_no_file(project):
    os.mkfifo(project / "esp/fifo")
    result = run(project, "esp")
    assert result.returncode == 1
    assert "esp/fifo is neither a file nor a directory" in result.stderr


def test_endless_links(project):
    (project / "esp/loop").symlink_to(".")
    result = run(project, "esp")
    assert result.returncode == 1
    assert "there are too many levels" in result.stderr


def test_no_directory(project):
    result = run(project, "nowhere")
    assert result.returncode == 1
    assert "cannot read nowhere: No such file or directory" in result.stderr


@pytest.mark.parametrize("missing, package", [
    ("sfdisk", "fdisk"), ("mformat", "mtools"), ("mmd", "mtools"), ("mcopy", "mtools")])
def test_missing_program(project, tmp_path, missing, package):
    """One sentence with the package's name; an older disk stays."""
    path = tmp_path / "path"
    path.mkdir()
    for program in ("sfdisk", "mformat", "mmd", "mcopy"):
        if program != missing:
            (path / program).symlink_to(shutil.which(program))
    (project / "esp.img").write_text("older")
    result = run(project, "esp", env={**os.environ, "PATH": str(path)})
    assert result.returncode == 1
    assert (result.stderr
            == f"muster: error: {missing} is missing: install the Debian package {package}\n")
    assert (project / "esp.img").read_text() == "older"
    assert not list(project.glob(".esp.img.*"))


def slow_path(directory, program):
    """A PATH on which `program` never ends, after it has said that it runs."""
    path = directory / "path"
    path.mkdir()
    for name in ("sfdisk", "mformat", "mmd", "mcopy"):
        (path / name).symlink_to(shutil.which(name))
    (path / program).unlink()
    (path / program).write_text(f"#!/bin/sh\n: >{directory}/runs\nexec sleep 1000\n")
    (path / program).chmod(0o755)
    return f"{path}:{os.environ['PATH']}"


def wait_for(path, process):
    """Wait until a process has made a file."""
    for _ in range(3000):
        if path.exists() or process.poll() is not None:
            break
        time.sleep(0.01)
    assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(project, tmp_path, number):
    """A signal leaves neither a half-written disk nor the program that it waited for."""
    (project / "esp.img").write_text("older")
    with subprocess.Popen([MUSTER, "image", "esp"], cwd=project, start_new_session=True,
                          env={**os.environ, "PATH": slow_path(tmp_path, "mcopy")}) as process:
        wait_for(tmp_path / "runs", process)
        partial = list(project.glob(".esp.img.muster-*"))
        process.send_signal(number)
        assert process.wait(timeout=30) == -number
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    assert len(partial) == 1
    assert (project / "esp.img").read_text() == "older"
    assert not list(project.glob(".esp.img.*"))


def test_program_cannot_be_started(project, tmp_path):
    path = tmp_path / "path"
    path.mkdir()
    (path / "sfdisk").write_text("no program")
    (path / "sfdisk").chmod(0o755)
    (path / "sfdisk").write_bytes(b"\x7fELF")
    result = run(project, "esp", env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})
    assert result.returncode == 1
    assert result.stderr == "muster: error: cannot start sfdisk: Exec format error\n"


def test_disk_cannot_be_made(project):
    result = run(project, "-o", "nowhere/esp.img", "esp")
    assert result.returncode == 1
    assert (result.stderr == "muster: error: cannot make the disk nowhere/esp.img: No such file or "
                             "directory\n")


def test_program_fails(project, tmp_path):
    """What it printed is passed on."""
    path = tmp_path / "path"
    path.mkdir()
    (path / "sfdisk").write_text("#!/bin/sh\necho it is broken >&2\nexit 3\n")
    (path / "sfdisk").chmod(0o755)
    result = run(project, "esp", env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})
    assert result.returncode == 1
    assert result.stderr == "muster: error: sfdisk failed: it is broken\n"
    assert not list(project.glob("esp.img*"))


def test_progress_only_on_terminal(project):
    assert run(project, "esp").stderr == ""
    master, slave = os.openpty()
    with subprocess.Popen([MUSTER, "image", "esp"], cwd=project, stdout=subprocess.DEVNULL,
                          stderr=slave) as process:
        os.close(slave)
        text = b""
        while process.poll() is None or text == b"":
            try:
                text += os.read(master, 4096)
            except OSError:
                break
    os.close(master)
    assert b"EFI/BOOT/muster.cfg" in text and b"%" in text


def test_killed(project, tmp_path):
    """What a run leaves that is killed, the next one removes; what is being written, it does not."""
    environment = {**os.environ, "PATH": slow_path(tmp_path, "mcopy")}
    with subprocess.Popen([MUSTER, "image", "esp"], cwd=project, start_new_session=True,
                          env=environment) as process:
        wait_for(tmp_path / "runs", process)
        make(project, "esp")
        living = list(project.glob(".esp.img.muster-*"))
        os.killpg(process.pid, signal.SIGKILL)
    assert len(living) == 1
    for _ in range(100):  # until its programs are gone as well
        make(project, "esp")
        if not list(project.glob(".esp.img.*")):
            break
    assert not list(project.glob(".esp.img.*"))


def test_something_else_is_there(project):
    """What is not a regular file is left as it is."""
    os.mkfifo(project / "fifo")
    for name in ("fifo", "-", "/dev/stdout", "esp"):
        result = run(project, "-o", name, "esp")
        assert result.returncode == 1
        assert result.stderr == (
            f"muster: error: {name} is not a regular file, which a disk image could replace\n"
            "  hint: name a file with -o\n")
    result = run(project, "-o", "/dev/muster-no-such", "esp")
    assert (result.returncode, result.stderr) == (
        1, "muster: error: /dev/muster-no-such is not a regular file, which a disk image could replace\n"
        "  hint: write the image to a file, then: dd if=FILE of=/dev/muster-no-such bs=4M conv=fsync; or "
        "add --device\n")
    assert (project / "fifo").is_fifo()


def test_link_to_a_disk(project):
    """The file that a link leads to is written, not the link."""
    (project / "real.img").write_text("older")
    (project / "link.img").symlink_to("real.img")
    assert make(project, "-o", "link.img", "esp").startswith("wrote link.img, ")
    assert (project / "link.img").is_symlink()
    check_disk(project / "real.img", project / "esp")
    # It need not be there yet; links may lead to links.
    (project / "sub").mkdir()
    (project / "sub/second.img").symlink_to("../made.img")
    (project / "lost.img").symlink_to("sub/second.img")
    make(project, "-o", "lost.img", "esp")
    assert (project / "lost.img").is_symlink()
    check_disk(project / "made.img", project / "esp")
    (project / "circle.img").symlink_to("circle.img")
    assert run(project, "-o", "circle.img", "esp").returncode == 1
    (project / "away.img").symlink_to("no-such/disk.img")
    assert run(project, "-o", "away.img", "esp").stderr == (
        "muster: error: cannot make the disk away.img: No such file or directory\n")


def test_device(project):
    """It is written in place, as large as it is; here a file stands for it."""
    with open(project / "stick", "wb") as file:
        file.truncate(80 * MIB)
    number = (project / "stick").stat().st_ino
    (project / "device").symlink_to("stick")
    assert make(project, "--device", "-o", "device", "esp") == "wrote to device\n"
    assert (project / "stick").stat().st_ino == number
    assert (project / "stick").stat().st_size == 80 * MIB
    check_disk(project / "stick", project / "esp")


def test_no_device(project):
    result = run(project, "--device", "-o", "nothing", "esp")
    assert result.returncode == 1
    assert result.stderr == "muster: error: cannot write to nothing: No such file or directory\n"
    result = run(project, "--device", "esp")
    assert result.returncode == 2
    assert "muster image: --device needs -o DISK\n" in result.stderr


def test_this_directory(project):
    """The disk of . is beside it, under its name."""
    for name in (".", "./", "../esp/.", "other/.."):
        assert make(project / "esp", name).startswith(f"wrote {project}/esp.img, ")
        check_disk(project / "esp.img", project / "esp")
        (project / "esp.img").unlink()


def test_disk_in_its_directory(project):
    result = run(project, "-o", "esp/disk.img", "esp")
    assert result.returncode == 1
    assert result.stderr == ("muster: error: esp/disk.img would be in esp, whose files go onto the "
                             "disk\n  hint: name another file with -o\n")


def test_names_that_mean_something_to_mtools(project):
    for name in ("[a]", "a[b]/c[d]", "-dash/-n", "at@@at"):
        (project / "esp" / name).mkdir(parents=True)
        (project / "esp" / name / "-file [1]").write_text(name)
    (project / "esp/a").mkdir()
    (project / "esp").rename(project / "-[esp]@@1")
    make(project, "-o", "out[1]@@2.img", "--", "-[esp]@@1")
    check_disk(project / "out[1]@@2.img", project / "-[esp]@@1")


def test_no_configuration(project, tmp_path):
    """A disk that hardly can boot is not made in silence."""
    for name in ("BOOTAA64.EFI", "muster.cfg"):
        (project / "esp/EFI/BOOT" / name).unlink()
    (tmp_path / "bin").mkdir()
    shutil.copy(MUSTER, tmp_path / "bin/muster")
    (tmp_path / "bin/musteraa64.efi").write_bytes(LOADER)
    result = run(project, "esp", muster=tmp_path / "bin/muster")
    assert result.returncode == 0
    assert result.stderr == ("muster: warning: there is no EFI/BOOT/muster.cfg, so only a system "
                             "that the firmware's device tree describes can boot\n")
    (project / "esp/EFI/muster").mkdir()
    (project / "esp/EFI/muster/Muster.cfg").write_text("[one]\n")
    result = run(project, "esp", muster=tmp_path / "bin/muster")
    assert result.stderr == ("muster: warning: EFI/muster/Muster.cfg is not read: the loader is in "
                             "EFI/BOOT, and looks there\n")


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--size", "0", "a"], ["--size", "x", "a"],
                                       ["-o"], ["--no-such", "a"]])
def test_usage(project, arguments):
    result = run(project, *arguments)
    assert result.returncode == 2
    assert "usage: muster image" in result.stderr
