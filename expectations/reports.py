"""What is known of a table without looking at its rows: what the steps counted, and its columns.

Reads: `facts` as a run keeps them: `months` of the period, `tables` (table -> month -> rows_in, rows_accepted,
rows_quarantined by reason), `available` (table -> columns handed over), `dictionaries` (code list -> values).
Grain: one month of one table.
Why: a month that never arrived and rows that were refused leave no trace in the table itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame

from expectations.from_catalogue import CONTEXT, expected_columns, lineage
from jobs.catalogue import TABLES, Table

ALL = "all"
# A share of a handful of rows says nothing about a month; such months are judged in the row `all` only.
FEWEST_ROWS_OF_A_SHARE = 100
# A repeated row is one the house already has: refusing it loses nothing, so it does not count as lost data.
HARMLESS = ("duplicate_key",)
PERSONAL = frozenset(column.name for table in TABLES.values() for column in table.columns if column.personal)
_ENGINE_TYPES = {
    "string": ("string",),
    "int": ("int", "bigint", "smallint", "tinyint"),
    "bigint": ("bigint", "int"),
    "bool01": ("int", "bigint", "smallint", "tinyint"),
    "double": ("double", "float"),
    "date": ("date",),
    "timestamp": ("timestamp", "timestamp_ntz"),
}


@dataclass(frozen=True)
class Reports:
    """What was reported of one table. `months` = the period; `available` None = nobody said which columns exist."""

    months: tuple[str, ...] = ()
    counts: Mapping[str, Mapping[str, Any]] | None = None
    available: frozenset[str] | None = None

    def of(self, month: str, rows: float) -> dict[str, float]:
        """Values of the report measures for one month (or `all`), given the rows found in the table.

        rows, month_rows: rows found. quarantined_share, month_quarantined_share: refused rows, repeats left out, of the
        rows that came in. duplicate_share: repeats. unaccounted_rows: rows that came in and were neither accepted nor
        refused. rows_above_report: rows nobody reported.
        """
        chosen = self._chosen(month)
        found = {"rows": rows} if month == ALL else {"month_rows": rows}
        if not chosen:
            return found
        came = sum(entry.get("rows_in", 0) for entry in chosen)
        accepted = sum(entry.get("rows_accepted", 0) for entry in chosen)
        refused = [(reason, n) for entry in chosen for reason, n in (entry.get("rows_quarantined") or {}).items()]
        repeats = sum(n for reason, n in refused if reason in HARMLESS)
        lost = sum(n for _, n in refused) - repeats
        if month != ALL:
            return found | ({"month_quarantined_share": lost / came} if came >= FEWEST_ROWS_OF_A_SHARE else {})
        found |= {
            "unaccounted_rows": abs(came - accepted - lost - repeats),
            "rows_above_report": max(0, rows - accepted),
        }
        return found | ({"quarantined_share": lost / came, "duplicate_share": repeats / came} if came else {})

    def _chosen(self, month: str) -> list[Mapping[str, Any]]:
        if self.counts is None:
            return []
        if month == ALL:
            return list(self.counts.values())
        return [self.counts[month]] if month in self.counts else []


def reports_of(facts: Mapping[str, Any], table: str, layer: str, columns: Iterable[str] = ()) -> Reports:
    """What `facts` say of one table. `columns` = those a step of the house added, always available."""
    counts = facts.get("tables", {}).get(table) if layer == "validated" else None
    handed = facts.get("available", {}).get(table) if layer == "validated" else None
    available = None if handed is None else frozenset(handed) | frozenset(columns)
    return Reports(tuple(facts.get("months", ())), counts, available)


def own_columns(table: Table | None) -> tuple[str, ...]:
    """Columns the house adds to a contract table, with those that lead back to the file."""
    return ("_file", "_row", *(column.name for column in CONTEXT.get(table.name, ()))) if table else ()


def schema_reports(frame: DataFrame | None, table: Table | None, layer: str) -> tuple[dict[str, float], dict[str, str]]:
    """Number of absent, mistyped and personal columns, and their names. Asks the engine for the schema only."""
    if frame is None or table is None:
        return {}, {}
    types = dict(frame.dtypes)
    expected = expected_columns(table, layer)
    names = {
        "absent_columns": [n for n in (*(c.name for c in expected), *lineage(table, layer)) if n not in types],
        "mistyped_columns": [f"{c.name} is {types[c.name]}" for c in expected if not _fits(c.type, types.get(c.name))],
        "personal_columns": sorted(PERSONAL & set(types)),
    }
    return {name: float(len(found)) for name, found in names.items()}, {n: ", ".join(f) for n, f in names.items() if f}


def _fits(declared: str, found: str | None) -> bool:
    if found is None or declared.startswith("decimal"):
        return found is None or found.startswith("decimal")
    return found in _ENGINE_TYPES[declared]
