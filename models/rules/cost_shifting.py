"""Out-patient charges just before, during or just after a stay that is paid by case, for what belongs to that stay.

Reads: mdtrt_d, setl_d (hi_paymtd), drg_setl_d where given, fee_list_d.
Grain: the out-patient fee lines of examinations, tests, drugs and goods around the stay, at the stay's institution.
Why: a case has one price, so what is charged beside it is paid twice (转嫁费用, ±7 days around the stay). What belongs
to the stay: a visit for the same illness or for none in particular, or an item that stays of that illness usually
hold. What a person takes at other times too (a chronic prescription, a monthly control) is nobody's shift, nor are
courses (dialysis, chemotherapy, pregnancy); the days of admission and discharge are left to the emergency room and the
pharmacy at the door. Many come with their tests done before: so a house is silent unless its patients come
`times_far` as often as one to three weeks away from the same stays, and `times_unpaid` as often as around its own
stays that are not paid by case (where it has enough of them); what is left is held against peers. Formula: whole
in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import EXPOSURE_SCHEMA, Card, RuleInputs, exposures, sentence, stat_month
from models.rules.lines import visit_type_in
from models.rules.lines_counted import charged_stays
from models.rules.records import (
    LINE,
    PHARMACY_TYPE,
    each_card,
    each_gap,
    is_inpatient,
    nothing_of,
    ratio,
    ready,
    stays,
)

NAME, VERSION = "cost_shifting", "1.0"
PER_CASE = ("2", "3", "4")  # hi_paymtd: single disease, DIP, DRG
CARED = ("03", "04", "08", "09", "10", "11")  # examinations, tests, goods, drugs: what a case price covers
UNSPECIFIC = "^[RZ]"  # symptoms and encounters: the visit names no illness
NEAR, FAR = "near", "far"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines around such stays; params: window (days), times_far, times_unpaid, unpaid_stays, usual_share, usual_stays,
    skip_visit_types, skip_diagnoses.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Stays paid by case, under the month of their last day."""
    counted = nothing_of(inputs, EXPOSURE_SCHEMA)
    for card in ready(inputs, cards):
        paid = _judged_stays(inputs, card).where(F.col("per_case"))
        named = paid.withColumns({"detector_id": F.lit(card.detector_id), "stat_month": stat_month("stay_end")})
        counted = counted.unionByName(exposures(named))
    return counted


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions none of whose stays says how it is paid: `payment_mode_unknown`."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, _: Card) -> DataFrame:
    told = stays(inputs).join(_modes(inputs), "mdtrt_id").groupBy("fixmedins_code").agg(F.max("told").alias("told"))
    return told.where(~F.col("told")).select("fixmedins_code", F.lit("payment_mode_unknown").alias("reason_code"))


def _modes(inputs: RuleInputs) -> DataFrame:
    """Of stays: mdtrt_id, per_case (paid by case), told (the settlement or its grouping says how it is paid)."""
    lain = stays(inputs).select("mdtrt_id")
    settled = inputs.tables["setl_d"].select("setl_id", "mdtrt_id", "hi_paymtd").join(lain, "mdtrt_id", "left_semi")
    grouped = inputs.tables.get("drg_setl_d")
    if grouped is None:
        known = settled.withColumn("_grouped", F.lit(False))
    else:
        cases = grouped.select("setl_id").distinct().withColumn("_grouped", F.lit(True))
        known = settled.join(cases, "setl_id", "left").withColumn("_grouped", F.coalesce("_grouped", F.lit(False)))
    by_case = F.coalesce(F.col("hi_paymtd").isin(*PER_CASE), F.lit(False)) | F.col("_grouped")
    return known.groupBy("mdtrt_id").agg(
        F.max(by_case).alias("per_case"),
        F.max(F.col("hi_paymtd").isNotNull() | F.col("_grouped")).alias("told"),
    )


