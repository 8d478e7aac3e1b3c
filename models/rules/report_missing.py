"""An examination or test was settled and no report of it exists.

Reads: fee_list_d, clnc_exam_rpot_d or clnc_test_rpot_d.
Grain: the fee line.
Why: what was done leaves a report. Whether an interface was down or never connected shows in the same days: a line
counts only where the institution sent other reports of the same modality around that day, and work done by an
outside laboratory is left out. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, sentence, whole
from models.rules.records import each_card, each_exposure, each_gap
from models.rules.report_days import answers, judged, reports, without_reports

NAME, VERSION = "report_missing", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines without a report; params: reports (table), domains, exclude_name (pattern, optional)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines on days around which reports of the same modality came in."""
    return each_exposure(inputs, cards, judged)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that send no report at all: `no_reports`."""
    return each_gap(inputs, cards, without_reports)


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    missing = judged(inputs, card).join(reports(inputs, card), answers(), "left_anti")
    return missing.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("已结算,前后一日内无该项目报告;同期本机构同类报告正常上传"),
            "note_en": sentence("settled, no report within a day; reports of the same modality came in at that time"),
        }
    )
