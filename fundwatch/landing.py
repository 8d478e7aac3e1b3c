"""`fundwatch landing`: says that a month's extract is all there, and checks whether it is."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fundwatch import options
from jobs.runtime.errors import InputError

WHERE = click.argument("folder", type=options.FOLDER)


@click.group()
def landing() -> None:
    """落地文件 · a month's landing folder: seal it when everything is copied, check whether it is complete.

    Example: fundwatch landing seal landing/320300/2023-01
    """


@landing.command("seal")
@WHERE
@options.as_json
def seal(folder: Path, as_json: bool) -> None:
    """Lists the files of FOLDER with their sizes in complete.json: the sign to start. Seal again after a correction.

    Example: fundwatch landing seal landing/320300/2023-01
    """
    from jobs.orchestration.arrival import seal as write

    _there(folder)
    place = write(folder)
    _tell(folder, as_json, f"sealed: {place}")


@landing.command("check")
@WHERE
@options.as_json
def check(folder: Path, as_json: bool) -> None:
    """Says what keeps FOLDER from being complete; exit code 12 when something does.

    Example: fundwatch landing check landing/320300/2023-01
    """
    _there(folder)
    _tell(folder, as_json, f"complete: {folder}")


def _there(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(f"looking at {folder}", "there is no such folder.", "Check the path and try again.")


def _tell(folder: Path, as_json: bool, said: str) -> None:
    """What is wanting, if anything. Raises InputError then: a sealed folder may still lack a required table."""
    from jobs.orchestration.arrival import wanting

    lacking = wanting(folder)
    if lacking:
        raise InputError(
            f"checking {folder}",
            f"it is not complete: {'; '.join(lacking[:10])}.",
            "Copy what is missing, then seal it.",
        )
    click.echo(json.dumps({"folder": str(folder), "complete": True}, ensure_ascii=False) if as_json else said)
