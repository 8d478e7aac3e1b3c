"""The layout of each layer: a number for what its tables mean, a digest of the columns they are declared with.

Why: a home lives for years and its months are written by many versions. A column added to a layer makes every month
written before unreadable for the next step, which then blames the delivery; a layout that each month carries tells the
two apart (docs/decisions/0009). The digest notices a new column by itself; the number is raised by hand when a table
keeps its columns but they mean something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from jobs.catalogue.derived_tables import FEE_LINE_CONTEXT, SETTLEMENT_CONTEXT, VISIT_CONTEXT
from jobs.catalogue.model import Column
from jobs.catalogue.tables import DERIVED, contract_tables

NUMBERS = {"raw": 1, "validated": 1, "features": 1, "scores": 1}
_CONTEXT = {"fee_list_d": FEE_LINE_CONTEXT, "setl_d": SETTLEMENT_CONTEXT, "mdtrt_d": VISIT_CONTEXT}


def layout(layer: str) -> str:
    """Layout this version writes `layer` in: `1-3f2a9c01`; raw holds text as it came, so its number alone: `1`."""
    number = NUMBERS[layer]
    if layer == "raw":
        return str(number)
    told = "\n".join(sorted(_declared(layer)))
    return f"{number}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _declared(layer: str) -> Iterable[str]:
    if layer == "validated":
        return [_line(one.name, (*one.kept, *_CONTEXT.get(one.name, ()))) for one in contract_tables()]
    return [_line(name, one.columns) for (held, name), one in DERIVED.items() if held == layer]


def _line(table: str, columns: Iterable[Column]) -> str:
    return f"{table}: " + ", ".join(f"{column.name} {column.type}" for column in columns)
