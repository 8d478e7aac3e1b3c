"""Services charged to the fund while the institution's contract was suspended.

Reads: fee_list_d, fixmedins_paus_d.
Grain: the fee line.
Why: a suspended institution may finish the stays it has, and nothing else. The first and last day of a suspension
are not counted (notices arrive during the day). Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, at, each_card, each_exposure, is_inpatient

NAME, VERSION = "outside_contract", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines inside a suspension; params: where pharmacy | inpatient | outpatient | any."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """All lines of the institutions that were suspended at some time."""
    return each_exposure(inputs, cards, _suspended_lines)


def _suspended_lines(inputs: RuleInputs, card: Card) -> DataFrame:
    suspended = inputs.tables["fixmedins_paus_d"].select("fixmedins_code").distinct()

    def lines() -> DataFrame:
        charged = inputs.lines.select(*LINE, "visit_begin", "med_type")
        return charged.join(F.broadcast(suspended), "fixmedins_code", "left_semi")

    return at(inputs, str(card.params["where"]), inputs.kept("lines-of-the-suspended", lines))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    pauses = inputs.tables["fixmedins_paus_d"].select(
        "fixmedins_code", F.col("begntime").alias("paus_begin"), F.col("endtime").alias("paus_end")
    )
    inside = (F.col("fee_date") > F.col("paus_begin")) & (
        F.col("paus_end").isNull() | (F.col("fee_date") < F.col("paus_end"))
    )
    # A stay that began before the suspension is finished and settled lawfully.
    begun_before = is_inpatient() & (F.coalesce("visit_begin", "fee_date") <= F.col("paus_begin"))
    found = (
        _suspended_lines(inputs, card)
        .join(F.broadcast(pauses), "fixmedins_code", "inner")
        .where(inside & ~begun_before)
    )
    once = found.groupBy(*LINE).agg(F.min("paus_begin").alias("paus_begin"), F.max("paus_end").alias("paus_end"))
    until = F.coalesce(F.col("paus_end").cast("string"), F.lit("-"))
    return once.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("协议暂停期间({b}至{e})发生的费用", b="paus_begin", e=until),
            "note_en": sentence("charged while the contract was suspended ({b} to {e})", b="paus_begin", e=until),
        }
    )
