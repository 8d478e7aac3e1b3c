"""`fundwatch generate`: a synthetic pooling area with planted schemes, for demos, tests and benchmarks."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from pathlib import Path

import click

from fundwatch.progress import Progress
from jobs.runtime.period import parse_period


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write, one sub-folder a table.",
)
@click.option(
    "--lines", type=click.IntRange(1_000), default=200_000, show_default=True, help="Fee lines, met within 3 %."
)
@click.option("--period", default="2023-01..2023-06", show_default=True, help="Whole months, YYYY-MM..YYYY-MM.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same files.")
@click.option("--format", "fmt", type=click.Choice(["csv", "parquet"]), default="parquet", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def generate(out: Path, lines: int, period: str, seed: int, fmt: str, as_json: bool) -> None:
    """Writes a synthetic pooling area in the landing contract; what was planted stands in OUT_truth beside it.

    Example: fundwatch generate --out area --lines 2000000 --period 2023-01..2023-12 --seed 7
    """
    from jobs.landing.generate import generate as build

    months = parse_period(period)
    with Progress(quiet=as_json) as progress:
        progress("generate", "start")
        summary = build(
            out,
            lines=lines,
            period=(months.begin, months.end),
            seed=seed,
            fmt="csv" if fmt == "csv" else "parquet",
            progress=lambda what, share: progress("generate", f"{what} {share:.0%}"),
        )
        progress("generate", "done")
    facts = asdict(summary) if is_dataclass(summary) and not isinstance(summary, type) else {}
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, default=str))
    else:
        click.echo(f"{facts.get('lines', lines):,} fee lines in {out}; what was planted: {out}_truth")
