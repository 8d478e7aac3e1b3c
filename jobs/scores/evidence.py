"""scores/evidence, exposure, gap, cohort_node and cohort_edge: rule and cohort detectors run over a period's lines.

Reads: validated.fee_list_d, fixmedins_b and whatever other validated table a kind asks for; the cards of models/rules
and the knowledge points.
Grain: evidence – one row per line and detector; exposure – detector, institution and month; gap – detector and
institution (empty institution = everybody) with the reason why it cannot be judged; cohort_node, cohort_edge – what
groups look like.
Why: charges are put on shelves once, by what their item is, and a kind reads the shelves it asks for; what it found is
written in one job: an engine's cost for a small job is the job, not its rows. A kind that fails marks its detectors and
leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import reduce
from threading import RLock
from types import ModuleType
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.runtime.engine import lost
from jobs.runtime.errors import TemporaryFault
from jobs.runtime.log import get_logger
from jobs.scores import known_items
from jobs.scores.found_rows import EDGE, EVIDENCE, EXPOSURE, GAP, NODE, WHAT, Scored, ddl, labelled, sorted_out
from knowledge.frames import small_frame
from knowledge.points import Point, knowledge_version, load_points
from models.cohorts.picture import Groups
from models.detectors.model import Keep, as_it_is
from models.rules import load_kind
from models.rules.amounts import to_cent
from models.rules.cards import by_kind, load_cards
from models.rules.kind import GAP_SCHEMA, HIT_SCHEMA, Card, RuleInputs
from models.rules.records import with_domain

log = get_logger("evidence")
LINES = "fee_list_d"
OF_THE_LOAD = ("_file", "_row", "_note", "line_kind")  # told of a line for those who load it
UNASKED = (
    "hilist_code", "list_type", "det_item_fee_sumamt", "pric_uplmt_amt", "init_feedetl_sn", "vali_flag", "inscp_amt",
    "insu_admdvs",
)  # fmt: skip
AT_ONCE = 3  # kinds side by side: on few lines most of them wait for their plan, not for rows
Available = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class RuleBook:
    """What the rules run with: the months to report, cards, points, and the columns that were really handed over.

    `keep(name, frame)` may hold on to a frame (write it and read it back, or cache it). It is called for what each kind
    found, inside the guard that isolates a failing kind; so a keeper that computes the frame at once also isolates
    faults that only show when lines are read. Several threads call it. `shelve(name, frame, by)` holds on to charges
    and may put every value of a column apart. `at_once`: kinds side by side; every one holds memory of its own.
    """

    months: tuple[str, ...]
    cards: tuple[Card, ...] = field(default_factory=load_cards)
    points: tuple[Point, ...] = field(default_factory=load_points)
    available: Available | None = None
    keep: Keep = as_it_is
    shelve: known_items.Shelve = known_items.on_no_shelf
    at_once: int = AT_ONCE


def build(inputs: Mapping[str, DataFrame], book: RuleBook) -> Scored:
    """Runs all cards. `inputs`: validated tables by contract name; fee_list_d and fixmedins_b are required.

    Lines before the first month of `book.months` may be handed over: they count as history, and never as evidence.
    """
    lines = charges(inputs)
    available = book.available or {name: frozenset(frame.columns) for name, frame in inputs.items()}
    spoken = [card for card in book.cards if has_knowledge(card, book.points)]
    blind = [(card.detector_id, missing(card, available)) for card in spoken]
    unseen = {name for name, reason in blind if reason}
    run = _Run(inputs, lines, available, book, [card for card in spoken if card.detector_id not in unseen])
    with ThreadPoolExecutor(book.at_once) as pool:
        found = list(pool.map(lambda kind: run.guarded(*kind), by_kind(run.cards).items()))
    blanks = [gap for one in found for gap in one.gaps] + [(name, reason) for name, reason in blind if reason]
    rows = reduce(DataFrame.unionByName, [one.rows for one in found if one.rows is not None], run.everywhere(blanks))
    return sorted_out(book.keep("found", rows))


def charges(inputs: Mapping[str, DataFrame]) -> DataFrame:
    """The lines rules look at: charges that are not refunded in full."""
    return inputs[LINES].where((F.col("line_kind") == "charge") & (F.col("net_cnt") > 0)).drop(*OF_THE_LOAD, *UNASKED)


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


class _Found(NamedTuple):
    """What one kind found (see found_rows), and gaps that hold everywhere: (detector_id, reason)."""

    rows: DataFrame | None
    gaps: Sequence[tuple[str, str]]


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
        self.cards, self._book, self._available = cards, book, available
        self._lines = book.shelve("charges", with_domain(lines), "domain")
        self._tables = {name: frame for name, frame in inputs.items() if name != LINES}
        self._spark = lines.sparkSession
        self._version = knowledge_version(book.points)
        self._computed: dict[str, DataFrame] = {}
        self._computing: dict[str, RLock] = {}
        pointed = [card for card in cards if reads_points(card)]
        self._rows = known_items.resolved(book.points, pointed, known_items.register(self._lines)) if pointed else []
        self._shelves = known_items.shelves(self._lines, self._rows) if self._rows else {}
        self._narrowed = known_items.narrowed(self._lines, self._rows) if self._rows else self._lines

    def guarded(self, name: str, cards: Sequence[Card]) -> _Found:
        """What one kind found; whatever it raises becomes the gap `error:<type>` of its detectors.

        Raises TemporaryFault when the engine is gone: that says nothing about the kind, and a list that lacks
        whatever was asked after it must not be published.
        """
        try:
            return self._found(load_kind(name), cards)
        except Exception as fault:  # one broken kind must not hide what the others see
            if lost(fault):
                raise TemporaryFault(
                    "running the rules", f"the engine is gone ({type(fault).__name__}).", "Run the step again."
                ) from fault
            log.error("kind %s failed: %s: %s", name, type(fault).__name__, str(fault).partition("\n")[0])
            return _Found(None, [(card.detector_id, f"error:{type(fault).__name__}") for card in cards])

    def everywhere(self, gaps: Iterable[tuple[str, str]]) -> DataFrame:
        """Gaps that hold for every institution, as rows of everything found."""
        rows = [(name, None, reason) for name, reason in gaps]
        return labelled(GAP, small_frame(self._spark, rows, ddl(GAP_SCHEMA)))

    def _found(self, module: ModuleType, cards: Sequence[Card]) -> _Found:
        inputs, unseen = self._inputs(module, cards)
        judged = [card for card in cards if card.detector_id not in unseen]
        gaps = [(name, "no_such_items") for name in sorted(unseen)]
        if not judged:
            return _Found(None, gaps)
        parts = [
            labelled(EVIDENCE, self._evidence(module.evaluate(inputs, judged), module.VERSION)),
            labelled(EXPOSURE, module.exposure(inputs, judged)),
        ]
        if hasattr(module, "gaps"):
            parts.append(labelled(GAP, module.gaps(inputs, judged)))
        if hasattr(module, "groups"):
            seen: Groups = module.groups(inputs, judged)
            parts += [labelled(NODE, seen.nodes), labelled(EDGE, seen.edges)]
        found = self._book.keep(f"found-{module.NAME}", reduce(DataFrame.unionByName, parts))
        # Asked of what was found: asked before, an engine writes out the month of every line to see whether it is one.
        told = F.col(WHAT).isin(EVIDENCE, EXPOSURE)
        return _Found(found.where(~told | F.col("stat_month").isin(*self._book.months)), gaps)

    def _inputs(self, module: ModuleType, cards: Sequence[Card]) -> tuple[RuleInputs, set[str]]:
        """What the kind is given, and the detectors none of whose items occur in these lines."""
        given = RuleInputs(
            self._lines, self._tables, available=self._available, kept=self._once, months=self._book.months
        )
        if not getattr(module, "READS_POINTS", False):
            return given, set()
        names = {card.detector_id for card in cards}
        own = [row for row in self._rows if row["detector_id"] in names]
        points = known_items.points_frame(self._spark, own)
        shelved = known_items.on_shelves(self._lines, own, self._shelves)
        given = replace(given, lines=self._narrowed, points=points, charges=self._lines, shelved=shelved)
        return given, names - {row["detector_id"] for row in own}

    def _once(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
        """A frame kinds use in several places, computed once for the whole pass."""
        with self._computing.setdefault(name, RLock()):  # one step of the dictionary; kinds wait for their frames only
            if name not in self._computed:
                self._computed[name] = self._book.keep(name, make())
            return self._computed[name]

    def _evidence(self, hits: DataFrame, version: str) -> DataFrame:
        """Hits with month, detector version and fund loss (violation_amount x fund share, empty when not settled)."""
        month = F.coalesce(F.date_format("fee_ocur_time", "yyyy-MM"), F.lit(max(self._book.months)))
        loss = to_cent(F.col("violation_amount").cast("double") * F.col("fund_share"))
        made = hits.select(*HIT_SCHEMA).withColumns(
            {"stat_month": month, "detector_version": F.lit(f"{version}+k{self._version}"), "fund_loss": loss}
        )
        return made.select(*derived("scores", "evidence").names)
