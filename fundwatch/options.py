"""Options several commands share, declared once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Any], Any]
FOLDER = click.Path(path_type=Path, file_okay=False)

home: Decorator = click.option("--home", type=FOLDER, required=True, help="Home folder: all tables and runs live here.")
engine: Decorator = click.option(
    "--engine",
    default=None,
    help="auto | spark | a Spark master | sc://HOST:PORT | sail.  [default: $FUNDWATCH_ENGINE, else auto]",
)
mapping: Decorator = click.option(
    "--mapping", default="national", show_default=True, help="Mapping file or shipped name."
)
salt: Decorator = click.option(
    "--salt-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key of the pseudonyms, created when absent.  [default: HOME/pseudonym.salt]",
)
capacity: Decorator = click.option(
    "--capacity", type=click.IntRange(1), help="How many cases can be inspected; the report details these."
)
as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")


def now() -> str:
    """The moment a command was started, UTC, to the second: the one place the clock is read."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def default_engine() -> str:
    """Engine of the environment, `auto` when it names none."""
    from jobs.runtime.settings import read_settings

    return read_settings().engine
