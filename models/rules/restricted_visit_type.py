"""Items payable in one kind of visit billed in another (限定就医方式): the line is disputed whole.

Points: `limit_unit` = inpatient or outpatient, the kind of visit the item is payable in.
Card: `visit_types` = the med_type prefixes that count as that kind of visit, tolerated ones included.
Why: which values of med_type are stays differs by province, and emergency observation or a home sickbed is a bed.
The rate counts all lines of such goods in visits of the wrong kind: a clinic without beds is measured by out-patients
elsewhere and not by wards, which cannot break the limit.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.lines import disputed_whole, goods_like, matched_lines, visit_type_in

NAME, VERSION = "restricted_visit_type", "1.1"
READS_POINTS = True
PARAMS = ("visit_types",)


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of visits of the wrong kind; columns HIT_SCHEMA, amounts in yuan."""
    found = matched_lines(inputs, cards).where(_wrong(cards))
    meant = F.when(F.col("limit_unit") == "inpatient", F.lit("住院")).otherwise(F.lit("门诊"))
    zh = sentence("限{meant}使用, 本次医疗类别{type}", meant=meant, type="med_type")
    en = sentence(
        "payable for {meant} visits only, billed in a visit of kind {type}", meant="limit_unit", type="med_type"
    )
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """All lines of such goods in visits of the wrong kind."""
    open_to_it = goods_like(inputs, cards).where(_wrong(cards))
    return exposures(open_to_it.withColumn("stat_month", stat_month()), F.col("lines"))


def _wrong(cards: Sequence[Card]) -> Column:
    """The visit is of a known kind, and not of the one the card asks for."""
    wrong = F.lit(False)
    for card in cards:
        outside = ~visit_type_in(card.params["visit_types"])
        wrong = wrong | ((F.col("detector_id") == card.detector_id) & outside)
    return F.coalesce(wrong, F.lit(False))
