"""Services charged after the person's death.

Reads: fee_list_d, psn_info_b (die_date), mdtrt_d (die_date).
Grain: the fee line.
Why: nobody is served after death; but a wrong date of death is far more common than a crime. Where the sources
disagree the later date counts; a stay that began in life keeps a few days to close its books; a person who after the
date of death is served by many institutions is alive, and the register is wrong. Formula: whole in-scope amount
(handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, at, each_card, each_exposure

NAME, VERSION = "after_death", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines after death; params: grace_days, stay_grace_days, max_institutions (above it the register is
    wrong), where pharmacy | inpatient | outpatient | any.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """All lines of persons with a date of death, before it and after."""
    return each_exposure(inputs, cards, _lines_of_the_dead)


def _lines_of_the_dead(inputs: RuleInputs, card: Card) -> DataFrame:
    return at(inputs, str(card.params["where"]), _of_the_dead(inputs))


def _of_the_dead(inputs: RuleInputs) -> DataFrame:
    """Lines of persons with a date of death: few, and all a card ever looks at."""

    def lines() -> DataFrame:
        return inputs.lines.select(*LINE, "visit_begin", "med_type").join(_deaths(inputs), "psn_no", "inner")

    return inputs.kept("lines-of-the-dead", lines)


def _deaths(inputs: RuleInputs) -> DataFrame:
    """One row per person: the latest date of death any source gives."""
    told = [
        inputs.tables[name].where(F.col("die_date").isNotNull()).select("psn_no", "die_date")
        for name in ("psn_info_b", "mdtrt_d")
        if name in inputs.tables
    ]
    united = told[0].unionByName(told[1]) if len(told) > 1 else told[0]
    return united.groupBy("psn_no").agg(F.max("die_date").alias("died_on"))


def _late(lines: DataFrame, card: Card) -> DataFrame:
    """Lines after death and its grace, with `days_after`."""
    grace, stay_grace = int(card.params["grace_days"]), int(card.params["stay_grace_days"])
    allowed = F.when(F.col("visit_begin") <= F.col("died_on"), stay_grace).otherwise(grace)
    return lines.withColumn("days_after", F.datediff("fee_date", "died_on")).where(F.col("days_after") > allowed)


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    seen = _late(_of_the_dead(inputs), card).groupBy("psn_no").agg(F.countDistinct("fixmedins_code").alias("_places"))
    dead = seen.where(F.col("_places") <= int(card.params["max_institutions"])).select("psn_no")
    found = _late(_lines_of_the_dead(inputs, card), card).join(dead, "psn_no", "left_semi")
    return found.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("登记死亡日期{d},费用发生在其后{n}天", d="died_on", n="days_after"),
            "note_en": sentence("date of death {d}; charged {n} days later", d="died_on", n="days_after"),
        }
    )
