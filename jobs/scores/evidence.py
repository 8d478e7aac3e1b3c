"""scores/evidence, scores/exposure and scores/gap: the rule detectors run over the lines of a period.

Reads: validated.fee_list_d, fixmedins_b and whatever other validated table a kind asks for; the cards of models/rules
and the knowledge points.
Grain: evidence – one row per line and detector; exposure – detector, institution and month; gap – detector and
institution (empty institution = everybody) with the reason why it cannot be judged.
Why: all lines are narrowed once to items that stand in a point, then every kind sees them once. A kind that fails
marks its detectors and leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from types import ModuleType

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.runtime.log import get_logger
from jobs.scores import known_items
from knowledge.points import Point, knowledge_version, load_points
from models.rules import load_kind
from models.rules.cards import by_kind, load_cards
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA, HIT_SCHEMA, MONEY, Card, RuleInputs

log = get_logger("evidence")
LINES = "fee_list_d"
Available = Mapping[str, frozenset[str]]
Keep = Callable[[str, DataFrame], DataFrame]


def as_it_is(name: str, frame: DataFrame) -> DataFrame:  # noqa: ARG001 – the name is for keepers that write
    """Keeps nothing: every use computes the frame again (tests, small areas)."""
    return frame


@dataclass(frozen=True)
class RuleBook:
    """What the rules run with: the months to report, cards, points, and the columns that were really handed over.

    `keep(name, frame)` may hold on to a frame (write it and read it back, or cache it). It is called for the narrowed
    lines and for what every kind found, inside the guard that isolates a failing kind; so a keeper that computes the
    frame at once also isolates faults that only show when lines are read.
    """

    months: tuple[str, ...]
    cards: tuple[Card, ...] = field(default_factory=load_cards)
    points: tuple[Point, ...] = field(default_factory=load_points)
    available: Available | None = None
    keep: Keep = as_it_is


@dataclass(frozen=True)
class Scored:
    """What the rules found: evidence, exposure (EXPOSURE_SCHEMA) and gaps (GAP_SCHEMA)."""

    evidence: DataFrame
    exposure: DataFrame
    gaps: DataFrame


def build(inputs: Mapping[str, DataFrame], book: RuleBook) -> Scored:
    """Runs all cards. `inputs`: validated tables by contract name; fee_list_d and fixmedins_b are required.

    Lines before the first month of `book.months` may be handed over: they count as history, and never as evidence.
    """
    lines = known_items.with_domain(charges(inputs), book.keep)
    available = book.available or {name: frozenset(frame.columns) for name, frame in inputs.items()}
    spoken = [card for card in book.cards if has_knowledge(card, book.points)]
    blind = [(card.detector_id, missing(card, available)) for card in spoken]
    unseen = {name for name, reason in blind if reason}
    run = _Run(inputs, lines, available, book, [card for card in spoken if card.detector_id not in unseen])
    found = [run.guarded(name, cards) for name, cards in by_kind(run.cards).items()]
    empty = run.nothing([(name, reason) for name, reason in blind if reason])
    return _united([empty, *found])


def charges(inputs: Mapping[str, DataFrame]) -> DataFrame:
    """The lines rules look at: charges that are not refunded in full, with the region of their institution."""
    kept = inputs[LINES].where((F.col("line_kind") == "charge") & (F.col("net_cnt") > 0))
    places = inputs["fixmedins_b"].select("fixmedins_code", "fix_blng_admdvs").dropDuplicates(["fixmedins_code"])
    return kept.join(F.broadcast(places), "fixmedins_code", "left")


def reads_points(card: Card) -> bool:
    """The card's kind meets knowledge points; a kind that cannot be loaded is left to the guard."""
    try:
        return bool(getattr(load_kind(card.kind), "READS_POINTS", False))
    except Exception:
        return False


def has_knowledge(card: Card, points: Iterable[Point]) -> bool:
    """A card that reads points exists only once the knowledge holds one for it (others wait for an import)."""
    wanted = known_items.wanted(card)
    return not reads_points(card) or any(wanted.takes(point) for point in points)


def missing(card: Card, available: Available) -> str | None:
    """Why the card cannot be evaluated at all: the first table or column it needs and was not given."""
    for table, columns in sorted(card.needs.items()):
        if table not in available:
            return f"missing:{table}"
        absent = sorted(set(columns) - available[table])
        if absent:
            return f"missing:{table}.{absent[0]}"
    return None


