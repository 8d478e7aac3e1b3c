"""More units on one line than a service can have (限数量): the units above the limit are disputed.

Points: `limit_value` = largest plausible quantity of one line, after refunds; `limit_unit` names the unit.
Why: what cannot be done more often in one go (four views of one X-ray, three treated parts) shows on the line itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import line_exposure, matched_lines

NAME, VERSION = "quantity_per_line", "1.0"
READS_POINTS = True
PARAMS: tuple[str, ...] = ()


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Units above the limit of a line; columns HIT_SCHEMA, amounts in yuan."""
    excess = F.col("net_cnt").cast("double") - F.col("limit_value")
    found = _matched(inputs, cards).withColumn("violation_cnt", excess).where(F.col("violation_cnt") > 0)
    found = found.withColumn("violation_amount", excess_share(F.col("violation_cnt")))
    limit = F.col("limit_value").cast("int")
    zh = sentence("单次数量超过{limit}", limit=limit)
    en = sentence("more than {limit} on one line", limit=limit)
    return hits(found.withColumn("note_zh", zh).withColumn("note_en", en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the limited items."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return matched_lines(inputs, cards)
