"""A mapping file as it was read: what it says, before it meets a landing folder.

Why: reading YAML, binding it to files and carrying it out are three things; this is what the first hands to the second.
Recipes are those of the landing plan; their columns are still spelt as the mapping spells them.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field

from jobs.catalogue.landing_plan import Recipe


@dataclass(frozen=True)
class Defaults:
    """What holds for every table unless it says otherwise. `null` are texts read as empty (empty text always is)."""

    encoding: str | None = None
    quote: str | None = None
    null: tuple[str, ...] = ()
    date: str | None = None
    timestamp: str | None = None


@dataclass(frozen=True)
class Source:
    """Some files of a table; `columns` are recipes for these files only."""

    files: tuple[str, ...]
    columns: Table[str, Recipe] = field(default_factory=dict)


@dataclass(frozen=True)
class TableMapping:
    """One contract table. No sources = the plain layout `<table>/*` or `<table>.<ext>`."""

    name: str
    sources: tuple[Source, ...] = ()
    columns: Table[str, Recipe] = field(default_factory=dict)
    codes: Table[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    distinct: tuple[str, ...] = ()


@dataclass(frozen=True)
class LookupMapping:
    """Files that answer lookups by `key`."""

    name: str
    files: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """A whole mapping. `choose`: word → values; `{word}` in a pattern stands for the first value that finds files."""

    name: str
    defaults: Defaults = Defaults()
    tables: Table[str, TableMapping] = field(default_factory=dict)
    lookups: Table[str, LookupMapping] = field(default_factory=dict)
    dictionaries: Table[str, tuple[str, ...]] = field(default_factory=dict)
    choose: Table[str, tuple[str, ...]] = field(default_factory=dict)
