"""What became of the rows: per table and month, read from the files a judged table was staged in.

Why: nothing is lost – every raw row is accepted or quarantined, and the sum is asserted before anything is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jobs.runtime.errors import ExpectationFailed
from jobs.runtime.staging import OK
from jobs.validated.judge import NOTE, VOID


@dataclass(frozen=True)
class MonthReport:
    """Rows of one month of one table. `rows_accepted` includes the void ones, which are then left out."""

    rows_in: int
    rows_accepted: int
    rows_void: int
    rows_quarantined: Mapping[str, int]
    warnings: Mapping[str, int]


@dataclass(frozen=True)
class ValidatedReport:
    """Rows of every table and month of this step; `rows_in` are rows of the raw layer."""

    tables: dict[str, dict[str, MonthReport]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain dicts, for run.json."""
        return {name: {month: asdict(rows) for month, rows in months.items()} for name, months in self.tables.items()}


def month_report(table: str, month: str, rows_in: int, rows: Mapping[str, int], accepted: list[Path]) -> MonthReport:
    """Report of one month from the rows of its verdicts. Raises ExpectationFailed when rows were lost or doubled."""
    if rows_in != sum(rows.values()):
        raise ExpectationFailed(
            f"validating {table} {month}",
            f"{rows_in} raw rows became {sum(rows.values())}.",
            "Nothing of this table was published; please report it with the log.",
        )
    kept = {verdict: count for verdict, count in rows.items() if verdict in (OK, VOID)}
    refused = {verdict: count for verdict, count in sorted(rows.items()) if verdict not in kept}
    return MonthReport(rows_in, sum(kept.values()), kept.get(VOID, 0), refused, warnings_of(accepted))


def warnings_of(accepted: list[Path]) -> dict[str, int]:
    """Warnings of accepted rows, counted from their `_note`; row groups without any note are not read."""
    found: Counter[str] = Counter()
    for path in accepted:
        handle = pq.ParquetFile(path)
        noted = [group for group in range(handle.num_row_groups) if _has_notes(handle, group)]
        for batch in handle.iter_batches(row_groups=noted, columns=[NOTE]) if noted else ():
            for pair in batch.column(0).value_counts().to_pylist():
                for name in (pair["values"] or "").split(","):
                    found[name] += pair["counts"] if name else 0
    return dict(sorted((name, count) for name, count in found.items() if count))


def _has_notes(handle: pq.ParquetFile, group: int) -> bool:
    position = handle.schema_arrow.names.index(NOTE)
    chunk = handle.metadata.row_group(group).column(position)
    facts = chunk.statistics
    return facts is None or not facts.has_null_count or facts.null_count < chunk.num_values
