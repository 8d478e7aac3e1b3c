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
@click.option(
    "--verdicts",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="Sheet with case_id, verdict, concluded_on, confirmed_amount; entered before training. Repeatable.",
)
@options.as_json
def train(home: Path, as_of: datetime | None, verdicts: tuple[Path, ...], as_json: bool) -> None:
    """Trains anomaly and outcome models, measures them beside the baselines, registers a challenger; promotes nothing.

    A verdict is confirmed, legitimate, data_fault or unprovable; an empty one leaves the case unreviewed.

    Example: fundwatch train --home home --verdicts reviewed.xlsx
    """
    from jobs.labels import enter
    from jobs.orchestration import state
    from jobs.orchestration.version import code_version
    from jobs.runtime import layout
    from jobs.training.lifecycle import train_and_register
    from knowledge.points import knowledge_version, load_points

    day: date | None = as_of.date() if as_of else None
    versions = {"code_version": code_version(), "knowledge_version": knowledge_version(load_points())}
    place = Home(home.resolve())
    layout.require(place, "training", "scores")
    entered = enter(place, verdicts) if verdicts else None
    when = options.now()
    told = train_and_register(place, when, versions, day)
    state.save(place, "trained", {"version": told["version"], "when": when})
    if entered is not None:
        told |= {"verdicts": {"taken": entered.taken, "unreviewed": entered.unreviewed, "refused": entered.refused}}
        refusals = [
            f"refused {one['row']} {one.get('case_id') or one.get('inspection_id')}: {one['reason']}"
            for one in entered.refused
        ]
        told["lines"] = [entered.told, *refusals, *told["lines"]]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in told["lines"]:
        click.echo(line)
