"""`fundwatch run`: the whole chain for a period, from a landing zone to a published case list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fundwatch import options
from fundwatch.progress import Progress
from jobs.runtime.period import parse_period
from jobs.runtime.storage import Home


@click.command()
@click.option("--landing", type=options.FOLDER, required=True, help="Folder with the extract.")
@options.home
@click.option("--period", required=True, help="Whole months, YYYY-MM..YYYY-MM.")
@options.mapping
@options.capacity
@options.engine
@options.salt
@options.as_json
def run(
    landing: Path,
    home: Path,
    period: str,
    mapping: str,
    capacity: int | None,
    engine: str | None,
    salt_file: Path | None,
    as_json: bool,
) -> None:
    """Landing → validated → features → scores → cases for the period; publishes the list as HOME/runs/latest.

    Example: fundwatch run --landing extract --home home --period 2023-01..2023-12
    """
    from jobs.orchestration.request import RunRequest

    request = RunRequest(
        home=Home(home.resolve()),
        period=parse_period(period),
        started=options.now(),
        landing=landing.resolve(),
        mapping=mapping,
        engine=engine or options.default_engine(),
        salt_file=salt_file,
        capacity=capacity,
    )
    with Progress(quiet=as_json) as progress:
        outcome = execute(request, progress)
    click.echo(json.dumps(outcome, ensure_ascii=False) if as_json else "\n".join(closing(outcome)))


def execute(request: Any, progress: Progress) -> dict[str, Any]:
    """Opens the engine, runs the chain, closes the engine; returns the summary of the published run."""
    from jobs.orchestration.chain import run_chain
    from jobs.orchestration.guard import only_writer
    from jobs.runtime.engine import open_engine
    from jobs.runtime.settings import read_settings

    with only_writer(request.home):
        engine = open_engine(request.engine, read_settings())
        try:
            return run_chain(request, engine.spark, engine.name, progress)
        finally:
            engine.close()


def closing(outcome: dict[str, Any]) -> list[str]:
    """What is said last: how many clues, and where to look."""
    folder, quality = outcome["folder"], outcome["data_quality"]
    clues = f"{outcome['cases'] - quality} clues, {quality} data-quality cases"
    rows = f"{outcome['rows_in']:,} rows in, {outcome['rows_quarantined']:,} quarantined"
    return [
        f"{clues}; suspected {outcome['suspected_amount']:,.2f} yuan; {rows}",
        f"list    {folder}/case_list.xlsx",
        f"report  {folder}/report.html",
        f"checks  {folder}/data_docs/index.html",
    ]
