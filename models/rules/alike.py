"""Cards that ask the same of other items: one for every area, answered in one pass over the lines.

Grain: a row stands once for every card that watches its `domain`.
Why: a pattern that is the same for implants and for reagents has a card in each area, because people inspect by area.
The lines need not be read once per area for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card

DOMAINS = "domains"


def asking_the_same(cards: Sequence[Card]) -> list[list[Card]]:
    """The cards grouped by all their parameters but `domains`, in the order of their first card."""
    groups: dict[tuple[tuple[str, str], ...], list[Card]] = {}
    for card in cards:
        asked = tuple(sorted((name, str(value)) for name, value in card.params.items() if name != DOMAINS))
        groups.setdefault(asked, []).append(card)
    return list(groups.values())


def domains_of(cards: Sequence[Card]) -> list[str]:
    """Every domain one of the cards watches, sorted."""
    return sorted({domain for card in cards for domain in card.params[DOMAINS]})


def for_each(frame: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """`frame` (with `domain`) with `detector_id` and `area`: a row once for every card that watches its domain."""
    watching = F.array(
        *[
            F.struct(
                F.lit(card.detector_id).alias("detector_id"),
                F.lit(card.area).alias("area"),
                F.array(*[F.lit(domain) for domain in card.params[DOMAINS]]).alias(DOMAINS),
            )
            for card in cards
        ]
    )
    own = F.filter(watching, lambda card: F.array_contains(card[DOMAINS], F.col("domain")))
    each = frame.withColumn("_card", F.explode(own))
    return each.withColumns({name: F.col(f"_card.{name}") for name in ("detector_id", "area")}).drop("_card")
