"""The list as a workbook: the list under its contract names, what every column means, the groups behind the cases.

Why: most offices open a spreadsheet first; it must filter, print and never run what a name contains.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from jobs.cases.groups import CaseGroups
from jobs.cases.watch_list import COLUMNS as WATCHED
from jobs.cases.words import AREAS, HINTS, SELECTED_BY
from jobs.catalogue import derived

INK, PAPER, RULE = "1F3A4D", "EAF0F3", "C9D3D9"
WIDTHS = {
    **{"run_id": 16, "case_id": 17, "rank": 6, "fixmedins_code": 17, "fixmedins_name": 28, "reasons_zh": 72},
    **{"reasons_en": 60, "detectors": 36, "peer_group": 24, "model_version": 18, "code_version": 20},
    **{"med_list_codg": 26, "hilist_name": 30, "event_zh": 50, "event_en": 50},
    **{"detector_id": 26, "node_id": 46, "label": 28, "source": 46, "target": 46},
}
FORMATS = {
    **{"score": "0.0", "probability": "0.0%", "suspected_amount": "#,##0.00", "fund_loss": "#,##0.00"},
    **{"excess_amount": "#,##0.00", "expected_recovery": "#,##0.00", "period_begin": "yyyy-mm-dd"},
    **{"period_end": "yyyy-mm-dd", "peer_size": "#,##0", "rank": "0"},
    **{"inscp": "#,##0.00", "fund": "#,##0.00", "rise": "#,##0.00", "growth": "0%", "share": "0.00%"},
    **{"houses_share": "0%"},
    **{"amount": "#,##0.00", "first_day": "yyyy-mm-dd", "last_day": "yyyy-mm-dd"},
}
WRAPPED = ("reasons_zh", "reasons_en", "detectors", "fixmedins_name")
NOTES = (
    (
        "疑点不是结论",
        "一行是一条值得核查的线索，是否违规由现场检查认定。",
        "A row is a clue; only an inspection decides.",
    ),
    (
        "金额",
        "疑点金额与涉及基金每行费用只计一次；超额估计单列，从不相加。",
        "Every line counts once; estimates stay apart.",
    ),
    ("排序", "按预计追回排序；疑似数据问题排在所有疑点之后。", "Ranked by expected recovery; data faults come last."),
)


def write_workbook(
    cases: pd.DataFrame, target: Path, groups: CaseGroups | None = None, watched: pd.DataFrame | None = None
) -> None:
    """Writes the workbook; the first sheet holds exactly the rows and columns of the list."""
    book = Workbook()
    book.properties.creator = "fundwatch"
    book.properties.created = book.properties.modified = _stamp(cases)
    _list_sheet(book.worksheets[0], cases)
    _legend_sheet(book.create_sheet("说明"))
    if groups is not None and len(groups.nodes):
        _group_sheet(book.create_sheet("群体成员"), groups.nodes, "cohort_node")
        _group_sheet(book.create_sheet("群体关系"), groups.edges, "cohort_edge")
    if watched is not None and len(watched):
        _watch_sheet(book.create_sheet("重点监测品种"), watched)
    book.save(target)


def _stamp(cases: pd.DataFrame) -> datetime:
    """A time of the file that depends on its period alone."""
    end = cases["period_end"].iloc[0] if len(cases) else None
    return datetime(end.year, end.month, end.day) if end else datetime(2000, 1, 1)  # noqa: DTZ001


def _list_sheet(sheet: Worksheet, cases: pd.DataFrame) -> None:
    sheet.title = "case_list"
    _header(sheet, list(cases.columns))
    styles = [_style(sheet, name) for name in cases.columns]
    for at, row in enumerate(cases.itertuples(index=False), start=2):
        for position, value in enumerate(row, start=1):
            _fill(sheet.cell(at, position), value, styles[position - 1])
    for position, name in enumerate(cases.columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS.get(name, 14)
    sheet.freeze_panes = "F2"
    sheet.auto_filter.ref = sheet.dimensions
    _page(sheet)


def _watch_sheet(sheet: Worksheet, watched: pd.DataFrame) -> None:
    """Items with the largest spend and rise; a rise with an event is the policy's and no lead."""
    _header(sheet, [f"{zh} {name}" for name, zh in WATCHED.items()])
    styles = [_style(sheet, name) for name in WATCHED]
    for at, row in enumerate(watched[list(WATCHED)].itertuples(index=False), start=2):
        for position, value in enumerate(row, start=1):
            _fill(sheet.cell(at, position), value, styles[position - 1])
    for position, name in enumerate(WATCHED, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS.get(name, 14)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    _page(sheet)


def _style(sheet: Worksheet, column: str) -> str:
    """Registers the style of a column once; setting it cell by cell would take a minute for a long list."""
    if f"list {column}" in sheet.parent.named_styles:
        return f"list {column}"
    style = NamedStyle(
        name=f"list {column}",
        number_format=FORMATS.get(column, "General"),
        alignment=Alignment(vertical="top", wrap_text=column in WRAPPED),
        border=Border(bottom=Side("hair", color=RULE)),
    )
    sheet.parent.add_named_style(style)
    return style.name


def _fill(cell: Cell, value: Any, style: str) -> None:
    """One value: text is stored as text whatever it begins with, and marked so that editing keeps it text."""
    cell.style = style
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))  # type: ignore[attr-defined]
    elif value is not None and not pd.isna(value):
        cell.value = value.item() if hasattr(value, "item") else value


def _legend_sheet(sheet: Worksheet) -> None:
    _header(sheet, ["列 column", "名称 name", "单位与含义 meaning"])
    for column in derived("cases", "case_list").columns:
        sheet.append([column.name, column.meaning_zh, column.meaning_en])
    sheet.append([])
    for zh, detail_zh, detail_en in NOTES:
        sheet.append([zh, detail_zh, detail_en])
    sheet.append([])
    for names in (AREAS, HINTS, SELECTED_BY):
        for code, name in names.items():
            sheet.append([code, name.zh, name.en])
        sheet.append([])
    for letter, width in zip("ABC", (22, 60, 72), strict=True):
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter][1:]:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"


def _group_sheet(sheet: Worksheet, rows: pd.DataFrame, name: str) -> None:
    """Members or ties of all groups; a case finds its own with the filter. The second row says what a column means."""
    declared = derived("cases", name)
    _header(sheet, list(declared.names))
    sheet.append([f"{column.meaning_zh} {column.meaning_en}" for column in declared.columns])
    styles = [_style(sheet, column) for column in declared.names]
    for at, row in enumerate(rows[list(declared.names)].itertuples(index=False), start=3):
        for position, value in enumerate(row, start=1):
            _fill(sheet.cell(at, position), value, styles[position - 1])
    for position, column in enumerate(declared.names, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS.get(column, 14)
    sheet.freeze_panes = "C3"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(declared.names))}{len(rows) + 2}"
    _page(sheet)


def _header(sheet: Worksheet, names: list[str]) -> None:
    sheet.append(names)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color=INK)
        cell.fill = PatternFill("solid", start_color=PAPER)
        cell.border = Border(bottom=Side("medium", color=INK))
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 30


def _page(sheet: Worksheet) -> None:
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
