"""Items payable for certain diagnoses only, billed without any of them (限定诊断): the line is disputed whole.

Points: `params` = beginnings of the ICD-10 codes for which the item is paid, separated by `|`.
Reads: setl_list_diag_d – all diagnoses of the settlement, main and other.
Why: a secondary diagnosis justifies an item as well as the main one, so only settlements with a diagnosis list are
judged; a prescription at a counter or an out-patient visit carries no such list and is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines, names_any, never_told

NAME, VERSION = "restricted_diagnosis", "1.0"
READS_POINTS = True
PARAMS: tuple[str, ...] = ()


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines none of whose settlement's diagnoses the item is paid for; columns HIT_SCHEMA, amounts in yuan."""
    found = _matched(inputs, cards).where(~names_any("_diagnoses"))
    zh = sentence("限诊断{meant}, 本次诊断{own}", meant="params", own="_shown")
    en = sentence("payable for diagnoses {meant}, billed with {own}", meant="params", own="_shown")
    shown = F.substring(F.col("_diagnoses"), 2, 60)
    return hits(disputed_whole(found.withColumn("_shown", shown), zh, en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items, of settlements with a list of diagnoses."""
    return line_exposure(_matched(inputs, cards))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that bill such items and none of whose settlements carries a list of diagnoses."""
    return never_told(_listed(inputs, cards), "_diagnoses", "no_diagnosis_list")


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    return _listed(inputs, cards).where(F.col("_diagnoses").isNotNull() & F.col("params").isNotNull())


def _listed(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """The lines with all diagnoses of their settlement as one text, empty where there is no list."""
    lines = matched_lines(inputs, cards)
    asked = lines.where(F.col("setl_id").isNotNull()).select("setl_id").distinct()
    codes = inputs.tables["setl_list_diag_d"].join(asked, "setl_id", "left_semi")
    joined = F.concat(F.lit("|"), F.array_join(F.sort_array(F.collect_set("diag_code")), "|"))
    return lines.join(codes.groupBy("setl_id").agg(joined.alias("_diagnoses")), "setl_id", "left")
