"""`python -m benchmarks`: measures, compares, writes docs/benchmarks.md and docs/scale.md. `make bench` calls it.

Why: whoever doubts a figure can have it again with one command; what is measured already is kept unless --again, and a
measurement that fails does not take the others with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

from benchmarks import areas, baseline, report
from benchmarks.races import PEERS, Bench
from benchmarks.store import RESULTS
from jobs.runtime.errors import FundwatchError
from jobs.runtime.settings import switch_telemetry_off

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("run", "race", "month", "spark", "cluster", "csv")
CSV_MILLIONS = 5.0
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What to measure: parts, peers, and which sizes (millions of lines) for the parts that take hours on the large."""

    parts: frozenset[str]
    peers: tuple[str, ...]
    sizes: tuple[float, ...]
    spark_sizes: tuple[float, ...]
    month_sizes: tuple[float, ...]
    csv_size: float
    turns: int

    def measurements(self, bench: Bench, area: areas.Area, size: float | None) -> Iterator[Callable[[], object]]:
        """Everything asked for on one area; `size` None = a landing folder that was given, measured in every part."""
        if "run" in self.parts:
            yield partial(bench.run, area, "sail")
        if "race" in self.parts:
            turns = range(1, self.turns + 1)
            yield from (partial(bench.race, area, peer, turn=turn) for turn in turns for peer in self.peers)
        if "month" in self.parts and (size is None or size in self.month_sizes):
            yield partial(bench.month, area, "sail")
        if size is None or size in self.spark_sizes:
            yield from self._on_spark(bench, area)

    def _on_spark(self, bench: Bench, area: areas.Area) -> Iterator[Callable[[], object]]:
        if "spark" in self.parts:
            yield from (partial(bench.run, area, "spark"), partial(bench.parity, area, "spark"))
        if "cluster" in self.parts:
            yield from (partial(bench.cluster, area), partial(bench.parity, area, "cluster"))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--sizes", default="2 20 60", show_default=True, help="Millions of fee lines, separated by blanks.")
@click.option("--area", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True,
              help="Measure on this landing folder as well (with --sizes '' on nothing else).")  # fmt: skip
@click.option("--period", default="2023-01..2023-12", show_default=True, help="Months of the areas.")
@click.option("--only", default=" ".join(PARTS), show_default=True, help="Parts to measure.")
@click.option("--peers", default=" ".join(PEERS), show_default=True, help="Peers to race against.")
@click.option(
    "--spark-sizes", default=None, help="Sizes for local Spark and the cluster; else the smallest of --sizes."
)
@click.option("--month-sizes", default=None, help="Sizes for one month more; else all of --sizes.")
@click.option("--csv-size", default=CSV_MILLIONS, show_default=True, help="Millions of lines of the CSV.gz area.")
@click.option("--turns", default=1, show_default=True, type=click.IntRange(1), help="Races against every peer.")
@click.option("--work", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "build" / "bench",
              show_default="build/bench", help="Areas and homes.")  # fmt: skip
@click.option("--results", type=click.Path(path_type=Path, file_okay=False), default=RESULTS,
              show_default="benchmarks/results", help="Finished measurements, kept with the code.")  # fmt: skip
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "docs", show_default="docs")
@click.option("--again", is_flag=True, help="Measure also what was measured already.")
@click.option("--baseline", "named", default=None, metavar="NAME",
              help="Keep the results for later ones to be shown beside: benchmarks/baselines/NAME.json.")  # fmt: skip
@click.option("--report-only", is_flag=True, help="Write the documents from the results that are there.")
def main(
    sizes: str,
    area: tuple[Path, ...],
    period: str,
    only: str,
    peers: str,
    spark_sizes: str | None,
    month_sizes: str | None,
    csv_size: float,
    turns: int,
    work: Path,
    results: Path,
    docs: Path,
    again: bool,
    named: str | None,
    report_only: bool,
) -> None:
    """Measures the product and its peers on areas of several sizes; an interrupted bench goes on where it stopped.

    Example: python -m benchmarks --sizes "2 5" --only "run race"
    """
    switch_telemetry_off()
    console = Console(stderr=True)
    bench = Bench(work.resolve(), results, lambda text: console.print(f"[dim]bench[/] {text}", highlight=False), again)
    plan = plan_of(sizes, spark_sizes, month_sizes, csv_size, only, peers, turns)
    try:
        code = 0 if report_only else measured(bench, plan, area, period)
        if named:
            bench.tell(f"baseline: {baseline.keep(bench.store.all(), named)}")
    finally:
        for path in report.write(bench.store, docs):
            bench.tell(f"written: {path}")
    sys.exit(code)


def plan_of(
    sizes: str, spark: str | None, month: str | None, csv_size: float, only: str, peers: str, turns: int = 1
) -> Plan:
    """The plan behind the options. Raises click.UsageError for a part or peer there is none of, or a size not asked."""
    for given, known, name in ((only, PARTS, "--only"), (peers, PEERS, "--peers")):
        if strange := sorted(set(given.split()) - set(known)):
            raise click.UsageError(f"{name}: {', '.join(strange)} is none of {', '.join(known)}")
    every = _numbers(sizes, "--sizes")
    chosen = every[:1] if spark is None else _numbers(spark, "--spark-sizes")
    months = every if month is None else _numbers(month, "--month-sizes")
    both = tuple(sorted({*every, *chosen, *months}))
    return Plan(frozenset(only.split()), tuple(peers.split()), both, chosen, months, csv_size, turns)


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(sorted(float(one) for one in text.split()))
    except ValueError:
        raise click.UsageError(f"{option}: '{text}' is not a list of numbers") from None


@dataclass
class Tries:
    """Tries one thing after the other; a fault is told, remembered by its exit code, and does not stop the next."""

    tell: Callable[[str], None]
    code: int = 0

    def of(self, work: Callable[[], T]) -> T | None:
        """What `work` gives; None after a fault."""
        try:
            return work()
        except FundwatchError as fault:
            self.tell(f"[red]failed:[/] {fault}")
            self.code = fault.exit_code
            return None


def measured(bench: Bench, plan: Plan, given: tuple[Path, ...], period: str) -> int:
    """Measures whatever is asked for, the small areas first; the exit code of the last fault, 0 without one.

    An area that is not there is generated when it is due.
    """
    tries = Tries(bench.tell)
    sized = [(partial(areas.made, bench.work, size, period, bench.tell), size) for size in plan.sizes]
    for make, size in [*((partial(areas.there, landing, period), None) for landing in given), *sized]:
        area = tries.of(make)
        for measurement in plan.measurements(bench, area, size) if area else ():
            tries.of(measurement)
    if "csv" in plan.parts and plan.sizes:
        text = tries.of(partial(areas.made, bench.work, plan.csv_size, period, bench.tell, "csv.gz"))
        if text:
            tries.of(partial(bench.run, text, "sail"))
    return tries.code
