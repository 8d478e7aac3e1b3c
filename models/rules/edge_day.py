"""A full day of treatment billed on the day of discharge (出院当日全额收取治疗): the lines of that day are disputed.

Points: the treatments. Card: `full_share` = how much of an average treatment day of the stay counts as a full day.
Why: a morning session before going home is honest; the whole daily programme on the day the bed is left is worth a
question. A discharge that is also the day of admission, and open stays, are not judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, per_card, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines, only_groups
from models.rules.records import LINE

NAME, VERSION = "edge_day", "1.0"
READS_POINTS = True
PARAMS = ("full_share",)
STAY = ("detector_id", "mdtrt_id")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Treatments of a discharge day as full as the days before; columns HIT_SCHEMA, amounts in yuan."""
    last = F.col("fee_date") == F.col("visit_end")
    matched = only_groups(_matched(inputs, cards), STAY, F.max(last)).select(*LINE, "visit_end", "detector_id", "area")
    matched = matched.distinct()  # each line once, whatever number of points it stands in
    stay = Window.partitionBy(*STAY)
    units = matched.withColumns(
        {
            "_last": F.sum(F.when(last, F.col("net_cnt"))).over(stay).cast("double"),
            "_before": F.sum(F.when(~last, F.col("net_cnt"))).over(stay).cast("double"),
            "_days": F.size(F.collect_set(F.when(~last, F.col("fee_date"))).over(stay)),
        }
    )
    usual = F.col("_before") / F.col("_days")
    full = (F.col("_days") > 0) & (F.col("_last") >= per_card(cards, "full_share", "double", 1.0) * usual)
    zh = sentence("出院当日收取{n}次治疗, 与平日相当", n=F.col("_last").cast("int"))
    en = sentence("{n} treatments on the day of discharge, as many as on other days", n=F.col("_last").cast("int"))
    return hits(disputed_whole(units.where(last & full), zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the treatments during closed stays of more than a day."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return matched_lines(inputs, cards).where(F.col("visit_end") > F.col("visit_begin"))
