"""Answers lookups: the value of a column in the first row of another file that has the same key.

Grain: one row per key, the first kept.
Why: a birthday that stands in the register of persons and not in the claim is one `lookup` in the mapping, no script.
The key may be a person in clear; it never leaves the worker. The file is held in memory: for registers, not for claims.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.catalogue.landing_plan import LandingPlan, LookupPlan
from jobs.catalogue.landing_plan import Lookup as LookupOrigin
from jobs.raw.coded import written_out
from jobs.raw.read import chunks

SEPARATOR = "\x1f"


class LookupTable:
    """The columns of one lookup, ready to be asked."""

    def __init__(self, keys: pa.Array, columns: dict[str, pa.Array]) -> None:
        _, first = np.unique(keys.to_numpy(zero_copy_only=False).astype(str), return_index=True)
        order = pa.array(np.sort(first))
        self._keys = keys.take(order)
        self._columns = {name: values.take(order) for name, values in columns.items()}

    def find(self, asked: Sequence[pa.Array], take: str) -> pa.Array:
        """The values of column `take` for the asked keys; null where the key is not there or empty."""
        return self._columns[take].take(pc.index_in(_joined(asked), value_set=self._keys))


def load_lookup(plan: LookupPlan, takes: Sequence[str]) -> LookupTable:
    """Reads the files of a lookup. Raises what reading a broken file raises."""
    keys: list[pa.Array] = []
    columns: dict[str, list[pa.Array]] = {take: [] for take in takes}
    for file in plan.files:
        spelt = {name.lower(): name for name in reversed(file.header)}
        own = {name: spelt[name.strip().lower()] for name in (*plan.key, *takes)}
        for chunk in chunks(file, frozenset(own.values())):
            keys.append(_joined([written_out(chunk.columns[own[name]]) for name in plan.key]))
            for take in takes:
                columns[take].append(written_out(chunk.columns[own[take]]))
    held = pa.concat_arrays(keys)
    known = pc.is_valid(held)
    return LookupTable(
        held.filter(known), {take: pa.concat_arrays(parts).filter(known) for take, parts in columns.items()}
    )


def takes_of(plan: LandingPlan, tables: Sequence[str]) -> dict[str, list[str]]:
    """Which columns of which lookups the given tables ask for."""
    asked: dict[str, set[str]] = {}
    for table in plan.tables:
        for source in table.sources if table.name in tables else ():
            for _, recipe in source.recipes:
                if isinstance(recipe.origin, LookupOrigin):
                    asked.setdefault(recipe.origin.name, set()).add(recipe.origin.take)
    return {name: sorted(columns) for name, columns in asked.items()}


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, SEPARATOR)
