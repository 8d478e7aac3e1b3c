"""`fundwatch labels`: what analysts and inspectors concluded becomes what models learn from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fundwatch import options
from jobs.runtime.storage import Home


@click.group()
def labels() -> None:
    """标签 · verdicts on cases and results of inspections, entered row by row or refused with the reason.

    Example: fundwatch labels enter reviewed.xlsx --home home
    """


@labels.command("enter")
@click.argument("sheets", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@options.home
@options.as_json
def enter(sheets: tuple[Path, ...], home: Path, as_json: bool) -> None:
    """Enters SHEETS (CSV, XLSX, Parquet); entering them again changes nothing, a later word replaces an earlier one.

    A sheet of verdicts has case_id, verdict, concluded_on, confirmed_amount; one of inspection results has the columns
    of inspection_result_d. An empty verdict leaves the case unreviewed; nothing is filled in.

    Example: fundwatch labels enter reviewed.xlsx --home home
    """
    from jobs.labels import enter as take
    from jobs.orchestration.guard import only_writer

    place = Home(home.resolve())
    with only_writer(place, "labels"):
        entered = take(place, sheets)
    facts = {"taken": entered.taken, "unreviewed": entered.unreviewed, "refused": entered.refused}
    if as_json:
        click.echo(json.dumps({**facts, "told": entered.told}, ensure_ascii=False))
        return
    for one in entered.refused:
        subject = one.get("case_id") or one.get("inspection_id")
        click.echo(f"refused {one['row']} {subject}: {one['reason']}")
    click.echo(entered.told)
