"""A person in bed here is examined or treated in person at another institution's out-patient clinic that day.

Reads: fee_list_d, mdtrt_d, setl_d.
Grain: the fee lines for being in bed (bed, daily consultation, nursing) of that day; held against the in-patient
institution.
Why: a bed charged for someone who is elsewhere is a bed in name only. Drugs can be fetched by the family and are not
counted, nor are visits that leave nothing but a fee; one examination elsewhere is lent expertise (a hospital without
a scanner sends its patients), so `min_days` such days in one stay are needed. Days of admission and discharge never
count.
Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import counted_lines
from models.rules.records import LINE, bed_day_lines, each_card, each_exposure, is_inpatient, of_domains, stays

NAME, VERSION = "absent_from_bed", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Bed-day lines of days spent elsewhere; params: domains (seen in person), min_days, longest_stay (days)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Bed-day lines of in-patients."""
    return each_exposure(inputs, cards, lambda given, _: bed_day_lines(counted_lines(given)), amount=F.col("lines"))


def _days_elsewhere(inputs: RuleInputs, card: Card) -> DataFrame:
    """Stays and their full days on which the person was seen elsewhere: mdtrt_id, fee_date, `seen_at`, `seen_sn`."""
    seen = of_domains(inputs.lines.where(~is_inpatient()), card).select(
        "psn_no", "fee_date", F.col("fixmedins_code").alias("seen_at"), F.col("bkkp_sn").alias("seen_sn")
    )
    longest = F.datediff("stay_end", "stay_begin").between(2, int(card.params["longest_stay"]))
    in_bed = stays(inputs).where(longest).select("psn_no", "mdtrt_id", "fixmedins_code", "stay_begin", "stay_end")
    inside = (F.col("fee_date") > F.col("stay_begin")) & (F.col("fee_date") < F.col("stay_end"))
    met = seen.join(in_bed, "psn_no", "inner").where(inside & (F.col("seen_at") != F.col("fixmedins_code")))
    days = met.groupBy("mdtrt_id", "fee_date").agg(F.min(F.struct("seen_at", "seen_sn")).alias("seen"))
    counted = days.withColumn("days", F.count(F.lit(1)).over(Window.partitionBy("mdtrt_id")))
    return counted.where(F.col("days") >= int(card.params["min_days"]))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = bed_day_lines(inputs.lines).select(*LINE)
    days = inputs.kept(f"days-elsewhere-{card.detector_id}", lambda: _days_elsewhere(inputs, card))
    found = lines.join(F.broadcast(days), ["mdtrt_id", "fee_date"], "inner")
    words = {"h": F.col("seen.seen_at"), "n": F.col("days")}
    return found.withColumns(
        {
            "paired_bkkp_sn": F.col("seen.seen_sn"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("当日本人在机构{h}门诊就诊治疗;本次住院此类日共{n}天", **words),
            "note_en": sentence("treated in person at {h} that day; {n} such days in this stay", **words),
        }
    )
