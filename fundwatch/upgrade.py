"""`fundwatch upgrade`: a home written by an older version, computed again from raw where this version needs it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fundwatch import options
from fundwatch.progress import Progress
from jobs.runtime.period import Period
from jobs.runtime.storage import Home


@click.command()
@options.home
@options.engine
@click.option("--dry-run", is_flag=True, help="Only say what would be computed again.")
@options.as_json
def upgrade(home: Path, engine: str | None, dry_run: bool, as_json: bool) -> None:
    """Computes validated, features and scores again where another version wrote them; published runs stay.

    Nothing is landed again: raw keeps every row. Interrupted, it goes on where it stopped.

    Example: fundwatch upgrade --home home
    """
    from jobs.orchestration.guard import only_writer
    from jobs.orchestration.request import RunRequest
    from jobs.orchestration.upgrade import describe, plan
    from jobs.orchestration.upgrade import upgrade as carry_out
    from jobs.runtime.engine import open_engine
    from jobs.runtime.settings import read_settings

    place = Home(home.resolve())
    tasks = plan(place)
    if tasks and not dry_run:
        chosen = engine or options.default_engine()
        request = RunRequest(place, Period(*[tasks[0].period.end] * 2), options.now(), engine=chosen)
        with Progress(quiet=as_json) as progress, only_writer(place):
            opened = open_engine(chosen, read_settings())
            try:
                tasks = carry_out(request, opened.spark, opened.name, progress)
            finally:
                opened.close()
    if as_json:
        told = [{"step": one.step, "period": str(one.period)} for one in tasks]
        click.echo(json.dumps({"done": not dry_run, "steps": told}, ensure_ascii=False))
        return
    for line in describe(tasks):
        click.echo(line)
    verb = "to be done" if dry_run else "done"
    click.echo(f"{len(tasks)} steps {verb}" if tasks else f"{place.root} is in this version's layout")
