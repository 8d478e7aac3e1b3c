"""Bought or treated somewhere else on a full day inside an in-patient stay.

Reads: fee_list_d, mdtrt_d, setl_d (stays taken back do not count), fixmedins_b.
Grain: the fee line of the purchase or treatment; held against the institution that charged it.
Why: a person in bed does not stand at a counter. Days of admission and discharge are never counted: both are honest.
Very long stays (psychiatry, nursing) know leave and are left out. Formula: whole in-scope amount (handbook §3.4,
formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import counted_lines
from models.rules.records import LINE, at, each_card, each_exposure, of_domains, stays

NAME, VERSION = "bought_while_inpatient", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines strictly inside a stay elsewhere; params: where pharmacy | outpatient, domains, longest_stay (days)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the kind looked at, of everybody."""
    return each_exposure(
        inputs, cards, lambda given, card: _looked_at(given, card, counted_lines(given)), amount=F.col("lines")
    )


def _looked_at(inputs: RuleInputs, card: Card, among: DataFrame | None = None) -> DataFrame:
    lines = at(inputs, str(card.params["where"]), among)
    return of_domains(lines, card) if "domains" in card.params else lines


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    bedridden = stays(inputs).where(F.datediff("stay_end", "stay_begin").between(2, int(card.params["longest_stay"])))
    in_bed = bedridden.select(
        "psn_no",
        F.col("mdtrt_id").alias("stay_id"),
        F.col("fixmedins_code").alias("stay_at"),
        "stay_begin",
        "stay_end",
    )
    inside = (F.col("fee_date") > F.col("stay_begin")) & (F.col("fee_date") < F.col("stay_end"))
    elsewhere = F.col("stay_at") != F.col("fixmedins_code")
    joined = _looked_at(inputs, card).select(*LINE).join(in_bed, "psn_no", "inner").where(inside & elsewhere)
    found = joined.groupBy(*LINE).agg(F.min(F.struct("stay_id", "stay_at", "stay_begin", "stay_end")).alias("stay"))
    words = {"h": F.col("stay.stay_at"), "b": F.col("stay.stay_begin"), "e": F.col("stay.stay_end")}
    return found.withColumns(
        {
            "paired_bkkp_sn": F.col("stay.stay_id"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("该日在机构{h}住院({b}至{e}),非入出院当日", **words),
            "note_en": sentence(
                "in-patient at {h} from {b} to {e}; neither the day of admission nor of discharge", **words
            ),
        }
    )
