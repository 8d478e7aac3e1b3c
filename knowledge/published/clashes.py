"""Which points say the same twice, and which contradict each other.

Grain: points are compared that speak of the same item (or pair) in the same region, group and time.
Why: of two limits the more lenient one is the safe reading; where none is lenient, neither may accuse anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.points import Point
from knowledge.published.layouts import squeezed

# Units of these kinds name different statements (from and below an age, hours and times), not different limits of one.
BY_UNIT = ("restricted_age", "frequency_cap", "course_days")


@dataclass(frozen=True)
class Clash:
    """Two points that meet; `same` = they say the same; `kept` = `point` still holds; `reason` for people."""

    point: Point
    other: Point
    same: bool
    kept: bool
    reason: str


def settle(points: Iterable[Point], lenient: Mapping[str, Any]) -> tuple[list[Point], list[Clash]]:
    """The points that hold, and every pair that says the same or contradicts. `lenient` as in layouts.yaml.

    The same said twice is kept twice (each with its source); a point that loses a contradiction is left out.
    """
    held: dict[tuple[Any, ...], list[Point]] = {}
    for point in points:
        held.setdefault(_key(point), []).append(point)
    clashes = [clash for group in held.values() if len(group) > 1 for clash in _among(group, lenient)]
    lost = {id(clash.point) for clash in clashes if not clash.kept}
    return [point for group in held.values() for point in group if id(point) not in lost], clashes


def _among(group: Sequence[Point], lenient: Mapping[str, Any]) -> list[Clash]:
    found = []
    for place, point in enumerate(group):
        for other in group[:place]:
            if not _overlap(point, other):
                continue
            if limit_text(point) == limit_text(other):
                reason = f"says the same as {other.source}"
                found.append(Clash(point, other, same=True, kept=True, reason=reason))
            else:
                found += [_contradiction(point, other, lenient), _contradiction(other, point, lenient)]
    return found


def _contradiction(point: Point, other: Point, lenient: Mapping[str, Any]) -> Clash:
    mine, yours = _leniency(point, lenient), _leniency(other, lenient)
    kept = mine is not None and yours is not None and mine > yours
    end = (
        "neither holds" if mine is None or yours is None else "this one holds" if kept else "the more lenient one holds"
    )
    reason = f"contradicts {other.source}: {limit_text(point)} here, {limit_text(other)} there; {end}"
    return Clash(point, other, same=False, kept=kept, reason=reason)


def _leniency(point: Point, lenient: Mapping[str, Any]) -> float | None:
    """How lenient a point is, the larger the more; None where its kind has no lenient side."""
    rule = lenient.get(f"{point.kind}/{point.limit_unit}", lenient.get(point.kind))
    if isinstance(rule, list):
        return float(-rule.index(point.window)) if point.window in rule else None
    value = point.limit_value or 0.0
    return {"higher": value, "lower": -value}.get(rule) if rule else None


def _key(point: Point) -> tuple[Any, ...]:
    return *statement(point), point.region, "" if point.has_other else point.window


def statement(point: Point) -> tuple[Any, ...]:
    """What the point speaks of, wherever and whenever: kind, item (and other item), group, sort of limit."""
    item = point.item_code or squeezed(point.item_name)
    other = point.other_code or squeezed(point.other_name)
    group = point.group_id if point.kind == "discounted_repeat" else ""
    unit = point.limit_unit if point.kind in BY_UNIT else ""
    return point.kind, item, other, group, unit


def limit_text(point: Point) -> str:
    """The limit as people read it: `14 days`, `1 gend`; of a pair its window, of a list its codes."""
    value = "" if point.limit_value is None else f"{point.limit_value:g}"
    window = point.window if point.has_other else ""
    return " ".join(part for part in (value, point.limit_unit, window, point.params) if part)


def _overlap(one: Point, other: Point) -> bool:
    begin = max(one.effective_from or date.min, other.effective_from or date.min)
    return begin <= min(one.effective_to or date.max, other.effective_to or date.max)
