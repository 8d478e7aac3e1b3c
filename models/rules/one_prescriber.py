"""One doctor's name on nearly all prescriptions of a shop, for people who were never his patients (一名医师包办处方).

Reads: fee_list_d (rx_flag, bilg_dr_code, and lines of medical institutions), fixmedins_b.
Grain: fee lines of prescription drugs at a retail pharmacy under the name of its main prescriber.
Why: a shop that buys its prescriptions buys them from somebody. Prescriptions of a shop beside a clinic come from one
desk too, but there the patients were seen: who was charged for anything under this doctor at a medical institution in
the `seen_days` before is his patient, and a shop most of whose customers are patients of the prescriber is left out.
Where no medical institution names its doctors, nobody can tell. Formula: the whole line (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, RETAIL_PHARMACY, at_pharmacies, each_card, each_exposure, each_gap, ratio

NAME, VERSION = "one_prescriber", "1.0"
DESK = ["fixmedins_code", "doctor"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such prescribers; params: min_share, min_persons, min_shop_persons, seen_days, most_seen (share)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Prescription lines of pharmacies that name a doctor."""
    return each_exposure(inputs, cards, lambda given, _: _signed(given))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_prescriber_named` where no prescription line names a doctor, `doctors_untold` where no hospital does."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, _: Card) -> DataFrame:
    named = _prescribed(inputs).groupBy("fixmedins_code").agg(F.count("doctor").alias("_named"))
    told = named.crossJoin(F.broadcast(_doctors_told(inputs)))
    reason = F.when(F.col("_named") == 0, "no_prescriber_named").when(~F.col("_told"), "doctors_untold")
    return told.withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())


def _elsewhere(inputs: RuleInputs) -> DataFrame:
    """Lines of medical institutions that name a doctor."""
    shops = inputs.tables["fixmedins_b"].where(F.col("fixmedins_type") == RETAIL_PHARMACY).select("fixmedins_code")
    signed = inputs.lines.where(F.length(F.trim("bilg_dr_code")) > 0)
    return signed.join(F.broadcast(shops.distinct()), "fixmedins_code", "left_anti")


def _doctors_told(inputs: RuleInputs) -> DataFrame:
    """One row, `_told`: medical institutions of the area name their doctors; else patients and strangers look alike."""
    return inputs.kept("doctors-told", lambda: _elsewhere(inputs).agg((F.count(F.lit(1)) > 0).alias("_told")))


def _prescribed(inputs: RuleInputs) -> DataFrame:
    """Prescription lines of pharmacies with `doctor`, the name they carry (empty where none)."""
    sold = at_pharmacies(inputs).where(F.col("rx_flag") == 1)
    return sold.withColumn("doctor", F.nullif(F.trim("bilg_dr_code"), F.lit("")))


def _signed(inputs: RuleInputs) -> DataFrame:
    """Prescription lines of pharmacies that name a doctor."""
    return _prescribed(inputs).where(F.col("doctor").isNotNull())


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    signed = _signed(inputs)
    main = inputs.kept(f"main-{card.detector_id}", lambda: _main(signed, card))
    lines = signed.select(*LINE, "doctor").join(F.broadcast(main), DESK)
    strangers = lines.join(_seldom_seen(inputs, lines, card), DESK)
    share, seen = (F.round(F.col(name) * 100).cast("int") for name in ("_share", "_seen"))
    return strangers.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("该店{p}%的处方药出自同一医师, 其中{s}%的人此前由该医师诊治过", p=share, s=seen),
            "note_en": sentence(
                "{p} % of the shop's prescriptions carry this doctor's name; he had seen {s} % of them", p=share, s=seen
            ),
        }
    )


def _main(signed: DataFrame, card: Card) -> DataFrame:
    """DESK with `_share`: doctors whose name stands on most prescriptions of a shop with enough customers."""
    each = signed.groupBy(*DESK).agg(F.count(F.lit(1)).alias("_n"), F.countDistinct("psn_no").alias("_persons"))
    shops = signed.groupBy("fixmedins_code").agg(
        F.count(F.lit(1)).alias("_all"), F.countDistinct("psn_no").alias("_customers")
    )
    told = each.join(shops, "fixmedins_code").withColumn("_share", ratio(F.col("_n"), F.col("_all")))
    many = (F.col("_persons") >= int(card.params["min_persons"])) & (
        F.col("_customers") >= int(card.params["min_shop_persons"])
    )
    return told.where(many & (F.col("_share") >= float(card.params["min_share"]))).select(*DESK, "_share")


def _seldom_seen(inputs: RuleInputs, lines: DataFrame, card: Card) -> DataFrame:
    """DESK with `_seen`: the share of the customers this doctor had treated shortly before, where it is small."""
    asked = lines.select(*DESK, "psn_no", F.col("fee_date").alias("_bought")).distinct()
    visits = _elsewhere(inputs).select(
        "psn_no", F.trim("bilg_dr_code").alias("doctor"), F.col("fee_date").alias("_visit")
    )
    met = asked.join(visits, ["psn_no", "doctor"])
    met = met.where(F.datediff("_bought", "_visit").between(0, int(card.params["seen_days"])))
    patients = met.select(*DESK, "psn_no").distinct().withColumn("_patient", F.lit(1))
    people = asked.select(*DESK, "psn_no").distinct().join(patients, [*DESK, "psn_no"], "left")
    share = people.groupBy(*DESK).agg(F.avg(F.coalesce("_patient", F.lit(0))).alias("_seen"))
    strangers = share.where(F.col("_seen") <= float(card.params["most_seen"]))
    return strangers.crossJoin(F.broadcast(_doctors_told(inputs).where("_told"))).drop("_told")
