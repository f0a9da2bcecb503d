# SPDX-License-Identifier: BSD-2-Clause
"""The tool on a workstation: what people wait for there, by the clock on the wall."""

import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from contenders import BENCH, prepare_configured
from esp import LOADER_DIRECTORY, MIB, MUSTER, PAYLOAD, TOOL
from machine import dump_tree
from scenarios import HARDWARE, Scenario, make_modules, many_modules, shared_kernel

FLEET = 1000
MODULES = 30
MODULE_SIZE = 16 * MIB


@dataclass(frozen=True)
class Task:
    """Something that is timed, and the most milliseconds of a processor that it may take."""
    title: str
    run: Callable[[], None]
    most: Optional[float] = None


def processor() -> str:
    """The name of this machine's processor."""
    text = Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return f"{name[1] if name else platform.machine()}, {os.cpu_count()} processors"


def tool(*arguments) -> None:
    """Run the tool; it has to succeed."""
    subprocess.run([TOOL, *arguments], check=True, stdout=subprocess.DEVNULL)


def make_partition(scenario: Scenario, root: Path) -> Path:
    """The partition of a scenario; returns its configuration."""
    directory = root / LOADER_DIRECTORY
    directory.mkdir(parents=True)
    shutil.copyfile(MUSTER, directory / "BOOTAA64.EFI")
    shutil.copyfile(PAYLOAD / "xen.efi", directory / "xen.efi")
    prepare_configured(make_modules(scenario, directory), directory, "muster.cfg")
    return directory / "muster.cfg"


def make_fleet(config: Path, target: Path) -> list[Path]:
    """Partitions that differ in their configuration's file; all else are links."""
    roots = []
    for number in range(FLEET):
        directory = target / f"board{number}" / LOADER_DIRECTORY
        directory.mkdir(parents=True)
        for file in config.parent.iterdir():
            if file == config:
                shutil.copyfile(file, directory / file.name)
            else:
                os.link(file, directory / file.name)
        roots.append(target / f"board{number}")
    return roots


def plain_image(root: Path, image: Path) -> None:
    """What `muster image` does, by the programs that it uses."""
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) + 64 * MIB
    image.unlink(missing_ok=True)
    with open(image, "wb") as file:
        file.truncate(size)
    subprocess.run(["sfdisk", "-q", image], input="label: gpt\nstart=1MiB, type=uefi\n", text=True,
                   check=True)
    part = f"{image}@@{MIB}"
    subprocess.run(["mformat", "-i", part, "-F", "-T", str(size // 512 - 4096)], check=True)
    subprocess.run(["mcopy", "-i", part, "-s", root / "EFI", "::"], check=True)


def tasks(directory: Path) -> list[Task]:
    """All that is timed."""
    machine = directory / "machine.dtb"
    directory.mkdir(parents=True)
    dump_tree(machine, **HARDWARE)
    modules = many_modules(MODULES)
    large = make_partition(Scenario(modules.name, modules.title, modules.domains, {
        name: MODULE_SIZE * 3 // 2 if size != 0 else 0 for name, size in modules.files.items()}),
        directory / "large")
    small = make_partition(shared_kernel("two", "two", 2, MIB), directory / "small")
    fleet = make_fleet(small, directory / "fleet")
    image = directory / "disk.img"
    tree = ("--dtb", machine)
    return [
        Task("check, 30 modules of 480 MiB", lambda: tool("check", *tree, large), 50),
        Task("check, 2 domains", lambda: tool("check", *tree, small)),
        Task(f"check, {FLEET} configurations in one call", lambda: tool("check", *tree, *fleet), 5000),
        Task("plan, 2 domains", lambda: tool("plan", *tree, small)),
        Task("seal, 2 domains", lambda: tool("seal", *tree, "-o", directory / "sealed.efi", small)),
        Task("image, 2 domains", lambda: tool("image", "-o", image, directory / "small")),
        Task("the same by sfdisk and mtools", lambda: plain_image(directory / "small", image)),
    ]


def processor_seconds() -> float:
    """What the programs that ended have taken of processors: a busy machine makes it no longer."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def time_task(task: Task) -> tuple[float, float]:
    """Milliseconds of one run: by the clock on the wall, and of a processor."""
    begin, used = time.monotonic(), processor_seconds()
    task.run()
    return (time.monotonic() - begin) * 1000, (processor_seconds() - used) * 1000


@dataclass
class Timed:
    """All runs of a task: milliseconds by the clock on the wall, and of a processor."""
    task: Task
    walls: list[float]
    used: list[float]

    @property
    def holds(self) -> bool:
        """True if the task takes no more of a processor than it may."""
        return self.task.most is None or statistics.median(self.used) <= self.task.most


def measure(runs: int) -> list[Timed]:
    """Run everything, each once after the other, and so on."""
    directory = BENCH / "host"
    shutil.rmtree(directory, ignore_errors=True)
    measured = [Timed(task, [], []) for task in tasks(directory)]
    for number in range(runs):
        for each in measured:
            wall, used = time_task(each.task)
            each.walls.append(wall)
            each.used.append(used)
            print(f"run {number + 1} of {runs}: {each.task.title}: {wall:.0f} ms, "
                  f"{used:.0f} ms of a processor", flush=True)
    shutil.rmtree(directory, ignore_errors=True)
    return measured


def table(measured: list[Timed]) -> str:
    """A row for each task."""
    lines = ["| Task | ms (least–most) | ms of a processor | at most |", "|---|--:|--:|--:|"]
    lines += [f"| {each.task.title} | {statistics.median(each.walls):.0f} "
              f"({min(each.walls):.0f}–{max(each.walls):.0f}) | {statistics.median(each.used):.0f} | "
              f"{each.task.most or '–'} |" for each in measured]
    return "\n".join(lines)
