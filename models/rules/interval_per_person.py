"""The same item again too soon for a person, whoever billed it (限周期): the too-early event is disputed whole.

Points: `limit_value` = days from one event to the next payable one; points with one `group_id` count as one item.
Card: `events` = events allowed within those days (default 1).
Why: results travel with the person, so the second institution is asked too – but not when the earlier visit ended in a
transfer (离院方式 2 or 3), where a test on arrival is what a careful ward does.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import day_number, disputed_whole, line_exposure, matched_lines, only_groups

NAME, VERSION = "interval_per_person", "1.0"
READS_POINTS = True
PARAMS = ("events",)
EVENT = ("detector_id", "psn_no", "_item")
TRANSFERRED = ("2", "3")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Events fewer than `limit_value` days after the one before; columns HIT_SCHEMA, amounts in yuan."""
    repeated = only_groups(_matched(inputs, cards), EVENT, F.count(F.lit(1)) > 1)
    matched = repeated.withColumn("_before", _event_before(cards))
    days = F.col("_day_no") - F.col("_before")["day_no"]
    elsewhere = F.col("_before")["fixmedins_code"] != F.col("fixmedins_code")
    moved = elsewhere & F.coalesce(F.col("_before")["dscg_way"].isin(*TRANSFERRED), F.lit(False))
    found = matched.withColumn("_days", days).where((F.col("_days") < F.col("limit_value")) & ~moved)
    found = found.withColumn("paired_bkkp_sn", F.col("_before")["bkkp_sn"])
    limit = F.col("limit_value").cast("int")
    zh = sentence("距上次{days}天, 应间隔{limit}天", days="_days", limit=limit)
    en = sentence("{days} days after the one before; payable again after {limit}", days="_days", limit=limit)
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items with an interval."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    matched = matched_lines(inputs, cards).where(F.col("psn_no").isNotNull())
    same = F.when(F.coalesce(F.col("group_id"), F.lit("")) == "", F.col("point_id")).otherwise(F.col("group_id"))
    return matched.withColumn("_item", same).withColumn("_day_no", day_number())


def _event_before(cards: Sequence[Card]) -> Column:
    """The event `events` places earlier, in the order of time and serial number."""
    order = Window.partitionBy(*EVENT).orderBy("fee_ocur_time", "bkkp_sn")
    fact = F.struct(F.col("_day_no").alias("day_no"), "bkkp_sn", "fixmedins_code", "dscg_way")
    chosen = F.lag(fact, 1).over(order)
    for card in cards:
        events = int(card.params.get("events", 1))
        if events > 1:
            chosen = F.when(F.col("detector_id") == card.detector_id, F.lag(fact, events).over(order)).otherwise(chosen)
    return chosen
