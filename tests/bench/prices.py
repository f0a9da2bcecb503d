# SPDX-License-Identifier: BSD-2-Clause
"""The price list: what each feature of Muster costs alone, over the benchmark's floor."""

import re
import shutil
import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Optional

from contenders import (BENCH, CONTENDERS, SEALED, Contender, configuration, make_system,
                        prepare_sealed)
from esp import LOADER_DIRECTORY, MIB, MUSTER, PAYLOAD, TOOL, make_disk
from machine import Machine
from measure import (ICOUNT, XEN_LINE, Extras, Run, Usage, count_run, disk_image, private_variables,
                     time_run)
from packing import in_gzip
from report import INSTRUCTIONS_A_TICK, MOST_OF_FLOOR, MOST_OF_SEAL, Verdict
from scenarios import HARDWARE, KERNEL, Module, Scenario, make_system_tree, named, shared_kernel

SCENARIO = "prices"
DISK_SIZE = 512 * MIB
KIB = 1024
MOST_WRITES = 2
STATE = "muster.state"
PACKED_TREE, PACKED_KERNEL = "packed.dtb", "vmlinuz.gz"
OTHERS = "\n[second]\ntitle=The second one\nxen=xen.efi\n[third]\nxen=xen.efi\n"

# Sources of a feature: where debug information says that a function is from, or its own name.
SOURCES = {
    "menu": r"core/boot/|efi/(loader_menu|terminal)\.",
    "state": r"core/config/(state|state_file|trial)\.|efi/rewrite\.",
    "seal": r"core/seal/(?!measure)|efi/(loader_seal|sha256|pe_loader|secure_boot)\.|sha256_block",
    "measured": r"core/seal/measure|core/finish/event_log|efi/(measured_boot|tcg2)\.",
    "gzip": r"core/finish/(inflate|packed|unpack)\.|efi/inflate|deflate",
    "network": r"efi/(http|tftp|network|patience)",
}


@dataclass(frozen=True)
class Feature:
    """A feature that is on alone: what the stamp starts, and on which machine."""
    name: str
    title: str
    file: str  # in the partition
    options: str = ""
    extras: Extras = Extras()
    base: str = "floor"  # what it is compared with


FLOOR = Feature("floor", "floor", "floor.efi")
FEATURES = (
    FLOOR,
    Feature("off", "all features off", MUSTER.name),
    Feature("menu", "menu, without timeout", MUSTER.name, "-cfg=menu.cfg"),
    Feature("state", "boot state", MUSTER.name, "-cfg=state.cfg", Extras(is_writable=True)),
    Feature("seal", "seal", SEALED),
    Feature("floor-tpm", "floor, with a TPM", "floor.efi", extras=Extras(has_tpm=True)),
    Feature("measured", "measured, with a TPM", MUSTER.name, extras=Extras(has_tpm=True),
            base="floor-tpm"),
    Feature("gzip", "kernel in gzip", MUSTER.name, "-cfg=packed.cfg"),
)


@dataclass
class Price:
    """All runs of a feature."""
    feature: Feature
    usage: Optional[Usage] = None
    runs: list[Run] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The median of a figure of the runs."""
        return statistics.median(getattr(run, name) for run in self.runs)


def contender_of(feature: Feature) -> Contender:
    """The feature as what the benchmark's machine runs."""
    command = f"\\{feature.file} {feature.options}".strip()
    return Contender(feature.name, feature.title, "edk2", command, lambda *_: None, lambda _: [])


def prepare() -> Scenario:
    """Two domains with one kernel, and a configuration for each feature."""
    directory = BENCH / SCENARIO
    scenario = make_system(shared_kernel(SCENARIO, "prices", 2, MIB), directory)
    plain = configuration(scenario)
    (directory / "menu.cfg").write_text(plain + OTHERS)
    (directory / "state.cfg").write_text(
        plain.replace("[global]\n", "[global]\nfallback=second\ntries=3\n")
        + "[second]\n" + plain.partition("[system]\n")[2])
    subprocess.run([TOOL, "state", "--init", directory / STATE], check=True,
                   stdout=subprocess.DEVNULL)
    prepare_sealed(scenario, directory)
    (directory / PACKED_KERNEL).write_bytes(in_gzip((PAYLOAD / KERNEL).read_bytes()))
    packed = tuple(tuple(Module(module.kind, PACKED_KERNEL if module.file == KERNEL else module.file,
                                module.command_line) for module in domain)
                   for domain in scenario.domains)
    make_system_tree(Scenario(SCENARIO, "", packed, scenario.files | {PACKED_KERNEL: 0}),
                     directory / PACKED_TREE, named)
    (directory / "packed.cfg").write_text(plain.replace("dtb=system.dtb", f"dtb={PACKED_TREE}"))
    make_disk(directory, disk_image(SCENARIO), DISK_SIZE)
    return scenario


def counter_at_xen(name: str, **medium) -> int:
    """The counter at Xen's first line of a machine that starts Muster by itself."""
    finder = next(contender for contender in CONTENDERS if contender.name == "muster")
    with Machine(f"bench-prices-{name}", [], firmware="edk2", variables=private_variables(finder),
                 icount=ICOUNT, **medium, **HARDWARE) as machine:
        return int(machine.wait_for(XEN_LINE, timeout=300)[1], 16)


