# SPDX-License-Identifier: BSD-2-Clause
"""Systems that boot from servers on loopback, over QEMU's own net."""

import shutil
import socket
import subprocess
from contextlib import contextmanager

import pytest

import esp
import variables
from conftest import on_one, only
from domains import XEN_OPTIONS, domain_node, wait_for_reports
from machine import Machine
from u_boot import Prompt
from web import WebServer

LOADER = "EFI/BOOT/BOOTAA64.EFI"
DOMAINS = 8

both = pytest.mark.parametrize("firmware", ["edk2", "edk2-2025.02"], indirect=True)
old = on_one("edk2", "edk2-2025.02")
new = on_one("edk2-2025.02", "edk2")


def by_pxe(system, **machine) -> Machine:
    """The machine that fetches the system's loader by PXE."""
    store = system.directory / "variables.fd"
    variables.write_store(store)
    return Machine(system.name, [], firmware=system.firmware, variables=store,
                   network=f"tftp={system.root},bootfile={LOADER}", **machine)


def by_http(system, options: list[tuple[str, str]], **machine) -> Machine:
    """The machine with these boot options: addresses, and load options."""
    store = system.directory / "variables.fd"
    variables.write_store(store, [variables.WebOption(url.rpartition("/")[2], url, load_options)
                                  for url, load_options in options])
    return Machine(system.name, [], firmware=system.firmware, variables=store, network="",
                   **machine)


def add_section(system, section: str, *, kernel: str = "vmlinuz-guest",
                ramdisk: str = "ramdisk-domB.img") -> None:
    """Add a section with one small domain."""
    with open(system.files / "muster.cfg", "a", encoding="utf-8") as file:
        file.write(f"\n[{section}]\noptions={XEN_OPTIONS}\ndtb=single.dtb\n"
                   f"binary={kernel} domu-kernel\nbinary={ramdisk} single-ramdisk\n")


def make_eight(system) -> None:
    """Eight domains with one kernel, each with a ramdisk of its own."""
    nodes = []
    config = f"[eight]\noptions={XEN_OPTIONS}\ndtb=eight.dtb\nbinary=vmlinuz-guest domu-kernel\n"
    for number in range(DOMAINS):
        name = f"dom{number}"
        esp.make_ramdisk(name, system.files / f"ramdisk-{name}.img")
        nodes.append(domain_node(name, f"{name}-ramdisk", memory_mib=96))
        config += f"binary=ramdisk-{name}.img {name}-ramdisk\n"
    system.write_tree("eight.dtb", *nodes)
    system.write("muster.cfg", config)


@both
def test_pxe(system):
    """The example, by PXE and TFTP."""
    with by_pxe(system) as machine:
        machine.wait_for(r"muster.cfg, section \[section1\]")
        wait_for_reports(machine, "domA", "domB")


@both
def test_http(system):
    """The example, by HTTP. Each file is sent once, and the connection is kept."""
    with WebServer(system.root) as server, by_http(system, [(server.url(LOADER), "")]) as machine:
        machine.wait_for(r"muster.cfg, section \[section1\]")
        wait_for_reports(machine, "domA", "domB")
        sent = [(path, client) for method, path, client in server.requests
                if method == "GET" and not path.endswith(".EFI")]
    assert len(sent) == len(set(path for path, _ in sent)) == 6
    assert len(set(client for _, client in sent)) == 1


@both
@pytest.mark.long
def test_pxe_eight(system):
    """Eight domains by TFTP."""
    make_eight(system)
    with by_pxe(system) as machine:
        wait_for_reports(machine, *(f"dom{number}" for number in range(DOMAINS)))


@both
@pytest.mark.long
def test_http_eight(system):
    """Eight domains by HTTP."""
    make_eight(system)
    with WebServer(system.root) as server, by_http(system, [(server.url(LOADER), "")]) as machine:
        wait_for_reports(machine, *(f"dom{number}" for number in range(DOMAINS)))


