"""What changed from one version of the knowledge to the next: points added, removed and changed.

Grain: one Change per point id; a changed point names the columns that differ, old and new value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from knowledge.points import COLUMNS, Point

UNIMPORTANT = {"version", "source", "point_id"}  # where a statement was read does not change it


@dataclass(frozen=True)
class Change:
    """`what` = added, removed or changed; `columns` = column → (old, new) of a changed point."""

    what: str
    point: Point
    columns: dict[str, tuple[Any, Any]]


def compare(old: Iterable[Point], new: Iterable[Point]) -> list[Change]:
    """The changes, sorted by point id."""
    before, after = ({point.point_id: point for point in points} for points in (old, new))
    changes = [Change("removed", before[name], {}) for name in before.keys() - after.keys()]
    changes += [Change("added", after[name], {}) for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        columns = _differing(before[name], after[name])
        if columns:
            changes.append(Change("changed", after[name], columns))
    return sorted(changes, key=lambda change: (change.point.point_id, change.what))


def _differing(old: Point, new: Point) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in COLUMNS if name not in UNIMPORTANT}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
