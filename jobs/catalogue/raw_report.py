"""What a load brought in: rows in, written and quarantined by table and month, and what the area did not hand over.

Grain: one record per load, kept beside the raw tables as `raw/report.json`.
Why: later steps need to know which columns really exist (a missing one makes a detector not evaluable) and the manifest needs the counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class MonthCount:
    """Rows of one table and month: `rows_in == written + sum(quarantined)` always."""

    rows_in: int = 0
    written: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)


@dataclass
class RawReport:
    """`tables`: table → month → counts; `available`: table → columns handed over with values (personal ones left out).

    `unmapped`: contract columns nobody handed over; `extra`: file → columns ignored; `missing`: optional tables not handed over;
    `dictionaries`: local values of this area, dictionary → values; `notes`: sentences for the log.
    """

    mapping: str = "national"
    tables: dict[str, dict[str, MonthCount]] = field(default_factory=dict)
    available: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unmapped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    dictionaries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def count(self, table: str, month: str, reason: str | None, rows: int) -> None:
        """Adds rows: written when `reason` is None, else quarantined for it."""
        entry = self.tables.setdefault(table, {}).setdefault(month, MonthCount())
        entry.rows_in += rows
        if reason is None:
            entry.written += rows
        else:
            entry.quarantined[reason] = entry.quarantined.get(reason, 0) + rows

    def keep_untouched(self, older: RawReport, touched: set[tuple[str, str]]) -> None:
        """Takes over the counts of months an earlier load brought in and this one left alone."""
        for table, months in older.tables.items():
            for month, entry in months.items():
                if (table, month) not in touched:
                    self.tables.setdefault(table, {}).setdefault(month, entry)

    def to_json(self) -> str:
        """The report as JSON text, keys sorted."""
        return json.dumps(self, default=lambda value: vars(value), ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> RawReport:
        """Reads what to_json wrote."""
        held = json.loads(text)
        tables = {
            table: {month: MonthCount(**entry) for month, entry in months.items()}
            for table, months in held.pop("tables").items()
        }
        return cls(tables=tables, **{name: _tuples(value) for name, value in held.items()})


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: tuple(entry) for key, entry in value.items()}
    return tuple(value) if isinstance(value, list) else value