NGINX = """daemon off; master_process off; pid {0}/nginx.pid; error_log {0}/nginx.log;
events {{}}
http {{
    access_log off; sendfile on; tcp_nopush on;
    client_body_temp_path {0}; proxy_temp_path {0}; fastcgi_temp_path {0}; uwsgi_temp_path {0};
    scgi_temp_path {0};
    server {{ listen 127.0.0.1:{1}; root {2}; }}
}}
"""


@contextmanager
def nginx(system):
    """A web server as people have one; the loader's address as the machine sees it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = system.directory / "nginx.conf"
    config.write_text(NGINX.format(system.directory, port, system.root))
    with subprocess.Popen(["/usr/sbin/nginx", "-p", system.directory, "-c", config]) as server:
        try:
            yield f"http://10.0.2.2:{port}/{LOADER}"
        finally:
            server.terminate()


@old
def test_nginx(system):
    """The example from a web server that is not of the tests."""
    with nginx(system) as url, by_http(system, [(url, "")]) as machine:
        wait_for_reports(machine, "domA", "domB")


# Muster's message about a kernel whose server has this trouble; "" if it boots all the same.
TROUBLES = {
    "gone": "cannot open gone--vmlinuz: there is no such file",
    "cut": "cannot read cut--vmlinuz-guest: the file ended too early",
    "long": "cannot read long--vmlinuz-guest: the server's answer cannot be used",
    "huge": "huge--vmlinuz-guest",
    "silent": "cannot read silent--vmlinuz-guest: the server does not answer, or too slowly",
}


@new
def test_http_troubles(system):
    """A server that cuts and lies: each time the firmware goes on, and at last a system boots whose
    files are chunked, moved and slow."""
    system.write_tree("single.dtb", domain_node("single", "single-ramdisk"))
    for trouble in TROUBLES:
        add_section(system, trouble,
                    kernel=f"{trouble}--{'vmlinuz' if trouble == 'gone' else 'vmlinuz-guest'}")
    add_section(system, "well", kernel="chunked--vmlinuz-guest", ramdisk="slow--ramdisk-domB.img")
    with open(system.files / "muster.cfg", "a", encoding="utf-8") as file:
        file.write("xen=moved--xen.efi\n")
    with WebServer(system.root) as server:
        url = server.url(LOADER)
        with by_http(system, [(url, section) for section in (*TROUBLES, "well")]) as machine:
            for sentence in TROUBLES.values():
                machine.wait_for(sentence)
                machine.wait_for("^nothing was started; back to the firmware$")
            wait_for_reports(machine, "domB")


@new
def test_http_image(system):
    """A whole disk by HTTP becomes a RAM disk, from which the firmware boots as from any disk."""
    esp.make_disk(system.root, system.disk, system.size() + 8 * esp.MIB)
    web = system.directory / "web"
    web.mkdir()
    shutil.move(system.disk, web / "disk.img")
    with WebServer(web) as server, by_http(system, [(server.url("disk.img"), "")]) as machine:
        machine.wait_for(r"muster.cfg, section \[section1\]")
        wait_for_reports(machine, "domA", "domB")


@only("u-boot")
def test_u_boot(system):
    """U-Boot fetches the loader, but nothing for it."""
    store = system.directory / "variables.fd"
    with Machine(system.name, [], firmware=system.firmware, variables=store,
                 network=f"tftp={system.root},bootfile={LOADER}") as machine:
        prompt = Prompt(machine)
        prompt.type("dhcp $kernel_addr_r")
        prompt.type("bootefi $kernel_addr_r $fdtcontroladdr")
        machine.wait_for("error: cannot read configuration BOOTAA64.cfg: the firmware reads no "
                         "file system or server there\n"
                         "  hint: start the loader from a FAT partition, or put all files into it "
                         "with muster seal --embed\n")