def network_ticks() -> int:
    """What TFTP takes over the disk, from power-on to Xen's first line, firmware's part included."""
    source, root = BENCH / SCENARIO, BENCH / "prices-net"
    shutil.rmtree(root, ignore_errors=True)
    directory = root / LOADER_DIRECTORY
    directory.mkdir(parents=True)
    for name in (KERNEL, "ramdisk0", "ramdisk1", "system.dtb", "muster.cfg", "xen.efi"):
        shutil.copyfile(source / name, directory / name)
    shutil.copyfile(MUSTER, directory / "BOOTAA64.EFI")
    image = root.with_suffix(".img")
    make_disk(root, image, DISK_SIZE)
    loader = LOADER_DIRECTORY / "BOOTAA64.EFI"
    return (counter_at_xen("network", network=f"tftp={root},bootfile={loader}")
            - counter_at_xen("disk", drives=[f"format=raw,file={image}"]))


def code_sizes() -> dict[str, int]:
    """Bytes of functions and data in the loader of each feature, by where they come from."""
    listing = subprocess.run(["aarch64-linux-gnu-nm", "-S", "-l", MUSTER.with_suffix(".so")],
                             check=True, capture_output=True, text=True).stdout
    sizes = dict.fromkeys(SOURCES, 0)
    for line in listing.splitlines():
        words = re.match(r"[0-9a-f]+ ([0-9a-f]+) [tTdDrRbB] (.*)", line)
        for name, pattern in SOURCES.items() if words else ():
            if re.search(pattern, words[2]):
                sizes[name] += int(words[1], 16)
                break
    return sizes


@dataclass
class Prices:
    """The list."""
    each: dict[str, Price]
    network: int  # ticks
    sizes: dict[str, int]
    image: int  # bytes
    hashed: int  # bytes that a seal covers


def measure(runs: int) -> Prices:
    """Run every feature, each once after the other, and so on."""
    scenario = prepare()
    prices = {feature.name: Price(feature) for feature in FEATURES}
    for price in prices.values():
        price.usage = count_run(contender_of(price.feature), SCENARIO, price.feature.extras)
    for number in range(runs):
        for price in prices.values():
            run = time_run(contender_of(price.feature), SCENARIO, price.feature.extras)
            price.runs.append(run)
            print(f"run {number + 1} of {runs}: {price.feature.title}: {run.ticks} ticks, "
                  f"{run.read_bytes} bytes, {run.written_bytes} written", flush=True)
    hashed = scenario.payload_bytes + (BENCH / SCENARIO / "xen.efi").stat().st_size
    return Prices(prices, network_ticks(), code_sizes(), MUSTER.stat().st_size, hashed)


def row(prices: Prices, price: Price) -> str:
    """One line of the table."""
    base = prices.each[price.feature.base]
    off = prices.each["off"]
    ticks, least = price.median("ticks"), base.median("ticks")
    size = prices.sizes.get(price.feature.name)
    cells = [price.feature.title, f"{ticks / 1e6:.3f}", f"{(ticks - least) / 1e6:+.3f}",
             f"{ticks / least:.3f}", f"{price.median('read_bytes') / MIB:.2f}",
             f"{(price.median('read_bytes') - off.median('read_bytes')) / KIB:+.0f}",
             f"{price.median('writes'):.0f} ({price.median('written_bytes') / KIB:.0f})", f"{price.usage.pages_peak}",
             f"{size}" if size is not None else "–"]
    return "| " + " | ".join(cells) + " |"


def table(prices: Prices) -> str:
    """The list, a row for each feature."""
    lines = ["| Feature, alone | Mticks | over the floor | of the floor | MiB read | KiB more than off "
             "| writes (KiB) | pages | bytes of .efi |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
             *(row(prices, price) for price in prices.each.values()),
             f"| network: TFTP instead of the disk, from power-on | – | {prices.network / 1e6:+.3f} | – "
             f"| – | – | – | – | {prices.sizes['network']} |"]
    rest = prices.image - sum(prices.sizes.values())
    return "\n".join([*lines, "", f"Of the loader's {prices.image} bytes, {rest} are of no single "
                                  "feature."])


def verdicts(prices: Prices) -> list[Verdict]:
    """What must hold of the prices."""
    def ticks(name: str) -> float:
        return prices.each[name].median("ticks")

    seal = (ticks("seal") - ticks("off")) * INSTRUCTIONS_A_TICK / prices.hashed
    writes = prices.each["state"].median("writes")
    of_floor = ticks("off") / ticks("floor")
    return [Verdict(1 <= of_floor <= MOST_OF_FLOOR,
                    f"all features off: {of_floor:.3f} of the floor (1 to {MOST_OF_FLOOR})"),
            Verdict(seal <= MOST_OF_SEAL,
                    f"a seal takes {seal:.2f} instructions a byte (at most {MOST_OF_SEAL})"),
            Verdict(writes <= MOST_WRITES,
                    f"the boot state is {writes:.0f} writes (at most {MOST_WRITES})"),
            *(Verdict(price.median("ticks") >= prices.each[price.feature.base].median("ticks"),
                      f"{price.feature.title}: not below the floor")
              for price in prices.each.values() if not price.feature.name.startswith("floor"))]
