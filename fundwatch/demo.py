"""`fundwatch demo`: a generated area, the whole chain on it, and where to look next – on any laptop."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from fundwatch import options
from fundwatch.progress import Progress

LINES = 200_000
PERIOD = "2023-01..2023-06"
SEED = 2023


@click.command()
@click.option("--home", type=options.FOLDER, default=Path("demo"), show_default=True, help="Folder to work in.")
@options.engine
def demo(home: Path, engine: str | None) -> None:
    """Generates an area, runs the chain on it, prints the top cases and where to look next.

    Example: fundwatch demo --home demo
    """
    from fundwatch.run import closing, execute
    from jobs.landing.generate import generate
    from jobs.orchestration.request import RunRequest
    from jobs.runtime.period import parse_period
    from jobs.runtime.storage import Home

    area, period = home / "landing", parse_period(PERIOD)
    with Progress() as progress:
        progress("generate", "start")
        shutil.rmtree(area, ignore_errors=True)
        generate(area, lines=LINES, period=(period.begin, period.end), seed=SEED, fmt="csv")
        progress("generate", f"done {LINES:,} fee lines")
        request = RunRequest(
            home=Home((home / "home").resolve()),
            period=period,
            started=options.now(),
            landing=area.resolve(),
            engine=engine or options.default_engine(),
        )
        outcome = execute(request, progress)
    top(request.home.root)
    click.echo("\n".join(closing({**outcome, "folder": str(home / "home" / "runs" / "latest")})))
    click.echo(f"next    fundwatch cases show 1 --home {home / 'home'}    what was planted: {area}_truth/schemes.csv")


def top(home: Path) -> None:
    """The first cases, as `fundwatch cases list` shows them."""
    from fundwatch.cases import cases

    cases.main(["list", "--home", str(home), "--top", "10"], standalone_mode=False)
