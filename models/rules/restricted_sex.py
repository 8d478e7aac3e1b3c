"""Items of one sex billed for the other (限定性别): the line is disputed whole.

Points: `limit_value` = the national code of the sex the item is for (1 male, 2 female), `limit_unit` = gend.
Why: a person whose sex is not recorded is not judged. Newborns are often billed under their mother, so the cards leave
out visits around birth.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines

NAME, VERSION = "restricted_sex", "1.0"
READS_POINTS = True
PARAMS: tuple[str, ...] = ()


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines whose person is of the other sex; columns HIT_SCHEMA, amounts in yuan."""
    meant = F.col("limit_value").cast("int").cast("string")
    found = _matched(inputs, cards).where(F.col("gend") != meant)
    male = F.col("limit_value") == 1
    zh = sentence("限{sex}性项目", sex=F.when(male, F.lit("男")).otherwise(F.lit("女")))
    en = sentence("an item for {sex} persons only", sex=F.when(male, F.lit("male")).otherwise(F.lit("female")))
    return hits(disputed_whole(found, zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items for one sex, of persons whose sex is recorded."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return matched_lines(inputs, cards).where(F.col("gend").isin("1", "2"))
