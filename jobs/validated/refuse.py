"""Turns refused rows, as they were staged, into rows of the quarantine.

Reads: the staged parts whose verdict is a reason.
Grain: one row = one refused row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.runtime import quarantine
from jobs.validated.judge import NOTE, SEPARATOR
from jobs.validated.rows import FILE, ROW


def batches(table: str, month: str, parts: list[Path]) -> Iterator[pa.RecordBatch]:
    """Quarantine rows of staged parts, a batch at a time: refused rows may be many when an extract is broken."""
    for path in parts:
        for batch in pq.ParquetFile(path).iter_batches(columns=[NOTE, FILE, ROW]):
            yield _refused(table, month, batch)


def _refused(table: str, month: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    told = pc.split_pattern(batch.column(NOTE), SEPARATOR, max_splits=2)
    fault, value, key = (pc.list_element(told, position) for position in range(3))
    parts = pc.split_pattern(fault, ":", max_splits=1)
    rows = batch.num_rows
    return pa.record_batch(
        {
            "table": pa.array([table] * rows, pa.string()),
            "reason": pc.list_element(parts, 0),
            "column": pc.list_element(parts, 1),
            "key_text": key,
            "value": _null_if_empty(quarantine.safe(value)),
            "file": batch.column(FILE),
            "row_number": batch.column(ROW),
            "month": pa.array([month] * rows, pa.string()),
        }
    )


def _null_if_empty(value: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(value, ""), pa.scalar(None, pa.string()), value)
