"""More treatment minutes in a day than the people who gave them have.

Reads: fee_list_d (acord_dr_code), fixmedins_b (reha_psncnt, tecn_psncnt), knowledge points (attended minutes of an
item).
Grain: the fee lines of an overloaded day, of one performer or of the whole institution.
Why: treatment takes hands. Minutes of a point are those a therapist must attend, not those the patient lies under a
lamp, so treating several patients at a time stays possible. Level `performer` is judged only where the codes mean
persons: an institution that bills under far fewer codes than it has therapists (one code of the head, a blank, a
placeholder) is judged as a whole by level `institution`. Formula: see day_load.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.day_load import disputed, overloaded_days
from models.rules.kind import Card, RuleInputs, with_points
from models.rules.records import LINE, each_card, each_exposure, each_gap

NAME, VERSION = "staff_capacity", "1.0"
READS_POINTS = True
PARAMS = ("level", "minutes_per_day", "tolerance", "week_days", "min_days", "min_code_share")
PLACEHOLDER = "(?i)^(0+|9+|-+|x+|unknown|none|无|未知|其他|不详)$"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of overloaded days; params: level performer | institution, minutes_per_day, tolerance, week_days, min_days,
    min_code_share (distinct performers per registered therapist below which codes do not mean persons).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Treatment lines whose performer (or whose institution's staff) is known."""
    return each_exposure(inputs, cards, _judged)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_staff_register`, and for level performer `performer_codes_shared` (codes do not mean persons)."""
    return each_gap(inputs, cards, _silent)


def _treatments(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of items with a point: `unit` = attended minutes of one unit (the shortest of its points), `performer`."""
    return inputs.kept(f"treatments-{card.detector_id}", lambda: _timed(inputs, card))


def _timed(inputs: RuleInputs, card: Card) -> DataFrame:
    points = inputs.known().where(F.col("detector_id") == card.detector_id)
    read = _with_region(inputs)
    minutes = with_points(read, points).groupBy("bkkp_sn").agg(F.min("limit_value").alias("unit"))
    code = F.trim("acord_dr_code")
    person = F.when(~code.rlike(PLACEHOLDER) & (F.length(code) > 0), code)
    lines = read.select(*LINE, "acord_dr_code").join(minutes, "bkkp_sn", "inner")
    return lines.withColumn("performer", person).withColumn("work", F.col("net_cnt") * F.col("unit"))


def _with_region(inputs: RuleInputs) -> DataFrame:
    lines = inputs.with_own_items()
    if "fix_blng_admdvs" in lines.columns:
        return lines
    places = inputs.tables["fixmedins_b"].select("fixmedins_code", "fix_blng_admdvs").dropDuplicates(["fixmedins_code"])
    return lines.join(F.broadcast(places), "fixmedins_code", "left")


def _staff(inputs: RuleInputs) -> DataFrame:
    """Registered therapists per institution, technicians where none are registered; zero means not filled in."""
    therapists = F.when(F.col("reha_psncnt") > 0, F.col("reha_psncnt")).when(
        F.col("tecn_psncnt") > 0, F.col("tecn_psncnt")
    )
    return inputs.tables["fixmedins_b"].groupBy("fixmedins_code").agg(F.max(therapists).alias("staff"))


def _houses(treatments: DataFrame, inputs: RuleInputs, card: Card) -> DataFrame:
    """Institution, `staff` and `_persons`: true where performer codes stand for persons."""
    codes = treatments.groupBy("fixmedins_code").agg(
        F.countDistinct("performer").alias("_codes"), F.avg(F.col("performer").isNotNull().cast("int")).alias("_told")
    )
    enough = F.col("_codes") >= F.col("staff") * float(card.params["min_code_share"])
    alone = F.col("staff").isNull() & (F.col("_codes") > 1)
    persons = (F.coalesce(enough, F.lit(False)) | alone) & (F.col("_told") >= 0.5)
    return codes.join(_staff(inputs), "fixmedins_code", "left").withColumn("_persons", persons)


def _judged(inputs: RuleInputs, card: Card) -> DataFrame:
    treatments = _treatments(inputs, card)
    houses = _houses(treatments, inputs, card)
    joined = treatments.join(houses.select("fixmedins_code", "staff", "_persons"), "fixmedins_code", "inner")
    return joined.where(_can_judge(card))


def _can_judge(card: Card) -> Column:
    if card.params["level"] == "performer":
        return F.col("_persons") & F.col("performer").isNotNull()
    return F.col("staff").isNotNull()


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    houses = _houses(_treatments(inputs, card), inputs, card)
    if card.params["level"] == "institution":
        reason = F.when(F.col("staff").isNull(), "no_staff_register")
    else:
        reason = F.when(~F.col("_persons"), "performer_codes_shared")
    return houses.withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _judged(inputs, card)
    alone = card.params["level"] == "performer"
    worker = ["fixmedins_code", "performer"] if alone else ["fixmedins_code"]
    people = F.lit(1) if alone else F.max("staff")
    capacity = (people * int(card.params["minutes_per_day"])).cast("double")
    days = lines.groupBy(*worker, "fee_date").agg(
        F.sum("work").cast("double").alias("minutes"), capacity.alias("capacity")
    )
    full = overloaded_days(days, worker, card)
    joined = lines.join(full, [*worker, "fee_date"], "inner")
    return disputed(joined, *(("该治疗师", "by this therapist") if alone else ("全院治疗", "in the whole institution")))
