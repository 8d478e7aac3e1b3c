"""Binds one table of a mapping to the columns its files really have.

Why: here a missing column is found before anything is loaded, and told with the file, what is there and what to write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jobs.catalogue import Column, Table
from jobs.catalogue.date_patterns import EXCEL
from jobs.catalogue.landing_plan import (
    Concat,
    Constant,
    Given,
    Lookup,
    Origin,
    Ratio,
    Recipe,
    SourceFile,
    Sum,
    Take,
    columns_of,
)
from jobs.landing.mapping_model import Defaults, Source, TableMapping
from jobs.landing.mapping_problems import Problems

LISTED = 40  # columns shown in a message; a file of hundreds would bury the fault


def normal(name: str) -> str:
    """Spelling under which column names are compared: no case, no surrounding blanks."""
    return name.strip().lower()


class Binder:
    """Binds the recipes of one table to its files. Faults go to `problems`, sentences for the log to `notes`."""

    def __init__(self, table: Table, mapping: TableMapping, defaults: Defaults, problems: Problems) -> None:
        self.table, self.mapping, self.defaults, self.problems = table, mapping, defaults, problems
        self.notes: list[str] = []

    def bind(self, files: Sequence[tuple[Source, SourceFile]]) -> list[dict[str, Recipe]]:
        """Per file, the recipe of every contract column it can fill; reports required columns nobody fills."""
        bound = [self._bind_file(source, file) for source, file in files]
        for column in self.table.columns:
            lacking = [file for (_, file), recipes in zip(files, bound, strict=True) if column.name not in recipes]
            if lacking:
                self._tell_lacking(column, lacking, len(files))
        return bound

    def _bind_file(self, source: Source, file: SourceFile) -> dict[str, Recipe]:
        named = {**self.mapping.columns, **source.columns}
        there = {normal(name): name for name in reversed(file.header)}
        recipes: dict[str, Recipe] = {}
        for column in self.table.columns:
            written = named.get(column.name, Recipe(Take(column.name)))
            siblings = _siblings(written, named)
            wanted = {name for name in columns_of(written) if normal(name) not in there and name not in siblings}
            if not wanted:
                recipes[column.name] = self._resolve(written, column, there, named, file.kind)
        self._refuse_twice(file, recipes)
        return recipes

    def _resolve(
        self, recipe: Recipe, column: Column, there: dict[str, str], named: dict[str, Recipe], kind: str
    ) -> Recipe:
        finished = self._finish(self._respell(recipe, there, named, column.name), column, kind)
        return replace(finished, codes=tuple(self.mapping.codes.get(column.name, ())))

    def _finish(self, recipe: Recipe, column: Column, kind: str) -> Recipe:
        formats = recipe.formats
        if column.type in ("date", "timestamp") and not isinstance(recipe.origin, Constant):
            usual = (self.defaults.timestamp,) if column.type == "timestamp" else ()
            formats = formats or tuple(text for text in (*usual, self.defaults.date) if text)
            # A workbook may hold the number behind a date instead of the date.
            formats = (*formats, EXCEL) if kind == "xlsx" and EXCEL not in formats else formats
        return replace(recipe, formats=formats, cut_to_date=column.type == "date")

    def _respell(self, recipe: Recipe, there: dict[str, str], named: dict[str, Recipe], own: str) -> Recipe:
        """The recipe with the file's own spelling of its columns and the nulls that hold everywhere."""

        def inner(part: Recipe) -> Recipe:
            return self._respell(part, there, named, own)

        def asked(part: Recipe) -> Recipe:
            sibling = named.get(part.origin.column) if isinstance(part.origin, Take) else None
            usable = sibling is not None and not isinstance(sibling.origin, Lookup)
            return inner(sibling) if sibling is not None and usable else inner(part)

        origin: Origin = recipe.origin
        if isinstance(origin, Take):
            origin = Take(there.get(normal(origin.column), origin.column))
        elif isinstance(origin, (Concat, Sum)):
            origin = type(origin)(tuple(inner(part) for part in origin.parts))
        elif isinstance(origin, Ratio):
            origin = Ratio(inner(origin.over), inner(origin.under))
        elif isinstance(origin, Given):
            origin = Given(inner(origin.column), origin.then, origin.otherwise)
        elif isinstance(origin, Lookup):
            origin = Lookup(origin.name, tuple(asked(part) for part in origin.on), origin.take)
        usual = self.defaults.null if isinstance(origin, (Take, Lookup)) else ()
        return replace(recipe, origin=origin, null=tuple(dict.fromkeys((*usual, *recipe.null))))

    def _refuse_twice(self, file: SourceFile, recipes: dict[str, Recipe]) -> None:
        names = [normal(name) for name in file.header]
        used = {name for recipe in recipes.values() for name in columns_of(recipe)}
        for name in sorted(used):
            if names.count(normal(name)) > 1:
                self.problems.add(
                    f"{file.name}:", f"column {name} stands in the header twice", "give one of them another name"
                )

    def _tell_lacking(self, column: Column, lacking: list[SourceFile], files: int) -> None:
        written = [self.mapping.columns, *(source.columns for source in self.mapping.sources)]
        named = [columns[column.name] for columns in written if column.name in columns]
        if not column.required and (not named or len(lacking) < files):
            if len(lacking) < files:
                self.notes.append(
                    f"{self.table.name}.{column.name}: empty for {', '.join(file.name for file in lacking)}"
                )
            return
        for file in lacking:
            self._tell_one(column, file, named)

    def _tell_one(self, column: Column, file: SourceFile, named: list[Recipe]) -> None:
        there = {normal(name) for name in file.header}
        wanted = sorted({name for recipe in named for name in columns_of(recipe) if normal(name) not in there})
        what = f"{', '.join(wanted)} (wanted for {column.name})" if wanted else f"{column.name} ({column.meaning_zh})"
        free = [name for name in file.header if normal(name) not in set(self.table.names)]
        shown = ", ".join(free[:LISTED]) + (" …" if len(free) > LISTED else "")
        self.problems.add(
            f"{file.name}:",
            f"{self.table.name} lacks the column {what}; other columns there: {shown or 'none'}",
            f"write tables: {{{self.table.name}: {{columns: {{{column.name}: COLUMN}}}}}} in the mapping",
        )


def _siblings(recipe: Recipe, named: Mapping[str, Recipe]) -> set[str]:
    """Contract columns a lookup asks by: they need not stand in the file under that name."""
    asked = recipe.origin.on if isinstance(recipe.origin, Lookup) else ()
    return {part.origin.column for part in asked if isinstance(part.origin, Take)} & set(named)
