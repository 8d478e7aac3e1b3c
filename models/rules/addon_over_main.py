"""Add-ons beyond their main exam (加收项目多于主项目, 或无主项目): the surplus share of the add-on is disputed.

Points: item = the add-on, other = its main item; `limit_value` = add-ons one main item allows (default 1).
Card: `without_main` (true = an add-on with no main item at all is disputed whole), `main_within_days`.
Why: a scan of late evening and its reconstruction of the next morning are one service, so an add-on whose main item
stands on a neighbouring day is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, hits, per_card, sentence, with_points
from models.rules.lines import line_exposure, matched_lines, over_limit

NAME, VERSION = "addon_over_main", "1.0"
READS_POINTS = True
PARAMS = ("without_main", "main_within_days")
GROUP = ("detector_id", "point_id", "fixmedins_code", "psn_no")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Add-on units above what the main items of the day allow; columns HIT_SCHEMA, amounts in yuan."""
    addons, mains = _sides(inputs, cards)
    same_day = mains.groupBy(*GROUP, "fee_date").agg(F.sum("net_cnt").alias("_mains"))
    around = _neighbouring(mains, cards)
    met = addons.join(same_day, [*GROUP, "fee_date"], "left").join(around, [*GROUP, "fee_date"], "left")
    alone = F.col("_mains").isNull()
    excused = alone & (F.col("_near").isNotNull() | ~per_card(cards, "without_main", "boolean", True))
    allowed = F.coalesce(F.col("limit_value"), F.lit(1.0)) * F.coalesce(F.col("_mains"), F.lit(0)).cast("double")
    found = over_limit(met.where(~excused), [*GROUP, "fee_date"], allowed)
    found = found.withColumn("violation_amount", excess_share(F.col("violation_cnt")))
    return hits(_said(found))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the add-ons."""
    return line_exposure(_sides(inputs, cards)[0])


def _sides(inputs: RuleInputs, cards: Sequence[Card]) -> tuple[DataFrame, DataFrame]:
    addons = matched_lines(inputs, cards)
    return addons, with_points(inputs.with_own_items(), inputs.known(), "other")


def _neighbouring(mains: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """Days that have a main item within `main_within_days` days before or after, the day itself not counted."""
    reach = per_card(cards, "main_within_days", "int", 1)
    last = max([int(card.params.get("main_within_days", 1)) for card in cards] or [0])
    shifts = F.array(*[F.lit(shift) for shift in range(-last, last + 1) if shift])
    spread = mains.select(*GROUP, "fee_date").distinct()
    if last == 0:
        return spread.where(F.lit(False)).withColumn("_near", F.lit(1))
    spread = spread.withColumn("_shift", F.explode(shifts)).where(F.abs("_shift") <= reach)
    moved = spread.withColumn("fee_date", F.expr("date_add(fee_date, _shift)"))
    return moved.groupBy(*GROUP, "fee_date").agg(F.max(F.lit(1)).alias("_near"))


def _said(found: DataFrame) -> DataFrame:
    mains = F.coalesce(F.col("_mains"), F.lit(0)).cast("double").cast("int")
    return found.withColumn("note_zh", sentence("当日主项目{mains}次, 加收项目超出部分", mains=mains)).withColumn(
        "note_en", sentence("add-on units beyond the {mains} main exams of the day", mains=mains)
    )
