"""Items of an age group billed for another (限定年龄): the line is disputed whole.

Points: `limit_value` years; `limit_unit` = years_below (the person must be younger) or years_from (at least so old).
Why: a person whose age is not known is not judged; adults buying for a child of the family at a pharmacy are the card's
exception, not an accident of the rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines

NAME, VERSION = "restricted_age", "1.0"
READS_POINTS = True
PARAMS: tuple[str, ...] = ("same_kind",)


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines whose person is outside the age group; columns HIT_SCHEMA, amounts in yuan."""
    too_old = (F.col("limit_unit") == "years_below") & (F.col("age") >= F.col("limit_value"))
    too_young = (F.col("limit_unit") == "years_from") & (F.col("age") < F.col("limit_value"))
    found = _matched(inputs, cards).where(too_old | too_young)
    limit = F.col("limit_value").cast("int")
    below = F.col("limit_unit") == "years_below"
    zh = sentence(
        "{age}岁, 限{limit}岁{side}",
        age="age",
        limit=limit,
        side=F.when(below, F.lit("以下")).otherwise(F.lit("及以上")),
    )
    en = sentence(
        "age {age}, for persons {side} {limit}",
        age="age",
        limit=limit,
        side=F.when(below, F.lit("younger than")).otherwise(F.lit("of at least")),
    )
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items for an age group, of persons whose age is known."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return matched_lines(inputs, cards).where(F.col("age").isNotNull())
