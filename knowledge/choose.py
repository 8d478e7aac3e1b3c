"""Chooses points by what they are about and whether they hold on a day.

Why: the list in a terminal and the list in a browser must mean the same by "in force".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.points import Point
from knowledge.resolve import DISPUTES_ITEM, OTHER_AREA

DRUG = "09"  # charge category of drugs


def holds(point: Point, day: date) -> bool:
    """The point is in force on the day; open ends do not limit it."""
    return (point.effective_from or date.min) <= day <= (point.effective_to or date.max)


def area_of(point: Point) -> str:
    """The area a point is filed under: its own, else that of the item it disputes (the other item of a pair).

    A point without a code names a drug: only lists of drugs come without codes.
    """
    from knowledge.domains import areas_of_domains, domain_of_text

    if point.area:
        return point.area
    disputes_other = point.has_other and point.kind not in DISPUTES_ITEM
    code, name = (point.other_code, point.other_name) if disputes_other else (point.item_code, point.item_name)
    return areas_of_domains().get(domain_of_text(code, name, "" if code else DRUG), OTHER_AREA)


def choose(
    points: Iterable[Point],
    day: date,
    kind: Sequence[str] = (),
    area: Sequence[str] = (),
    batch: Sequence[str] = (),
    region: Sequence[str] = (),
    item: str | None = None,
    state: str = "all",
) -> list[Point]:
    """The points that meet every condition given; `state` is all, effective or inactive on `day`."""

    def meets(point: Point) -> bool:
        wanted = {"all": True, "effective": holds(point, day), "inactive": not holds(point, day)}[state]
        texts = (point.item_code, point.item_name, point.other_code, point.other_name)
        return (
            wanted
            and (not kind or point.kind in kind)
            and (not area or area_of(point) in area)
            and (not batch or point.batch in batch)
            and (not region or point.region.startswith(tuple(region)))
            and (not item or any(item in text for text in texts))
        )

    return [point for point in points if meets(point)]
