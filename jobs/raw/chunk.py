"""What a reader hands on: a run of rows as columns of text, and the rows that could not be read.

Why: CSV, parquet and workbooks differ only up to here; everything after works on chunks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Broken:
    """A row that may not pass. `fields`: what could still be read of it, by column of the file; not written in clear.

    `value` describes the fault ("12 of 28 fields"); it holds no text of the row, which may name a person.
    """

    row: int
    reason: str
    column: str | None
    value: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Chunk:
    """Rows of a file: `columns` by name in the file (text, coded or not; null = empty), `rows` their numbers from 1."""

    columns: dict[str, pa.Array]
    rows: np.ndarray
    broken: list[Broken]

    @property
    def size(self) -> int:
        """Rows that can be read."""
        return len(self.rows)
