"""What becomes of earlier imports when tables are imported again, and what new points meet.

Why: an area gets a batch again with changes; the old limit held until the day before the new one, and a run over an
older month must still be judged by it. Nothing is forgotten: the older version stays on disk beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from knowledge.points import Point
from knowledge.published.tables import table_of

# What a point states; where it was read, by which version and since when does not change its statement.
STATES = ("kind", "item_code", "other_code", "group_id", "limit_value", "limit_unit", "window", "params", "region")


def carried(known: Iterable[Point], fresh: Sequence[Point], effective: date | None) -> tuple[list[Point], list[Point]]:
    """(older points that stay, new points).

    Points of other tables stay. Of a table read again: what is said unchanged keeps its first date; what is no longer
    said ends the day before `effective`, and is left out where no day remains.
    """
    tables = {(table_of(point), point.region) for point in fresh}
    stays, again = [], {}
    for point in known:
        if (table_of(point), point.region) not in tables:
            stays.append(point)
        elif point.effective_to is None or effective is None or point.effective_to >= effective:
            again[_states(point)] = point
        else:
            stays.append(point)  # it had ended before: history
    renewed = [_renewed(point, again.pop(_states(point), None)) for point in fresh]
    ended = [_ended(point, effective) for point in again.values()]
    return stays + [point for point in ended if point is not None], renewed


def _states(point: Point) -> tuple[object, ...]:
    name = "" if point.item_code else point.item_name
    return (*(getattr(point, column) for column in STATES), name, table_of(point), point.effective_to)


def _renewed(point: Point, before: Point | None) -> Point:
    if before is None:
        return point
    return replace(point, effective_from=before.effective_from, version=before.version)


def _ended(point: Point, effective: date | None) -> Point | None:
    if effective is None or (point.effective_from and point.effective_from >= effective):
        return None
    last = effective - timedelta(days=1)
    return replace(point, effective_to=last, point_id=f"{point.point_id}@until-{last}")


def unique(points: Iterable[Point]) -> list[Point]:
    """The points with distinct ids: what is said a second time under the same id is numbered."""
    taken: dict[str, int] = {}
    named = []
    for point in points:
        count = taken[point.point_id] = taken.get(point.point_id, 0) + 1
        named.append(point if count == 1 else replace(point, point_id=f"{point.point_id}#{count}"))
    return named
