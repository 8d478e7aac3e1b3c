"""What the tests of cohorts share: inputs whose frames are kept, and cards with the thresholds that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.cohorts.picture import Groups
from models.rules.cards import load_cards
from models.rules.kind import Card, RuleInputs
from tests.support.tables import rows
from tests.support.validated import settled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CARDS = {card.detector_id: card for card in load_cards()}


def given(lines: DataFrame, **tables: DataFrame) -> RuleInputs:
    """What a kind is given; frames it uses again are computed once, as in a run."""
    memo: dict[str, DataFrame] = {}

    def kept(name: str, make: Any) -> DataFrame:
        if name not in memo:
            memo[name] = settled(make())
        return memo[name]

    return RuleInputs(lines, tables, kept=kept)


def shown(groups: Groups, kind: str) -> dict[str, tuple[Any, ...]]:
    """Nodes of a kind: label -> lines, persons, days, amount."""
    nodes = groups.nodes.where(groups.nodes["node_kind"] == kind)
    return {label: tuple(rest) for label, *rest in rows(nodes, "label", "lines", "persons", "days", "amount")}


def shipped(detector: str) -> Card:
    """The card as it ships."""
    return CARDS[detector]
