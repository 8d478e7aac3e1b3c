"""Writes what a task read, cut by month, as parquet parts with names that depend on nothing but the plan.

Grain: one file per task and month (a further one after four million rows).
Why: a task that is tried again writes the same names, so nothing is doubled; memory stays bounded whatever the months.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.catalogue.date_patterns import month_of
from jobs.raw.coded import CODED, is_coded, joined, recoded, used, written_out

ROWS_IN_GROUP = 128_000  # rows of one month held back before they are written
ROWS_HELD = 512_000  # rows of all months held back
ROWS_IN_FILE = 4_000_000
TEMPORARY = ".tmp"
PACKED = "lz4"  # as lightly as validated files; the next step unpacks all of it at once


def by_month(moments: pa.Array) -> list[tuple[str, np.ndarray | None]]:
    """The months of a column of dates and the places of each; None = all rows are of that month."""
    days = _days(moments)
    months = [month_of(text) for text in days.dictionary.to_pylist()] + [month_of(None)]
    names = sorted(set(months))
    number = np.array([names.index(month) for month in months])
    held = number[days.indices.fill_null(len(months) - 1).to_numpy(zero_copy_only=False)]
    found = np.unique(held)
    if len(found) == 1:
        return [(names[found[0]], None)]
    return [(names[at], np.flatnonzero(held == at)) for at in found]


def _days(moments: pa.Array) -> pa.DictionaryArray:
    if is_coded(moments):
        return recoded(moments.indices, pc.utf8_slice_codeunits(moments.dictionary, 0, 10))
    return pc.utf8_slice_codeunits(moments, 0, 10).dictionary_encode()


def cut(rows: pa.RecordBatch, months: Sequence[tuple[str, np.ndarray | None]]) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The rows of each month in their order; rows that lie month by month are not copied, others moved once."""
    order = [places for _, places in months if places is not None]
    if any(places[-1] - places[0] + 1 != len(places) for places in order):
        rows = pc.take(rows, pa.array(np.concatenate(order)), boundscheck=False)
        ends = np.cumsum([len(places) for places in order])
        order = [np.arange(end - len(places), end) for places, end in zip(order, ends, strict=True)]
    if not order:
        yield months[0][0], rows
        return
    for (month, _), places in zip(months, order, strict=True):
        yield month, rows.slice(int(places[0]), len(places))


class MonthFiles:
    """The parquet parts of one task for one table below `folder`; one sub-folder per month."""

    def __init__(self, folder: Path, part: str, schema: pa.Schema, unique: Collection[str] = ()) -> None:
        """`unique`: columns whose values hardly repeat; a dictionary of them would cost time and save nothing."""
        self.folder, self.part = folder, part
        self.schema = pa.schema(
            [
                field.with_type(CODED) if pa.types.is_string(field.type) and field.name not in unique else field
                for field in schema
            ]
        )
        self._held: dict[str, list[pa.RecordBatch]] = {}
        self._rows: dict[str, int] = {}
        self._open: dict[str, _Part] = {}

    def add(self, month: str, batch: pa.RecordBatch) -> None:
        """Takes rows of one month."""
        self._held.setdefault(month, []).append(batch)
        self._rows[month] = self._rows.get(month, 0) + batch.num_rows
        if self._rows[month] >= ROWS_IN_GROUP:
            self._flush(month)
        elif sum(self._rows.values()) >= ROWS_HELD:
            self._flush(max(self._rows, key=lambda name: self._rows[name]))

    def close(self) -> None:
        """Writes what is held back and gives the files their names."""
        for month in list(self._held):
            self._flush(month)
        for part in self._open.values():
            part.close()

    def _flush(self, month: str) -> None:
        batches = self._held.pop(month)
        self._rows.pop(month)
        part = self._open.get(month)
        if part is None:
            part = self._open[month] = self._new(month, 0)
        elif part.rows >= ROWS_IN_FILE:
            part.close()
            part = self._open[month] = self._new(month, part.number + 1)
        columns = zip(*(batch.columns for batch in batches), strict=True)
        arrays = [_together(field.type, parts) for field, parts in zip(self.schema, columns, strict=True)]
        part.write(pa.Table.from_arrays(arrays, schema=self.schema))

    def _new(self, month: str, number: int) -> _Part:
        return _Part(self.folder / f"month={month}", f"{self.part}-{number}", number)


def _together(kind: pa.DataType, parts: Sequence[pa.Array]) -> pa.Array:
    return used(joined(parts)) if kind == CODED else pa.concat_arrays([written_out(part) for part in parts])


class _Part:
    """One parquet file, under a temporary name until it is whole."""

    def __init__(self, folder: Path, name: str, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.number, self.rows = number, 0
        self._place = folder / f"{name}.parquet"
        self._written = folder / f".{name}.{uuid.uuid4().hex}{TEMPORARY}"
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        """Further rows; readers find plain text, the codes are how it is packed."""
        if self._writer is None:
            self._writer = self._opened(rows)
        self._writer.write_table(rows, row_group_size=ROWS_HELD)
        self.rows += rows.num_rows

    def _opened(self, rows: pa.Table) -> pq.ParquetWriter:
        # Of the statistics only the count of nulls is ever asked for, to leave out columns that are wholly empty.
        empty = [name for name in rows.column_names if rows[name].null_count == rows.num_rows]
        coded = [field.name for field in rows.schema if field.type == CODED]
        return pq.ParquetWriter(
            self._written,
            rows.schema,
            compression=PACKED,
            use_dictionary=coded,
            write_statistics=empty,
            store_schema=False,
        )

    def close(self) -> None:
        """Gives the file its name."""
        if self._writer is not None:
            self._writer.close()
            self._written.replace(self._place)
