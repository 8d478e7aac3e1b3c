"""How imports, points, trials and differences are told: tables for people, plain objects for machines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from knowledge.choose import area_of, holds
from knowledge.compare import Change
from knowledge.points import COLUMNS, NATIONAL, Point
from knowledge.published.clashes import limit_text
from knowledge.published.outcome import FileReport, Outcome, Refusal, Terms
from knowledge.store import Store

PIPED_WIDTH = 160
STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


def console() -> Console:
    """The terminal; of a fixed width and without colour when piped."""
    made = Console()
    return made if made.is_terminal else Console(width=PIPED_WIDTH, no_color=True)


def file_facts(outcome: Outcome, terms: Terms, version: str, state: str, trial: Any) -> list[dict[str, Any]]:
    """One object per file: what the contract names, and batch, region, dates, version, repeats and contradictions."""
    facts = []
    for report in outcome.files:
        one = {
            "file": report.file,
            "rows": report.rows,
            "points": report.points,
            "refused": [{"row": one.row, "reason": one.reason, "line": one.line} for one in report.refused],
            "batch": report.batch,
            "region": terms.region,
            "effective_from": terms.effective.isoformat() if terms.effective else None,
            "kinds": report.kinds,
            "duplicates": [{"row": row, "reason": reason} for row, reason in report.repeated],
            "contradictions": [{"row": row, "reason": reason} for row, reason in report.contradicted],
            "ignored_headings": report.ignored,
            "version": version or None,
            "state": state,
        }
        if trial is not None:
            one["would_hit"] = [row for row in trial.rows if row["batch"] == report.batch]
        facts.append(one)
    return facts


def tell_files(outcome: Outcome, version: str, state: str, trial: Any) -> None:
    """The table of files, then the refused rows, repeats and contradictions of each, then what is in force now."""
    out = console()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("文件 file", "批次 batch"):
        table.add_column(name, overflow="fold")
    for name in ("行 rows", "知识点 points", "拒收 refused", "重复 repeated", "矛盾 contradicting"):
        table.add_column(name, justify="right")
    for report in outcome.files:
        sizes = (report.rows, report.points, len(report.refused), len(report.repeated), len(report.contradicted))
        table.add_row(Path(report.file).name, report.batch, *(f"{size:,}" if size else "·" for size in sizes))
    out.print(table, highlight=False)
    for report in outcome.files:
        _tell_rows(out, report)
    if trial is not None:
        tell_trial(trial)
    click.echo(closing(outcome, version, state))


def closing(outcome: Outcome, version: str, state: str) -> str:
    """The last line: how many rows, points and refusals, and whether they are in force."""
    rows, refused = sum(one.rows for one in outcome.files), sum(len(one.refused) for one in outcome.files)
    told = f"{len(outcome.files)} files, {rows:,} rows: {len(outcome.imported):,} points, {refused:,} rows refused"
    if not version:
        return f"{told}; nothing was kept" + (" (dry run)" if state == "dry run" else "")
    held = f"version {version} holds {len(outcome.points):,} imported points"
    if state == "in force":
        return f"{told}; {held} and is in force"
    return f"{told}; {held} and waits: fundwatch knowledge try {version}, then knowledge activate {version}"


def _tell_rows(out: Console, report: FileReport) -> None:
    told = [(f"[red]拒收[/] {row_ranges(rows)}: ", reason) for reason, rows in by_reason(report.refused)]
    met = {row for row, _ in report.contradicted} - {one.row for one in report.refused}
    told += [(f"[yellow]矛盾[/] row {row}: ", reason) for row, reason in report.contradicted if row in met]
    told += [(f"[dim]重复[/] row {row}: ", reason) for row, reason in report.repeated[:5]]
    if len(report.repeated) > 5:
        told.append(("[dim]重复[/] ", f"and {len(report.repeated) - 5} more rows"))
    if report.ignored:
        told.append(("[dim]未读列[/] ", ", ".join(report.ignored)))
    if told:
        out.print(f"\n[bold]{_plain(Path(report.file).name)}[/]", highlight=False)
    for head, text in told:
        out.print(f"  {head}{_plain(text)}", highlight=False)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


def by_reason(refused: Iterable[Refusal]) -> list[tuple[str, list[int]]]:
    """Refusals with one reason together (names in quotes left out), the most frequent reason first."""
    grouped: dict[str, list[Refusal]] = {}
    for one in refused:
        grouped.setdefault(re.sub(r"'[^']*'", "its name", one.reason, count=1), []).append(one)
    told = [
        (ones[0].reason if len(ones) == 1 else reason, sorted(one.row for one in ones))
        for reason, ones in grouped.items()
    ]
    return sorted(told, key=lambda pair: (-len(pair[1]), pair[1]))


def row_ranges(rows: Sequence[int], most: int = 12) -> str:
    """`rows 3, 5-9, 12 … (1,204 rows)`: neighbours together, the first `most` stretches."""
    if list(rows) == [0]:
        return "the whole file"
    stretches = []
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        held = [row for _, row in run]
        stretches.append(str(held[0]) if len(held) == 1 else f"{held[0]}-{held[-1]}")
    shown = ", ".join(stretches[:most]) + (" …" if len(stretches) > most else "")
    return f"row {shown}" if len(rows) == 1 else f"rows {shown} ({len(rows):,} rows)"


def trial_facts(trial: Any) -> dict[str, Any]:
    """The trial as one object."""
    return {"rows": list(trial.rows), "total": dict(trial.total), "not_evaluable": list(trial.blind)}


def tell_trial(trial: Any) -> None:
    """Per batch and kind: what the points would have hit."""
    out = console()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("批次 batch", "规则 rule kind"):
        table.add_column(name)
    for name in ("知识点 points", "项目出现 occurring", "命中行 lines", "金额 yuan", "机构 institutions"):
        table.add_column(name, justify="right")
    for row in trial.rows:
        sizes = [f"{row[name]:,}" for name in ("points", "occurring", "lines")]
        table.add_row(row["batch"], row["kind"], *sizes, f"{row['amount']:,.2f}", f"{row['institutions']:,}")
    out.print("\n[bold]试运行 · on validated history[/]", highlight=False)
    out.print(table, highlight=False)
    for gap in trial.blind:
        out.print(f"  [yellow]不可判断[/] {gap['kind']}: {gap['reason']}", highlight=False)
    unread = sum(row["unread"] for row in trial.rows)
    if unread:
        out.print(
            f"  [yellow]无规则读取[/] {unread} points: no detector watches the area of their item", highlight=False
        )
    points, total = sum(row["points"] for row in trial.rows), trial.total
    click.echo(
        f"these {points:,} points would have hit {total['lines']:,} lines, {total['amount']:,.2f} yuan,"
        f" {total['institutions']:,} institutions (before any comparison with peers)"
    )


def point_facts(point: Point, day: date) -> dict[str, Any]:
    """All columns of a point and whether it holds on the day."""
    facts = {name: getattr(point, name) for name in COLUMNS}
    dated = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    return {**dated, "area": area_of(point), "state": "effective" if holds(point, day) else "inactive"}


def tell_points(points: Sequence[Point], of: int, top: int, day: date) -> None:
    """The first `top` points as a table and how many there are."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in (
        "规则 kind",
        "项目 item",
        "另一项 other",
        "限制 limit",
        "批次",
        "地区",
        "生效 in force",
        "来源 source",
    ):
        table.add_column(name, overflow="fold")
    for point in points[:top]:
        other = " ".join(filter(None, (point.other_code, point.other_name)))
        item = " ".join(filter(None, (point.item_code, point.item_name)))
        style = None if holds(point, day) else "dim"
        place = "全国" if point.region == NATIONAL else point.region
        cells = (point.kind, item, other, limit_text(point), point.batch, place, in_force(point), point.source)
        table.add_row(*map(_plain, cells), style=style)
    console().print(table, highlight=False)
    shown = f"; {len(points) - top:,} more with --top" if len(points) > top else ""
    click.echo(f"{len(points):,} of {of:,} points{shown}")


