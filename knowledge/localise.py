"""Where an area has its own statement about an item, the national one does not hold there (本地化).

Grain: a point whose item a narrower region speaks of is cut in time: while the narrower one holds, its region reads
`000000-3203`, everywhere but in 3203.
Why: provinces adapt the published points to their price lists; a hospital that keeps to its own area's limit must not
be held against the nation's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from knowledge.points import Point
from knowledge.published.clashes import statement

EXCEPT = "-"
DAY = timedelta(days=1)


def localised(points: Iterable[Point]) -> list[Point]:
    """The points, those of a wider region limited to where and when no narrower region says its own."""
    groups: dict[tuple[object, ...], list[Point]] = {}
    for point in points:
        groups.setdefault(statement(point), []).append(point)
    made: list[Point] = []
    for group in groups.values():
        for point in group:
            narrower = [other for other in group if _lies_in(other.region, point.region)]
            made += _cut(point, narrower) if narrower else [point]
    return made


def prefix(region: str) -> str:
    """The digits that all divisions of a region share: 320300 → 3203, 000000 → nothing."""
    return region.removesuffix("00").removesuffix("00").removesuffix("00") if region.endswith("00") else region


def _lies_in(inner: str, outer: str) -> bool:
    return inner != outer and inner.startswith(prefix(outer))


def _cut(point: Point, narrower: list[Point]) -> list[Point]:
    """The point in pieces of time, each with the regions that speak for themselves then left out."""
    begin, end = point.effective_from or date.min, point.effective_to or date.max
    edges = {begin}
    for other in narrower:
        edges |= {other.effective_from or date.min, (other.effective_to or date.max - DAY) + DAY}
    cuts = sorted(edge for edge in edges if begin <= edge <= end and edge < date.max)
    pieces = []
    for number, start in enumerate(cuts):
        last = cuts[number + 1] - DAY if number + 1 < len(cuts) else end
        speaking = {prefix(other.region) for other in narrower if _holds(other, start)}
        pieces.append(
            replace(
                point,
                point_id=point.point_id if number == 0 else f"{point.point_id}@{start}",
                region=EXCEPT.join([point.region, *sorted(speaking)]),
                effective_from=None if start == date.min else start,
                effective_to=None if last == date.max else last,
            )
        )
    return pieces


def _holds(point: Point, day: date) -> bool:
    return (point.effective_from or date.min) <= day <= (point.effective_to or date.max)
