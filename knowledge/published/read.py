"""Published files → knowledge points, with every refused row named.

Grain: a row below the headings ends in points or in `refused`, never in both.
Why: a code list and the list of names it belongs to lie in two files, so files are read together; a code whose name has
no limit anywhere is refused by its row, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from knowledge.points import Point
from knowledge.published.carry import carried, unique
from knowledge.published.clashes import Clash, settle
from knowledge.published.codes import Refused, codes
from knowledge.published.layouts import Layouts, Subject, load_layouts, squeezed
from knowledge.published.outcome import FileReport, Outcome, Refusal, Terms
from knowledge.published.sheets import Row, same_row
from knowledge.published.statements import Fields, NeedsName, state
from knowledge.published.tables import Made, Table, make_points, open_tables

NO_LAYOUT = "no known headings stand above it"
NO_SUBJECT = "neither its row nor the title nor the file name says what the table restricts"
# (batch, subject, name) → what holds for the name, or why its row was refused
Limits = dict[tuple[str, str, str], "list[Fields] | str"]
Listed = list[tuple[Table, Row, Subject]]


def read_files(
    paths: Iterable[Path], terms: Terms, known: Sequence[Point] = (), layouts: Layouts | None = None
) -> Outcome:
    """Reads published files together. `known`: points of earlier imports, carried on. OSError: a file is gone."""
    used = layouts or load_layouts()
    reports, tables = [], []
    for path in paths:
        reports.append(FileReport(file=str(path)))
        tables += open_tables(path, reports[-1], used)
    limits, lists = _known_limits(known, used), Listed()
    made = [one for table in tables for one in _rows(table, used, terms, limits, lists)]
    made += [one for table, row, subject in lists for one in _of_list(table, row, subject, terms, limits)]
    return _settled(made, reports, known, terms, used)


def _rows(table: Table, layouts: Layouts, terms: Terms, limits: Limits, lists: Listed) -> list[Made]:
    """Points of the rows that say their limit themselves; rows of code lists are put aside in `lists`."""
    made: list[Made] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in table.sheet.rows:
        subject = table.subject(row, layouts)
        key = (table.batch, subject.name if subject else "", squeezed(table.view(row).text("item_name")))
        try:
            _refuse_remarks(table, row, layouts, seen)
            if subject is None:
                raise Refused(NO_SUBJECT)
            stated = state(table.view(row), subject, layouts)
        except Refused as fault:
            table.refuse(row, str(fault))
            limits.setdefault(key, str(fault))
        except NeedsName as listed:
            lists.append((table, row, listed.subject))
        else:
            limits[key] = [{name: one[name] for name in one if name != "item_code"} for one in stated]
            made += make_points(table, row, stated, terms)
    return made


def _refuse_remarks(table: Table, row: Row, layouts: Layouts, seen: dict[tuple[str, ...], int]) -> None:
    """Raises Refused for what is no statement at all, and for a row that stands twice."""
    if not table.sheet.header:
        raise Refused(NO_LAYOUT)
    filled = [cell for cell in row.cells if cell]
    if len(filled) == 1 and filled[0].startswith(layouts.remarks):
        raise Refused("a remark of the publisher, no point")
    if same_row(row.cells, table.sheet.header):
        raise Refused("the headings once more")
    number = table.columns.get("number", -1)
    content = tuple(squeezed(cell) for place, cell in enumerate(row.cells) if place != number)
    if content in seen:
        raise Refused(f"the same as row {seen[content]}")
    seen[content] = table.number(row)


def _of_list(table: Table, row: Row, subject: Subject, terms: Terms, limits: Limits) -> list[Made]:
    """Points of a code list's row: what the other file says of its name, for each of its codes."""
    view = table.view(row)
    name = view.text("item_name")
    held = limits.get((table.batch, subject.name, squeezed(name)))
    try:
        listed = codes(view.text("item_code"))
        if held is None:
            raise Refused(f"no table says what holds for {name!r}: its list of names is missing or does not name it")
        if isinstance(held, str):
            raise Refused(f"the row that says what holds for its name was refused: {held}")
    except Refused as fault:
        table.refuse(row, str(fault))
        return []
    stated = [one | {"item_code": code, "item_name": name} for code in listed for one in held]
    return make_points(table, row, stated, terms)


def _known_limits(known: Iterable[Point], layouts: Layouts) -> Limits:
    """What earlier imports said of names, for code lists that arrive alone."""
    limits: dict[tuple[str, str, str], Any] = {}
    for point in known:
        if point.item_code or point.effective_to:
            continue
        said = ("kind", "limit_value", "limit_unit", "window", "group_id")
        fields = {name: getattr(point, name) for name in said if getattr(point, name) not in ("", None)}
        for subject in layouts.subjects:
            if subject.kind == point.kind and subject.shape in ("value", "duration"):
                limits.setdefault((point.batch, subject.name, squeezed(point.item_name)), []).append(fields)
    return limits


def _settled(
    made: list[Made], reports: list[FileReport], known: Sequence[Point], terms: Terms, layouts: Layouts
) -> Outcome:
    """Counts what holds per file, after what the points say of each other and of earlier ones was settled."""
    older, fresh = carried(known, [one.point for one in made], terms.effective)
    named = unique([*older, *fresh])
    places = {point.point_id: one for one, point in zip(made, named[len(older) :], strict=True)}
    kept, clashes = settle(named, layouts.lenient)
    _tell(clashes, places)
    held = [point for point in kept if point.point_id in places]
    for point in held:
        report = places[point.point_id].report
        report.points += 1
        report.kinds[point.kind] = report.kinds.get(point.kind, 0) + 1
    _refuse_losers(places, {point.point_id for point in held}, clashes)
    for report in reports:
        report.refused.sort(key=lambda refusal: refusal.row)
    return Outcome(tuple(held), tuple(sorted(kept, key=lambda point: point.point_id)), tuple(reports))


def _tell(clashes: Iterable[Clash], places: dict[str, Made]) -> None:
    for clash in clashes:
        one = places.get(clash.point.point_id)
        if one is not None:
            (one.report.repeated if clash.same else one.report.contradicted).append((one.row, clash.reason))


def _refuse_losers(places: dict[str, Made], held: set[str], clashes: Iterable[Clash]) -> None:
    """Rows none of whose points is left are refused, with the contradiction as the reason."""
    rows_left = {(id(one.report), one.row) for name, one in places.items() if name in held}
    reasons = {clash.point.point_id: clash.reason for clash in clashes if not clash.kept}
    for name, one in places.items():
        place = (id(one.report), one.row)
        if place not in rows_left:
            rows_left.add(place)
            one.report.refused.append(Refusal(one.row, one.line, reasons[name]))