def in_force(point: Point) -> str:
    """`2025-07-01…`, `…2024-12-31`, `always`."""
    if not (point.effective_from or point.effective_to):
        return "always"
    return f"{point.effective_from or ''}…{point.effective_to or ''}"


def tell_versions(store: Store, as_json: bool) -> None:
    """The versions with what was imported, the one in force marked."""
    active = store.active()
    told = [{**store.report(name), "active": name == active} for name in store.versions()]
    if as_json:
        kept = ("version", "at", "region", "effective", "points", "active")
        click.echo(json.dumps([{name: one[name] for name in kept} for one in told], ensure_ascii=False))
        return
    for one in told:
        files = ", ".join(Path(file["file"]).name for file in one["files"])
        mark = "●" if one["active"] else " "
        click.echo(f"{mark} {one['version']}  {one['at']}  {one['points']:>6,} points  {one['region']}  {files}")
    click.echo(f"{len(told)} versions; in force: {active or 'none, only the shipped points'}")


def diff_facts(old: str | None, new: str, changes: Sequence[Change]) -> dict[str, Any]:
    """The differences as one object: added, removed, changed."""
    told: dict[str, Any] = {"old": old, "new": new, "added": [], "removed": [], "changed": []}
    for change in changes:
        columns = {name: [str(value or "") for value in pair] for name, pair in change.columns.items()}
        told[change.what].append({"point_id": change.point.point_id, **({"columns": columns} if columns else {})})
    return told


def tell_diff(old: str | None, new: str, changes: Sequence[Change], top: int) -> None:
    """The first `top` changes and how many of each sort."""
    out = console()
    for change in changes[:top]:
        point = change.point
        detail = ", ".join(f"{name} {_old(a)} → {_old(b)}" for name, (a, b) in change.columns.items())
        detail = detail or " ".join(filter(None, (point.item_name, limit_text(point), in_force(point))))
        style = STYLES[change.what]
        out.print(f"[{style}]{change.what:8}[/] {_plain(point.point_id)}  {_plain(detail)}", highlight=False)
    counts = ", ".join(f"{sum(one.what == what for one in changes):,} {what}" for what in STYLES)
    shown = f"; {len(changes) - top:,} more with --top" if len(changes) > top else ""
    click.echo(f"{old or 'nothing'} → {new}: {counts}{shown}")


def _old(value: Any) -> str:
    return "–" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value)
