"""`fundwatch models`: what the models reach, which of them decide, and who let them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fundwatch import options
from jobs.runtime.storage import Home

BY = click.option("--override-by", "by", help="Who takes the responsibility.")
REASON = click.option("--reason", help="Why; kept with the decision.")


@click.group()
def models() -> None:
    """模型 · the model registry and the measurements behind it.

    Example: fundwatch models benchmark medicare_providers --data data/medicare_providers --out out
    """


@models.command()
@click.argument("name", type=click.Choice(["medicare_providers"]))
@click.option("--data", type=options.FOLDER, required=True, help="Folder with the data set.")
@click.option("--out", type=options.FOLDER, required=True, help="Where scores.csv and benchmark.json go.")
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="Repetitions of the 5 folds.")
@options.as_json
def benchmark(name: str, data: Path, out: Path, repeats: int, as_json: bool) -> None:  # noqa: ARG001 – one so far
    """Trains on public labels, prints the honest table, scores every provider (scores.csv: provider,score).

    Example: fundwatch models benchmark medicare_providers --data data/medicare_providers --out out
    """
    from jobs.training import benchmark as medicare

    made = medicare.run(data, out, repeats)
    told = json.dumps(medicare.record(made), ensure_ascii=False) if as_json else "\n".join(medicare.table(made))
    click.echo(told)


@models.command("list")
@options.home
@options.as_json
def list_models(home: Path, as_json: bool) -> None:
    """Versions with their aliases, every decision taken, and whether it is time to retrain.

    Example: fundwatch models list --home home
    """
    from jobs.training.overview import overview

    found = overview(Home(home.resolve()))
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(found["lines"]))


@models.command()
@options.home
@click.option("--version", type=click.IntRange(1), help="Version to promote.  [default: the challenger]")
@BY
@REASON
@options.as_json
def promote(home: Path, version: int | None, by: str | None, reason: str | None, as_json: bool) -> None:
    """Lets a version decide; refused below the baselines unless a named person overrides with a reason.

    Example: fundwatch models promote --home home
    """
    from jobs.training import lifecycle

    told = lifecycle.promote(Home(home.resolve()), options.now(), version, by, reason)
    against = f"; against: {'; '.join(told['refusals'])}, by {by}" if told["override"] else ""
    line = f"version {told['champion']} is champion{against}"
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)


@models.command()
@options.home
@click.option("--by", help="Who rolls back.")
@REASON
@options.as_json
def rollback(home: Path, by: str | None, reason: str | None, as_json: bool) -> None:
    """Puts the champion before this one back; without one, rules and indicators decide alone again.

    Example: fundwatch models rollback --home home --by "Li Na" --reason "too many false alarms"
    """
    from jobs.training import lifecycle

    told = lifecycle.rollback(Home(home.resolve()), options.now(), by, reason)
    line = f"version {told['champion']} is champion" if told["champion"] else "no model decides any more"
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)


@models.command()
@options.home
@click.option("--version", type=click.IntRange(1), help="Version to report.  [default: challenger, else champion]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where.  [default: HOME/models/…]")
@options.as_json
def report(home: Path, version: int | None, out: Path | None, as_json: bool) -> None:
    """Writes what a version was measured to reach, with pictures, as one HTML file.

    Example: fundwatch models report --home home
    """
    from jobs.training.report import write_report

    place = write_report(Home(home.resolve()), version, out)
    click.echo(json.dumps({"report": str(place)}) if as_json else f"report  {place}")
