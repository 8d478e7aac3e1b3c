"""One more month, as an area hands it over: a landing folder with what came before it, and one with the month.

Reads: a landing folder of Parquet files that holds all months.
Grain: two landing folders; tables without a month (registers, reports, purchases) are handed over whole with each.
Why: an area does not deliver its year again with every month, and a month whose files hold the year measures the year.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.catalogue import contract_tables

ROWS = 1 << 18  # rows read at a time


def parted(landing: Path, month: str, place: Path) -> tuple[Path, Path]:
    """Two landing folders below `place`: rows before `month` (YYYY-MM), and rows of it and after; both with the rest.

    Rows without a date stay with the first. Files that are not cut are linked, not copied.
    """
    shutil.rmtree(place, ignore_errors=True)
    before, then = place / "before", place / "then"
    monthly = {table.name: table.month_column for table in contract_tables()}
    for path in sorted(landing.rglob("*.parquet")):
        inside = path.relative_to(landing)
        column = monthly.get(inside.parts[0])
        for folder in (before, then):
            (folder / inside).parent.mkdir(parents=True, exist_ok=True)
        if column is None:
            for folder in (before, then):
                os.link(path, folder / inside)
        else:
            _cut(path, column, month, before / inside, then / inside)
    return before, then


def _cut(path: Path, column: str, month: str, before: Path, then: Path) -> None:
    written: dict[Path, pq.ParquetWriter] = {}
    for rows in _read(path):
        late = pc.fill_null(pc.greater_equal(rows[column], _begin(month, rows[column].type)), False)
        for place, kept in ((before, rows.filter(pc.invert(late))), (then, rows.filter(late))):
            if kept.num_rows:
                if place not in written:
                    written[place] = pq.ParquetWriter(place, kept.schema)
                written[place].write_table(kept)
    for writer in written.values():
        writer.close()


def _read(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as opened:
        for batch in opened.iter_batches(batch_size=ROWS):
            yield pa.Table.from_batches([batch])


def _begin(month: str, kind: pa.DataType) -> pa.Scalar:
    """The first moment of a month in the type of the column; texts compare as they are written."""
    first = date.fromisoformat(f"{month}-01")
    if pa.types.is_date(kind):
        return pa.scalar(first, kind)
    if pa.types.is_timestamp(kind):
        return pa.scalar(first, pa.date32()).cast(pa.timestamp(kind.unit)).cast(kind)
    return pa.scalar(first.isoformat(), pa.string())
