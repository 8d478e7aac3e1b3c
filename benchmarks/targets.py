"""What was aimed at on two cores and 20 million lines, and how far the measurements are from it.

Reads: finished measurements of areas of that size.
Grain: one line per target, engine and machine.
Why: whoever opens the page wants to know first what is kept and what is missed; a target nobody measured says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from benchmarks import machine
from benchmarks.arithmetic import per_second, ratio
from benchmarks.store import Record

LABEL = "20m"  # the size the targets are set for
# Lines a second by engine, times the DuckDB script by engine, GiB, growth exponent, share of the year.
LINES_PER_SECOND = {"sail": 100_000, "spark": 40_000}
PEER_RATIO = {"sail": 1.0, "spark": 3.0}
MEMORY_GIB, EXPONENT, MONTH = 8, 1.05, 0.12
Measured = list[tuple[str, float | None]]  # machine and figure


@dataclass(frozen=True)
class Target:
    """One target: `aimed` at least (`least`) or at most, what was measured (None = nothing was) and on what machine."""

    name: str
    engine: str
    aimed: float
    measured: float | None
    on: str = ""
    digits: int = 2
    least: bool = False

    @property
    def verdict(self) -> str:
        """kept, or missed with the factor that is lacking; empty without a measurement."""
        if not self.measured:
            return ""
        lacking = self.aimed / self.measured if self.least else self.measured / self.aimed
        return "kept" if lacking <= 1 else f"missed, {lacking:.2f} times too {'slow' if self.least else 'much'}"


def against(
    runs: Iterable[Record], races: Iterable[Record], months: Iterable[Record], growth: float | None
) -> list[Target]:
    """Every target beside what was measured, machine by machine. `months` carry `share` (see report)."""
    held = [run for run in runs if run["label"] == LABEL and run["format"] == "parquet"]
    raced = [race for race in races if race["label"] == LABEL and race["peer"] == "duckdb"]
    shares = [(_machine(month), month["share"]) for month in _of("sail", months) if month["label"] == LABEL]
    return [
        *(target for engine in LINES_PER_SECOND for target in _of_runs(engine, _of(engine, held))),
        *(target for engine in PEER_RATIO for target in _of_races(engine, _of(engine, raced))),
        Target("growth exponent of the whole run, at most", "sail", EXPONENT, growth),
        *_each(Target("one more month, share of the year, at most", "sail", MONTH, None), shares),
    ]


def _each(target: Target, measured: Measured) -> list[Target]:
    """The target once for every machine it was measured on; as it is where nobody measured it."""
    return [replace(target, on=on, measured=figure) for on, figure in measured] or [target]


def _of(engine: str, records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record["engine"] == engine]


def _machine(record: Record) -> str:
    return str(record["machine"]["cpu"])


def _of_runs(engine: str, runs: list[Record]) -> list[Target]:
    speed = Target("lines a second, at least", engine, LINES_PER_SECOND[engine], None, digits=0, least=True)
    peak = Target("peak memory of the whole run, GiB, at most", engine, MEMORY_GIB, None, digits=1)
    speeds: Measured = [(_machine(run), per_second(run["lines"], run["whole"]["wall"])) for run in runs]
    return [*_each(speed, speeds), *_each(peak, [(_machine(run), run["whole"]["peak_mib"] / 1024) for run in runs])]


def _of_races(engine: str, races: list[Record]) -> list[Target]:
    """Races on one machine are added up: on a shared machine one of them is luck."""
    target = Target("the same detectors, times the DuckDB script, at most", engine, PEER_RATIO[engine], None)
    measured: Measured = []
    for _, alike in groupby(sorted(races, key=machine.kind), machine.kind):
        own = list(alike)
        ours, theirs = (sum(race[side]["whole"]["wall"] for race in own) for side in ("ours", "theirs"))
        measured.append((f"{_machine(own[0])}, {len(own)} race{'s' if len(own) > 1 else ''}", ratio(ours, theirs)))
    return _each(target, measured)
