# SPDX-License-Identifier: BSD-2-Clause
"""The machines of QEMU that systems are made for, and the Xens that are asked."""

import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parents[2]
PAYLOAD = ROOT / "build/payload"
XENS = {"4.17": PAYLOAD / "xen.efi", "4.20": PAYLOAD / "xen-4.20.efi"}


def xen_path(name: str) -> Path:
    """The file of a Xen that is given by version or by file."""
    return XENS.get(name, Path(name))


def options(machine: dict[str, str], more: str = "", ram: Optional[Path] = None) -> list[str]:
    """QEMU's options for a machine; `more` goes to -machine. RAM is files RAM0, RAM1, … for its nodes,
    if `ram` is given."""
    memory = int(machine["memory"])
    nodes = int(machine["numa"])
    iommu = "" if machine["iommu"] == "none" else f",iommu={machine['iommu']}"
    memory_backend = ",memory-backend=m0" if nodes == 1 else ""
    made = ["-machine", f"virt,virtualization=on,gic-version={machine['gic']},acpi=off{iommu}"
            f"{memory_backend}{more}", "-cpu", machine["cpu"], "-smp", machine["cpus"], "-m", str(memory),
            "-nic", "none", "-display", "none", "-monitor", "none"]
    for node in range(nodes):
        kind = "ram" if ram is None else f"file,share=on,mem-path={ram}{node}"
        made += ["-object", f"memory-backend-{kind},id=m{node},size={memory // nodes}M"]
        made += ["-numa", f"node,memdev=m{node}"] if nodes > 1 else []
    return made


def base_tree(machine: dict[str, str]) -> str:
    """The source of the tree that a machine has by itself."""
    return dumped(tuple(sorted(machine.items())))


@lru_cache(maxsize=64)
def dumped(machine: tuple[tuple[str, str], ...]) -> str:
    """The same, asked of QEMU only once."""
    target = ROOT / "build/judge" / ("machine-" + "-".join(value for _, value in machine) + ".dtb")
    target.parent.mkdir(parents=True, exist_ok=True)
    more = f",dtb-randomness=off,dumpdtb={target}"
    subprocess.run(["qemu-system-aarch64", *options(dict(machine), more)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", target], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
