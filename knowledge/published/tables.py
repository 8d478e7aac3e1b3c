"""Opens published files as tables whose columns have meanings; points are made of their rows here and nowhere else.

Grain: one Table per sheet with headings; rows of several sheets of a file are counted through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.points import NATIONAL, Point, point_of
from knowledge.published.layouts import Layouts, Subject, batch_of, squeezed, tidy
from knowledge.published.outcome import FileReport, Refusal, Terms
from knowledge.published.sheets import Row, Sheet, Unreadable, read_sheets
from knowledge.published.statements import View

ROW = " row "  # between the table and the row in the source of a point


@dataclass(frozen=True)
class Table:
    """One sheet being read: its file's report, its name, the meanings of its columns, and the rows before its own."""

    report: FileReport
    source: str
    sheet: Sheet
    columns: Mapping[str, int]
    before: int
    batch: str

    def view(self, row: Row) -> View:
        """A row seen through the columns."""
        return View(row, self.columns)

    def number(self, row: Row) -> int:
        """Number of the row in its file."""
        return row.number + self.before

    def refuse(self, row: Row, reason: str) -> None:
        """Puts the row among the refused."""
        self.report.refused.append(Refusal(self.number(row), row.line, reason))

    def subject(self, row: Row, layouts: Layouts) -> Subject | None:
        """What the row restricts: its own word, else the title's, the sheet's or the file's, else a telling shape."""
        told = (self.view(row).text("restriction"), self.sheet.title, self.sheet.name, self.source)
        named = layouts.subject(*told)
        if named is not None:
            return named
        telling = [one for one in layouts.subjects if one.shape == "pair" and set(one.needs) <= set(self.columns)]
        return telling[0] if telling else None


@dataclass(frozen=True)
class Made:
    """A point and the row it came from."""

    report: FileReport
    row: int
    line: int
    point: Point


def open_tables(path: Path, report: FileReport, layouts: Layouts) -> list[Table]:
    """The tables of a file; what cannot be read at all stands in the report as the refusal of row 0."""
    try:
        sheets = read_sheets(path, layouts.is_header)
    except Unreadable as fault:
        report.refused.append(Refusal(0, 0, str(fault)))
        return []
    report.batch = batch_of(path.stem, *(text for sheet in sheets for text in (sheet.title, sheet.name)))
    report.batch = report.batch or tidy(path.stem)
    tables = []
    for sheet in sheets:
        report.ignored += [name for name in sheet.header if name and squeezed(name) not in layouts.meanings]
        source = f"{tidy(path.stem)}!{sheet.name}" if len(sheets) > 1 else tidy(path.stem)
        tables.append(Table(report, source, sheet, layouts.bind(sheet.header), report.rows, report.batch))
        report.rows += len(sheet.rows)
    if not report.rows:
        report.refused.append(Refusal(0, 0, "the file has no row below its headings"))
    return tables


def make_points(table: Table, row: Row, stated: list[dict[str, Any]], terms: Terms) -> list[Made]:
    """The points of a row; a row that gives none is refused."""
    try:
        points = [point for fields in stated if (point := _point(fields, table, table.number(row), terms))]
    except ValueError as fault:
        table.refuse(row, str(fault))
        return []
    if not points:
        table.refuse(row, "no longer in force on the effective date")
    return [Made(table.report, table.number(row), row.line, point) for point in points]


def _point(fields: Mapping[str, Any], table: Table, number: int, terms: Terms) -> Point | None:
    """The point of one statement; None when it ended before the import's effective date."""
    begin, end = (
        date.fromisoformat(fields[name]) if fields.get(name) else None for name in ("effective_from", "effective_to")
    )
    if end and terms.effective and end < terms.effective:
        return None
    starts = max(filter(None, (begin, terms.effective)), default=None)
    named = {"point_id": point_id(fields, table.batch, terms.region), "region": terms.region, "batch": table.batch}
    dated = {"effective_from": starts, "source": f"{table.source}{ROW}{number}", "version": terms.version}
    return point_of({**fields, **named, **dated})


def point_id(fields: Mapping[str, Any], batch: str, region: str) -> str:
    """`national/7/duplicate_pair/001103…+001102…`: told by content, so that a re-issued table keeps its ids."""
    item, other = (fields.get(f"{side}_code") or squeezed(fields.get(f"{side}_name", "")) for side in ("item", "other"))
    group = fields.get("group_id", "").partition(":")[2] if fields["kind"] == "discounted_repeat" else ""
    side = fields.get("limit_unit", "") if fields["kind"] == "restricted_age" else ""
    place = "national" if region == NATIONAL else f"area/{region}"
    told = "/".join(part for part in ("+".join(filter(None, (item, other))), group, side) if part)
    return f"{place}/{batch}/{fields['kind']}/{told}"


def table_of(point: Point) -> str:
    """The published table a point came from."""
    return point.source.rpartition(ROW)[0]
