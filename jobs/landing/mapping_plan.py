"""From a mapping and a landing folder to the landing plan: which file feeds which table, and how.

Why: everything that can be known without reading rows is checked here, together, before the engine starts.
"""

from __future__ import annotations

from collections.abc import Mapping as Frozen
from pathlib import Path

from jobs.catalogue import TABLES, Table, contract_tables
from jobs.catalogue.landing_plan import (
    Constant,
    LandingPlan,
    Lookup,
    LookupPlan,
    Recipe,
    SourceFile,
    TablePlan,
    TableSource,
    columns_of,
)
from jobs.landing.mapping_bind import Binder, normal
from jobs.landing.mapping_files import Finder, chosen
from jobs.landing.mapping_guard import Bound, Guard, make_guard
from jobs.landing.mapping_model import Mapping, Source, TableMapping
from jobs.landing.mapping_problems import Problems
from jobs.runtime.csv_head import is_housekeeping


def make_plan(mapping: Mapping, landing: Path) -> LandingPlan:
    """The plan of one landing folder; raises ContractError or InputError with everything that is wrong."""
    problems = Problems()
    what = f"reading the landing folder {landing.name} with the mapping {mapping.name}"
    if not landing.is_dir():
        problems.add_input("there is no such folder", "give the folder of the extract with --landing")
        problems.raise_any(what)
    finder = Finder(landing, mapping.defaults, problems)
    words = chosen(mapping, finder)
    bound, notes = _bind_tables(mapping, finder, words, problems)
    lookups = _lookups(mapping, finder, words, bound, problems)
    problems.raise_any(what)
    guard = make_guard(bound, lookups)
    return LandingPlan(
        mapping=mapping.name,
        landing=str(landing),
        tables=tuple(_table_plan(TABLES[name], mapping, files, guard) for name, files in bound.items()),
        lookups=lookups,
        dictionaries=mapping.dictionaries,
        extra=_extra(bound, lookups),
        missing=tuple(table.name for table in contract_tables() if table.name not in bound),
        notes=(*notes, *(f"{name}: not read, it is neither csv, csv.gz nor parquet" for name in finder.ignored)),
    )


def _bind_tables(
    mapping: Mapping, finder: Finder, words: dict[str, str], problems: Problems
) -> tuple[Bound, list[str]]:
    bound: Bound = {}
    notes: list[str] = []
    for table in contract_tables():
        told = len(problems.input)
        written = mapping.tables.get(table.name, TableMapping(table.name))
        files = _files(written, finder, words, notes)
        if files:
            binder = Binder(table, written, mapping.defaults, problems)
            recipes = binder.bind(files)
            bound[table.name] = [(file, held) for (_, file), held in zip(files, recipes, strict=True)]
            notes += binder.notes
        elif table.required and len(problems.input) == told:
            _tell_missing(table, written, finder, problems)
    return bound, notes


def _files(
    table: TableMapping, finder: Finder, words: dict[str, str], notes: list[str]
) -> list[tuple[Source, SourceFile]]:
    if not table.sources:
        return [(Source(()), file) for file in finder.plain(table.name)]
    found: dict[str, tuple[Source, SourceFile]] = {}
    for source in table.sources:
        for pattern in (_filled(pattern, words) for pattern in source.files):
            files = finder.matching(pattern)
            for file in files:
                found.setdefault(file.name, (source, file))
            if not files:
                notes.append(f"{table.name}: no file matches {pattern}")
    return list(found.values())


def _filled(pattern: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        pattern = pattern.replace(f"{{{word}}}", value)
    return pattern


def _tell_missing(table: Table, written: TableMapping, finder: Finder, problems: Problems) -> None:
    looked = [pattern for source in written.sources for pattern in source.files] or [
        f"{table.name}/*.csv|csv.gz|parquet",
        f"{table.name}.csv|csv.gz|parquet",
    ]
    there = sorted(entry.name for entry in finder.landing.iterdir() if not entry.name.startswith("."))
    problems.add_input(
        f"{table.name} ({table.meaning_zh}) is required and not there; looked for {', '.join(looked)}; "
        f"the folder holds {', '.join(there[:40]) or 'nothing'}",
        f"hand it over, or write tables: {{{table.name}: {{files: [PATTERN]}}}} in a mapping file",
    )


def _lookups(
    mapping: Mapping, finder: Finder, words: dict[str, str], bound: Bound, problems: Problems
) -> tuple[LookupPlan, ...]:
    taken: dict[str, set[str]] = {}
    for files in bound.values():
        for _, recipes in files:
            for origin in (recipe.origin for recipe in recipes.values()):
                if isinstance(origin, Lookup):
                    taken.setdefault(origin.name, set()).add(origin.take)
    return tuple(_lookup(mapping, name, finder, words, columns, problems) for name, columns in sorted(taken.items()))


def _lookup(
    mapping: Mapping, name: str, finder: Finder, words: dict[str, str], taken: set[str], problems: Problems
) -> LookupPlan:
    written = mapping.lookups[name]
    patterns = [_filled(pattern, words) for pattern in written.files]
    files = list({file.name: file for pattern in patterns for file in finder.matching(pattern)}.values())
    if not files and not problems.input:
        problems.add_input(f"lookup {name}: no file matches {', '.join(patterns)}", "hand it over or correct its files")
    for file in files:
        there = {normal(column) for column in file.header}
        for column in sorted(column for column in (*written.key, *taken) if normal(column) not in there):
            problems.unknown(f"lookups.{name} ({file.name})", "column", column, file.header)
    return LookupPlan(name, tuple(files), written.key)


def _table_plan(
    table: Table, mapping: Mapping, files: list[tuple[SourceFile, dict[str, Recipe]]], guard: Guard
) -> TablePlan:
    sources = []
    for file, recipes in files:
        kept = tuple((column, guard.recipe(column, recipe, file)) for column, recipe in recipes.items())
        sources.append(TableSource(file, kept, tuple(sorted(guard.of(file)))))
    filled = {column for source in sources for column, recipe in source.recipes if recipe.origin != Constant(None)}
    return TablePlan(
        name=table.name,
        sources=tuple(sources),
        distinct=mapping.tables[table.name].distinct if table.name in mapping.tables else (),
        available=tuple(column.name for column in table.kept if column.name in filled),
        unmapped=tuple(column.name for column in table.columns if column.name not in filled),
    )


def _extra(bound: Bound, lookups: tuple[LookupPlan, ...]) -> Frozen[str, tuple[str, ...]]:
    used: dict[str, set[str]] = {file.name: set(file.header) for plan in lookups for file in plan.files}
    headers: dict[str, tuple[str, ...]] = {}
    for files in bound.values():
        for file, recipes in files:
            headers[file.name] = file.header
            used.setdefault(file.name, set()).update(name for recipe in recipes.values() for name in columns_of(recipe))
    extra = {
        name: tuple(column for column in header if column not in used[name] and not is_housekeeping(column))
        for name, header in headers.items()
    }
    return {name: columns for name, columns in extra.items() if columns}
