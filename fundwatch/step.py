"""`fundwatch step`: one step of the chain as a process of its own, as a scheduler starts it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fundwatch import options
from fundwatch.progress import Progress
from jobs.catalogue import STEPS
from jobs.runtime.errors import UsageError
from jobs.runtime.period import parse_period
from jobs.runtime.storage import Home


@click.command()
@click.argument("name", type=click.Choice([step.name for step in STEPS]))
@options.home
@click.option("--month", help="One month, YYYY-MM.")
@click.option("--period", help="Whole months, YYYY-MM..YYYY-MM; instead of --month.")
@click.option("--landing", type=options.FOLDER, help="Folder with the extract; step raw only.")
@options.mapping
@options.capacity
@click.option("--draft", is_flag=True, help="Keep the run beside the latest until `cases release`; step cases only.")
@options.engine
@options.salt
@options.as_json
def step(
    name: str,
    home: Path,
    month: str | None,
    period: str | None,
    landing: Path | None,
    mapping: str,
    capacity: int | None,
    draft: bool,
    engine: str | None,
    salt_file: Path | None,
    as_json: bool,
) -> None:
    """Runs one step for a month or a period: it writes exactly these months, from what the steps before it left.

    Example: fundwatch step validated --home home --month 2023-08
    """
    from jobs.orchestration.chain import run_step
    from jobs.orchestration.guard import only_writer
    from jobs.orchestration.request import RunRequest
    from jobs.runtime.engine import open_engine
    from jobs.runtime.settings import read_settings

    if bool(month) == bool(period):
        raise UsageError(f"step {name}", "it needs either --month or --period.", "Example: --month 2023-08")
    request = RunRequest(
        home=Home(home.resolve()),
        period=parse_period(month or period or ""),
        started=options.now(),
        landing=landing.resolve() if landing else None,
        mapping=mapping,
        engine=engine or options.default_engine(),
        salt_file=salt_file,
        capacity=capacity,
        draft=draft,
    )
    with Progress(quiet=as_json) as progress, only_writer(request.home):
        opened = open_engine(request.engine, read_settings())
        try:
            facts = run_step(name, request, opened.spark, opened.name, progress)
        finally:
            opened.close()
    click.echo(
        json.dumps(facts, ensure_ascii=False)
        if as_json
        else f"step {name} done for {request.period}: {facts.get('told', '')}"
    )
