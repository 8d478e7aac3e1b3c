"""Reads a sheet of a workbook as text in the contract's forms. Rows without any value are no rows.

Why: small offices hand over workbooks; a date may stand there as a date, as text or as the number behind a date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.catalogue.landing_plan import SourceFile
from jobs.raw.chunk import Chunk
from jobs.raw.screen import screen
from jobs.runtime.landing_files import open_workbook

ROWS = 20_000
MIDNIGHT = time()


def xlsx_chunks(file: SourceFile, wanted: frozenset[str]) -> Iterator[Chunk]:
    """The rows of the sheet named by the file's member, else of the first."""
    with open_workbook(file.path) as book:
        page = book[file.member or book.sheetnames[0]]
        rows = (row for row in page.iter_rows(values_only=True) if any(cell not in (None, "") for cell in row))
        header = [" ".join(str(cell).split()) if cell is not None else "" for cell in next(rows, ())]
        places = {name: at for at, name in reversed(list(enumerate(header))) if name in wanted}
        before = 0
        while held := list(islice(rows, ROWS)):
            columns = {name: _column(held, at) for name, at in places.items()}
            numbers = np.arange(before + 1, before + len(held) + 1, dtype=np.int64)
            before += len(held)
            yield screen(columns, numbers, "utf-8")


def _column(rows: list[tuple[Any, ...]], at: int) -> pa.Array:
    return pa.array([cell_text(row[at]) if at < len(row) else None for row in rows], pa.string())


def cell_text(cell: Any) -> str | None:
    """A cell as text: dates as yyyy-MM-dd[ HH:mm:ss], whole numbers without point, flags as 0/1."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == MIDNIGHT else "%Y-%m-%d %H:%M:%S")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    return str(cell)
