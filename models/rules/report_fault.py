"""An examination has a report that cannot be its report: no image, another body part, or signed by someone who had
left.

Reads: fee_list_d, clnc_exam_rpot_d, dr_info_b.
Grain: the fee line; every report that answers for it must be faulty.
Why: blank films and forged reports are the known signs of examinations that never took place. An empty image count
is missing data, not zero images; parts are compared only where both sides name one; the staff register lags behind,
so a doctor counts as gone only some time after leaving, and never with several places of practice.
Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, each_card, each_exposure, each_gap
from models.rules.report_days import BILLED_BY, DAY, answers, billed, judged, reports, told, without_reports

NAME, VERSION = "report_fault", "1.0"
Reader = Callable[[RuleInputs, Card], DataFrame]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Faulty reports; params: fault no_images | other_part | signer_left, reports, domains, parts, grace_days."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines on days around which reports of the same modality came in."""
    return each_exposure(inputs, cards, judged, BILLED_BY)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_reports`, and `no_image_counts` where no report of an institution ever counts an image."""
    return each_gap(inputs, cards, _silent, ("fault", *BILLED_BY))


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    silent = without_reports(inputs, card).select("fixmedins_code", "reason_code")
    if card.params["fault"] != "no_images":
        return silent
    uncounted = _never_counting(inputs).withColumn("reason_code", F.lit("no_image_counts"))
    return silent.unionByName(uncounted)


def _never_counting(inputs: RuleInputs) -> DataFrame:
    counted = inputs.tables["clnc_exam_rpot_d"].groupBy("fixmedins_code").agg(F.max("img_cnt").alias("_most"))
    return counted.where(F.coalesce(F.col("_most"), F.lit(0)) == 0).select("fixmedins_code")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    readers: dict[str, Reader] = {"no_images": _no_images, "other_part": _other_part, "signer_left": _signer_left}
    return readers[card.params["fault"]](inputs, card).withColumns(
        {"violation_cnt": F.col("net_cnt"), "violation_amount": whole()}
    )


def _no_images(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines all of whose reports count zero images."""
    counted = reports(inputs, card, "img_cnt", "rpotc_no")
    lines = billed(inputs, card).join(_never_counting(inputs), "fixmedins_code", "left_anti")
    says = [
        F.max("img_cnt").alias("_most"),
        F.count(F.lit(1)).alias("_reports"),
        F.count("img_cnt").alias("_counted"),
        F.min("rpotc_no").alias("paired_bkkp_sn"),
    ]
    suspects = _suspects(lines, counted.where(F.col("img_cnt") == 0))
    seen = told(inputs.kept(f"suspects-{card.detector_id}", lambda: suspects.select(*LINE)), counted, says)
    zero = seen.where((F.col("_most") == 0) & (F.col("_counted") == F.col("_reports")))
    return _noted(zero, "报告图像数为0", "the report counts no image")


def _suspects(lines: DataFrame, faulty: DataFrame) -> DataFrame:
    """Lines for which a faulty report answers: few, so that the sound reports are looked through for these alone."""
    return lines.join(faulty, answers(), "left_semi")


def _other_part(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines whose name and whose reports each name a body part, and none of them is the same."""
    parts: Mapping[str, str] = card.params["parts"]
    says = [
        F.concat_ws(" ", F.sort_array(F.collect_set("exam_part"))).alias("_told"),
        F.min("rpotc_no").alias("paired_bkkp_sn"),
    ]
    found = reports(inputs, card, "exam_part", "rpotc_no")
    lines = billed(inputs, card).where(_named("hilist_name", parts))
    odd = lines.select("bkkp_sn", "mdtrt_id", "med_list_codg", "fee_date", "hilist_name").join(
        found, answers(), "inner"
    )
    odd = odd.where(_other("exam_part", parts)).select("bkkp_sn").distinct()
    # What all reports say is gathered only for lines one of whose reports names another part.
    suspects = lines.join(odd, "bkkp_sn", "left_semi")
    joined = told(inputs.kept(f"suspects-{card.detector_id}", lambda: suspects.select(*LINE)), found, says)
    other = joined.where(_other("_told", parts))
    return other.withColumns(
        {
            "note_zh": sentence("收费部位与报告部位不符:收费“{a}”,报告“{b}”", a="hilist_name", b="_told"),
            "note_en": sentence(
                "billed part differs from the report: billed “{a}”, reported “{b}”", a="hilist_name", b="_told"
            ),
        }
    )


def _named(column: str, parts: Mapping[str, str]) -> Column:
    return F.coalesce(reduce(or_, [F.col(column).rlike(pattern) for pattern in parts.values()]), F.lit(False))


def _other(column: str, parts: Mapping[str, str]) -> Column:
    """`column` names a body part, and none of those the item's name tells."""
    same = reduce(or_, [F.col("hilist_name").rlike(words) & F.col(column).rlike(words) for words in parts.values()])
    return _named(column, parts) & ~same


def _signer_left(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines all of whose reports are signed by a doctor who had left this institution."""
    gone = inputs.tables["dr_info_b"].where(
        F.col("nemp_time").isNotNull() & (F.coalesce(F.col("mul_prac_flag"), F.lit(0)) != 1)
    )
    left = gone.select(F.col("dr_code").alias("rpt_dr_code"), F.col("main_fixmedins_code").alias("_of"), "nemp_time")
    signed = reports(inputs, card, F.col("fixmedins_code").alias("_at"), "rpt_dr_code", "rpotc_no")
    named = signed.join(F.broadcast(left), "rpt_dr_code", "left")
    late = (F.col("_of") == F.col("_at")) & (F.datediff(DAY, "nemp_time") > int(card.params["grace_days"]))
    dated = named.withColumn("_late", F.coalesce(late, F.lit(False)))
    says = [
        F.min(F.col("_late").cast("int")).alias("_all_late"),
        F.min("rpotc_no").alias("paired_bkkp_sn"),
        F.max("nemp_time").alias("_left_on"),
    ]
    suspects = _suspects(billed(inputs, card), dated.where("_late"))
    found = told(inputs.kept(f"suspects-{card.detector_id}", lambda: suspects.select(*LINE)), dated, says)
    return found.where(F.col("_all_late") == 1).withColumns(
        {
            "note_zh": sentence("报告医师已于{d}离职", d="_left_on"),
            "note_en": sentence("the signing doctor had left on {d}", d="_left_on"),
        }
    )


def _noted(lines: DataFrame, zh: str, en: str) -> DataFrame:
    return lines.withColumns({"note_zh": F.lit(zh), "note_en": F.lit(en)})
