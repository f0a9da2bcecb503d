# SPDX-License-Identifier: BSD-2-Clause
"""What the benchmark measured, and the figures that follow from it."""

import statistics
from dataclasses import dataclass, field
from typing import Optional

from measure import COUNTER_HZ, Run, Usage


@dataclass
class Result:
    """All runs of one contender in one scenario."""
    scenario: str
    title: str
    contender: str
    contender_title: str
    firmware: str
    is_growth: bool
    growth: Optional[float]
    payload_bytes: int
    unique_bytes: int
    image_bytes: Optional[int]
    usage: Optional[Usage] = None
    runs: list[Run] = field(default_factory=list)

    @property
    def ticks(self) -> float:
        """The median of the counted ticks."""
        return statistics.median(run.ticks for run in self.runs)

    @property
    def milliseconds(self) -> float:
        """The median guest time."""
        return self.ticks * 1000 / COUNTER_HZ

    @property
    def spread(self) -> float:
        """How far the counted ticks of all runs are apart, as a part of their median."""
        ticks = [run.ticks for run in self.runs]
        return (max(ticks) - min(ticks)) / self.ticks

    @property
    def read_bytes(self) -> float:
        """The median of the bytes read."""
        return statistics.median(run.read_bytes for run in self.runs)

    @property
    def requests(self) -> float:
        """The median of the requests to the disk."""
        return statistics.median(run.requests for run in self.runs)

    @property
    def wall(self) -> tuple[float, float, float]:
        """Wall-clock milliseconds: the median, the least and the most."""
        seconds = [run.seconds * 1000 for run in self.runs]
        return statistics.median(seconds), min(seconds), max(seconds)


@dataclass
class Results:
    """All results of one run of the benchmark, and what they were measured on."""
    results: list[Result]
    host: dict[str, str] = field(default_factory=dict)

    def find(self, scenario: str, contender: str) -> Optional[Result]:
        """The result of a contender in a scenario, if it was measured."""
        for result in self.results:
            if (result.scenario, result.contender) == (scenario, contender):
                return result
        return None

    def scenarios(self) -> list[str]:
        """The scenarios of the table."""
        return list(dict.fromkeys(result.scenario for result in self.results
                                  if not result.is_growth))

    def of(self, scenario: str) -> list[Result]:
        """All results of a scenario."""
        return [result for result in self.results if result.scenario == scenario]

    def series(self, prefix: str, contender: str) -> list[Result]:
        """The results of a contender whose scenarios differ in one number, by that number."""
        return sorted((result for result in self.results
                       if result.contender == contender and result.growth is not None
                       and result.scenario.startswith(prefix)), key=lambda result: result.growth)
