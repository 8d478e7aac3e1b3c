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

from models.rules.amounts import whole
from models.rules.kind import EXPOSURE_SCHEMA, Card, RuleInputs, exposures, sentence, stat_month
from models.rules.records import LINE, at, each_card, each_gap, nothing_of, ready

NAME, VERSION = "ordered_after_leaving", "1.0"
GONE = ["fixmedins_code", "_code"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines under such codes; params: where (pharmacy | inpatient | outpatient), who (columns of fee_list_d that name a
    person), grace_days, min_days, min_persons.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines whose first name (of `who`) the register knows: counted with the names, not read again."""
    frames = [
        exposures(
            _known(inputs, card)
            .where(F.col("_who") == str(card.params["who"][0]))
            .withColumn("detector_id", F.lit(card.detector_id)),
            F.col("_lines"),
        )
        for card in ready(inputs, cards)
    ]
    return reduce(DataFrame.unionByName, frames, nothing_of(inputs, EXPOSURE_SCHEMA))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions none of whose lines names somebody the register knows: `performer_unknown`."""
    return each_gap(inputs, cards, _strangers)


def _staff(inputs: RuleInputs) -> DataFrame:
    """Everybody the register knows once: `_code`, `_of`, `_left`, `_several` (1 = licensed for several places)."""
    register = inputs.tables["dr_info_b"].where(F.length(F.trim("dr_code")) > 0)
    flagged = "mul_prac_flag" in register.columns
    several = F.coalesce(F.col("mul_prac_flag").cast("int"), F.lit(0)) if flagged else F.lit(0)
    each = register.groupBy(F.trim("dr_code").alias("_code")).agg(
        F.count(F.lit(1)).alias("_times"),
        F.max("main_fixmedins_code").alias("_of"),
        F.max("nemp_time").alias("_left"),
        F.max(several).alias("_several"),
    )
    return each.where(F.col("_times") == 1).drop("_times")


def _names(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines by institution, month, kind of visit and name (`_code`, of column `_who`): `_lines`."""
    who = [str(name) for name in card.params["who"]]

    def counted() -> DataFrame:
        month = stat_month().alias("stat_month")
        each = [
            inputs.lines.groupBy("fixmedins_code", month, "med_type", F.trim(name).alias("_code"))
            .agg(F.count(F.lit(1)).alias("_lines"))
            .withColumn("_who", F.lit(name))
            for name in who
        ]
        return reduce(DataFrame.unionByName, each)

    return inputs.kept("-".join(["names", *who]), counted)


def _known(inputs: RuleInputs, card: Card) -> DataFrame:
    """The counted names the register knows, of the card's kind of visit."""
    there = at(inputs, str(card.params["where"]), _names(inputs, card))
    return there.join(F.broadcast(_staff(inputs).select("_code")), "_code", "left_semi")


def _strangers(inputs: RuleInputs, card: Card) -> DataFrame:
    billed = at(inputs, str(card.params["where"]), _names(inputs, card)).select("fixmedins_code").distinct()
    known = _known(inputs, card).select("fixmedins_code").distinct()
    return billed.join(known, "fixmedins_code", "left_anti").withColumn("reason_code", F.lit("performer_unknown"))


def _gone(inputs: RuleInputs, card: Card) -> DataFrame:
    """GONE with `_left`: who left an institution and is named on its lines of a later month, or of that one."""
    left = _staff(inputs).where(F.col("_left").isNotNull() & (F.col("_several") == 0))
    named = left.select(F.col("_of").alias("fixmedins_code"), "_code", "_left")
    later = F.col("stat_month") >= F.trunc(F.date_add("_left", int(card.params["grace_days"])), "month")
    seen = _names(inputs, card).join(F.broadcast(named), GONE).where(later)
    return inputs.kept(f"gone-{_asked(card)}", lambda: seen.select(*GONE, "_left").distinct())


def _asked(card: Card) -> str:
    """Cards that ask the same of stays and of visits read the lines once."""
    return "-".join([*[str(name) for name in card.params["who"]], str(card.params["grace_days"])])


def _late(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines under the name of somebody who had left, of every kind of visit."""
    gone = _gone(inputs, card)
    houses = F.broadcast(gone.select("fixmedins_code").distinct())
    names = F.array_distinct(F.array(*[F.trim(name) for name in card.params["who"]]))
    lines = inputs.lines.join(houses, "fixmedins_code", "left_semi").select(*LINE, "med_type", names.alias("_names"))
    each = lines.withColumn("_code", F.explode("_names")).drop("_names").join(F.broadcast(gone), GONE)
    late = F.datediff("fee_date", "_left") > int(card.params["grace_days"])
    return inputs.kept(f"after-leaving-{_asked(card)}", lambda: each.where(late))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    found = at(inputs, str(card.params["where"]), _late(inputs, card))
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
