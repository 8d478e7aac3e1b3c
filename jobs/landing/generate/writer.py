"""Writes tables of the landing zone: `<out>/<table>/part-*.parquet` or `.csv.gz`, exactly the contract's columns in
order.

Why: a column too many or too few is an error here, not a surprise at load.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from jobs.catalogue import table as contract_table

Format = Literal["csv", "parquet"]


@dataclass
class Writer:
    """Writes one shard; counts the rows of every table."""

    out: Path
    fmt: Format
    part: str
    rows: dict[str, int] = field(default_factory=dict)

    def write(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """One file of the table. Raises ValueError when the columns are not those of the contract."""
        wanted = contract_table(name).names
        if set(columns) != set(wanted):
            raise ValueError(f"{name}: columns differ from the contract: {sorted(set(columns) ^ set(wanted))}")
        frame = pa.table({column: columns[column] for column in wanted})
        self.rows[name] = self.rows.get(name, 0) + frame.num_rows
        if frame.num_rows == 0:
            return
        folder = self.out / name
        folder.mkdir(parents=True, exist_ok=True)
        if self.fmt == "parquet":
            _parquet(frame, folder / f"part-{self.part}.parquet")
        else:
            _csv(frame, folder / f"part-{self.part}.csv.gz")


def _parquet(frame: pa.Table, path: Path) -> None:
    """Decimals as whole numbers and no Arrow schema inside: every reader sees plain columns."""
    pq.write_table(
        frame,
        path,
        compression="zstd",
        compression_level=1,
        store_schema=False,
        store_decimal_as_integer=True,
        use_dictionary=[c.name for c in frame.schema if pa.types.is_dictionary(c.type) or pa.types.is_integer(c.type)],
        write_statistics=True,
    )


def _csv(frame: pa.Table, path: Path) -> None:
    plain = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in frame.columns]
    # mtime 0: the same data give the same bytes
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=4, fileobj=raw, mtime=0) as packed:
        pa_csv.write_csv(pa.table(plain, names=frame.column_names), packed, pa_csv.WriteOptions(quoting_style="needed"))
