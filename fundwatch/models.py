"""`fundwatch models`: what the models reach, which of them decide, and who let them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fundwatch import options


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
