"""Reads one column of a mapping: where its values come from and what is done to them on the way.

Why: the mapping language is small and closed; a key it does not know is an error with the nearest one it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from jobs.catalogue.date_patterns import converter
from jobs.catalogue.landing_plan import Concat, Constant, Given, Lookup, Origin, Ratio, Recipe, RowNumber, Sum, Take
from jobs.landing.mapping_model import LookupMapping
from jobs.landing.mapping_problems import Problems

ORIGINS = ("from", "value", "concat", "sum", "ratio", "given", "lookup")
FINISH = ("null", "date", "timestamp", "scale", "empty")
OWN = {"given": ("then", "else"), "lookup": ("on", "take")}
ROW_NUMBER = "row_number"
WORD = re.compile(r"\w")


class RecipeReader:
    """Reads the column specifications of one mapping; faults go to `problems`."""

    def __init__(self, problems: Problems, lookups: dict[str, LookupMapping]) -> None:
        self.problems = problems
        self.lookups = lookups

    def read(self, spec: Any, where: str) -> Recipe | None:
        """The recipe a specification stands for, None (and a problem) when it stands for nothing."""
        if isinstance(spec, str):
            if spec.strip():
                return Recipe(RowNumber() if spec == ROW_NUMBER else Take(spec.strip()))
            self.problems.add(where, "names no column", 'write {value: ""} for a column known to be empty')
            return None
        if not isinstance(spec, dict):
            self.problems.add(where, "is neither a column name nor {…}", "see the mapping section of the manual")
            return None
        return self._read_object(spec, where)

    def _read_object(self, spec: dict[str, Any], where: str) -> Recipe | None:
        kinds = [key for key in ORIGINS if key in spec]
        if len(kinds) != 1:
            found = f"names {len(kinds)} origins ({', '.join(kinds)})" if kinds else "names no origin"
            self.problems.add(where, found, f"write exactly one of {', '.join(ORIGINS)}")
            return None
        kind = kinds[0]
        self.problems.unknown_keys(spec, (kind, *FINISH, *OWN.get(kind, ())), where)
        readers: dict[str, Callable[[dict[str, Any], str], Origin | None]] = {
            "from": self._from,
            "value": self._value,
            "concat": self._concat,
            "sum": self._sum,
            "ratio": self._ratio,
            "given": self._given,
            "lookup": self._lookup,
        }
        origin = readers[kind](spec, where)
        return None if origin is None else self._finish(origin, spec, where)

    def _finish(self, origin: Origin, spec: dict[str, Any], where: str) -> Recipe:
        formats = tuple(self.pattern(spec[key], f"{where}.{key}") for key in ("timestamp", "date") if key in spec)
        return Recipe(
            origin,
            null=self.texts(spec.get("null", []), f"{where}.null"),
            formats=formats,
            scale=self._factor(spec.get("scale"), where),
            empty=spec.get("empty") or None,
        )

    def _factor(self, factor: Any, where: str) -> str | None:
        if factor is None:
            return None
        try:
            if Decimal(factor).is_finite() and Decimal(factor) != 0:
                return str(factor)
        except (InvalidOperation, TypeError, ValueError):
            pass
        self.problems.add(f"{where}.scale", f"{factor!r} is not a number other than 0", "write for example scale: 0.01")
        return None

    def _from(self, spec: dict[str, Any], where: str) -> Origin | None:
        if not isinstance(spec["from"], str) or not spec["from"].strip():
            self.problems.add(f"{where}.from", "is not the name of a column", "write from: COLUMN")
            return None
        return Take(spec["from"].strip())

    def _value(self, spec: dict[str, Any], where: str) -> Origin:
        return Constant(self.text(spec["value"], f"{where}.value") or None)

    def _parts(self, parts: Any, spec: dict[str, Any], where: str) -> tuple[Recipe, ...]:
        if not isinstance(parts, list) or not parts:
            self.problems.add(where, "is not a list", "write [COLUMN, …]")
            return ()
        null = self.texts(spec.get("null", []), f"{where}.null")
        read = [self._part(part, null, f"{where}[{index}]") for index, part in enumerate(parts)]
        return tuple(part for part in read if part is not None)

    def _part(self, part: Any, null: tuple[str, ...], where: str) -> Recipe | None:
        # Punctuation is text; anything with a letter or digit is a column: a misspelt one cannot pass as text.
        if isinstance(part, str) and part and not WORD.search(part):
            return Recipe(Constant(part))
        recipe = self.read(part, where)
        return Recipe(recipe.origin, null) if recipe is not None and isinstance(part, str) else recipe

    def _concat(self, spec: dict[str, Any], where: str) -> Origin:
        return Concat(self._parts(spec["concat"], spec, f"{where}.concat"))

    def _sum(self, spec: dict[str, Any], where: str) -> Origin:
        return Sum(self._parts(spec["sum"], spec, f"{where}.sum"))

    def _ratio(self, spec: dict[str, Any], where: str) -> Origin | None:
        parts = self._parts(spec["ratio"], spec, f"{where}.ratio")
        if len(parts) == 2:
            return Ratio(*parts)
        self.problems.add(f"{where}.ratio", f"has {len(parts)} parts", "write [DIVIDEND, DIVISOR]")
        return None

    def _given(self, spec: dict[str, Any], where: str) -> Origin | None:
        inner = self._parts([spec["given"]], spec, f"{where}.given")
        if not inner:
            return None
        then, otherwise = (self.text(spec.get(key, ""), f"{where}.{key}") or None for key in ("then", "else"))
        return Given(inner[0], then, otherwise)

    def _lookup(self, spec: dict[str, Any], where: str) -> Origin | None:
        name, on, take = spec["lookup"], spec.get("on"), spec.get("take")
        known = self.lookups.get(name) if isinstance(name, str) else None
        if known is None:
            self.problems.unknown(where, "lookup", str(name), self.lookups)
        elif (
            not isinstance(on, dict) or sorted(map(str, on.values())) != sorted(known.key) or not isinstance(take, str)
        ):
            keys = ", ".join(f"COLUMN: {key}" for key in known.key)
            self.problems.add(where, f"does not ask {name} by its key", f"write on: {{{keys}}} and take: COLUMN")
        else:
            asked = {right: left for left, right in on.items()}
            return Lookup(known.name, tuple(Recipe(Take(asked[key])) for key in known.key), take)
        return None

    def text(self, value: Any, where: str) -> str:
        """A scalar as text; a problem when it is none."""
        if isinstance(value, str):
            return value
        self.problems.add(where, "is not a plain value", "write one value")
        return ""

    def pattern(self, value: Any, where: str) -> str:
        """A date pattern that is understood."""
        text = self.text(value, where)
        try:
            converter(text)
        except ValueError as fault:
            self.problems.add(where, f"is no usable pattern ({fault})", "write for example yyyy-MM-dd HH:mm:ss")
        return text

    def texts(self, value: Any, where: str) -> tuple[str, ...]:
        """A list of scalars (or one) as texts."""
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            return tuple(value)
        self.problems.add(where, "is not a list of plain values", "write [VALUE, …]")
        return ()
