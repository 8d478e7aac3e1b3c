"""`fundwatch train`: a new model from the scored periods and the inspections held, registered as challenger."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click

from fundwatch import options
from jobs.runtime.storage import Home


@click.command()
@options.home
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known on this day.  [default: everything]"
)
@options.as_json
def train(home: Path, as_of: datetime | None, as_json: bool) -> None:
    """Trains anomaly and outcome models, measures them beside the baselines, registers a challenger; promotes nothing.

    Example: fundwatch train --home home
    """
    from jobs.orchestration.version import code_version
    from jobs.training.lifecycle import train_and_register
    from knowledge.points import knowledge_version, load_points

    day: date | None = as_of.date() if as_of else None
    versions = {"code_version": code_version(), "knowledge_version": knowledge_version(load_points())}
    told = train_and_register(Home(home.resolve()), options.now(), versions, day)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in told["lines"]:
        click.echo(line)
