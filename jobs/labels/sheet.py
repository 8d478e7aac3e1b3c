"""Sheets people hand in – verdicts on cases, results of inspections – as text, row by row, before anything is judged.

Reads: CSV, XLSX or Parquet.
Grain: one row per row of a sheet, with `sheet` and `row` (the first below the heads is 2).
Why: a refused row is told by its sheet and number, so that whoever wrote it finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from jobs.runtime.errors import InputError

READERS: dict[str, Callable[..., pd.DataFrame]] = {".csv": pd.read_csv, ".xlsx": pd.read_excel}


def heads(sheet: Path) -> list[str]:
    """Names of its columns. Raises InputError when it is not there or not readable."""
    return [str(name) for name in _opened(sheet).columns]


def text(sheet: Path, columns: Sequence[str]) -> pd.DataFrame:
    """`columns` as text, empty cells None, columns it lacks empty. Raises InputError."""
    found = _opened(sheet).reindex(columns=list(columns)).astype(object)
    told = found.map(lambda value: None if pd.isna(value) or not str(value).strip() else str(value).strip())
    return told.assign(sheet=sheet.name, row=range(2, len(told) + 2))


def _opened(sheet: Path) -> pd.DataFrame:
    try:
        reader = READERS.get(sheet.suffix.lower())
        return pd.read_parquet(sheet) if reader is None else reader(sheet, dtype=str)
    except (OSError, ValueError, ImportError) as fault:
        raise InputError(
            f"reading {sheet.name}", f"it is not there or not readable ({type(fault).__name__}).", "Give CSV or XLSX."
        ) from fault
