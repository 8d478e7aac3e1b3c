"""Items payable only from a certain hospital level on, billed below it (限定机构等级): the line is disputed whole.

Points: `limit_value` = lowest level allowed (2 or 3).
Card: `levels` = which hosp_lv codes are level 3, 2, 1 and 0; `large_from_beds` = an ungraded house with that many beds
is not judged; `same_level`, `same_kind` = compared with houses of its level and kind only.
Why: a retail pharmacy dispenses what a hospital prescribed and has no level; an unknown level is a gap, not a guess.
A large hospital cannot break the limit and a small one always does when it gives the item at all, so the rate counts
all lines of such goods at the houses below the limit: small houses are measured by small houses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.lines import disputed_whole, goods_like, matched_lines

NAME, VERSION = "restricted_institution_level", "1.1"
READS_POINTS = True
PARAMS = ("levels", "large_from_beds", "same_level", "same_kind")
PHARMACY = "2"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines billed below the level the item asks for; columns HIT_SCHEMA, amounts in yuan."""
    found = _matched(inputs, cards).where(F.col("_level") < F.col("limit_value"))
    level = F.col("limit_value").cast("int")
    zh = sentence("限{level}级及以上医疗机构, 本机构{own}级", level=level, own="_level")
    en = sentence("payable from level {level} on, the institution is of level {own}", level=level, own="_level")
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """All lines of such goods at institutions below the highest level a point asks for."""
    highest = inputs.known().groupBy("detector_id").agg(F.max("limit_value").alias("_highest"))
    below = _graded(inputs, cards, goods_like(inputs, cards)).join(F.broadcast(highest), "detector_id")
    open_to_it = below.where(F.col("_level") < F.col("_highest")).withColumn("stat_month", stat_month())
    return exposures(open_to_it, F.col("lines"))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Medical institutions that bill such items and whose level is not known."""
    unknown = _lines(inputs, cards).where(F.col("_level").isNull()).select("detector_id", "fixmedins_code").distinct()
    return unknown.withColumn("reason_code", F.lit("level_unknown"))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return _lines(inputs, cards).where(F.col("_level").isNotNull())


def _lines(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return _graded(inputs, cards, matched_lines(inputs, cards))


def _graded(inputs: RuleInputs, cards: Sequence[Card], lines: DataFrame) -> DataFrame:
    """The lines of medical institutions with `_level`, empty where it is not known."""
    institutions = inputs.tables["fixmedins_b"]
    levels, beds = _params(cards)
    graded = institutions.where(F.col("fixmedins_type") != PHARMACY).select(
        "fixmedins_code", _level(levels, beds, set(institutions.columns)).alias("_level")
    )
    return lines.join(F.broadcast(graded.dropDuplicates(["fixmedins_code"])), "fixmedins_code", "inner")


def _params(cards: Sequence[Card]) -> tuple[Mapping[int, Sequence[str]], int]:
    """Levels and beds are facts of the area, the same on every card of the kind."""
    return cards[0].params["levels"], int(cards[0].params.get("large_from_beds", 0))


def _level(levels: Mapping[int, Sequence[str]], large_from: int, present: set[str]) -> Column:
    level = F.lit(None).cast("int")
    for value, codes in levels.items():
        level = F.when(F.col("hosp_lv").isin(*[str(code) for code in codes]), F.lit(int(value))).otherwise(level)
    if large_from and "aprv_bed_cnt" in present:
        large = F.coalesce(F.col("aprv_bed_cnt") >= large_from, F.lit(False))
        level = F.when((level == 0) & large, F.lit(None).cast("int")).otherwise(level)
    return level
