"""More in-patients in a day than approved beds, by more than added beds explain.

Reads: mdtrt_d, setl_d, fixmedins_b (aprv_bed_cnt), fee_list_d.
Grain: the bed-day fee lines (bed, daily consultation, nursing) of an overfull day.
Why: a small hospital with more than twice its beds occupied has patients on paper. Added beds in corridors are
common in winter, so the tolerance is wide and `min_days` such days are needed; the day of discharge is not a bed
day; newborns, day surgery and home beds occupy none. The tolerance says which days are asked about; what is
disputed of them is what stands above the licence. Formula: (persons - beds) / persons of every bed-day line of that
day, x net_inscp: nobody can say which of the persons were not there (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import counted_lines
from models.rules.records import bed_day_lines, each_card, each_exposure, each_gap, ratio, stays

NAME, VERSION = "census_over_beds", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Bed-day lines of overfull days; params: tolerance (x beds), min_days, longest_stay (days), skip_diagnoses."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Bed-day lines of institutions with approved beds."""
    return each_exposure(inputs, cards, lambda given, _: _with_beds(given, counted_lines(given)), amount=F.col("lines"))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions with in-patients and no approved beds on record: `no_bed_register`."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, _: Card) -> DataFrame:
    wards = bed_day_lines(counted_lines(inputs)).select("fixmedins_code").distinct()
    return wards.join(_beds(inputs), "fixmedins_code", "left_anti").withColumn("reason_code", F.lit("no_bed_register"))


def _beds(inputs: RuleInputs) -> DataFrame:
    beds = inputs.tables["fixmedins_b"].groupBy("fixmedins_code").agg(F.max("aprv_bed_cnt").alias("beds"))
    return beds.where(F.col("beds") > 0)


def _with_beds(inputs: RuleInputs, lines: DataFrame) -> DataFrame:
    return bed_day_lines(lines).join(F.broadcast(_beds(inputs)), "fixmedins_code", "left_semi")


def _overfull(inputs: RuleInputs, card: Card) -> DataFrame:
    """Institution and day: `persons` in bed, `beds`, `excess` (share of persons beyond the beds), `days`."""
    lying = stays(inputs).where(
        F.datediff("stay_end", "stay_begin").between(1, int(card.params["longest_stay"]))
        & ~F.coalesce(F.col("stay_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(False))
    )
    days = lying.withColumn("fee_date", F.explode(F.sequence("stay_begin", F.date_sub("stay_end", 1))))
    census = days.groupBy("fixmedins_code", "fee_date").agg(F.countDistinct("psn_no").alias("persons"))
    allowed = F.col("beds") * float(card.params["tolerance"])
    full = census.join(F.broadcast(_beds(inputs)), "fixmedins_code", "inner").where(F.col("persons") > allowed)
    counted = full.withColumn("days", F.count(F.lit(1)).over(Window.partitionBy("fixmedins_code")))
    often = counted.where(F.col("days") >= int(card.params["min_days"]))
    return often.withColumn("excess", ratio(F.col("persons") - F.col("beds"), F.col("persons")))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    days = inputs.kept(f"overfull-{card.detector_id}", lambda: _overfull(inputs, card))
    found = _with_beds(inputs, inputs.lines).join(F.broadcast(days), ["fixmedins_code", "fee_date"], "inner")
    words = {"p": F.col("persons"), "b": F.col("beds"), "n": F.col("days")}
    return found.withColumns(
        {
            "violation_cnt": F.col("net_cnt") * F.col("excess"),
            "violation_amount": excess_share(F.col("net_cnt") * F.col("excess")),
            "note_zh": sentence("当日在院{p}人,批准床位{b}张;此类日共{n}天", **words),
            "note_en": sentence("{p} persons in bed that day, {b} approved beds; {n} such days", **words),
        }
    )
