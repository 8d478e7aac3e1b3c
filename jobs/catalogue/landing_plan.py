"""What one landing folder means in the words of the contract: which file feeds which table, and how each column comes about.

Grain: one TablePlan per contract table handed over, one TableSource per file of it.
Why: the mapping (jobs.landing) decides, the loader (jobs.raw) only carries out; this record is all they share, and it is
plain data so that it travels to every worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class Take:
    """The value of a column of the file."""

    column: str


@dataclass(frozen=True)
class Constant:
    """The same value in every row; None = known to be empty."""

    value: str | None


@dataclass(frozen=True)
class RowNumber:
    """Number of the row in its file, 1-based."""


@dataclass(frozen=True)
class Concat:
    """Parts joined as text; an empty part joins as nothing, all column parts empty = empty."""

    parts: tuple[Recipe, ...]


@dataclass(frozen=True)
class Sum:
    """Parts added as decimals; an empty part counts as nothing, all empty = empty."""

    parts: tuple[Recipe, ...]


@dataclass(frozen=True)
class Ratio:
    """First part divided by the second, rounded to six digits; empty when either is empty or the second is 0."""

    over: Recipe
    under: Recipe


@dataclass(frozen=True)
class Given:
    """`then` where the column has a value, `otherwise` where it is empty."""

    column: Recipe
    then: str | None
    otherwise: str | None


@dataclass(frozen=True)
class Lookup:
    """The column `take` of the first row of another file whose key equals the values of `on` (in order of its key)."""

    name: str
    on: tuple[Recipe, ...]
    take: str


Origin = Union[Take, Constant, RowNumber, Concat, Sum, Ratio, Given, Lookup]  # noqa: UP007 - a union of forward names


@dataclass(frozen=True)
class Recipe:
    """How one contract column comes about: its origin, then null list, formats, scale, codes, value for empty, in that order.

    `formats`: date patterns tried in turn ("yyyyMMdd", "dd/MM/yyyy HH:mm", "excel"); `scale`: decimal factor as text;
    `cut_to_date`: the contract wants a day, a time of day that came with it goes; `pseudonym`: the value names a person.
    """

    origin: Origin
    null: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    cut_to_date: bool = False
    scale: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    empty: str | None = None
    pseudonym: bool = False


@dataclass(frozen=True)
class SourceFile:
    """One file (or archive member, or sheet). `name` is relative to the landing folder; encoding and quote None = find out.

    `header` holds the names of its columns, trimmed; `size` is in bytes on disk.
    """

    path: str
    name: str
    kind: str  # csv | parquet | xlsx
    member: str | None
    encoding: str | None
    quote: str | None
    header: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class TableSource:
    """One file as the source of one table. `guarded`: columns of the file that name a person."""

    file: SourceFile
    recipes: tuple[tuple[str, Recipe], ...]
    guarded: tuple[str, ...]


@dataclass(frozen=True)
class TablePlan:
    """One contract table. `distinct`: one row per value of these columns, the first kept (empty = all rows)."""

    name: str
    sources: tuple[TableSource, ...]
    distinct: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True)
class LookupPlan:
    """Files that answer lookups; the first row of a key counts. Held in memory by every worker that needs it."""

    name: str
    files: tuple[SourceFile, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class LandingPlan:
    """Everything the loader must know. `dictionaries`: local values this area uses beside those of the product.

    `extra`: columns of a file no table takes; `missing`: optional contract tables nobody handed over; `notes`: sentences for
    the log (a pattern that found nothing, a column only some files have).
    """

    mapping: str
    landing: str
    tables: tuple[TablePlan, ...]
    lookups: tuple[LookupPlan, ...] = ()
    dictionaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def table(self, name: str) -> TablePlan:
        """The plan of one table; KeyError when it was not handed over."""
        for candidate in self.tables:
            if candidate.name == name:
                return candidate
        raise KeyError(f"the landing folder holds no {name}")


def columns_of(recipe: Recipe) -> frozenset[str]:
    """Columns of the file a recipe reads."""
    origin = recipe.origin
    if isinstance(origin, Take):
        return frozenset({origin.column})
    return frozenset().union(*(columns_of(part) for part in parts_of(origin)))


def parts_of(origin: Origin) -> tuple[Recipe, ...]:
    """The recipes an origin is made of."""
    if isinstance(origin, (Concat, Sum)):
        return origin.parts
    if isinstance(origin, Ratio):
        return (origin.over, origin.under)
    if isinstance(origin, Given):
        return (origin.column,)
    return origin.on if isinstance(origin, Lookup) else ()
