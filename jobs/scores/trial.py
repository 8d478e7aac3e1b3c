"""What knowledge points would have found in validated months: lines, yuan and institutions per batch and rule kind.

Reads: validated tables; the points to be tried; the cards of models/rules.
Grain: one row per batch and rule kind; a line counts once in each, and once in the total.
Why: an office decides on a batch before it is used. The same rules run as in a real run, each card once per batch, so
that every hit knows which batch it came from; nothing is judged against peers and nothing is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from glob import escape
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.scores import known_items
from jobs.scores.evidence import RuleBook, Scored, build, charges, has_knowledge, reads_points
from knowledge.frames import small_frame
from knowledge.points import Point
from knowledge.resolve import Register
from models.rules.kind import Card

SPLIT = "|"
GROUP = ("batch", "kind")


@dataclass(frozen=True)
class Trial:
    """`rows`: batch, kind, points, occurring (their items occur), unread (of these: no detector reads them), lines,
    amount (yuan), institutions. `total`: lines, amount, institutions over all. `blind`: what could not be judged.
    """

    rows: tuple[dict[str, Any], ...]
    total: Mapping[str, Any]
    blind: tuple[dict[str, str], ...]


def attempt(inputs: Mapping[str, DataFrame], book: RuleBook) -> Trial:
    """Runs the points of `book` over the tables as a run would. Lines outside `book.months` are history."""
    cards = [card for card in book.cards if reads_points(card) and has_knowledge(card, book.points)]
    split = per_batch(cards, book.points)
    ids = _ids(book.points)
    if not split:
        rows = [_row(key, own, {}, own, own) for key, own in sorted(ids.items())]
        return Trial(tuple(rows), _told({}), ())
    scored = build(inputs, replace(book, cards=tuple(split)))
    found = book.keep("trial-lines", _lines(scored, split))
    counted = {tuple(row[name] for name in GROUP): row.asDict() for row in _sums(found, *GROUP).collect()}
    occurring, unread = _occurring(inputs, split, book.points)
    rows = [_row(key, own, counted.get(key, {}), occurring, unread) for key, own in sorted(ids.items())]
    total = _sums(found.groupBy("table", "bkkp_sn", "fixmedins_code").agg(F.max("amount").alias("amount"))).collect()[0]
    return Trial(tuple(rows), _told(total.asDict()), tuple(_blind(scored, split)))


def per_batch(cards: Iterable[Card], points: Iterable[Point]) -> list[Card]:
    """Each card once per batch that holds points for it, under the id `<detector>|<batch>`."""
    held = list(points)
    made = []
    for card in cards:
        for batch in sorted({point.batch for point in held if point.kind == card.kind}):
            globs = (f"national/{escape(batch)}/*", f"area/*/{escape(batch)}/*")
            one = replace(card, detector_id=f"{card.detector_id}{SPLIT}{batch}", points=globs)
            if has_knowledge(one, held):
                made.append(one)
    return made


def _lines(scored: Scored, cards: Sequence[Card]) -> DataFrame:
    """One row per batch, kind and line with its largest disputed amount."""
    spark = scored.evidence.sparkSession
    named = [(card.detector_id, card.detector_id.partition(SPLIT)[2], card.kind) for card in cards]
    names = small_frame(spark, named, "detector_id string, batch string, kind string")
    found = scored.evidence.join(F.broadcast(names), "detector_id", "inner")
    lines = found.groupBy(*GROUP, "table", "bkkp_sn", "fixmedins_code")
    return lines.agg(F.max("violation_amount").alias("amount"))


def _sums(lines: DataFrame, *keys: str) -> DataFrame:
    sums: list[Column] = [
        F.count(F.lit(1)).alias("lines"),
        F.sum("amount").cast("double").alias("amount"),
        F.count_distinct("fixmedins_code").alias("institutions"),
    ]
    return lines.groupBy(*keys).agg(*sums) if keys else lines.agg(*sums)


def _ids(points: Iterable[Point]) -> dict[tuple[str, str], set[str]]:
    ids: dict[tuple[str, str], set[str]] = {}
    for point in points:
        ids.setdefault((point.batch, point.kind), set()).add(point.point_id)
    return ids


def _occurring(
    inputs: Mapping[str, DataFrame], cards: Sequence[Card], points: Sequence[Point]
) -> tuple[set[str], set[str]]:
    """Ids of points whose items occur; of these, ids no card reads (nobody watches the area of their item)."""
    items = known_items.register(charges(inputs))
    register = Register(items)
    occurring = {point.point_id for point in points if _finds(register, point)}
    read = {row["point_id"] for row in known_items.resolved(points, cards, items)}
    return occurring, occurring - read


def _finds(register: Register, point: Point) -> bool:
    own = register.find(point.item_code, point.item_name)
    return bool(own) and (not point.has_other or bool(register.find(point.other_code, point.other_name)))


def _row(
    key: tuple[str, str], ids: set[str], counted: Mapping[str, Any], occurring: set[str], unread: set[str]
) -> dict[str, Any]:
    sizes = {"points": len(ids), "occurring": len(ids & occurring), "unread": len(ids & unread)}
    return {"batch": key[0], "kind": key[1], **sizes, **_told(counted)}


def _told(counted: Mapping[str, Any]) -> dict[str, Any]:
    amount = round(float(counted.get("amount") or 0.0), 2)
    return {"lines": counted.get("lines", 0), "amount": amount, "institutions": counted.get("institutions", 0)}


def _blind(scored: Scored, cards: Sequence[Card]) -> list[dict[str, str]]:
    """Kinds that could not be judged anywhere, with the reason; items that do not occur are no blindness."""
    kinds = {card.detector_id: card.kind for card in cards}
    named = scored.gaps.groupBy("detector_id", "reason_code").agg(F.max("fixmedins_code").alias("somewhere"))
    told = {(kinds[row["detector_id"]], row["reason_code"]) for row in named.collect() if row["somewhere"] is None}
    return [{"kind": kind, "reason": reason} for kind, reason in sorted(told) if reason != "no_such_items"]
