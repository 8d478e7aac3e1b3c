"""Items payable in certain departments only, billed by others (限定科室): the line is disputed whole.

Points: `params` = beginnings of the department codes that may bill the item, separated by `|`.
Card: `code_pattern` = what a department code that can be compared looks like.
Why: ordering, performing and admitting department all count, so a consultation on another ward is honest; a house that
numbers its departments itself cannot be compared and is a gap, not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import DEPARTMENTS, disputed_whole, line_exposure, matched_lines, names_any, never_told

NAME, VERSION = "restricted_department", "1.0"
READS_POINTS = True
PARAMS = ("code_pattern",)


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines none of whose departments may bill the item; columns HIT_SCHEMA, amounts in yuan."""
    found = _matched(inputs, cards).where(~names_any("_departments"))
    own = F.substring(F.col("_departments"), 2, 60)
    zh = sentence("限科室{meant}, 本次科室{own}", meant="params", own="_own")
    en = sentence("payable in departments {meant}, billed by {own}", meant="params", own="_own")
    return hits(disputed_whole(found.withColumn("_own", own), zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items whose departments can be compared."""
    return line_exposure(_matched(inputs, cards))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that bill such items and whose departments can never be compared."""
    return never_told(_known(inputs, cards), "_departments", "department_unknown")


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return _known(inputs, cards).where(F.col("_departments").isNotNull() & F.col("params").isNotNull())


def _known(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """The lines with their departments as one text; empty when one of them is told in a numbering of the house."""
    lines = matched_lines(inputs, cards)
    present = [F.col(name) for name in DEPARTMENTS if name in lines.columns]
    told = F.concat_ws("|", F.lit(""), *present)
    foreign = F.lit(False)
    for card in cards:
        mine = F.col("detector_id") == card.detector_id
        for name in present:
            foreign = foreign | (mine & F.coalesce(~name.rlike(card.params.get("code_pattern", ".")), F.lit(False)))
    return lines.withColumn("_departments", F.when((told != "") & ~foreign, told))
