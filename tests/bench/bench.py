#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measures Muster against its peers; see docs/performance.md for what is measured, and why so."""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "boot"))
import host  # noqa: E402
import prices  # noqa: E402
import whole  # noqa: E402
from contenders import BENCH, CONTENDERS, make_system  # noqa: E402
from esp import make_disk  # noqa: E402
from machine import ROOT  # noqa: E402
from measure import count_run, disk_image, time_run  # noqa: E402
from report import list_verdicts, publish, put, table, verdicts  # noqa: E402
from results import Result, Results  # noqa: E402
from scenarios import Scenario, growth_scenarios, table_scenarios  # noqa: E402

DISK_SIZE = 1024 * 1024 * 1024
RUNS = 5
QUICK_RUNS = 1
QUICK_SCENARIOS = {"dom0", "two", "modules30"}
GROWTH_CONTENDERS = {"floor", "muster"}


def contenders_of(scenario: Scenario, is_growth: bool) -> list:
    """The loaders that a scenario is measured with."""
    return [contender for contender in CONTENDERS if contender.can_boot(scenario)
            and (not is_growth or contender.name in GROWTH_CONTENDERS)]


def prepare(scenario: Scenario) -> Scenario:
    """Make the disk of a scenario; returns it with the sizes of its files."""
    directory = BENCH / scenario.name
    scenario = make_system(scenario, directory)
    make_disk(directory, disk_image(scenario.name), DISK_SIZE)
    return scenario


def first_result(scenario: Scenario, contender, is_growth: bool) -> Result:
    """A result without any run yet."""
    directory = BENCH / scenario.name

    def size(file: str) -> int:
        return (directory / file).stat().st_size

    own = sum(size(file) for file in contender.files(scenario))
    return Result(scenario=scenario.name, title=scenario.title, contender=contender.name,
                  contender_title=contender.title, firmware=contender.firmware,
                  is_growth=is_growth, growth=scenario.growth,
                  payload_bytes=scenario.payload_bytes,
                  unique_bytes=scenario.payload_bytes + own + size("xen.efi"),
                  image_bytes=size(contender.image) if contender.image else None)


def measure(chosen: list[tuple[Scenario, bool]], runs: int) -> Results:
    """Run everything: first what is counted once, then the timed runs, one after the other."""
    pairs = [(scenario, contender, first_result(scenario, contender, is_growth))
             for scenario, is_growth in chosen
             for contender in contenders_of(scenario, is_growth)]
    for scenario, contender, result in pairs:
        if contender.command:
            result.usage = count_run(contender, scenario.name)
    for number in range(runs):
        for scenario, contender, result in pairs:
            run = time_run(contender, scenario.name)
            result.runs.append(run)
            print(f"run {number + 1} of {runs}: {scenario.name}, {contender.title}: "
                  f"{run.ticks} ticks, {run.read_bytes} bytes in {run.requests} requests, "
                  f"{run.seconds * 1000:.0f} ms", flush=True)
    return Results([result for _, _, result in pairs])


def describe_host() -> dict[str, str]:
    """What the figures depend on."""
    qemu = subprocess.run(["qemu-system-aarch64", "--version"], check=True, capture_output=True,
                          text=True).stdout.splitlines()[0]
    versions = (ROOT / "build/payload/versions").read_text().split("\n")
    xen = next(line.split("\t")[1] for line in versions if line.startswith("xen-hypervisor"))
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], check=False,
                            capture_output=True, text=True).stdout.strip()
    return {"qemu": qemu, "xen": xen, "commit": commit}


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help=f"only {', '.join(sorted(QUICK_SCENARIOS))}, {QUICK_RUNS} run each")
    parser.add_argument("--runs", type=int, help=f"timed runs of each (default: {RUNS})")
    parser.add_argument("--only", action="append", metavar="SCENARIO", help="only this scenario")
    parser.add_argument("--whole", action="store_true",
                        help="measure from power-on to the domains' shells instead, on slow media")
    parser.add_argument("--speed", action="append", type=int, metavar="MB/S",
                        help="with --whole, only disks of this speed")
    parser.add_argument("--prices", action="store_true",
                        help="measure what each feature costs instead")
    parser.add_argument("--host", action="store_true",
                        help="measure the tool on this machine instead")
    parser.add_argument("--publish", action="store_true",
                        help="put the table and the plot into docs/")
    return parser.parse_args()


def show_verdicts(held: list) -> int:
    """Print what holds and what does not; returns the exit code."""
    for verdict in held:
        print(f"{'holds      ' if verdict.holds else 'FALLS SHORT'}  {verdict.text}")
    return 0 if all(verdict.holds for verdict in held) else 1


def about(runs: int) -> str:
    """What figures by the clock on the wall depend on."""
    busy = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return (f"Muster at {describe_host()['commit']}; {runs} runs in turns, medians; {host.processor()}, "
            f"whose load was {busy} at the end.")


def measure_whole(runs: int, speeds: list, is_published: bool) -> int:
    """Time the whole way; returns the exit code."""
    measured = whole.measure(runs, tuple(speeds or whole.SPEEDS_MB), not speeds)
    print(whole.table(measured))
    held = whole.verdicts(measured)
    if is_published:
        put("whole", f"{about(runs)}\n\n{whole.table(measured)}\n\n{list_verdicts(held)}")
    return show_verdicts(held)


def measure_prices(runs: int, is_published: bool) -> int:
    """Measure what each feature costs; returns the exit code."""
    measured = prices.measure(runs)
    print(prices.table(measured))
    held = prices.verdicts(measured)
    if is_published:
        put("prices", f"Muster at {describe_host()['commit']}; {runs} runs, medians.\n\n"
                      f"{prices.table(measured)}\n\n{list_verdicts(held)}")
    return show_verdicts(held)


def measure_host(runs: int, is_published: bool) -> int:
    """Time the tool; returns the exit code."""
    measured = host.measure(runs)
    print(host.table(measured))
    if is_published:
        put("host", f"{about(runs)}\n\n{host.table(measured)}")
    return 0 if all(each.holds for each in measured) else 1


def main() -> int:
    """Measure, show, and say what does not hold."""
    arguments = parse_arguments()
    runs = arguments.runs or (QUICK_RUNS if arguments.quick else RUNS)
    if arguments.host:
        return measure_host(runs, arguments.publish)
    if arguments.prices:
        return measure_prices(runs, arguments.publish)
    if arguments.whole:
        return measure_whole(runs, arguments.speed, arguments.publish)
    names = set(arguments.only or (QUICK_SCENARIOS if arguments.quick else ()))
    chosen = [(scenario, is_growth)
              for scenarios, is_growth in ((table_scenarios(), False), (growth_scenarios(), True))
              for scenario in scenarios if not names or scenario.name in names]
    if not chosen:
        sys.exit(f"bench: no such scenario: {', '.join(sorted(names))}")
    results = measure([(prepare(scenario), is_growth) for scenario, is_growth in chosen], runs)
    results.host = describe_host()
    (BENCH / "results.json").write_text(json.dumps(dataclasses.asdict(results), indent=1) + "\n")
    print(table(results))
    if arguments.publish:
        publish(results)
    return show_verdicts(verdicts(results))


if __name__ == "__main__":
    sys.exit(main())
