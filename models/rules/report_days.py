"""Which report belongs to which fee line, and on which days an institution sends reports at all.

Reads: clnc_exam_rpot_d (exam_date), clnc_test_rpot_d (rpt_time).
Grain: visit, item and day a report may answer for (its own day, the day before and the day after).
Why: a report belongs to a line by visit, code and date; spreading it over three days keeps the match an equality, so
a line can never be multiplied. What an institution never sends cannot be missing: a line is judged only where
reports of the same modality (first six characters of the code) came in around that day.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs
from models.rules.records import of_domains

MATCH = ["mdtrt_id", "med_list_codg", "fee_date"]
FAMILY_CHARS = 6  # 002103 = CT, 002102 = MR, 002503 = immunology: the chapter of the national price item
TIME = {"clnc_exam_rpot_d": "exam_date", "clnc_test_rpot_d": "rpt_time"}


def family() -> Column:
    """Modality or chapter of an item code."""
    return F.substring("med_list_codg", 1, FAMILY_CHARS)


def reports(inputs: RuleInputs, card: Card) -> DataFrame:
    """The card's reports with the item as med_list_codg and every day they may answer for as fee_date."""
    table = str(card.params["reports"])
    day = F.to_date(TIME[table])
    around = F.explode(F.sequence(F.date_sub(day, 1), F.date_add(day, 1)))
    read = inputs.tables[table].withColumn("med_list_codg", F.col("exam_item_code")).withColumn("report_day", day)
    return read.withColumn("fee_date", around)


def billed(inputs: RuleInputs, card: Card) -> DataFrame:
    """Settled lines of the card's items that the institution itself performed; `exclude_name` leaves slow tests out."""
    lines = of_domains(inputs.lines, card).where(F.col("setl_id").isNotNull() & (F.length("med_list_codg") > 0))
    inside = lines.where(F.coalesce(F.col("etip_flag"), F.lit(0)) != 1)
    pattern = card.params.get("exclude_name")
    return inside.where(~F.coalesce(F.col("hilist_name").rlike(str(pattern)), F.lit(False))) if pattern else inside


def judged(inputs: RuleInputs, card: Card) -> DataFrame:
    """Billed lines on days around which the institution sent reports of the same modality."""
    days = reports(inputs, card).select("fixmedins_code", family().alias("_family"), "fee_date").distinct()
    lines = billed(inputs, card).withColumn("_family", family())
    return lines.join(days, ["fixmedins_code", "_family", "fee_date"], "left_semi").drop("_family")


def without_reports(inputs: RuleInputs, card: Card) -> DataFrame:
    """Institutions that bill the card's items and send no report at all: fixmedins_code, reason_code `no_reports`."""
    senders = inputs.tables[str(card.params["reports"])].select("fixmedins_code").distinct()
    silent = billed(inputs, card).select("fixmedins_code").distinct().join(senders, "fixmedins_code", "left_anti")
    return silent.withColumn("reason_code", F.lit("no_reports"))
