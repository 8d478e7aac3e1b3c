"""The list as files: Parquet for machines, CSV for everybody, a workbook for offices.

Why: three files, one content; a name that begins like a formula must stay a name in every spreadsheet.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.cases.groups import CaseGroups, no_groups
from jobs.cases.inputs import schema_of
from jobs.cases.workbook import write_workbook
from jobs.catalogue import derived

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_list(
    cases: pd.DataFrame, folder: Path, groups: CaseGroups | None = None, watched: pd.DataFrame | None = None
) -> None:
    """Writes case_list.parquet, .csv (UTF-8 with mark, so that spreadsheets read Chinese) and .xlsx."""
    write_parquet(cases, "case_list", folder / "case_list.parquet")
    write_csv(cases, folder / "case_list.csv")
    write_workbook(cases, folder / "case_list.xlsx", groups or no_groups(), watched)


def write_parquet(frame: pd.DataFrame, name: str, target: Path) -> None:
    """Writes a table of the cases layer with its declared types."""
    schema = schema_of(derived("cases", name))
    table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
    pq.write_table(table.replace_schema_metadata(None), target, compression="zstd")


def write_csv(cases: pd.DataFrame, target: Path) -> None:
    """Writes the list as CSV, texts that a spreadsheet would take for a formula behind an apostrophe."""
    text = cases.copy()
    for name in text.select_dtypes(include="object").columns:
        text[name] = text[name].map(harmless)
    text.to_csv(target, index=False, encoding="utf-8-sig", lineterminator="\n")


def harmless(value: object) -> object:
    """A text that begins like a formula, kept from being one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
