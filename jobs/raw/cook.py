"""Carries out the recipes of the landing plan on a chunk: from columns of the file to columns of the contract.

Grain: one string per row and contract column, null = empty.
Why: everything but decimal arithmetic works on whole columns or on their distinct values; a million lines take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from jobs.catalogue.date_patterns import changes_nothing, rewrite
from jobs.catalogue.landing_plan import (
    Concat,
    Constant,
    Given,
    Lookup,
    Origin,
    Ratio,
    Recipe,
    RowNumber,
    Sum,
    Take,
)
from jobs.raw.chunk import Chunk
from jobs.raw.coded import coded, constant, is_coded, recoded, written_out
from jobs.raw.lookup import LookupTable
from jobs.raw.pseudonym import Pseudonyms

SIX_DIGITS = Decimal("0.000001")
NO_TEXT = pa.scalar(None, pa.string())
NOTHING = pa.nulls(1, pa.string())


class Cook:
    """Applies recipes; holds the lookups and the pseudonyms they need."""

    def __init__(self, lookups: Mapping[str, LookupTable], pseudonyms: Pseudonyms) -> None:
        self.lookups, self.pseudonyms = lookups, pseudonyms

    def column(self, chunk: Chunk, recipe: Recipe) -> pa.Array:
        """The values of one recipe, plain or coded."""
        values = self._origin(chunk, recipe.origin)
        if not is_coded(values) and not _changes_values(recipe):
            return self._changed(values, recipe)
        rows = coded(values)
        codes, texts = rows.indices, rows.dictionary
        if recipe.empty is not None:  # then null is a value like any other
            codes, texts = codes.fill_null(len(texts)), pa.concat_arrays([texts, NOTHING])
        changed = self._changed(texts, recipe)
        return rows if changed is rows.dictionary else recoded(codes, changed)

    def _changed(self, values: pa.Array, recipe: Recipe) -> pa.Array:
        """The values in the order given by Recipe: null, formats, scale, codes, empty, pseudonym."""
        values = _nulled(values, recipe.null)
        if recipe.formats and not changes_nothing(recipe.formats, recipe.cut_to_date):
            values = by_value(values, rewrite(recipe.formats, recipe.cut_to_date))
        if recipe.cut_to_date:
            values = _without_midnight(values)
        if recipe.scale:
            factor = Decimal(recipe.scale)
            values = by_value(values, lambda text: _scaled(text, factor))
        if recipe.codes:
            codes = dict(recipe.codes)
            values = by_value(values, lambda text: codes.get(text, text))
            values = _nulled(values, ("",))
        if recipe.empty is not None:
            values = values.fill_null(recipe.empty)
        return self.pseudonyms.column(values) if recipe.pseudonym else values

    def _origin(self, chunk: Chunk, origin: Origin) -> pa.Array:
        if isinstance(origin, Take):
            return chunk.columns[origin.column]
        if isinstance(origin, Constant):
            return constant(origin.value, chunk.size)
        if isinstance(origin, RowNumber):
            return pa.array(chunk.rows).cast(pa.string())
        if isinstance(origin, Given):
            there = pc.is_valid(self.column(chunk, origin.column))
            return pc.if_else(there, pa.scalar(origin.then, pa.string()), pa.scalar(origin.otherwise, pa.string()))
        if isinstance(origin, Lookup):
            return self.lookups[origin.name].find(
                [written_out(self.column(chunk, part)) for part in origin.on], origin.take
            )
        return self._combined(chunk, origin)

    def _combined(self, chunk: Chunk, origin: Concat | Sum | Ratio) -> pa.Array:
        if isinstance(origin, Ratio):
            over, under = (written_out(self.column(chunk, part)).to_pylist() for part in (origin.over, origin.under))
            return pa.array(map(_ratio, over, under), pa.string())
        parts = [written_out(self.column(chunk, part)) for part in origin.parts]
        if isinstance(origin, Sum):
            return pa.array(map(_sum, *(part.to_pylist() for part in parts)), pa.string())
        joined = pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")
        told = [
            part for part, recipe in zip(parts, origin.parts, strict=True) if not isinstance(recipe.origin, Constant)
        ]
        if not told:
            return joined
        present = pc.is_valid(told[0])
        for part in told[1:]:
            present = pc.or_(present, pc.is_valid(part))
        return pc.if_else(present, joined, NO_TEXT)


def by_value(values: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Applies a function of text to every value, best of distinct ones; null stays null."""
    return pa.array([None if text is None else change(text) for text in values.to_pylist()], pa.string())


def _changes_values(recipe: Recipe) -> bool:
    """Whether values are rewritten one by one, which is done for distinct values only."""
    return bool(recipe.formats or recipe.cut_to_date or recipe.scale or recipe.codes or recipe.pseudonym)


def _nulled(values: pa.Array, nulls: Sequence[str]) -> pa.Array:
    if not nulls or values.null_count == len(values):
        return values
    empty = pc.is_in(values, value_set=pa.array(nulls, pa.string()))
    return pc.if_else(empty, NO_TEXT, values) if pc.any(empty).as_py() else values


def _without_midnight(values: pa.Array) -> pa.Array:
    """A day handed over as a timestamp at midnight is that day; any other time of day stays for validation to see."""
    timed = pc.ends_with(values, " 00:00:00")
    return by_value(values, lambda text: text.removesuffix(" 00:00:00")) if pc.any(timed).as_py() else values


def number(text: str | None) -> Decimal | None:
    """A finite decimal number, None for anything else."""
    if text is None:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def plain(value: Decimal) -> str:
    """A decimal without exponent."""
    return format(value, "f")


def _scaled(text: str, factor: Decimal) -> str:
    found = number(text)
    return text if found is None else plain(found * factor)  # what is no number stays, and validation names it


@lru_cache(maxsize=1 << 16)  # amounts repeat: far fewer pairs than rows
def _sum(*texts: str | None) -> str | None:
    held = [text for text in texts if text is not None]
    numbers = [number(text) for text in held]
    wrong = [text for text, found in zip(held, numbers, strict=True) if found is None]
    if wrong or not held:
        return wrong[0] if wrong else None
    return plain(sum((found for found in numbers if found is not None), Decimal(0)))


@lru_cache(maxsize=1 << 16)
def _ratio(over: str | None, under: str | None) -> str | None:
    first, second = number(over), number(under)
    if first is None or second is None:
        return None
    try:
        return plain((first / second).quantize(SIX_DIGITS))
    except (DivisionByZero, InvalidOperation):
        return None
