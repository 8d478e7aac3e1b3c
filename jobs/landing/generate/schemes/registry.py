"""What a scheme is: a pattern with its area, where it can be planted, how strongly, and how often honest people slip
into it.

Why: one list of `Scheme` records is all the rest of the generator knows of the patterns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jobs.landing.generate.draft import Dose, Draft
from jobs.landing.generate.frame import Frame

STRENGTHS = ("weak", "medium", "strong")
HOSPITALS = "T3 S2 TCM PRIV ORTHO ONC"
SHOPS = "PHC PHS"


@dataclass(frozen=True)
class Scheme:
    """One pattern. `rates` = share of eligible rows by strength; `noise` = honest base rate everywhere.

    `on` = what it feeds on (items, `FAM` families, `stays` or `visits`): it is planted where there is enough of that,
    `need` times the usual. `stage` plan: adds stays before their lines exist; visits: adds visits; lines: works on
    lines; trace: on trace codes. `shared`: the partners take part and are booked too (otherwise they are a source).
    `traits` are read elsewhere: stock, registers, suspensions.
    """

    area: str
    name: str
    on: str
    kinds: str
    rates: tuple[float, float, float]
    apply: Callable[[Draft, Dose], None]
    noise: float = 0.0
    need: float = 1.0
    stage: str = "lines"
    partners: int = 0
    partner_kinds: str = ""
    shared: bool = False
    months: tuple[int, ...] | None = None
    traits: tuple[str, ...] = ()
    tune: Callable[[Frame, int, int], None] | None = None

    def rate(self, strength: str) -> float:
        """Share of eligible rows it touches at this strength."""
        return self.rates[STRENGTHS.index(strength)]


def nothing(_draft: Draft, _dose: Dose) -> None:
    """For schemes that live in a trait or in the profile alone."""
