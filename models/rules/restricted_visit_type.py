"""Items payable in one kind of visit billed in another (限定就医方式): the line is disputed whole.

Points: `limit_unit` = inpatient or outpatient, the kind of visit the item is payable in.
Card: `visit_types` = the med_type prefixes that count as that kind of visit, tolerated ones included.
Why: which values of med_type are stays differs by province, and emergency observation or a home sickbed is a bed.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines, visit_type_in

NAME, VERSION = "restricted_visit_type", "1.0"
READS_POINTS = True
PARAMS = ("visit_types",)


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of visits of the wrong kind; columns HIT_SCHEMA, amounts in yuan."""
    wrong = F.lit(False)
    for card in cards:
        outside = ~visit_type_in(card.params["visit_types"])
        wrong = wrong | ((F.col("detector_id") == card.detector_id) & outside)
    found = _matched(inputs, cards).where(wrong)
    meant = F.when(F.col("limit_unit") == "inpatient", F.lit("住院")).otherwise(F.lit("门诊"))
    zh = sentence("限{meant}使用, 本次医疗类别{type}", meant=meant, type="med_type")
    en = sentence(
        "payable for {meant} visits only, billed in a visit of kind {type}", meant="limit_unit", type="med_type"
    )
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items, of visits whose kind is known."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return matched_lines(inputs, cards).where(F.col("med_type").isNotNull())
