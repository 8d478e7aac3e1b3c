"""The form all cohort kinds share: evidence card by card, pictures card by card, lines with their sentence.

Why: a kind says who belongs together and which lines that concerns (`found`); the rest is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.cohorts.components import Kept
from models.cohorts.picture import Groups, Link, nothing, picture, united
from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs
from models.rules.records import each_card, ready

Found = Callable[[RuleInputs, Card], DataFrame]


def kept_for(inputs: RuleInputs, card: Card) -> Kept:
    """Keeps frames of this card under names of its own."""
    return partial(_kept, inputs, card)


def _kept(inputs: RuleInputs, card: Card, name: str, make: Callable[[], DataFrame]) -> DataFrame:
    return inputs.kept(f"{card.detector_id}-{name}", make)


def evidence(inputs: RuleInputs, cards: Sequence[Card], found: Found) -> DataFrame:
    """Hits of all cards; what a card found is computed once for evidence and picture."""
    return each_card(inputs, cards, lambda given, card: once(given, card, found))


def pictures(
    inputs: RuleInputs, cards: Sequence[Card], found: Found, links: Callable[[Card], Sequence[Link]]
) -> Groups:
    """Nodes and edges of all cards whose tables were handed over."""
    drawn = [picture(once(inputs, card, found), links(card), card) for card in ready(inputs, cards)]
    return united([nothing(inputs.lines), *drawn])


def once(inputs: RuleInputs, card: Card, found: Found) -> DataFrame:
    """What a card found, computed once under the name of the function that finds it."""
    return kept_for(inputs, card)(found.__name__, lambda: found(inputs, card))


def disputed(lines: DataFrame, note_zh: Column, note_en: Column) -> DataFrame:
    """The lines with their whole in-scope amount disputed (handbook §3.4, formula 1) and their notes."""
    amounts = {"violation_cnt": F.col("net_cnt"), "violation_amount": whole()}
    return lines.withColumns({**amounts, "note_zh": note_zh, "note_en": note_en})
