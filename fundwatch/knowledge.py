"""`fundwatch knowledge`: loads published knowledge points (知识库), tries them on history, lists and compares them."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from fundwatch import options
from jobs.runtime.errors import ContractError, UsageError
from jobs.runtime.storage import Home
from knowledge.points import NATIONAL

HOME = options.home
REGION = click.option(
    "--region", default=NATIONAL, show_default="everywhere", help="Administrative division (ADMDVS) they hold in."
)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def knowledge() -> None:
    """知识库 · knowledge points: import published tables, try them on history, list and compare versions.

    Example: fundwatch knowledge import 第七批*.csv --home home --effective 2025-07-01
    """


@knowledge.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@HOME
@REGION
@click.option("--effective", type=DAY, help="First day they hold.  [default: they hold for all days]")
@click.option("--dry-run", is_flag=True, help="Keep nothing; say what the points would have hit in validated months.")
@click.option(
    "--draft", is_flag=True, help="Keep them as a version that is not in force (`activate` puts it in force)."
)
@options.engine
@options.as_json
def import_files(
    files: tuple[Path, ...],
    home: Path,
    region: str,
    effective: datetime | None,
    dry_run: bool,
    draft: bool,
    engine: str | None,
    as_json: bool,
) -> None:
    """Reads published tables (CSV, XLSX) as they are; every row becomes points or is refused with its reason.

    Give code lists and their lists of names together. The new version is in force at once, unless --draft or --dry-run.

    Example: fundwatch knowledge import 第六批*.csv --home home --region 320300
    """
    from fundwatch.knowledge_text import file_facts, tell_files
    from jobs.orchestration import knowledge as keeping
    from jobs.orchestration.guard import only_writer
    from knowledge.published.outcome import Terms
    from knowledge.store import Store

    place = Home(home.resolve())
    store = Store(place.root)
    terms = Terms(_admdvs(region), effective.date() if effective else None, f"import-{store.next_name()}")
    outcome = keeping.read(place, files, terms)
    version, trial = "", None
    if outcome.imported and dry_run:
        trial = _tried(place, outcome.imported, engine, None, quiet=as_json, may_be_empty=True)
    elif outcome.imported:
        with only_writer(place):
            version = keeping.keep(place, outcome, terms, options.now())
            if not draft:
                store.activate(version, options.now())
    state = "dry run" if dry_run else "draft" if draft else "in force"
    if as_json:
        click.echo(json.dumps(file_facts(outcome, terms, version, state, trial), ensure_ascii=False))
    else:
        tell_files(outcome, version, state, trial)
    if not outcome.imported:
        click.echo("✗ no row of these files became a point; nothing was kept", err=True)
        raise click.exceptions.Exit(ContractError.exit_code)


@knowledge.command("try")
@click.argument("version", default="latest")
@HOME
@click.option("--period", help="Whole months, YYYY-MM..YYYY-MM.  [default: all validated months]")
@options.engine
@options.as_json
def try_version(version: str, home: Path, period: str | None, engine: str | None, as_json: bool) -> None:
    """What a version's imported points would have found in validated months. VERSION is its number, or `latest`.

    Example: fundwatch knowledge try latest --home home --period 2023-01..2023-06
    """
    from fundwatch.knowledge_text import tell_trial, trial_facts
    from jobs.orchestration.knowledge import points_of

    place = Home(home.resolve())
    trial = _tried(place, points_of(place, version), engine, period, quiet=as_json)
    if as_json:
        click.echo(json.dumps(trial_facts(trial), ensure_ascii=False))
    else:
        tell_trial(trial)


def _tried(
    home: Home, points: Any, engine: str | None, period: str | None, quiet: bool, may_be_empty: bool = False
) -> Any:
    """The trial; None when there is no history yet and that is no fault (`may_be_empty`)."""
    from jobs.orchestration.guard import only_writer
    from jobs.orchestration.knowledge_trial import months, trial
    from jobs.runtime.engine import open_engine
    from jobs.runtime.period import parse_period
    from jobs.runtime.settings import read_settings

    if may_be_empty and not months(home):
        return None
    if not quiet:
        click.echo(f"trying {len(points):,} points on {', '.join(months(home)) or 'no month'} …", err=True)
    with only_writer(home):
        opened = open_engine(engine or options.default_engine(), read_settings())
        try:
            return trial(opened.spark, home, points, parse_period(period) if period else None)
        finally:
            opened.close()


@knowledge.command("activate")
@click.argument("version")
@HOME
@options.as_json
def activate(version: str, home: Path, as_json: bool) -> None:
    """Puts a version in force: runs from now on are judged by it. An older version may be named to go back.

    Example: fundwatch knowledge activate 3 --home home
    """
    from jobs.orchestration.guard import only_writer
    from jobs.orchestration.knowledge import points_of
    from knowledge.points import knowledge_version
    from knowledge.store import Store, points_in_force

    place = Home(home.resolve())
    held = points_of(place, version)
    with only_writer(place):
        name = Store(place.root).activate(version, options.now())
    facts = {"version": name, "points": len(held), "knowledge_version": knowledge_version(points_in_force(place.root))}
    told = f"version {name} is in force: {len(held):,} imported points, knowledge version {facts['knowledge_version']}"
    click.echo(json.dumps(facts) if as_json else told)


@knowledge.command("list")
@HOME
@click.option("--kind", multiple=True, help="Only these rule kinds.")
@click.option("--area", multiple=True, help="Only points of these areas (that of the item a point disputes).")
@click.option("--batch", multiple=True, help="Only these batches: 7, 8-1 …")
@click.option("--region", multiple=True, help="Only these regions (ADMDVS, also a beginning).")
@click.option("--item", help="Only points whose item (or other item) contains this code or name.")
@click.option("--on", "day", type=DAY, help="Which points hold on this day; the others are inactive.")
@click.option("--state", type=click.Choice(["effective", "inactive", "all"]), default="all", show_default=True)
@click.option("--version", help="Version of the imported points.  [default: the one in force]")
@click.option("--starter/--imported", "starter", default=None, help="Only the shipped points, or only imported ones.")
@click.option("--versions", is_flag=True, help="List the versions instead of points.")
@click.option("--top", type=click.IntRange(1), default=40, show_default=True, help="How many rows to print.")
@options.as_json
def list_points(
    home: Path, versions: bool, top: int, as_json: bool, version: str | None, starter: bool | None, **chosen: Any
) -> None:
    """Points in force in this home: shipped and imported. Filters may be combined; --json gives all columns.

    Example: fundwatch knowledge list --home home --kind duplicate_pair --batch 7
    """
    from fundwatch.knowledge_text import point_facts, tell_points, tell_versions
    from jobs.orchestration.knowledge import points_of
    from knowledge.choose import choose
    from knowledge.points import load_points
    from knowledge.store import Store

    place = Home(home.resolve())
    if versions:
        tell_versions(Store(place.root), as_json)
        return
    imported = () if starter is True else points_of(place, version)
    shipped = () if starter is False else load_points()
    asked = chosen.pop("day")
    day = asked.date() if asked else date.fromisoformat(options.now()[:10])
    found = choose((*imported, *shipped), day=day, **chosen)
    if as_json:
        click.echo(json.dumps([point_facts(point, day) for point in found], ensure_ascii=False))
    else:
        tell_points(found, len(shipped) + len(imported), top, day)


@knowledge.command("diff")
@click.argument("old", required=False)
@click.argument("new", default="active")
@HOME
@click.option("--top", type=click.IntRange(1), default=40, show_default=True, help="How many changes to print.")
@options.as_json
def diff(old: str | None, new: str, home: Path, top: int, as_json: bool) -> None:
    """Points added, removed and changed between two versions. OLD: by default the version before
    NEW; NEW: by default the one in force.

    Example: fundwatch knowledge diff 1 2 --home home
    """
    from fundwatch.knowledge_text import diff_facts, tell_diff
    from jobs.orchestration.knowledge import points_of
    from knowledge.compare import compare
    from knowledge.store import Store

    place = Home(home.resolve())
    store = Store(place.root)
    after = points_of(place, new)
    name = store.resolve(new)
    before_points = points_of(place, old) if old else ()
    before = store.resolve(old) if old else _before(store, name)
    changes = compare(before_points or (points_of(place, before) if before else ()), after)
    if as_json:
        click.echo(json.dumps(diff_facts(before, name, changes), ensure_ascii=False))
    else:
        tell_diff(before, name, changes, top)


def _before(store: Any, name: str) -> str | None:
    earlier = [version for version in store.versions() if version < name]
    return earlier[-1] if earlier else None


def _admdvs(text: str) -> str:
    if not (len(text) == 6 and text.isdecimal() and text.isascii()):
        raise UsageError(f"region {text!r}", "it is no administrative division.", "Six digits: --region 320300")
    return text
