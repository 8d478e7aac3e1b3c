"""Further parts or a second procedure at full price where the price list grants a discount (应折价项目按全价收取).

Points: `group_id` = items that share one full price; `limit_value` = percent of the price the further ones may cost;
`window` = day (default) or visit.
Card: `between_points` (true = a line is a repeat only beside a line of another point of the group, as plain beside
enhanced; several enhanced phases are not repeats of each other).
Why: the dearest unit stays at full price; a discount already given, in the price or in the quantity, is respected.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import to_cent
from models.rules.kind import MONEY, QUANTITY, Card, RuleInputs, hits, per_card, sentence
from models.rules.lines import line_exposure, matched_lines, only_groups

NAME, VERSION = "discounted_repeat", "1.0"
READS_POINTS = True
PARAMS = ("between_points",)
KEYS = ("detector_id", "group_id", "fixmedins_code", "psn_no", "_bucket")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """The disputed share of every further unit billed at full price; columns HIT_SCHEMA, amounts in yuan."""
    matched = only_groups(_priced(inputs, cards), KEYS, F.sum("net_cnt") > 1)
    order = Window.partitionBy(*KEYS).orderBy(F.col("pric").desc(), "fee_ocur_time", "bkkp_sn")
    so_far = order.rowsBetween(Window.unboundedPreceding, 0)
    ranked = matched.withColumn("_before", F.sum("net_cnt").over(so_far) - F.col("net_cnt")).withColumn(
        "_first", F.first(F.struct("bkkp_sn", "point_id", "hilist_name")).over(so_far)
    )
    further = F.least(F.col("net_cnt"), F.greatest(F.col("net_cnt") + F.col("_before") - F.lit(1), F.lit(0)))
    found = ranked.withColumn("violation_cnt", further.cast(QUANTITY)).where(_is_repeat(cards))
    amount = discount_excess(F.coalesce(F.col("limit_value"), F.lit(50.0)), F.col("_full_price"))
    share = F.col("violation_cnt").cast("double") / F.col("net_cnt").cast("double")
    found = found.withColumn("violation_amount", to_cent(amount.cast("double") * share))
    return hits(_said(found.withColumn("paired_bkkp_sn", F.col("_first")["bkkp_sn"])))


def _priced(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """The lines with the full price of their item: the highest the institution bills for it."""
    matched = _matched(inputs, cards)
    item = ["detector_id", "fixmedins_code", "hilist_name"]
    prices = matched.groupBy(*item).agg(F.max("pric").alias("_full_price"))
    return matched.join(F.broadcast(prices), item, "left")


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items that share a full price."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    by_visit = F.when(F.col("window") == "visit", F.col("mdtrt_id")).otherwise(F.col("fee_date").cast("string"))
    return matched_lines(inputs, cards).withColumn("_bucket", by_visit)


def _is_repeat(cards: Sequence[Card]) -> Column:
    between = per_card(cards, "between_points", "boolean", False)
    return (F.col("violation_cnt") > 0) & (~between | (F.col("_first")["point_id"] != F.col("point_id")))


def _said(found: DataFrame) -> DataFrame:
    first, keep = F.col("_first")["hilist_name"], F.col("limit_value").cast("int")
    zh = sentence("与「{first}」同时收取, 应按{keep}%计价", first=first, keep=keep)
    en = sentence("billed beside {first}: payable at {keep} % of the price", first=first, keep=keep)
    return found.withColumn("note_zh", zh).withColumn("note_en", en)


def discount_excess(keep_percent: Column | int, full_price: Column | None = None) -> Column:
    """Discount rule: the part of a full-price line above `keep_percent` percent, in yuan (handbook §3.4, formula 3).

    Nothing is disputed when the discount was given already, in the quantity (0.7 of a unit under a 70 % rule) or in the
    price (at most the percentage of `full_price`). Whole numbers throughout: 0.7 has no exact binary form.
    """
    keep = F.lit(keep_percent).cast("int") if isinstance(keep_percent, int) else keep_percent.cast("int")
    units = (F.col("net_cnt") * F.lit(10000)).cast("bigint")
    in_quantity = (units % F.lit(10000) != 0) & (units % (keep * F.lit(100)) == 0)
    cents = (F.col("net_inscp") * F.lit(100)).cast("bigint")
    excess = ((cents * (F.lit(100) - keep)) / F.lit(100)).cast("bigint") / F.lit(100)
    given = in_quantity
    if full_price is not None:
        given = given | F.coalesce(F.col("pric") * F.lit(100) <= full_price * keep + F.lit(1), F.lit(False))
    return F.when(given, F.lit(0)).otherwise(excess).cast(MONEY)
