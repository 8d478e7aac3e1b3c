"""Items payable only from a certain hospital level on, billed below it (限定机构等级): the line is disputed whole.

Points: `limit_value` = lowest level allowed (2 or 3).
Card: `levels` = which hosp_lv codes are level 3, 2, 1 and 0; `large_from_beds` = an ungraded house with that many beds
is not judged.
Why: a retail pharmacy dispenses what a hospital prescribed and has no level; an unknown level is a gap, not a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines

NAME, VERSION = "restricted_institution_level", "1.0"
READS_POINTS = True
PARAMS = ("levels", "large_from_beds")
PHARMACY = "2"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines billed below the level the item asks for; columns HIT_SCHEMA, amounts in yuan."""
    found = _matched(inputs, cards).where(F.col("_level") < F.col("limit_value"))
    level = F.col("limit_value").cast("int")
    zh = sentence("限{level}级及以上医疗机构, 本机构{own}级", level=level, own="_level")
    en = sentence("payable from level {level} on, the institution is of level {own}", level=level, own="_level")
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items at institutions whose level is known."""
    return line_exposure(_matched(inputs, cards))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Medical institutions that bill such items and whose level is not known."""
    unknown = _lines(inputs, cards).where(F.col("_level").isNull()).select("detector_id", "fixmedins_code").distinct()
    return unknown.withColumn("reason_code", F.lit("level_unknown"))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return _lines(inputs, cards).where(F.col("_level").isNotNull())


def _lines(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    institutions = inputs.tables["fixmedins_b"]
    levels, beds = _params(cards)
    graded = institutions.where(F.col("fixmedins_type") != PHARMACY).select(
        "fixmedins_code", _level(levels, beds, set(institutions.columns)).alias("_level")
    )
    matched = matched_lines(inputs, cards)
    return matched.join(F.broadcast(graded.dropDuplicates(["fixmedins_code"])), "fixmedins_code", "inner")


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
