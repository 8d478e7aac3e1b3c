"""More bed, nursing or consultation days than the stay has (计费天数超住院天数): the units above it are disputed.

Points: `group_id` = items counted together; `limit_value` = units per stay day (default 1).
Card: `tolerance_days`, and `moves` (true = a change of ward may bill two kinds on the day of the move).
Why: bed days are end minus begin, at least 1, and the day of discharge is none; an open stay cannot be judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, hits, per_card, sentence
from models.rules.lines import line_exposure, matched_lines, only_groups, over_limit

NAME, VERSION = "days_over_stay", "1.0"
READS_POINTS = True
PARAMS = ("tolerance_days", "moves")
KEYS = ("detector_id", "_group", "mdtrt_id")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Units above the days of the stay; columns HIT_SCHEMA, amounts in yuan."""
    per_day = F.max(F.coalesce(F.col("limit_value"), F.lit(1.0)))
    long_stays = F.sum("net_cnt").cast("double") > F.max(_stay_days()) * per_day
    matched = only_groups(_matched(inputs, cards), KEYS, long_stays).withColumn("_stay", _stay_days())
    found = over_limit(matched, KEYS, _allowed(cards)).where(F.col("violation_cnt") > 0)
    found = found.withColumn("violation_amount", excess_share(F.col("violation_cnt")))
    zh = sentence("住院{stay}天, 计费天数超出", stay="_stay")
    en = sentence("more units than the stay of {stay} days allows", stay="_stay")
    return hits(found.withColumn("note_zh", zh).withColumn("note_en", en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of closed stays."""
    return line_exposure(_matched(inputs, cards))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions whose stays carry no end at all."""
    lines = matched_lines(inputs, cards)
    closed = lines.groupBy("detector_id", "fixmedins_code").agg(F.count("visit_end").alias("closed"))
    reason = F.lit("no_closed_stay").alias("reason_code")
    return closed.where(F.col("closed") == 0).select("detector_id", "fixmedins_code", reason)


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    matched = matched_lines(inputs, cards)
    same = F.when(F.coalesce(F.col("group_id"), F.lit("")) == "", F.col("point_id")).otherwise(F.col("group_id"))
    return matched.where(F.col("visit_end").isNotNull()).withColumn("_group", same)


def _stay_days() -> Column:
    return F.greatest(F.datediff("visit_end", "visit_begin"), F.lit(1))


def _allowed(cards: Sequence[Card]) -> Column:
    stay = Window.partitionBy(*KEYS)
    kinds = F.size(F.collect_set(F.coalesce("med_list_codg", "hilist_name")).over(stay))
    moves = F.when(per_card(cards, "moves", "boolean", True), kinds - 1).otherwise(F.lit(0))
    per_day = F.coalesce(F.col("limit_value"), F.lit(1.0))
    return F.col("_stay") * per_day + per_card(cards, "tolerance_days", "double", 0) + moves
