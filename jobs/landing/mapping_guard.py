"""Which columns of the files name a person, and that they enter other columns only as pseudonyms.

Why: a mapping may copy a card number or build a visit number out of it; no person gets past the door that way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jobs.catalogue import TABLES
from jobs.catalogue.landing_plan import (
    Concat,
    Given,
    Lookup,
    LookupPlan,
    Origin,
    Ratio,
    Recipe,
    SourceFile,
    Sum,
    Take,
    columns_of,
    parts_of,
)

PERSON = "psn_no"
Bound = dict[str, list[tuple[SourceFile, dict[str, Recipe]]]]


@dataclass(frozen=True)
class Guard:
    """`columns`: file → its columns that name a person; `answers`: (lookup, column) pairs that answer with one."""

    columns: Mapping[str, set[str]]
    answers: frozenset[tuple[str, str]]

    def of(self, file: SourceFile) -> set[str]:
        """Columns of a file that name a person."""
        return self.columns.get(file.name, set())

    def recipe(self, column: str, recipe: Recipe, file: SourceFile) -> Recipe:
        """The recipe of a contract column with a pseudonym wherever a person would stand."""
        return replace(recipe, pseudonym=True) if column == PERSON else self._guarded(recipe, self.of(file))

    def _guarded(self, recipe: Recipe, persons: set[str]) -> Recipe:
        origin: Origin = recipe.origin
        if isinstance(origin, Take):
            return replace(recipe, pseudonym=origin.column in persons)
        if isinstance(origin, Lookup):  # asks with the clear value, which goes no further
            return replace(recipe, pseudonym=(origin.name, origin.take) in self.answers)
        if isinstance(origin, Given) or not parts_of(origin):
            return recipe
        parts = tuple(self._guarded(part, persons) for part in parts_of(origin))
        if isinstance(origin, Ratio):
            return replace(recipe, origin=Ratio(*parts))
        return replace(recipe, origin=Concat(parts) if isinstance(origin, Concat) else Sum(parts))


def make_guard(bound: Bound, lookups: tuple[LookupPlan, ...]) -> Guard:
    """What psn_no or a personal column of any table is made of: guarded in that file for every table."""
    columns: dict[str, set[str]] = {}
    answers: set[tuple[str, str]] = set()
    for name, files in bound.items():
        for file, recipes in files:
            for column, recipe in recipes.items():
                if column == PERSON or TABLES[name].column(column).personal:
                    columns.setdefault(file.name, set()).update(columns_of(recipe))
                    if isinstance(recipe.origin, Lookup):
                        answers.add((recipe.origin.name, recipe.origin.take))
    for lookup in lookups:
        for file in lookup.files:
            answers.update((lookup.name, column) for column in columns.get(file.name, ()))
    return Guard(columns, frozenset(answers))
