"""Ordered or performed under the code of somebody who had left the institution (离职人员开单、挂名执业).

Reads: fee_list_d (bilg_dr_code, acord_dr_code), dr_info_b (nemp_time).
Grain: the fee line.
Why: a hospital that bills under the code of a doctor who is gone either had nobody to order the service or invented it.
The register follows departures late, people are hired again and practise at several places, and an account that was
never closed is used by a successor for a day: so only those count who left this institution more than `grace_days`
before, without a licence for several places, whose code comes back on `min_days` days and for `min_persons` patients.
A code the register knows twice is nobody's. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, sentence, whole
from models.rules.records import LINE, at, each_card, each_exposure, each_gap

NAME, VERSION = "ordered_after_leaving", "1.0"
GONE = ["fixmedins_code", "_code"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines under such codes; params: where (pharmacy | inpatient | outpatient), who (columns of fee_list_d that name a
    person), grace_days, min_days, min_persons.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines that name somebody the register knows."""
    return each_exposure(inputs, cards, _known)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions none of whose lines names somebody the register knows: `performer_unknown`."""
    return each_gap(inputs, cards, _strangers)


def _staff(inputs: RuleInputs) -> DataFrame:
    """Everybody the register knows once: `_code`, `_of`, `_left`, `_several` (1 = licensed for several places)."""
    register = inputs.tables["dr_info_b"].where(F.length(F.trim("dr_code")) > 0)
    several = F.coalesce(F.col("mul_prac_flag").cast("int"), F.lit(0)) if _flagged(inputs) else F.lit(0)
    each = register.groupBy(F.trim("dr_code").alias("_code")).agg(
        F.count(F.lit(1)).alias("_times"),
        F.max("main_fixmedins_code").alias("_of"),
        F.max("nemp_time").alias("_left"),
        F.max(several).alias("_several"),
    )
    return each.where(F.col("_times") == 1).drop("_times")


def _flagged(inputs: RuleInputs) -> bool:
    return "mul_prac_flag" in inputs.tables["dr_info_b"].columns


def _known(inputs: RuleInputs, card: Card) -> DataFrame:
    people = F.broadcast(_staff(inputs).select("_code"))
    lines = at(inputs, str(card.params["where"]))
    code = F.coalesce(*[F.trim(name) for name in card.params["who"]])
    return lines.select(*LINE, code.alias("_code")).join(people, "_code", "left_semi")


def _strangers(inputs: RuleInputs, card: Card) -> DataFrame:
    billed = at(inputs, str(card.params["where"])).select("fixmedins_code").distinct()
    known = inputs.kept(f"houses-{card.detector_id}", lambda: _known(inputs, card).select("fixmedins_code").distinct())
    return billed.join(known, "fixmedins_code", "left_anti").withColumn("reason_code", F.lit("performer_unknown"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    gone = _staff(inputs).where(F.col("_left").isNotNull() & (F.col("_several") == 0))
    named = gone.select(F.col("_of").alias("fixmedins_code"), "_code", "_left")
    late = F.datediff("fee_date", "_left") > int(card.params["grace_days"])
    lines = at(inputs, str(card.params["where"]))
    each = [
        lines.select(*LINE, F.trim(name).alias("_code")).join(F.broadcast(named), GONE).where(late)
        for name in card.params["who"]
    ]
    found = inputs.kept(f"after-leaving-{card.detector_id}", lambda: reduce(DataFrame.unionByName, each))
    habit = found.groupBy(*GONE).agg(
        F.countDistinct("fee_date").alias("_days"), F.countDistinct("psn_no").alias("_persons")
    )
    often = (F.col("_days") >= int(card.params["min_days"])) & (F.col("_persons") >= int(card.params["min_persons"]))
    words = {"d": F.col("_left").cast("string"), "n": F.col("_days")}
    return found.join(habit.where(often), GONE).withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("开单或执行人员已于{d}离职, 此后仍有{n}天以其名义收费", **words),
            "note_en": sentence("ordered or performed by somebody who left on {d}; billed on {n} days since", **words),
        }
    )
