"""Writes what a task read, cut by month, as parquet parts with names that depend on nothing but the plan.

Grain: one file per task and month (a further one after four million rows).
Why: a task that is tried again writes the same names, so nothing is doubled; memory stays bounded whatever the months.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.catalogue.date_patterns import month_of

ROWS_IN_GROUP = 128_000  # rows of one month held back before they are written
ROWS_HELD = 512_000  # rows of all months held back
ROWS_IN_FILE = 4_000_000
TEMPORARY = ".tmp"


def by_month(moments: pa.Array) -> list[tuple[str, np.ndarray | None]]:
    """The months of a column of dates and the places of each; None = all rows are of that month."""
    coded = pc.utf8_slice_codeunits(moments, 0, 10).dictionary_encode()
    months = [month_of(text) for text in coded.dictionary.to_pylist()] + [month_of(None)]
    names = sorted(set(months))
    number = np.array([names.index(month) for month in months])
    held = number[coded.indices.fill_null(len(months) - 1).to_numpy(zero_copy_only=False)]
    found = np.unique(held)
    if len(found) == 1:
        return [(names[found[0]], None)]
    return [(names[at], np.flatnonzero(held == at)) for at in found]


def rows_at(rows: pa.RecordBatch, places: np.ndarray | None) -> pa.RecordBatch:
    """The rows at these places (None = all); neighbours are cut out without copying."""
    if places is None:
        return rows
    if places[-1] - places[0] + 1 == len(places):
        return rows.slice(int(places[0]), len(places))
    return rows.take(pa.array(places))


class MonthFiles:
    """The parquet parts of one task for one table below `folder`; one sub-folder per month."""

    def __init__(self, folder: Path, part: str, schema: pa.Schema, unique: Collection[str] = ()) -> None:
        """`unique`: columns whose values hardly repeat; a dictionary of them would cost time and save nothing."""
        self.folder, self.part, self.schema = folder, part, schema
        self.coded = [name for name in schema.names if name not in unique]
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
        part.write(pa.Table.from_batches(batches, self.schema))

    def _new(self, month: str, number: int) -> _Part:
        return _Part(self.folder / f"month={month}", f"{self.part}-{number}", number, self.schema, self.coded)


class _Part:
    """One parquet file, under a temporary name until it is whole."""

    def __init__(self, folder: Path, name: str, number: int, schema: pa.Schema, coded: list[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.number, self.rows = number, 0
        self._place = folder / f"{name}.parquet"
        self._written = folder / f".{name}.{uuid.uuid4().hex}{TEMPORARY}"
        self._writer = pq.ParquetWriter(
            self._written, schema, compression="zstd", compression_level=1, use_dictionary=coded
        )

    def write(self, rows: pa.Table) -> None:
        self._writer.write_table(rows, row_group_size=ROWS_HELD)
        self.rows += rows.num_rows

    def close(self) -> None:
        self._writer.close()
        self._written.replace(self._place)
