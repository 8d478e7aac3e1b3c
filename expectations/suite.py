"""Suites: one per table and layer, made of typed Great Expectations classes, held against the profile of the table.

Grain: one expectation per line of the checklists.
Why: a suite read from dicts drops an expectation whose name is misspelt and only logs it; a typed class raises. What
was declared is counted against what the suite kept, so that a check can never go missing quietly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from expectations.business import checklist
from expectations.from_catalogue import promised
from expectations.held import Held
from jobs.catalogue import DERIVED, TABLES, Table
from jobs.runtime.log import quiet
from jobs.runtime.settings import switch_telemetry_off

switch_telemetry_off()  # before the import: the library looks at its settings once

import great_expectations as gx  # noqa: E402
import great_expectations.expectations as gxe  # noqa: E402
from great_expectations.expectations.metadata_types import FailureSeverity  # noqa: E402

quiet()  # and after it: the library raises its own voice while it is imported


def catalogue_table(layer: str, name: str) -> Table | None:
    """The catalogue's description of a table in a layer; None for one the catalogue does not know."""
    if (layer, name) in DERIVED:
        return DERIVED[layer, name]
    return TABLES.get(name) if layer in ("raw", "validated") else None


def held_of(table: Table, layer: str, dictionaries: Mapping[str, Collection[str]] | None = None) -> tuple[Held, ...]:
    """Everything that must hold of a table in a layer: what the catalogue promises and what the trade knows."""
    return (*promised(table, layer, dictionaries), *checklist(layer, table.name))


def derive(table: Table, layer: str, dictionaries: Mapping[str, Collection[str]] | None = None) -> gx.ExpectationSuite:
    """The suite of a table in a layer. `dictionaries`: code list -> its values; without them, codes are free."""
    return build(f"{layer}.{table.name}", held_of(table, layer, dictionaries))


def build(name: str, held: Sequence[Held]) -> gx.ExpectationSuite:
    """A suite that keeps every declared expectation; ValueError when one is declared twice or got lost."""
    twice = [key for key, n in Counter((item.name, item.severity) for item in held).items() if n > 1]
    if twice:
        raise ValueError(f"suite {name}: declared twice: {twice}")
    suite = gx.ExpectationSuite(name=name, expectations=[expectation(item) for item in held])
    if len(suite.expectations) != len(held):
        raise ValueError(f"suite {name}: {len(held)} expectations declared, {len(suite.expectations)} kept")
    return suite


def expectation(held: Held) -> gxe.Expectation:
    """The typed expectation over the profile column of a measure, with the text people read in both languages.

    The largest (or smallest) of all months keeps the limit. Raises ValueError unless there is exactly one limit.
    """
    if (held.at_least is None) == (held.at_most is None):
        raise ValueError(f"expectation {held.name} needs one limit, at_least or at_most")
    said: dict[str, Any] = {
        "column": held.name,
        "severity": FailureSeverity(held.severity),
        "description": f"[{held.severity}] {held.zh} · {held.en} ({held.limit})",
        "meta": {"why": held.why, "then": held.then, "measure": held.measure.sql, "of": held.measure.of},
    }
    # The library plans a maximum three times faster than a check of every value, and here they say the same.
    if held.at_most is not None:
        return gxe.ExpectColumnMaxToBeBetween(max_value=held.at_most, **said)
    return gxe.ExpectColumnMinToBeBetween(min_value=held.at_least, **said)
