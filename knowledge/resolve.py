"""Turns what knowledge points name (codes, prefixes, domains, name patterns) into the items that really occur.

Reads: the item register (features/item): one row per code, name and charge category, with its domain and its lines.
Grain: one resolved row per detector, point, item (and other item of a pair).
Why: areas use local codes beside national ones. Patterns are matched once against the few thousand items that occur,
never against the lines; the rules then join lines on exact codes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from knowledge.domains import areas_of_domains
from knowledge.points import COLUMNS, Point

RESOLVED_DDL = (
    "detector_id string, area string, point_id string, item_code string, item_name string, other_code string,"
    " other_name string, group_id string, limit_value double, limit_unit string, window string, region string,"
    " params string, effective_from date, effective_to date, source string,"
    " mutual boolean"
)
RESOLVED = tuple(part.split()[0] for part in RESOLVED_DDL.split(","))
# A code is taken whole when nearly all of its lines carry a matching name: one institution's odd label for a code must
# not split it. Below that share only the matching names count (one code used for several body parts).
WHOLE_CODE_SHARE = 0.9
DISPUTES_ITEM = ("addon_over_main",)  # kinds whose pair names the disputed item first
OTHER_AREA = "outpatient"  # treatments no clinical area owns
_SHORT_CODE = re.compile(r"^[1-4][0-9]{8}$")


@dataclass(frozen=True)
class Item:
    """One item that occurs. `code` is empty for self-made items; `lines` = how many lines carry this code and name."""

    code: str
    name: str
    domain: str = "other"
    lines: int = 1


@dataclass(frozen=True)
class Wanted:
    """Which points a detector reads: its kind, its area and globs over point ids (none = its own number: IMG-01/*).

    A point without an area belongs to the area of the item it disputes: the other item of a pair, else the item.
    """

    detector_id: str
    kind: str
    area: str
    globs: tuple[str, ...] = ()

    def takes(self, point: Point) -> bool:
        """The point belongs to this detector."""
        globs = self.globs or ("-".join(self.detector_id.split("-")[:2]) + "/*",)
        if point.kind != self.kind or (point.area and point.area != self.area):
            return False
        return any(fnmatchcase(point.point_id, glob) for glob in globs)


@dataclass
class Register:
    """The items that occur, by code, ready to be asked."""

    items: Sequence[Item]
    _by_code: dict[str, list[Item]] = field(default_factory=dict)
    _by_long: dict[str, list[str]] = field(default_factory=dict)
    _by_domain: dict[str, set[str]] = field(default_factory=dict)
    _by_name: dict[str, set[str]] = field(default_factory=dict)
    _longs: list[str] = field(default_factory=list)
    _found: dict[tuple[str, str], list[tuple[str, str | None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.items:
            if item.code not in self._by_code:
                self._by_long.setdefault(long_code(item.code), []).append(item.code)
            self._by_code.setdefault(item.code, []).append(item)
            self._by_domain.setdefault(item.domain, set()).add(item.code)
            self._by_name.setdefault(plain(item.name), set()).add(item.code)
        self._longs = sorted(self._by_long)

    def area(self, code: str | None) -> str:
        """The area a case about this code is filed under, by the domain most of its lines have."""
        held = max(self._by_code.get(code or "", ()), key=lambda item: item.lines, default=None)
        return areas_of_domains().get(held.domain, OTHER_AREA) if held else OTHER_AREA

    def find(self, code: str, name: str) -> list[tuple[str, str | None]]:
        """(code, None) for codes that are meant whole, (code, name) where only that name of the code is meant."""
        key = (code, name)
        if key not in self._found:
            self._found[key] = sorted(self._search(code, name), key=lambda pair: (pair[0], pair[1] or ""))
        return self._found[key]

    def _candidates(self, part: str) -> Iterable[str]:
        """Codes one alternative of a selector can mean, without looking at every item."""
        if part.startswith("@"):
            return self._by_domain.get(part[1:], ())
        if not part.endswith("*"):
            return self._by_long.get(part, ())
        first = bisect_left(self._longs, part[:-1])
        last = bisect_left(self._longs, part[:-1] + "\uffff")
        return (held for code in self._longs[first:last] for held in self._by_long[code])

    def _codes(self, code: str, name: str) -> Iterable[str]:
        """Codes a selector can mean: by code, else by exact name, else (a pattern alone) all."""
        if code:
            return {held for part in code.split("|") for held in self._candidates(part)}
        return self._by_code if name.startswith("~") else self._by_name.get(plain(name), ())

    def _search(self, code: str, name: str) -> Iterator[tuple[str, str | None]]:
        for held in self._codes(code, name):
            items = self._by_code[held]
            fitting = [item for item in items if _fits(item, code, name)]
            if not fitting:
                continue
            share = sum(item.lines for item in fitting) / max(1, sum(item.lines for item in items))
            if held and share >= WHOLE_CODE_SHARE:
                yield held, None
            else:
                yield from {(held, item.name) for item in fitting}


def resolve(points: Iterable[Point], wanted: Iterable[Wanted], items: Sequence[Item]) -> list[dict[str, Any]]:
    """Resolved rows (columns RESOLVED) of every detector's points; points whose items do not occur give none."""
    register = Register(items)
    held = list(points)
    rows: list[dict[str, Any]] = []
    for detector in wanted:
        own = [row for point in held if detector.takes(point) for row in _rows(detector, point, register)]
        rows += _mutual(_once_in_group(own))
    return rows


def _once_in_group(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each item once per group, region and time: a line that stood in a group twice would be counted twice."""
    taken: set[tuple[Any, ...]] = set()
    kept = []
    for row in sorted(rows, key=lambda row: row["item_name"] is not None):  # whole codes before single names
        if row["group_id"] and row["other_code"] is None:
            group = tuple(row[name] for name in ("group_id", "region", "effective_from", "effective_to", "item_code"))
            if (*group, None) in taken or (*group, row["item_name"]) in taken:
                continue
            taken.add((*group, row["item_name"]))
        kept.append(row)
    return kept


def _mutual(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Marks the points of a detector that name the same two items as another point, the other way round."""
    sides = ("item_code", "item_name", "other_code", "other_name")
    forward = {tuple(row[name] for name in sides) for row in rows if row["other_code"] is not None}
    back = {(c, d, a, b) for a, b, c, d in forward}
    crossed = {row["point_id"] for row in rows if tuple(row[name] for name in sides) in back}
    return [row | {"mutual": row["point_id"] in crossed} for row in rows]


def _rows(detector: Wanted, point: Point, register: Register) -> Iterator[dict[str, Any]]:
    others: list[tuple[str | None, str | None]] = [(None, None)]
    if point.has_other:
        others = list(register.find(point.other_code, point.other_name))
    kept = {name: getattr(point, name) for name in RESOLVED if name in COLUMNS}
    kept["limit_value"] = None if point.limit_value is None else float(point.limit_value)
    for code, name in register.find(point.item_code, point.item_name) if others else ():
        for other_code, other_name in others:
            disputed = other_code if point.has_other and point.kind not in DISPUTES_ITEM else code
            if not point.area and register.area(disputed) != detector.area:
                continue
            if (code, name) != (other_code, other_name):
                pair = {"item_code": code, "item_name": name, "other_code": other_code, "other_name": other_name}
                yield kept | pair | {"detector_id": detector.detector_id, "area": detector.area}


def _fits(item: Item, code: str, name: str) -> bool:
    if code and not any(_is_code(item, part) for part in code.split("|")):
        return False
    if name.startswith("~"):
        return matches(name, item.name)
    return bool(code) or plain(item.name) == plain(name)


def _is_code(item: Item, part: str) -> bool:
    if part.startswith("@"):
        return item.domain == part[1:]
    code = long_code(item.code)
    return code.startswith(part[:-1]) if part.endswith("*") else code == part


def long_code(code: str) -> str:
    """The fifteen-digit form of a nine-digit price item: 210300001 -> 002103000010000."""
    return f"00{code}0000" if _SHORT_CODE.match(code) else code


@lru_cache(maxsize=200_000)
def plain(name: str) -> str:
    """A name as it is compared: full-width letters and brackets made plain, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name or ""))


def matches(pattern: str, name: str) -> bool:
    """`~A&B!C` holds for names in which A and B are found and C is not (each a regular expression, case ignored)."""
    found, absent = _terms(pattern)
    text = plain(name)
    return all(term.search(text) for term in found) and not any(term.search(text) for term in absent)


@lru_cache(maxsize=10_000)
def _terms(pattern: str) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    wanted, *unwanted = pattern.lstrip("~").split("!")
    made = [re.compile(term, re.IGNORECASE) for term in wanted.split("&") if term]
    return tuple(made), tuple(re.compile(term, re.IGNORECASE) for term in unwanted if term)
