"""An examination or test was settled and no report of it exists.

Reads: fee_list_d, clnc_exam_rpot_d or clnc_test_rpot_d.
Grain: the fee line.
Why: what was done leaves a report. Whether an interface was down or never connected shows in the same days: a line
counts only where the institution sent other reports of the same modality around that day, and work done by an
outside laboratory is left out. A day on which nearly all of many lines have no report is a day the interface was down,
unless most days are like it. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, each_card, each_exposure, each_gap
from models.rules.report_days import BILLED_BY, answers, family, judged, reports, without_reports

NAME, VERSION = "report_missing", "1.1"
DAY_KEYS = ["fixmedins_code", "_family", "fee_date"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines without a report; params: reports (table), domains, exclude_name (pattern, optional), outage_lines,
    outage_share (of the day's lines), outage_days (share of days above which a gap is a habit, no outage).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines on days around which reports of the same modality came in."""
    return each_exposure(inputs, cards, judged, BILLED_BY)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that send no report at all: `no_reports`."""
    return each_gap(inputs, cards, without_reports)


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = judged(inputs, card).select(*LINE, family().alias("_family"))
    unanswered = lines.join(reports(inputs, card), answers(), "left_anti")
    missing = inputs.kept(f"unanswered-{card.detector_id}", lambda: unanswered)  # few, and asked for twice
    return missing.join(_outages(lines, missing, card), DAY_KEYS, "left_anti").withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("已结算,前后一日内无该项目报告;同期本机构同类报告正常上传"),
            "note_en": sentence("settled, no report within a day; reports of the same modality came in at that time"),
        }
    )


def _outages(lines: DataFrame, missing: DataFrame, card: Card) -> DataFrame:
    """DAY_KEYS of the days on which an institution's interface was down for a modality."""
    days = lines.groupBy(*DAY_KEYS).agg(F.count(F.lit(1)).alias("_lines"))
    gone = missing.groupBy(*DAY_KEYS).agg(F.count(F.lit(1)).alias("_gone"))
    dark = (F.col("_gone") >= int(card.params["outage_lines"])) & (
        F.col("_gone") >= F.col("_lines") * float(card.params["outage_share"])
    )
    told = days.join(gone, DAY_KEYS, "left").withColumn("_dark", F.coalesce(dark.cast("int"), F.lit(0)))
    often = told.withColumn("_often", F.avg("_dark").over(Window.partitionBy(*DAY_KEYS[:2])))
    rare = F.col("_often") <= float(card.params["outage_days"])
    return often.where((F.col("_dark") == 1) & rare).select(*DAY_KEYS)
