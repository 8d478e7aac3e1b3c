"""The items of a period as the knowledge sees them: register, resolved points, and the lines that stand in one.

Reads: validated.fee_list_d.
Grain: register – one row per code and name; resolved points – see knowledge.resolve.
Why: a code may carry several body parts in its names, so the register keeps names apart; it is the only thing that is
brought to the driver, and it is as small as a price list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from knowledge.domains import domain_of
from knowledge.frames import small_frame
from knowledge.points import Point
from knowledge.resolve import RESOLVED, RESOLVED_DDL, Item, Wanted, resolve
from models.rules.kind import NO_CODE, Card

# A price list has some ten thousand items; free text in names must not flood the driver. The most used ones are kept.
LARGEST_REGISTER = 200_000
Rows = Sequence[Mapping[str, Any]]
Shelve = Callable[[str, DataFrame, str], DataFrame]


def on_no_shelf(name: str, frame: DataFrame, by: str) -> DataFrame:  # noqa: ARG001 – the words are for those who write
    """Keeps nothing: every use computes the frame again."""
    return frame


def register(lines: DataFrame) -> list[Item]:
    """Every code and name that occurs, with its domain and number of lines."""
    code = F.coalesce(F.col("med_list_codg"), F.lit(NO_CODE)).alias("code")
    kinds = lines.groupBy(code, "hilist_name").agg(
        F.count(F.lit(1)).alias("lines"), F.max("med_chrgitm_type").alias("med_chrgitm_type")
    )
    domain = domain_of("code", "hilist_name", "med_chrgitm_type").alias("domain")
    named = kinds.select("code", F.coalesce("hilist_name", F.lit("")).alias("name"), domain, "lines")
    taken = named.orderBy(F.col("lines").desc(), "code", "name").limit(LARGEST_REGISTER).collect()
    return [Item(row["code"], row["name"], row["domain"], row["lines"]) for row in taken]


def resolved(points: Iterable[Point], cards: Iterable[Card], items: Sequence[Item]) -> Rows:
    """The points of the cards, resolved to items that occur."""
    return resolve(points, [wanted(card) for card in cards], items)


def wanted(card: Card) -> Wanted:
    """Which points the card reads."""
    return Wanted(card.detector_id, card.kind, card.area, card.points)


def points_frame(spark: SparkSession, rows: Rows) -> DataFrame:
    """Resolved rows as a frame (columns RESOLVED)."""
    return small_frame(spark, [tuple(row.get(name) for name in RESOLVED) for row in rows], RESOLVED_DDL)


def shelves(lines: DataFrame, rows: Rows) -> Mapping[str, frozenset[str]]:
    """Code of a point -> the domains its lines (with `domain`) stand in: a name or kind of charge may move a line."""
    code = F.coalesce(F.col("med_list_codg"), F.lit(NO_CODE)).alias("code")
    wanted_codes = codes(rows)
    found: dict[str, set[str]] = {}
    for row in lines.select(code, "domain").distinct().collect():
        if row["code"] in wanted_codes:
            found.setdefault(row["code"], set()).add(row["domain"])
    return {name: frozenset(domains) for name, domains in found.items()}


def on_shelves(lines: DataFrame, rows: Rows, where: Mapping[str, frozenset[str]]) -> DataFrame:
    """The lines of the domains in which the codes of these rows stand (`where`: see shelves)."""
    domains = {domain for code in codes(rows) for domain in where.get(code, ())}
    return lines.where(F.col("domain").isin(*sorted(domains)))


def codes(rows: Rows) -> frozenset[str]:
    """The codes of either side of resolved points."""
    return frozenset(row[side] for row in rows for side in ("item_code", "other_code") if row.get(side) is not None)


def narrowed(lines: DataFrame, rows: Rows) -> DataFrame:
    """The lines whose code stands in a point (all self-made items when a point names one of them)."""
    known = small_frame(lines.sparkSession, [(code,) for code in sorted(codes(rows))], "_code string")
    own = F.coalesce(F.col("med_list_codg"), F.lit(NO_CODE))
    return lines.join(F.broadcast(known), own == F.col("_code"), "left_semi")
