"""An in-patient stay that holds examinations and next to no treatment.

Reads: fee_list_d of settled in-patient stays.
Grain: all fee lines of the stay: the stay itself is in doubt.
Why: a health check turned into a stay. Honest short stays for finding out (angiography, endoscopy under anaesthesia,
sleep laboratory) carry an operation, an anaesthetic or an intervention; others leave early, die or are transferred;
these are left out, as are stays for diagnoses in `skip_diagnoses`. The share is taken of what is left when bed,
consultation and nursing are put aside. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import charged_stays
from models.rules.records import BED_DAY_CHARGES, LINE, each_card, each_stay_exposure, is_inpatient, ratio

NAME, VERSION = "exam_only_stay", "1.0"
EXAM_CHARGES, OPERATION_CHARGES = ("03", "04"), ("06",)
REGULAR_DISCHARGE = "1"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such stays; params: min_exam_share, longest_stay (days), min_exam_yuan, skip_diagnoses (pattern)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Short in-patient stays that ended regularly: the lines of a stay hang together, so stays are counted."""
    return each_stay_exposure(inputs, cards, lambda given, card: _short_stays(charged_stays(given), card))


def _short_stays(lines: DataFrame, card: Card) -> DataFrame:
    length = F.datediff("visit_end", "visit_begin")
    regular = F.coalesce(F.col("dscg_way"), F.lit(REGULAR_DISCHARGE)) == REGULAR_DISCHARGE
    skipped = F.coalesce(F.col("main_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(False))
    settled = is_inpatient() & F.col("setl_id").isNotNull()
    return lines.where(settled & regular & ~skipped & (length <= int(card.params["longest_stay"])))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _short_stays(inputs.lines, card)
    charge, amount = F.col("med_chrgitm_type"), F.col("net_inscp")
    sums = (
        _short_stays(charged_stays(inputs), card)
        .groupBy("mdtrt_id")
        .agg(
            F.sum(F.when(charge.isin(*EXAM_CHARGES), amount).otherwise(0)).cast("double").alias("exams"),
            F.sum(F.when(~charge.isin(*BED_DAY_CHARGES), amount).otherwise(0)).cast("double").alias("all"),
            F.max(charge.isin(*OPERATION_CHARGES).cast("int")).alias("operated"),
        )
    )
    share = ratio(F.col("exams"), F.col("all"))
    idle = sums.withColumn("share", share).where(
        (F.col("share") >= float(card.params["min_exam_share"]))
        & (F.col("exams") >= float(card.params["min_exam_yuan"]))
        & (F.col("operated") == 0)
    )
    percent = F.round(F.col("share") * 100).cast("int")
    words = {"p": percent, "y": F.col("exams").cast("decimal(16,2)")}
    return (
        lines.select(*LINE)
        .join(F.broadcast(inputs.kept(f"exams-only-{card.detector_id}", lambda: idle)), "mdtrt_id", "inner")
        .withColumns(
            {
                "violation_cnt": F.col("net_cnt"),
                "violation_amount": whole(),
                "note_zh": sentence("本次住院除床位诊查护理外,检查检验占{p}%({y}元),几无治疗用药", **words),
                "note_en": sentence(
                    "apart from bed and nursing, {p} % of the stay is examinations ({y} yuan)", **words
                ),
            }
        )
    )
