# SPDX-License-Identifier: BSD-2-Clause
"""The tool itself: its terminal, its output, its speed."""

import os
import pty
import resource
import subprocess
import time

import pytest

from conftest import MUSTER
from system import compile_tree, cpio, image

MODULES = 30


def on_terminal(directory, *arguments, **variables):
    """Run the tool on a terminal and return what it writes there."""
    master, slave = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **variables}
    with subprocess.Popen([MUSTER, *arguments], cwd=directory, stdin=slave, stdout=slave,
                          stderr=slave, env=environment) as process:
        os.close(slave)
        text = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            text += part
        process.wait(timeout=60)
    os.close(master)
    return text


def test_colour_only_where_wanted(make):
    system = make("missing-file")
    directory = system.loader_directory
    assert b"\033[" in on_terminal(directory, "check", "muster.cfg")
    assert b"\033[" not in on_terminal(directory, "check", "muster.cfg", NO_COLOR="1")
    assert b"\033[" in on_terminal(directory, "check", "muster.cfg", NO_COLOR="")
    assert b"\033[" not in on_terminal(directory, "check", "muster.cfg", TERM="dumb")
    assert "\033[" not in system.run("check", "muster.cfg").stdout


def test_full_disk_is_an_error(make):
    system = make("one-domain")
    with open("/dev/full", "wb") as full:
        result = subprocess.run([MUSTER, "check", "muster.cfg"], stdout=full,
                                stderr=subprocess.PIPE, cwd=system.loader_directory, text=True)
    assert result.returncode == 1
    assert result.stderr == "muster: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("command", ["check", "plan"])
def test_usage_needs_no_system(command, tmp_path):
    result = subprocess.run([MUSTER, command, "--help"], cwd=tmp_path, capture_output=True,
                            text=True)
    assert result.returncode == 0
    assert result.stdout.startswith(f"usage: muster {command} ")


def make_large(root, megabytes):
    """A system of thirty modules, its content a hole in a file except for the head."""
    directory = root / "EFI/BOOT"
    directory.mkdir(parents=True)
    source = '/include/ "machine.dts"\n/ {\n\tchosen {\n\t\t#address-cells = <2>;\n' \
             "\t\t#size-cells = <2>;\n"
    config = "dtb=system.dtb\n"
    (directory / "xen.efi").write_bytes(image(20000, "xen"))
    for number in range(MODULES // 2):
        source += f"""
		domU{number} {{
			compatible = "xen,domain";
			#address-cells = <2>;
			#size-cells = <2>;
			cpus = <1>;
			memory = <0 0x10000>;
			vpl011;

			kernel {{
				compatible = "multiboot,kernel", "multiboot,module";
				uefi,binary = "kernel{number}";
			}};

			ramdisk {{
				compatible = "multiboot,ramdisk", "multiboot,module";
				uefi,binary = "ramdisk{number}";
			}};
		}};
"""
        config += f"binary=kernel{number}.img kernel{number}\n"
        config += f"binary=ramdisk{number}.img ramdisk{number}\n"
        for kind, head in (("kernel", image(4096, str(number))), ("ramdisk", cpio(4096, "r"))):
            path = directory / f"{kind}{number}.img"
            path.write_bytes(head)
            os.truncate(path, megabytes * 1024 * 1024)
    (directory / "system.dts").write_text(source + "\t};\n};\n")
    (directory / "muster.cfg").write_text(config)
    compile_tree(directory / "system.dts", directory / "system.dtb")
    return directory


def test_thirty_modules_well_under_a_second(tmp_path):
    """480 MiB of modules are judged in half a second, without being copied into memory."""
    directory = make_large(tmp_path, 16)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    result = subprocess.run([MUSTER, "check", "--memory", "4G", "muster.cfg"], cwd=directory,
                            capture_output=True, text=True)
    elapsed = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.returncode == 0, result.stdout
    assert f"{MODULES // 2} domains, {MODULES + 1} files" in result.stdout
    if "asan" not in str(MUSTER):
        # Its own work, which other programs of the machine cannot slow down.
        assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 0.5
        assert elapsed < 5
