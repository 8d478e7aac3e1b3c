"""Items payable under one insurance only, billed under another (限定保险类型): the line is disputed whole.

Points: `limit_unit` = the insurance that pays (work_injury, maternity).
Card: `paid_by` = per insurance the insutype codes (prefixes) under which it is paid; `visit_types` = per insurance the
med_type prefixes that count as it; `diagnoses` = per insurance a pattern of main diagnoses that count as it.
Why: maternity insurance was merged into the employees' one, so a birth is told by its visit and not by its scheme; work
injury is no scheme of the medical fund at all. A line of an unknown scheme is not judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, sentence
from models.rules.lines import disputed_whole, line_exposure, matched_lines, never_told, visit_type_in

NAME, VERSION = "restricted_insurance_type", "1.0"
READS_POINTS = True
PARAMS = ("paid_by", "visit_types", "diagnoses")
NAMES = {"work_injury": ("工伤", "work injury"), "maternity": ("生育", "maternity")}


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines billed under another insurance than the item's; columns HIT_SCHEMA, amounts in yuan."""
    found = _matched(inputs, cards).where(~_rightly(cards))
    zh, en = (_name(place) for place in (0, 1))
    note_zh = sentence("限{meant}保险使用, 本次险种{own}", meant=zh, own="insutype")
    note_en = sentence("payable under {meant} insurance only, billed under scheme {own}", meant=en, own="insutype")
    return hits(disputed_whole(found, note_zh, note_en))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the items, of settlements whose scheme is known."""
    return line_exposure(_matched(inputs, cards))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that bill such items and whose lines carry no scheme at all."""
    return never_told(matched_lines(inputs, cards), "insutype", "insurance_unknown")


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """A point whose insurance the card does not know is not judged."""
    judged = F.lit(False)
    for card in cards:
        named = F.col("limit_unit").isin(*_param(card, "paid_by"))
        judged = judged | ((F.col("detector_id") == card.detector_id) & named)
    return matched_lines(inputs, cards).where(F.col("insutype").isNotNull() & judged)


def _rightly(cards: Sequence[Card]) -> Column:
    """The line was billed under the item's insurance, or in a visit that counts as it."""
    rightly = F.lit(False)
    for card in cards:
        for insurance, schemes in _param(card, "paid_by").items():
            holds = _starts("insutype", schemes)
            if types := _param(card, "visit_types").get(insurance):
                holds = holds | F.coalesce(visit_type_in(types), F.lit(False))
            if pattern := _param(card, "diagnoses").get(insurance):
                holds = holds | F.coalesce(F.col("main_diag").rlike(pattern), F.lit(False))
            mine = (F.col("detector_id") == card.detector_id) & (F.col("limit_unit") == insurance)
            rightly = rightly | (mine & holds)
    return rightly


def _param(card: Card, name: str) -> Mapping[str, Any]:
    return card.params.get(name, {})


def _starts(column: str, prefixes: Sequence[str]) -> Column:
    return F.col(column).rlike("^(" + "|".join(map(str, prefixes)) + ")") if prefixes else F.lit(False)


def _name(place: int) -> Column:
    chosen = F.col("limit_unit")
    for insurance, names in NAMES.items():
        chosen = F.when(F.col("limit_unit") == insurance, F.lit(names[place])).otherwise(chosen)
    return chosen