def _judged_stays(inputs: RuleInputs, card: Card) -> DataFrame:
    """Stays with a known way of payment and an illness that is no course: stay_id, house, illness, per_case …"""
    course = F.coalesce(F.col("stay_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(False))
    known = stays(inputs).join(_modes(inputs).where(F.col("told")), "mdtrt_id")
    judged = known.where(~course).select(
        F.col("mdtrt_id").alias("stay_id"),
        "psn_no",
        "fixmedins_code",
        "stay_begin",
        "stay_end",
        F.substring("stay_diag", 1, 3).alias("illness"),
        "per_case",
    )
    return inputs.kept(f"judged-stays-{card.detector_id}", lambda: judged)


def _around(inputs: RuleInputs, card: Card) -> DataFrame:
    """Out-patient and pharmacy lines of persons with a judged stay: `away` (days from the nearest one, below 0 inside)
    and `stay`, the nearest one at the line's own institution.
    """
    known = _judged_stays(inputs, card).withColumnRenamed("fixmedins_code", "house")
    persons = known.select("psn_no").distinct()  # few have lain in hospital: nobody else's lines need to be looked at
    lines = inputs.lines.where(~is_inpatient() & F.col("med_chrgitm_type").isin(*CARED))
    lines = lines.join(persons, "psn_no", "left_semi")
    # What stay is near is told by the person's day at the house, and there are far fewer days than lines.
    day = ["psn_no", "fixmedins_code", "fee_date"]
    met = lines.select(*day).distinct().join(known, "psn_no")
    away = F.greatest(F.datediff("stay_begin", "fee_date"), F.datediff("fee_date", "stay_end"))
    own = F.col("house") == F.col("fixmedins_code")
    stay = F.struct("away", "stay_id", "illness", "per_case", F.to_date("stay_begin").alias("begin"))
    # Ranked, not the least of a struct: the embedded engine takes structs one by one.
    same = Window.partitionBy(*day)
    nearest = F.row_number().over(same.orderBy(own.desc(), "away", "stay_id"))
    ranked = met.withColumn("away", away).withColumns({"_rank": nearest, "_least": F.min("away").over(same)})
    chosen = ranked.where(F.col("_rank") == 1)
    told = chosen.select(*day, F.col("_least").alias("away"), F.when(own, stay).alias("stay"))
    return lines.select(*LINE, "med_type", "main_diag").join(told, day)


def _visits(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines at the stay's institution with `phase` near or far, `belongs`, `regular` and what the stay is."""
    around = inputs.kept(f"around-{card.detector_id}", lambda: _around(inputs, card))
    window = int(card.params["window"])
    other_times = around.where(F.col("away") > window).select("psn_no", "med_list_codg").distinct()
    days = F.col("stay.away")
    phase = F.when((days < 0) | days.between(1, window), NEAR).when(days.between(window + 1, 3 * window), FAR)
    course = F.coalesce(F.col("main_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(False))
    left_out = course | visit_type_in(card.params["skip_visit_types"]) | F.col("med_type").startswith(PHARMACY_TYPE)
    ordinary = around.withColumn("phase", phase).where(F.col("phase").isNotNull() & ~F.coalesce(left_out, F.lit(False)))
    named = ordinary.select("*", *[F.col(f"stay.{name}") for name in ("stay_id", "illness", "per_case", "begin")])
    regular = other_times.withColumn("regular", F.lit(True))
    marked = named.join(regular, ["psn_no", "med_list_codg"], "left").join(
        F.broadcast(_usual_items(inputs, named, card)), ["illness", "med_list_codg"], "left"
    )
    same = F.coalesce(F.substring("main_diag", 1, 3) == F.col("illness"), F.lit(True))
    unspecific = F.coalesce(F.col("main_diag").rlike(UNSPECIFIC), F.lit(True))
    belongs = same | unspecific | F.col("usual").isNotNull()
    return marked.where(belongs).withColumn("regular", F.coalesce("regular", F.lit(False)))


def _usual_items(inputs: RuleInputs, named: DataFrame, card: Card) -> DataFrame:
    """illness, med_list_codg, usual: items that a good part of the area's stays of that illness hold."""
    asked = named.select("illness", "med_list_codg").distinct()
    illness = F.substring("main_diag", 1, 3).alias("illness")
    number = charged_stays(inputs).groupBy(illness).agg(F.count_distinct("mdtrt_id").alias("_stays"))
    held = inputs.lines.where(is_inpatient()).select("mdtrt_id", "med_list_codg", illness)
    items = held.join(F.broadcast(asked), ["illness", "med_list_codg"], "left_semi")
    counted = items.groupBy("illness", "med_list_codg").agg(F.count_distinct("mdtrt_id").alias("_with"))
    often = ratio(F.col("_with"), F.col("_stays")) >= float(card.params["usual_share"])
    known = F.col("_stays") >= int(card.params["usual_stays"])
    told = counted.join(F.broadcast(number), "illness").where(often & known)
    return told.select("illness", "med_list_codg", F.lit(True).alias("usual"))


def _houses(inputs: RuleInputs, visits: DataFrame, card: Card) -> DataFrame:
    """fixmedins_code, near_stays, paid_stays: houses whose patients come oftener around stays paid by case."""
    number = F.count_distinct("stay_id", "fee_date")

    def of(paid: Column, phase: str) -> Column:
        return F.coalesce(F.sum(F.when(paid & (F.col("phase") == phase), F.col("_n"))), F.lit(0)).cast("double")

    days = visits.groupBy("fixmedins_code", "per_case", "phase").agg(number.alias("_n"))
    paid = F.col("per_case")
    seen = days.groupBy("fixmedins_code").agg(
        of(paid, NEAR).alias("_near"), of(paid, FAR).alias("_far"), of(~paid, NEAR).alias("_near_unpaid")
    )
    lain = _judged_stays(inputs, card).groupBy("fixmedins_code").agg(
        F.sum(paid.cast("int")).alias("paid_stays"), F.sum((~paid).cast("int")).alias("_unpaid")
    )  # fmt: skip
    both = seen.join(lain, "fixmedins_code").where(F.col("paid_stays") > 0)
    # near is `window` days on each side, far twice as many
    from_far = F.col("_near") >= float(card.params["times_far"]) * F.col("_far") / 2.0
    enough = F.col("_unpaid") >= int(card.params["unpaid_stays"])
    rate = F.coalesce(ratio(F.col("_near_unpaid"), F.col("_unpaid")), F.lit(0.0))
    from_unpaid = ~enough | (F.col("_near") / F.col("paid_stays") >= float(card.params["times_unpaid"]) * rate)
    return both.where(from_far & from_unpaid).select("fixmedins_code", "paid_stays")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    visits = inputs.kept(f"visits-{card.detector_id}", lambda: _visits(inputs, card))
    near = visits.where((F.col("phase") == NEAR) & F.col("per_case") & ~F.col("regular"))
    found = near.join(F.broadcast(_houses(inputs, visits, card)), "fixmedins_code")
    when_zh = F.when(F.col("stay.away") < 0, "住院期间").when(F.col("fee_date") < F.col("begin"), "入院前")
    when_en = F.when(F.col("stay.away") < 0, "during the stay").when(F.col("fee_date") < F.col("begin"), "before")
    days = F.when(F.col("stay.away") > 0, F.concat(F.col("stay.away").cast("string"), F.lit("天")))
    days_en = F.when(F.col("stay.away") > 0, F.concat(F.col("stay.away").cast("string"), F.lit(" days ")))
    words = {"s": F.col("stay_id"), "d": days, "e": days_en}
    words |= {"z": F.coalesce(when_zh, F.lit("出院后")), "w": F.coalesce(when_en, F.lit("after"))}
    return found.withColumns(
        {
            "paired_bkkp_sn": F.col("stay_id"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("{z}{d}在本院门诊收取, 该次住院(就诊{s})按病种付费", **words),
            "note_en": sentence("charged as out-patient {e}{w}; the stay ({s}) is paid by case", **words),
        }
    )
