"""One more month, as an area hands it over: a landing folder with what came before it, and one with the month.

Reads: a landing folder of Parquet files that holds all months.
Grain: two landing folders; tables without a month (registers, reports, goods) are handed over whole with each, and
those that grow from day to day end before the month in the first.
Why: an area does not deliver its year again with every month, and a month whose files hold the year measures the year;
nor does it deliver in November what it will report in December, which would look like a table that never changes.
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
# Tables without a month that grow all the same, and when a row came to be. Case lists carry no day of their own.
GROWING = {
    "clnc_exam_rpot_d": "exam_date",
    "clnc_test_rpot_d": "rpt_time",
    "setl_list_oprn_d": "oprn_oprt_date",
    "purc_d": "purc_time",
    "inv_d": "inv_date",
    "sel_d": "sel_time",
}


def parted(landing: Path, month: str, place: Path) -> tuple[Path, Path]:
    """Two landing folders below `place`: rows before `month` (YYYY-MM), and rows of it and after; both with the rest.

    Rows without a date stay with the first. Files that are not cut are linked, not copied.
    """
    shutil.rmtree(place, ignore_errors=True)
    before, then = place / "before", place / "then"
    monthly = {table.name: table.month_column for table in contract_tables()}
    for path in sorted(landing.rglob("*.parquet")):
        inside = path.relative_to(landing)
        name = inside.parts[0]
        for folder in (before, then):
            (folder / inside).parent.mkdir(parents=True, exist_ok=True)
        column = monthly.get(name) or GROWING.get(name)
        if column is None:
            os.link(path, before / inside)
        else:
            _cut(path, column, month, before / inside, None if name in GROWING else then / inside)
        if column is None or name in GROWING:
            os.link(path, then / inside)
    return before, then


def _cut(path: Path, column: str, month: str, before: Path, then: Path | None) -> None:
    """Rows before the month into one file, the others into another (None = nowhere)."""
    written: dict[Path, pq.ParquetWriter] = {}
    for rows in _read(path):
        late = pc.fill_null(pc.greater_equal(rows[column], _begin(month, rows[column].type)), False)
        for place, kept in ((before, rows.filter(pc.invert(late))), (then, rows.filter(late))):
            if place is not None and kept.num_rows:
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
