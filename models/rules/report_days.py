"""Which report belongs to which fee line, and on which days an institution sends reports at all.

Reads: clnc_exam_rpot_d (exam_date), clnc_test_rpot_d (rpt_time).
Grain: the report; it may answer for lines of its own day, the day before and the day after.
Why: a report belongs to a line by visit, code and date. What the reports of a line say is gathered line by line, so a
line is never multiplied. What an institution never sends cannot be missing: a line is judged only where reports of the
same modality (first six characters of the code) came in on that day, or on both days beside it: on the first and last
day of a broken interface they came in on one side only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs
from models.rules.records import of_domains

VISIT, ITEM, DAY = "_visit", "_item", "report_day"
FAMILY_CHARS = 6  # 002103 = CT, 002102 = MR, 002503 = immunology: the chapter of the national price item
BILLED_BY = ("reports", "domains", "exclude_name")  # the parameters of a card that say which lines are meant
TIME = {"clnc_exam_rpot_d": "exam_date", "clnc_test_rpot_d": "rpt_time"}


def family() -> Column:
    """Modality or chapter of an item code."""
    return F.substring("med_list_codg", 1, FAMILY_CHARS)


def reports(inputs: RuleInputs, card: Card, *columns: str | Column) -> DataFrame:
    """The card's reports that may answer for a line of the months judged: `_visit`, `_item`, `report_day` and the named
    columns (none of which a line has).
    """
    table = str(card.params["reports"])
    keys = (F.col("mdtrt_id").alias(VISIT), F.col("exam_item_code").alias(ITEM), F.to_date(TIME[table]).alias(DAY))
    return _near(inputs.tables[table], TIME[table], inputs.months).select(*keys, *columns)


def _near(found: DataFrame, time: str, months: Sequence[str]) -> DataFrame:
    """Reports from the day before the months to the day after: one month of a home is met with a twelfth of its year.

    Without months, all of them.
    """
    if not months:
        return found
    begin = date.fromisoformat(f"{min(months)}-01") - timedelta(days=1)
    next_month = date.fromisoformat(f"{max(months)}-28") + timedelta(days=4)
    end = next_month.replace(day=1) + timedelta(days=1)
    return found.where((F.col(time) >= F.lit(begin).cast("timestamp")) & (F.col(time) < F.lit(end).cast("timestamp")))


def answers() -> Column:
    """A report (see reports) answers for a line: same visit and item, at most a day apart."""
    same = (F.col("mdtrt_id") == F.col(VISIT)) & (F.col("med_list_codg") == F.col(ITEM))
    return same & (F.abs(F.datediff(F.col(DAY), F.col("fee_date"))) <= 1)


def told(lines: DataFrame, found: DataFrame, says: Sequence[Column]) -> DataFrame:
    """Lines for which a report answers, with what all their reports say (`says` = aggregates over `found`)."""
    keys = lines.select("bkkp_sn", "mdtrt_id", "med_list_codg", "fee_date")
    said = keys.join(found, answers(), "inner").groupBy("bkkp_sn").agg(*says)
    return lines.join(said, "bkkp_sn", "inner")


def billed(inputs: RuleInputs, card: Card) -> DataFrame:
    """Settled lines of the card's items that the institution itself performed; `exclude_name` leaves slow tests out."""
    lines = of_domains(inputs.lines, card).where(F.col("setl_id").isNotNull() & (F.length("med_list_codg") > 0))
    inside = lines.where(F.coalesce(F.col("etip_flag"), F.lit(0)) != 1)
    pattern = card.params.get("exclude_name")
    return inside.where(~F.coalesce(F.col("hilist_name").rlike(str(pattern)), F.lit(False))) if pattern else inside


def judged(inputs: RuleInputs, card: Card) -> DataFrame:
    """Billed lines on days on which, or on both sides of which, the institution sent reports of the same modality."""
    days = inputs.kept(f"days-of-{card.params['reports']}", lambda: _sending_days(inputs, card))
    lines = billed(inputs, card).withColumn("_family", family())
    return lines.join(days, ["fixmedins_code", "_family", "fee_date"], "left_semi").drop("_family")


def _sending_days(inputs: RuleInputs, card: Card) -> DataFrame:
    """Institution, modality and every day with a report of it, or with one on either side of it."""
    sent = reports(inputs, card, "fixmedins_code").withColumn("_family", F.substring(ITEM, 1, FAMILY_CHARS))
    days = sent.select("fixmedins_code", "_family", DAY).distinct().where(F.col(DAY).isNotNull())
    shift = F.explode(F.array(*[F.lit(step) for step in (-1, 0, 1)]))
    around = days.withColumn("_shift", shift).withColumn("fee_date", F.expr(f"date_add({DAY}, _shift)"))
    sides = around.groupBy("fixmedins_code", "_family", "fee_date").agg(
        F.min(F.abs("_shift")).alias("_nearest"), F.count(F.lit(1)).alias("_sides")
    )
    return sides.where((F.col("_nearest") == 0) | (F.col("_sides") > 1)).drop("_nearest", "_sides")


def without_reports(inputs: RuleInputs, card: Card) -> DataFrame:
    """Institutions that bill the card's items and send no report at all: fixmedins_code, reason_code `no_reports`."""
    senders = inputs.tables[str(card.params["reports"])].select("fixmedins_code").distinct()
    silent = billed(inputs, card).select("fixmedins_code").distinct().join(senders, "fixmedins_code", "left_anti")
    return silent.withColumn("reason_code", F.lit("no_reports"))
