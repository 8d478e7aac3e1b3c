"""More units than a day or a visit can hold (限频次): the units above the cap are disputed.

Points: `limit_value` units per `window` (day, default, or visit); `limit_unit` says times or hours.
Card: `catch_up_days` = days whose units may be booked late in one go, `per` = item (default) or point (several items
of one point share the cap).
Why: charges of a day without entries are often booked the day after; what the cap allowed then is allowed now. A ward
that posts all bed days of a stay on its last day has billed no day twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, hits, per_card, sentence
from models.rules.lines import day_number, line_exposure, matched_lines, only_groups, over_limit
from models.rules.records import BED_DAY_CHARGES, is_inpatient

NAME, VERSION = "frequency_cap", "1.1"
READS_POINTS = True
PARAMS = ("catch_up_days", "per")
ITEM = ("detector_id", "point_id", "fixmedins_code", "psn_no", "_item")
KEYS = (*ITEM, "_bucket")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Units above the cap; columns HIT_SCHEMA, amounts in yuan."""
    busy = F.sum("net_cnt") > F.max("limit_value")
    matched = only_groups(_matched(inputs, cards), ITEM, busy, ["_bucket"]).withColumn("_days", _days_covered(cards))
    matched = matched.withColumn("_posted", _posted_at_once(matched)).where(~F.col("_posted"))
    allowed = (F.col("limit_value") * F.col("_days")).cast("double")
    found = over_limit(matched, KEYS, allowed).where(F.col("violation_cnt") > 0)
    found = found.withColumn("violation_amount", excess_share(F.col("violation_cnt")))
    return hits(_said(found))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the capped items."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    shared = per_card(cards, "per", "string", "item") == "point"
    item = F.when(shared, F.lit("")).otherwise(F.coalesce("med_list_codg", "hilist_name"))
    bucket = F.when(F.col("window") == "visit", F.col("mdtrt_id")).otherwise(F.col("fee_date").cast("string"))
    matched = matched_lines(inputs, cards)
    return matched.withColumn("_item", item).withColumn("_bucket", bucket).withColumn("_day_no", day_number())


def _days_covered(cards: Sequence[Card]) -> Column:
    """Days the units of a day may stand for: 1, or more after days of the same visit on which none were booked."""
    before = Window.partitionBy("detector_id", "point_id", "mdtrt_id", "_item").orderBy("_day_no")
    last = F.max("_day_no").over(before.rangeBetween(Window.unboundedPreceding, -1))
    since_begin = F.col("_day_no") - day_number("visit_begin") + F.lit(1)
    gap = F.greatest(F.coalesce(F.col("_day_no") - last, since_begin, F.lit(1)), F.lit(1))
    covered = F.least(gap, F.lit(1) + per_card(cards, "catch_up_days", "int", 1))
    return F.when(F.col("window") == "visit", F.lit(1)).otherwise(covered)


def _posted_at_once(matched: DataFrame) -> Column:
    """Bed, consultation or nursing of a whole stay, entered on one day and no more than its days allow.

    What a stay may hold in all is judged by days_over_stay; a day's cap says nothing of a ward that posts at discharge.
    """
    if "med_chrgitm_type" not in matched.columns:
        return F.lit(False)
    visit = Window.partitionBy("detector_id", "point_id", "mdtrt_id", "_item")
    once = F.min("fee_date").over(visit) == F.max("fee_date").over(visit)
    stay = F.datediff(F.coalesce("visit_end", "fee_date"), F.col("visit_begin")) + F.lit(1)
    fits = F.sum("net_cnt").over(visit) <= F.col("limit_value") * stay
    whole = (F.col("window") == "day") & F.col("med_chrgitm_type").isin(*BED_DAY_CHARGES)
    return F.coalesce(whole & is_inpatient() & once & fits, F.lit(False))


def _said(found: DataFrame) -> DataFrame:
    limit = F.format_number("limit_value", 0)
    zh = sentence("超过每{window}{limit}{unit}的上限", window=_window_zh(), limit=limit, unit=_unit_zh())
    en = sentence("beyond {limit} {unit} a {window}", limit=limit, unit="limit_unit", window="window")
    return found.withColumn("note_zh", zh).withColumn("note_en", en)


def _window_zh() -> Column:
    return F.when(F.col("window") == "visit", F.lit("次就诊")).otherwise(F.lit("日"))


def _unit_zh() -> Column:
    return F.when(F.col("limit_unit") == "hours", F.lit("小时")).otherwise(F.lit("次"))
