"""`fundwatch cases`: the case list in a terminal, one case with its evidence, files for others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click

from jobs.cases.words import AREAS, HINTS
from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home

HOME = click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), required=True, help="Home folder of the runs."
)
RUN = click.option("--run", "run_id", default="latest", show_default=True, help="Run to read.")
LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@click.group()
def cases() -> None:
    """疑点名单 · the case list of the last complete run. A case is a clue (疑点), never a finding.

    Example: fundwatch cases list --home home --top 20
    """


@cases.command("list")
@HOME
@RUN
@click.option("--area", type=click.Choice(list(AREAS)), multiple=True, help="Only these areas.")
@click.option("--district", multiple=True, help="Only institutions of these areas (admdvs, also a beginning: 3203).")
@click.option("--hint", type=click.Choice(list(HINTS)), help="Only clues, or only data-quality cases.")
@click.option("--top", type=click.IntRange(1), default=30, show_default=True, help="How many.")
@click.option("--all", "every", is_flag=True, help="The whole list.")
@LANG
@JSON
def list_cases(
    home: Path,
    run_id: str,
    area: tuple[str, ...],
    district: tuple[str, ...],
    hint: str | None,
    top: int,
    every: bool,
    lang: str,
    as_json: bool,
) -> None:
    """The ranked list, what an inspection should look at first on top. Tab-separated when piped.

    Example: fundwatch cases list --home home --area imaging --district 9901 --top 10
    """
    from jobs.cases.reading import open_run

    run = open_run(Home(home), run_id)
    whole = run.cases()
    chosen = _chosen(whole, area, district, hint)
    shown = chosen if every else chosen.head(top)
    if as_json:
        click.echo(_as_json(shown))
        return
    _print_list(run, shown, len(whole), lang)


def _chosen(whole: Any, area: tuple[str, ...], district: tuple[str, ...], hint: str | None) -> Any:
    keep = whole["rank"] > 0
    if area:
        keep &= whole["area"].isin(area)
    if district:
        keep &= whole["fix_blng_admdvs"].fillna("").str.startswith(district)
    if hint:
        keep &= whole["verdict_hint"] == hint
    return whole[keep]


def _print_list(run: Any, shown: Any, of: int, lang: str) -> None:
    from rich.console import Console

    from fundwatch.case_text import Speaker, list_table, plain_list
    from jobs.cases.report.view import records

    say, console, rows = Speaker(lang), Console(), records(shown)
    if not console.is_terminal:
        click.echo(plain_list(rows, say))
        return
    period = run.manifest().get("period", "")
    console.print(f"\n[bold]{say('疑点名单', 'Case list')}[/] {period} [dim]{run.folder.name}[/]", highlight=False)
    console.print(list_table(rows, say, console.width))
    told = say(
        f"{len(rows)} / {of} 件 · 金额单位 万元 · 一件的全部：fundwatch cases show 1 --home …",
        f"{len(rows)} of {of} cases · amounts in 10,000 yuan · one in full: fundwatch cases show 1 --home …",
    )
    console.print(told, style="dim", highlight=False)


@cases.command("show")
@click.argument("case")
@HOME
@RUN
@click.option("--top", type=click.IntRange(0), default=10, show_default=True, help="Evidence rows to print.")
@LANG
@JSON
def show(case: str, home: Path, run_id: str, top: int, lang: str, as_json: bool) -> None:
    """One case with its reasons, peers, months, benign checks and largest evidence rows. CASE is its id or its rank.

    Example: fundwatch cases show 1 --home home
    """
    from jobs.cases.reading import find_case, open_run

    run = open_run(Home(home), run_id)
    found = find_case(run.cases(), case)
    if as_json:
        click.echo(_case_json(run, found, top))
        return
    from rich.console import Console

    from fundwatch.case_page import CasePage
    from fundwatch.case_text import Speaker
    from jobs.runtime.period import Period

    months = Period(f"{found['period_begin']:%Y-%m}", f"{found['period_end']:%Y-%m}").months
    console = Console() if Console().is_terminal else Console(width=160, no_color=True)
    console.print(CasePage(run, found, months, Speaker(lang), top).render(), highlight=False)


@cases.command("export")
@HOME
@RUN
@click.option(
    "--format", "fmt", type=click.Choice(["csv", "xlsx", "json", "parquet"]), default="xlsx", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@JSON
def export(home: Path, run_id: str, fmt: str, out: Path, as_json: bool) -> None:
    """The whole list as a file for others; persons stand in it nowhere.

    Example: fundwatch cases export --home home --format xlsx --out cases.xlsx
    """
    from jobs.cases.reading import open_run

    run = open_run(Home(home), run_id)
    listed = run.cases()
    if not out.parent.is_dir():
        raise InputError(f"writing {out}", f"there is no folder {out.parent}.", "Create it, then try again.")
    if fmt == "json":
        out.write_text(_as_json(listed) + "\n", encoding="utf-8")
    else:
        shutil.copyfile(run.folder / f"case_list.{fmt}", out)
    facts = {"run_id": run.folder.name, "cases": len(listed), "file": str(out)}
    click.echo(
        json.dumps(facts, ensure_ascii=False) if as_json else f"{len(listed)} cases of {run.folder.name} in {out}"
    )


@cases.command("release")
@click.argument("run_id")
@HOME
@JSON
def release_run(run_id: str, home: Path, as_json: bool) -> None:
    """Makes a draft run the latest one: what everybody reads from now on. Releasing it again changes nothing.

    Example: fundwatch cases release 2023-01_2023-01-20230205T080000 --home home
    """
    from jobs.cases.publish import release
    from jobs.orchestration.guard import only_writer

    place = Home(home.resolve())
    with only_writer(place):
        folder = release(place, run_id)
    facts = {"run_id": folder.name, "folder": str(place.runs / "latest")}
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else f"run {folder.name} is the latest now")


def _as_json(frame: Any) -> str:
    from jobs.cases.report.view import records

    return json.dumps(records(frame), ensure_ascii=False, indent=1, default=str)


def _groups_json(groups: Any) -> dict[str, Any]:
    from jobs.cases.report.view import records

    return {"nodes": records(groups.nodes), "edges": records(groups.edges)}


def _model_json(said: Any) -> dict[str, Any] | None:
    from jobs.cases.report.view import records

    return {**records(said.cases)[0], "parts": records(said.parts)} if len(said.cases) else None


def _case_json(run: Any, case: dict[str, Any], top: int) -> str:
    import pandas as pd

    from jobs.cases.report.view import benign_of, months_of, records

    findings = records(run.findings(case["fixmedins_code"], case["area"]))
    for finding in findings:
        finding["months"], finding["benign_checks"] = months_of(finding), benign_of(finding)
    whole = {
        **records(pd.DataFrame([case]))[0],
        "levels": records(run.levels(case["case_id"])),
        "findings": findings,
        "model": _model_json(run.model(case["case_id"])),
        "groups": _groups_json(run.groups(case["case_id"])),
        "evidence": records(run.evidence(case["case_id"]).head(top)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str)
