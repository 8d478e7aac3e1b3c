"""`python -m benchmarks`: measures, compares, writes docs/benchmarks.md and docs/scale.md. `make bench` calls it.

Why: whoever doubts a figure can have it again with one command; what is measured already is kept unless --again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from benchmarks import areas, report
from benchmarks.races import PEERS, Bench
from jobs.runtime.errors import FundwatchError
from jobs.runtime.settings import switch_telemetry_off

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("run", "race", "month", "spark", "cluster", "csv")
CSV_MILLIONS = 5.0


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--sizes", default="2 20 60", show_default=True, help="Millions of fee lines, separated by blanks.")
@click.option("--area", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True,
              help="Measure on this landing folder as well (with --sizes '' on nothing else).")  # fmt: skip
@click.option("--period", default="2023-01..2023-12", show_default=True, help="Months of the areas.")
@click.option("--only", default=" ".join(PARTS), show_default=True, help="Parts to measure.")
@click.option("--peers", default=" ".join(PEERS), show_default=True, help="Peers to race against.")
@click.option("--work", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "build" / "bench",
              show_default="build/bench", help="Areas, homes and results.")  # fmt: skip
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "docs", show_default="docs")
@click.option("--again", is_flag=True, help="Measure also what was measured already.")
@click.option("--report-only", is_flag=True, help="Write the documents from the results that are there.")
def main(
    sizes: str,
    area: tuple[Path, ...],
    period: str,
    only: str,
    peers: str,
    work: Path,
    docs: Path,
    again: bool,
    report_only: bool,
) -> None:
    """Measures the product and its peers on areas of several sizes; an interrupted bench goes on where it stopped.

    Example: python -m benchmarks --sizes "2 5" --only "run race"
    """
    switch_telemetry_off()
    console = Console(stderr=True)
    bench = Bench(work, lambda text: console.print(f"[dim]bench[/] {text}", highlight=False), again)
    parts = set(only.split())
    try:
        _check(parts, set(peers.split()))
        if not report_only:
            for found in areas_asked(bench, sizes, area, period):
                measure(bench, found, parts, peers.split())
            if "csv" in parts and sizes.strip():
                bench.run(areas.made(work, CSV_MILLIONS, period, bench.tell, "csv.gz"), "sail")
    except FundwatchError as fault:
        click.echo(str(fault), err=True)
        sys.exit(fault.exit_code)
    finally:
        for path in report.write(bench.store, docs):
            bench.tell(f"written: {path}")


def _check(parts: set[str], peers: set[str]) -> None:
    for given, known, name in ((parts, PARTS, "--only"), (peers, PEERS, "--peers")):
        if given - set(known):
            raise click.UsageError(f"{name}: {', '.join(sorted(given - set(known)))} is none of {', '.join(known)}")


def areas_asked(bench: Bench, sizes: str, given: tuple[Path, ...], period: str) -> list[areas.Area]:
    """The areas to measure, the small ones first; a size that is not there is generated."""
    found = [areas.there(landing, period) for landing in given]
    found += [areas.made(bench.work, float(size), period, bench.tell) for size in sizes.split()]
    return sorted(found, key=lambda one: one.lines)


def measure(bench: Bench, area: areas.Area, parts: set[str], peers: list[str]) -> None:
    """Everything asked for, on one area."""
    steps: dict[str, Callable[[], object]] = {
        "run": lambda: bench.run(area, "sail"),
        "race": lambda: [bench.race(area, peer) for peer in peers],
        "month": lambda: bench.month(area, "sail"),
        "spark": lambda: bench.run(area, "spark"),
        "cluster": lambda: bench.cluster(area),
    }
    for name, step in steps.items():
        if name in parts:
            step()
