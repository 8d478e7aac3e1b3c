"""Reads any landing file as chunks of text, whatever its kind.

Why: one door; everything behind it sees text columns, row numbers and broken rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jobs.catalogue.landing_plan import SourceFile
from jobs.raw.chunk import Chunk
from jobs.raw.parse_csv import csv_chunks
from jobs.raw.parse_parquet import parquet_chunks
from jobs.raw.parse_xlsx import xlsx_chunks


def chunks(
    file: SourceFile, wanted: frozenset[str], groups: Sequence[int] | None = None, before: int = 0
) -> Iterator[Chunk]:
    """The rows of a file, only the wanted columns; `groups` = row groups of parquet, `before` = rows ahead of them."""
    if file.kind == "parquet":
        yield from parquet_chunks(file, wanted, groups, before)
    elif file.kind == "xlsx":
        yield from xlsx_chunks(file, wanted)
    else:
        yield from csv_chunks(file, wanted)