class _Run:
    """One pass over the rule book: what all kinds share, and the guard around each."""

    def __init__(
        self,
        inputs: Mapping[str, DataFrame],
        lines: DataFrame,
        available: Available,
        book: RuleBook,
        cards: Sequence[Card],
    ) -> None:
        self.cards, self._book, self._lines, self._available = cards, book, lines, available
        self._tables = {name: frame for name, frame in inputs.items() if name != LINES}
        self._spark = lines.sparkSession
        self._version = knowledge_version(book.points)
        self._computed: dict[str, DataFrame] = {}
        pointed = [card for card in cards if reads_points(card)]
        self._rows = known_items.resolved(book.points, pointed, known_items.register(lines)) if pointed else []
        self._narrowed = book.keep("lines", known_items.narrowed(lines, self._rows)) if self._rows else lines

    def guarded(self, name: str, cards: Sequence[Card]) -> Scored:
        """What one kind found; whatever it raises becomes the gap `error:<type>` of its detectors."""
        try:
            return self._found(load_kind(name), cards)
        except Exception as fault:  # one broken kind must not hide what the others see
            log.error("kind %s failed: %s: %s", name, type(fault).__name__, str(fault).partition("\n")[0])
            return self.nothing([(card.detector_id, f"error:{type(fault).__name__}") for card in cards])

    def nothing(self, gaps: Iterable[tuple[str, str]]) -> Scored:
        """No evidence, and gaps that hold for every institution: (detector_id, reason)."""
        rows = [(name, None, reason) for name, reason in gaps]
        declared = derived("scores", "evidence").ddl
        return Scored(
            self._spark.createDataFrame([], declared),
            self._spark.createDataFrame([], _ddl(EXPOSURE_SCHEMA)),
            self._spark.createDataFrame(rows, _ddl(GAP_SCHEMA)),
        )

    def _found(self, module: ModuleType, cards: Sequence[Card]) -> Scored:
        inputs, unseen = self._inputs(module, cards)
        judged = [card for card in cards if card.detector_id not in unseen]
        nothing = self.nothing([(name, "no_such_items") for name in sorted(unseen)])
        if not judged:
            return nothing
        hits = self._kept(module, "evidence", self._evidence(module.evaluate(inputs, judged), module.VERSION))
        exposed = self._kept(module, "exposure", module.exposure(inputs, judged).select(*EXPOSURE_SCHEMA))
        gaps = nothing.gaps
        if hasattr(module, "gaps"):
            gaps = gaps.unionByName(self._kept(module, "gap", module.gaps(inputs, judged).select(*GAP_SCHEMA)))
        return Scored(hits, exposed.where(F.col("stat_month").isin(*self._book.months)), gaps)

    def _inputs(self, module: ModuleType, cards: Sequence[Card]) -> tuple[RuleInputs, set[str]]:
        """What the kind is given, and the detectors none of whose items occur in these lines."""
        if not getattr(module, "READS_POINTS", False):
            return RuleInputs(self._lines, self._tables, None, self._available, self._once), set()
        names = {card.detector_id for card in cards}
        own = [row for row in self._rows if row["detector_id"] in names]
        points = known_items.points_frame(self._spark, own)
        given = RuleInputs(self._narrowed, self._tables, points, self._available, self._once)
        return given, names - {row["detector_id"] for row in own}

    def _once(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
        """A frame a kind uses in several places, computed once for the whole pass."""
        if name not in self._computed:
            self._computed[name] = self._book.keep(name, make())
        return self._computed[name]

    def _kept(self, module: ModuleType, what: str, frame: DataFrame) -> DataFrame:
        return self._book.keep(f"{what}-{module.NAME}", frame)

    def _evidence(self, hits: DataFrame, version: str) -> DataFrame:
        """Hits with month, detector version and fund loss (violation_amount x fund share, empty when not settled)."""
        month = F.coalesce(F.date_format("fee_ocur_time", "yyyy-MM"), F.lit(max(self._book.months)))
        loss = F.round(F.col("violation_amount").cast("double") * F.col("fund_share"), 2).cast(MONEY)
        made = hits.select(*HIT_SCHEMA).withColumns(
            {"stat_month": month, "detector_version": F.lit(f"{version}+k{self._version}"), "fund_loss": loss}
        )
        kept = made.where(F.col("stat_month").isin(*self._book.months))
        return kept.select(*derived("scores", "evidence").names)


def _ddl(schema: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in schema.items())


def _united(parts: Sequence[Scored]) -> Scored:
    return Scored(
        reduce(DataFrame.unionByName, [part.evidence for part in parts]),
        reduce(DataFrame.unionByName, [part.exposure for part in parts]),
        reduce(DataFrame.unionByName, [part.gaps for part in parts]),
    )
