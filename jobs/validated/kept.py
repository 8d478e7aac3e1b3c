"""Tables judged before from the very same rows: registers, reports and goods handed over again as they were.

Reads: names, sizes and times of the raw files of a table and of the register of institutions.
Grain: one digest per table without months.
Why: such a table is judged by itself, its code lists and the register of institutions; where none of them changed,
neither did a verdict. Claims are judged against the rest of the extract and are never kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from jobs.catalogue import Table
from jobs.runtime.storage import ALL
from jobs.runtime.unchanged import Unchanged, files
from jobs.validated.extract import RAW, Extract
from jobs.validated.report import MonthReport

LAYER = "validated"
REGISTER = "fixmedins_b"


def digests(extract: Extract, codes: Mapping[str, frozenset[str]], code: str | None) -> dict[str, str]:
    """What each landed table without months is judged from. `code`: version of the program; None = nothing is kept."""
    if code is None:
        return {}
    lists = {name: sorted(values) for name, values in codes.items()}
    return {
        one.name: _digest([code, lists, *_landed(extract, one)])
        for one in extract.tables
        if one.month_column is None and extract.landed(one) == [ALL]
    }


def _landed(extract: Extract, one: Table) -> list[object]:
    handed = extract.available.get(one.name)
    rows = [files(extract.home, RAW, name) for name in (one.name, REGISTER)]
    return [one.name, None if handed is None else sorted(handed), *rows]


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def reports(extract: Extract, made_from: Mapping[str, str]) -> dict[str, dict[str, MonthReport]]:
    """Of the tables that may stay as they are, what was counted when they were judged."""
    entries = Unchanged(extract.home, LAYER)
    told = {name: entries.told(name, digest) for name, digest in made_from.items()}
    return {name: {ALL: MonthReport(**rows)} for name, rows in told.items() if rows is not None}
