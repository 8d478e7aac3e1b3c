"""A stay most of whose full days hold nothing but bed, consultation and nursing.

Reads: fee_list_d of settled in-patient stays.
Grain: the bed-day fee lines of the empty days.
Why: a bed kept in name only (挂床). Some institutions post all drugs of a stay on one day: a stay whose other charges
stand on fewer than `min_active_days` days tells nothing about the rest and is left out, unless it has none at all.
Weekends and waiting days happen: `min_idle_days` empty days and `min_idle_share` of the full days are needed. Days
of admission and discharge never count. Formula: whole in-scope amount of the bed-day lines (handbook §3.4, formula
1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import (
    BED_DAY_CHARGES,
    LINE,
    bed_day_lines,
    each_card,
    each_exposure,
    each_gap,
    is_inpatient,
    ratio,
)

NAME, VERSION = "idle_stay", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Bed-day lines of empty days; params: min_idle_days, min_idle_share, min_active_days, batch_share (share of empty
    days above which an institution posts in batches), longest_stay (days), skip_diagnoses.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Bed-day lines on full days of settled stays."""
    return each_exposure(
        inputs, cards, lambda given, card: _days(given, card).where(F.col("lines") > 0), amount=F.col("lines")
    )


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions nearly all of whose days look empty because charges are posted in batches: `posted_in_batches`."""
    return each_gap(inputs, cards, lambda given, card: _batch_posters(_days(given, card), card))


def _days(inputs: RuleInputs, card: Card) -> DataFrame:
    """Full days of stays with `_active` 1 when more than bed, consultation and nursing was charged, `lines` of them."""
    of_the_bed = F.col("med_chrgitm_type").isin(*BED_DAY_CHARGES)
    counts = [F.max((~of_the_bed).cast("int")).alias("_active"), F.count(F.when(of_the_bed, 1)).alias("lines")]
    days = _full_days(inputs, card).groupBy("fixmedins_code", "mdtrt_id", "fee_date", "visit_begin", "visit_end")
    return inputs.kept(f"days-of-stays-{card.detector_id}", lambda: days.agg(*counts))


def _batch_posters(days: DataFrame, card: Card) -> DataFrame:
    houses = days.groupBy("fixmedins_code").agg(F.avg(1 - F.col("_active")).alias("_empty"))
    habit = houses.where(F.col("_empty") > float(card.params["batch_share"])).select("fixmedins_code")
    return habit.withColumn("reason_code", F.lit("posted_in_batches"))


def _full_days(inputs: RuleInputs, card: Card) -> DataFrame:
    inside = (F.col("fee_date") > F.col("visit_begin")) & (F.col("fee_date") < F.col("visit_end"))
    short = F.datediff("visit_end", "visit_begin") <= int(card.params["longest_stay"])
    skipped = F.coalesce(F.col("main_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(False))
    return inputs.lines.where(is_inpatient() & F.col("setl_id").isNotNull() & inside & short & ~skipped)


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _full_days(inputs, card)
    days = _days(inputs, card)
    days = days.join(_batch_posters(days, card).select("fixmedins_code"), "fixmedins_code", "left_anti")
    full = F.datediff("visit_end", "visit_begin") - 1
    sums = days.groupBy("mdtrt_id").agg(
        F.sum("_active").alias("_active_days"),
        F.sum(1 - F.col("_active")).alias("idle_days"),
        F.max(full).alias("full_days"),
    )
    told = (F.col("_active_days") == 0) | (F.col("_active_days") >= int(card.params["min_active_days"]))
    idle = sums.where(
        told
        & (F.col("idle_days") >= int(card.params["min_idle_days"]))
        & (ratio(F.col("idle_days"), F.col("full_days")) >= float(card.params["min_idle_share"]))
    )
    empty = days.where(F.col("_active") == 0).select("mdtrt_id", "fee_date").distinct().join(idle, "mdtrt_id")
    empty_days = inputs.kept(f"empty-days-{card.detector_id}", lambda: empty)
    disputed = bed_day_lines(lines).select(*LINE).join(F.broadcast(empty_days), ["mdtrt_id", "fee_date"])
    words = {"i": F.col("idle_days"), "n": F.col("full_days")}
    return disputed.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("当日仅有床位诊查护理,无检查治疗用药;整日{n}天中此类{i}天", **words),
            "note_en": sentence(
                "only bed, consultation and nursing that day; {i} of {n} full days are like it", **words
            ),
        }
    )
