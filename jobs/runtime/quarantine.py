"""Rows that may not pass, and why: `quarantine/<table>/month=…/`.

Grain: one row = one refused row of the landing zone with exactly one reason.
Why: two steps refuse rows. The raw step puts whole months in place; the validated step adds its own under its own name
(`validated-*.parquet`), so that its re-run overwrites exactly its refusals and keeps those of the raw step.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.runtime.storage import Home

LAYER = "quarantine"
LONGEST_VALUE = 80
SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("reason", pa.string()),
        ("column", pa.string()),
        ("key_text", pa.string()),
        ("value", pa.string()),
        ("file", pa.string()),
        ("row_number", pa.int64()),
        ("month", pa.string()),
    ]
)
DDL = (
    "`table` string, reason string, `column` string, key_text string, value string, file string, "
    "row_number bigint, month string"
)
# A shifted row may carry a document or telephone number into any column: it is not needed to understand a refusal.
_PERSONAL = ((r"\d{15,}[xX]?", "*"), (r"\b1\d{10}\b", "*"))


def replace(home: Home, table: str, month: str, step: str, batches: Iterable[pa.RecordBatch]) -> int:
    """Replaces what `step` refused of one month of a table; those of other steps stay. Tells the rows written."""
    folder = home.month(LAYER, table, month)
    fresh, rows = folder / f".new-{step}.parquet", 0
    writer: pq.ParquetWriter | None = None
    for batch in batches:
        if writer is None:
            folder.mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(fresh, SCHEMA, compression="zstd")
        writer.write_batch(batch.select(SCHEMA.names).cast(SCHEMA))
        rows += batch.num_rows
    if writer is not None:
        writer.close()
    for old in folder.glob(f"{step}-*.parquet"):
        old.unlink()
    if writer is not None:
        fresh.rename(folder / f"{step}-0.parquet")
    return rows


def of_others(home: Home, table: str, step: str) -> list[Path]:
    """Files of all months refused by other steps than `step`."""
    folders = [home.month(LAYER, table, month) for month in home.months(LAYER, table)]
    paths = [path for folder in folders for path in sorted(folder.glob("*.parquet"))]
    return [path for path in paths if not path.name.startswith(f"{step}-")]


def safe(value: pa.Array) -> pa.Array:
    """Offending text fit to be kept: no document or telephone number, at most 80 characters."""
    for pattern, instead in _PERSONAL:
        value = pc.replace_substring_regex(value, pattern, instead)
    return pc.utf8_slice_codeunits(value, 0, LONGEST_VALUE)
