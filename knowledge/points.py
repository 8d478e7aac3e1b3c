"""Knowledge points (知识点): what the rules of the fund say about items, as data.

Reads: knowledge/points/*.csv – the starter knowledge, in own words, each point with the published list it follows.
Grain: one point = one statement about one item (or one pair of items) that a rule kind knows how to hold lines against.
Why: provinces localise codes and prices, so a point carries its region and its dates and never any logic.

How a point names items: `item_code` is an exact code, a prefix `002103*` or a domain `@ct`, several separated by `|`;
`item_name` beginning with `~` is a pattern: `~CT&平扫!增强|加收` = names with CT and 平扫 and neither 增强 nor 加收.
Both must hold. A plain name beside a code is for reading only; without a code it must be the item's exact name.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "points"
VERSION = "2026.11"
NATIONAL = "000000"
WINDOWS = ("", "day", "visit", "hour", "6 hours", "course", "year", "person")
_SELECTOR = re.compile(r"^(@[a-z_]+|[0-9A-Za-z]+\*?)$")


@dataclass(frozen=True)
class Point:
    """One knowledge point. What limit_value, limit_unit and window mean is said by the rule kind that reads it."""

    kind: str
    point_id: str
    area: str = ""
    item_code: str = ""
    item_name: str = ""
    other_code: str = ""
    other_name: str = ""
    group_id: str = ""
    limit_value: float | None = None
    limit_unit: str = ""
    window: str = ""
    params: str = ""
    region: str = NATIONAL
    effective_from: date | None = None
    effective_to: date | None = None
    source: str = ""
    batch: str = ""
    version: str = VERSION

    @property
    def has_other(self) -> bool:
        """The point speaks of a pair."""
        return bool(self.other_code or self.other_name)


COLUMNS = tuple(field.name for field in fields(Point))


@cache
def load_points(folder: Path = FOLDER) -> tuple[Point, ...]:
    """The starter knowledge, sorted by point id. Raises ValueError naming file and row on anything malformed."""
    points = [point for path in sorted(folder.glob("*.csv")) for point in _read(path)]
    ids = [point.point_id for point in points]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"point ids stand twice: {twice}")
    return tuple(sorted(points, key=lambda point: point.point_id))


def _read(path: Path) -> list[Point]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        unknown = set(reader.fieldnames or ()) - set(COLUMNS)
        if unknown:
            raise ValueError(f"{path.name}: unknown columns {sorted(unknown)}")
        return [point_of(row, f"{path.name} row {number}") for number, row in enumerate(reader, start=1)]


def point_of(row: Mapping[str, Any], where: str = "point") -> Point:
    """A point from a mapping of text or typed values (CSV row, table row). ValueError says what is wrong with it."""
    given = {name: value for name, value in row.items() if name in COLUMNS and value not in (None, "")}
    try:
        if "limit_value" in given:
            given["limit_value"] = float(given["limit_value"])
        for name in ("effective_from", "effective_to"):
            if isinstance(given.get(name), str):
                given[name] = date.fromisoformat(given[name])
        point = Point(**given)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{where}: {fault}") from fault
    wrong = faults(point)
    if wrong:
        raise ValueError(f"{where} ({point.point_id}): {'; '.join(wrong)}")
    return point


def faults(point: Point) -> list[str]:
    """What is wrong with a point; empty when nothing is."""
    wrong = [f"empty {name}" for name in ("kind", "point_id", "source") if not getattr(point, name)]
    if not (point.item_code or point.item_name):
        wrong.append("names no item")
    if point.window not in WINDOWS:
        wrong.append(f"unknown window {point.window!r}")
    for code in (point.item_code, point.other_code):
        wrong += [f"unreadable code {part!r}" for part in code.split("|") if part and not _SELECTOR.match(part)]
    for name in (point.item_name, point.other_name):
        if name.startswith("~") and not _compiles(name):
            wrong.append(f"unreadable pattern {name!r}")
    if point.effective_from and point.effective_to and point.effective_to < point.effective_from:
        wrong.append("ends before it begins")
    return wrong


def _compiles(pattern: str) -> bool:
    try:
        for term in re.split("[&!]", pattern[1:]):
            re.compile(term)
    except re.error:
        return False
    return len(pattern) > 1


def knowledge_version(points: Iterable[Point]) -> str:
    """Version of the knowledge in use: the starter's, plus a digest when other points were added or left out."""
    used = sorted(points, key=lambda point: point.point_id)
    if tuple(used) == load_points():
        return VERSION
    text = "\n".join(str(asdict(point)) for point in used)
    return f"{VERSION}.{hashlib.sha256(text.encode()).hexdigest()[:6]}"
