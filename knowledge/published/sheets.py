"""Reads a published file as it lies there: CSV or XLSX, any usual encoding, title rows above the headings.

Grain: a row = one line below the headings that holds anything; `number` counts these from 1, `line` is its place in the
file or sheet.
Why: offices open such tables in a spreadsheet and save them again; what that does to them (title rows, merged cells,
codes turned into numbers, formulas) is undone where it can be undone and told where it cannot.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.published.layouts import squeezed, tidy

IsHeader = Callable[[Sequence[str]], bool]
HEAD = 15  # rows above the headings that may hold titles
LARGEST = 64 << 20  # bytes; the largest published table has half a megabyte
UNPACKED = 512 << 20  # bytes a workbook may grow to when opened
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
DELIMITERS = ",\t;|"


class Unreadable(ValueError):
    """The file is no table that can be read; the message says why and what to save it as."""


@dataclass(frozen=True)
class Row:
    """One row below the headings; `fault` says why it cannot be believed (a formula), empty when nothing is wrong."""

    number: int
    line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True)
class Sheet:
    """One table: headings (none when none were recognised), the titles above them, and the rows."""

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Line:
    place: int
    cells: tuple[str, ...]
    fault: str = ""


def read_sheets(path: Path, is_header: IsHeader) -> list[Sheet]:
    """The tables of a file; of a workbook the sheets with known headings, or all when none has any.

    Raises Unreadable for what is no table, OSError when the file cannot be opened.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise Unreadable(f"{size >> 20} MiB are too much for a table of knowledge points")
    data = path.read_bytes()
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable("the file is empty")
    if data.startswith(OLD_EXCEL):
        raise Unreadable("an old Excel file (xls); save it as XLSX or CSV")
    if not data.startswith(ZIP):
        return [_delimited(_text(data), is_header)]
    sheets = [_sheet(name, lines, is_header) for name, lines in _workbook(data)]
    known = [sheet for sheet in sheets if sheet.header]
    return known or [sheet for sheet in sheets if sheet.rows] or [Sheet("", "", (), ())]


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("neither UTF-8 nor GB18030 text nor a workbook; save it as CSV UTF-8 or XLSX")


def _delimited(text: str, is_header: IsHeader) -> Sheet:
    """The table under the delimiter that shows the headings; under commas when none does."""
    tried = [_sheet("", _csv_lines(text, delimiter), is_header) for delimiter in DELIMITERS if delimiter in text]
    return next((sheet for sheet in tried if sheet.header), None) or _sheet("", _csv_lines(text, ","), is_header)


def _csv_lines(text: str, delimiter: str) -> list[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [_Line(reader.line_num, tuple(map(tidy, cells))) for cells in reader]
    except csv.Error as fault:
        raise Unreadable(f"line {reader.line_num}: {fault}") from fault


def _sheet(name: str, lines: Iterable[_Line], is_header: IsHeader) -> Sheet:
    held = [line for line in lines if any(line.cells)]
    at = next((place for place, line in enumerate(held[:HEAD]) if is_header(line.cells)), None)
    header = held[at].cells if at is not None else ()
    title = " ".join(cell for line in held[: at or 0] for cell in line.cells if cell)
    below = held[at + 1 :] if at is not None else held
    rows = tuple(Row(number, line.place, line.cells, line.fault) for number, line in enumerate(below, start=1))
    return Sheet(name, title, header, rows)


def _workbook(data: bytes) -> list[tuple[str, list[_Line]]]:
    from openpyxl import load_workbook

    try:
        if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist()) > UNPACKED:
            raise Unreadable("the workbook unpacks to more than a table of knowledge points can hold")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions the library does not keep are of no interest
            book = load_workbook(io.BytesIO(data))
            return [(page.title, _page_lines(page)) for page in book.worksheets]
    except Unreadable:
        raise
    except Exception as fault:  # a broken archive breaks in many ways, all of them the file's
        raise Unreadable(f"a workbook that cannot be opened ({type(fault).__name__}); save it again") from fault


def _page_lines(page: Any) -> list[_Line]:
    filled = {}
    for block in page.merged_cells.ranges:
        for line in range(block.min_row + 1, block.max_row + 1):  # a cell merged downwards holds for all its rows
            filled[(line, block.min_col)] = page.cell(block.min_row, block.min_col)
    lines = []
    for place, row in enumerate(page.iter_rows(), start=1):
        cells = [filled.get((place, column), cell) for column, cell in enumerate(row, start=1)]
        formulas = [f"{cell.coordinate}" for cell in cells if cell.data_type == "f"]
        fault = f"{', '.join(formulas)} holds a formula and no value" if formulas else ""
        lines.append(_Line(place, tuple(_cell_text(cell.value) for cell in cells), fault))
    return lines


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(value.date().isoformat() if hasattr(value, "date") else str(value))


def same_row(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two rows hold the same cells, blanks apart."""
    return [squeezed(cell) for cell in left if cell] == [squeezed(cell) for cell in right if cell]
