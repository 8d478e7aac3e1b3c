"""`fundwatch backup` and `fundwatch restore`: an office in two commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from fundwatch import options
from jobs.runtime.errors import InputError, UsageError

FILE = click.Path(path_type=Path, dir_okay=False)
AREA = "[0-9][0-9][0-9][0-9][0-9][0-9]"


def what(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that name what is backed up and restored."""
    given = (
        click.option("--homes", type=options.FOLDER, envvar="FUNDWATCH_HOMES", help="Folder of the areas' homes."),
        click.option("--home", "single", type=options.FOLDER, multiple=True, help="One home; repeatable."),
        click.option("--artefacts", type=options.FOLDER, help="The registry's artefacts."),
        click.option("--database", "databases", multiple=True, help="NAME=FILE with its address; repeatable."),
        click.option("--salt-file", type=FILE, envvar="FUNDWATCH_SALT_FILE", help="Key of the pseudonyms."),
        options.as_json,
    )
    for option in reversed(given):
        command = option(command)
    return command


@click.command()
@click.option("--to", type=options.FOLDER, envvar="FUNDWATCH_BACKUPS", help="Where backups of the data lie.")
@click.option("--keep", type=click.IntRange(1), help="Take away all but the newest N.")
@click.option("--full", is_flag=True, help="Copy every file, also those an earlier backup there holds.")
@click.option(
    "--keys-to",
    type=options.FOLDER,
    envvar="FUNDWATCH_KEYS_TO",
    help="Back the keys up, to a place apart, and no data.",
)
@click.option("--key", "others", type=FILE, multiple=True, help="Another key for --keys-to, as deploy/secrets/*.")
@what
def backup(to: Path | None, keep: int | None, full: bool, keys_to: Path | None, as_json: bool, **given: Any) -> None:
    """Databases, homes and model artefacts as they stand, while everything goes on working; keys never among them.

    Example: fundwatch backup --to backups --homes homes --database airflow=deploy/secrets/airflow_database
    """
    from jobs.operations import backup as job
    from jobs.orchestration.version import code_version

    office, moment = _office(None, **given), options.now()
    if keys_to:
        place = job.backup_keys(office, given["others"], keys_to, moment, to)
    elif to is None:
        raise UsageError("backup", "it does not know where to.", "Give --to FOLDER, or --keys-to FOLDER for the keys.")
    else:
        place = job.backup(office, to, moment, code_version(), full)
        if keep:
            job.prune(to, keep)
    click.echo(json.dumps({"backup": str(place)}) if as_json else f"backup  {place}")


@click.command()
@click.option(
    "--from", "source", type=options.FOLDER, envvar="FUNDWATCH_BACKUPS", required=True,
    help="A backup, or the folder they lie in: the newest.",
)  # fmt: skip
@click.option("--keys-from", type=options.FOLDER, envvar="FUNDWATCH_KEYS_FROM", help="A backup of the keys.")
@click.option("--without-key", is_flag=True, help="Go on without the key; put it back before the next run.")
@what
def restore(source: Path, keys_from: Path | None, without_key: bool, as_json: bool, **given: Any) -> None:
    """Puts a backup into an office that is empty: checked to the last byte before, nothing is overwritten.

    Example: fundwatch restore --from backups --homes homes --database airflow=deploy/secrets/airflow_database
    """
    from jobs.operations import restore as job

    chosen = job.chosen(source)
    told = job.restore(chosen, _office(job.areas(chosen), **given), keys_from, without_key)
    if as_json:
        click.echo(json.dumps({"restored": str(chosen), "finished": told.finished, "busy": told.busy}))
        return
    for area in told.busy:
        click.echo(f"a step was writing in {area}: clear its month's score_month in Airflow, it runs again")
    click.echo(f"restored {chosen.name}, finished {told.finished} UTC")


def _office(
    names: Iterable[str] | None,
    homes: Path | None,
    single: tuple[Path, ...],
    artefacts: Path | None,
    databases: tuple[str, ...],
    salt_file: Path | None,
    others: tuple[Path, ...] = (),  # noqa: ARG001 – of `backup` alone
) -> Any:
    """The office named by the options. `names`: homes a backup holds; None = those that are there."""
    from jobs.operations.backup import Office
    from jobs.operations.database import Database

    found = {path.name: path.resolve() for path in single}
    if homes:
        there = (path.name for path in homes.glob(AREA) if path.is_dir()) if names is None else names
        found |= {name: homes.resolve() / name for name in there if name not in found}
    if gone := [name for name in found if names is not None and name not in names]:
        raise InputError("restoring", f"the backup has no home {', '.join(gone)}.", f"It has {', '.join(names or ())}.")
    pairs = [text.partition("=") for text in databases]
    if any(not name or not file for name, _, file in pairs):
        raise UsageError("--database", "it is not NAME=FILE.", "Example: airflow=deploy/secrets/airflow_database")
    return Office(found, artefacts, [Database(name, Path(file)) for name, _, file in pairs], salt_file)
