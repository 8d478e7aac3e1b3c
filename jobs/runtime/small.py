"""Small tables – a row per institution, case or label – read and written without an engine, with their declared types.

Why: what fits into memory many times over needs no Spark session; the declaration in the catalogue still decides.
"""

from __future__ import annotations

import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.catalogue import derived
from jobs.runtime.storage import Home, move_in

ARROW = {"string": pa.string(), "int": pa.int32(), "double": pa.float64(), "date": pa.date32()}


def write_small(frame: pd.DataFrame, home: Home, layer: str, name: str, month: str) -> None:
    """Writes the month of a declared table whole, in the declared order and types; other columns stay out."""
    declared = derived(layer, name)
    schema = pa.schema([(column.name, ARROW[column.type]) for column in declared.columns])
    fresh = home.table(layer, name) / f".new-{month}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    table = pa.Table.from_pandas(frame[list(declared.names)], schema=schema, preserve_index=False)
    pq.write_table(table.replace_schema_metadata(None), fresh / "part-0.parquet", compression="zstd")
    move_in(fresh, home, layer, name, month)


def read_small(
    home: Home, layer: str, name: str, month: str, columns: list[str], where: tuple[str, list[str]] | None = None
) -> pd.DataFrame | None:
    """Columns of a month, those no file holds empty; None without a file. `where`: a column and the values to keep."""
    files = sorted(home.month(layer, name, month).glob("*.parquet"))
    if not files:
        return None
    parts = []
    for path in files:
        known = [column for column in columns if column in pq.read_schema(path).names]
        part = pq.ParquetFile(path).read(columns=known)
        parts.append(part if where is None else part.filter(pc.is_in(part[where[0]], pa.array(where[1]))))
    return pa.concat_tables(parts, promote_options="permissive").to_pandas().reindex(columns=columns)
