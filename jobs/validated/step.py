"""The order tables are judged in, and what each large one is joined with.

Why: visits tell settlements what landed, both tell the lines; registers wait for nobody and run beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table, table
from jobs.runtime import quarantine
from jobs.runtime.log import get_logger
from jobs.runtime.staging import OK, VERDICT, Side, Staged
from jobs.runtime.storage import ALL, read, union
from jobs.validated import lines, settlements, visits
from jobs.validated.duplicates import NAMED_UP_TO
from jobs.validated.extract import Extract
from jobs.validated.judged import PLAIN, Checks, Recipe, judged
from jobs.validated.landed import Landed
from jobs.validated.refunds import LINES, SETTLEMENTS
from jobs.validated.rows import opened

log = get_logger("validated")
STEP = "validated"
AT_ONCE = 3  # tables judged side by side: a small table costs the engine overhead, not work
VISITS, BILLS, CHARGES, PERSONS = "mdtrt_d", "setl_d", "fee_list_d", "psn_info_b"
VISIT = "mdtrt_id"


class Judged(NamedTuple):
    """A judged table: where it is staged, and all its rows as they are read from there."""

    staged: Staged
    rows: DataFrame

    @property
    def accepted(self) -> DataFrame:
        """Rows that pass."""
        return self.rows.filter(F.col(VERDICT) == OK)


class Judging:
    """One pass over the extract: judges each table and remembers where it is staged."""

    def __init__(self, extract: Extract, side: Side, known: Landed, codes: Mapping[str, frozenset[str]]) -> None:
        self._extract, self._side, self._known, self._codes = extract, side, known, codes

    def run(self) -> dict[str, Staged]:
        """Judges every landed table; where each is staged. Tables without a row are left out."""
        names = [one.name for one in self._extract.tables]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            claims = (VISITS, BILLS, CHARGES)
            others = {name: pool.submit(self._judge, table(name)) for name in names if name not in claims}
            done = self._claims(others.get(PERSONS))
            done |= {name: future.result() for name, future in others.items()}
        return {name: found.staged for name, found in done.items()}

    def _claims(self, persons: Future[Judged] | None) -> dict[str, Judged]:
        seen = self._judge(table(VISITS), Recipe(derived=visits.derived))
        bills = self._judge(table(BILLS), self._of_settlements(self._unvisited(seen)))
        context = self._context(seen, bills, self._register(persons))
        return {VISITS: seen, BILLS: bills, CHARGES: self._judge(table(CHARGES), self._of_lines(context))}

    def _register(self, persons: Future[Judged] | None) -> DataFrame | None:
        """The accepted rows of the person register, judged now or before; None without a register."""
        if PERSONS in self._extract.kept:
            return read(self._extract.spark, self._extract.home, STEP, PERSONS, [ALL])
        return persons.result().accepted if persons else None

    def _judge(self, one: Table, recipe: Recipe = PLAIN) -> Judged:
        known, raw = self._known, self._extract.raw(one, self._extract.judged(one))
        repeated = known.named.get(one.name, known.repeated) if one.name in known.repeated_in else None
        handed = self._extract.available.get(one.name)
        checks = Checks(self._codes, repeated, known.institutions, None if handed is None else frozenset(handed))
        staged = Staged(self._extract.home, STEP, one.name)
        if raw is None:
            return Judged(staged, judged(self._extract.nothing(one), one, checks, recipe))
        frame = judged(raw, one, checks, recipe, self._extract.empty(one))
        staged.write(frame)
        log.info("%s judged", one.name)
        return Judged(staged, staged.read(self._extract.spark, frame.schema))

    def _landed_visits(self, seen: Judged, asked: DataFrame | None = None) -> DataFrame:
        """Every visit of the extract, whatever became of it; also those the raw step could not read to their end.

        A visit may stand twice. `asked`: the only visits that matter.
        """
        spark, home = self._extract.spark, self._extract.home
        found = [seen.rows.select("mdtrt_id")]
        refused = [str(path) for path in quarantine.of_others(home, VISITS, STEP)]
        if refused:
            found.append(spark.read.parquet(*refused).select(F.col("key_text").alias("mdtrt_id")))
        return _of(union(found), asked).filter(F.coalesce(F.col("mdtrt_id"), F.lit("")) != "")

    def _unvisited(self, seen: Judged) -> settlements.Unvisited:
        named = self._visits_named(table(BILLS))
        gone = None if named is None else settlements.unvisited(named, self._landed_visits(seen))
        lost = None if gone is None else self._side.write("unvisited", gone)
        if lost is None:
            return settlements.Unvisited()
        rows = self._side.column("unvisited", VISIT)
        few = len(rows) <= NAMED_UP_TO
        return settlements.Unvisited(listed=tuple(rows.to_pylist())) if few else settlements.Unvisited(table=lost)

    def _of_settlements(self, lost: settlements.Unvisited) -> Recipe:
        return Recipe(
            joins=lambda rows: settlements.joined(rows, lost, self._known.marks),
            original=SETTLEMENTS.original,
            warnings=settlements.warnings,
            derived=settlements.derived,
        )

    def _context(self, seen: Judged, bills: Judged, persons: DataFrame | None) -> DataFrame:
        asked = self._asked()
        settled = _of(bills.accepted, asked)
        parts = visits.Parts(
            visits=visits.with_person(_of(seen.accepted, asked), persons),
            landed=self._landed_visits(seen, asked).distinct(),
            settlements=settled,
            several=self._side.write("several", visits.several(settled)),
            marks=self._known.marks,
        )
        context = visits.context(parts)
        written = self._side.write("context", context)
        return context if written is None else written

    def _asked(self) -> DataFrame | None:
        """Visits of the lines to judge; None when those are all that landed: of one more month they are few."""
        charges, extract = table(CHARGES), self._extract
        if set(extract.landed(charges)) <= set(extract.judged(charges)):
            return None
        named = self._visits_named(charges)
        return None if named is None else self._side.write("asked", named.distinct())

    def _visits_named(self, one: Table) -> DataFrame | None:
        """The visit of every row to judge; None when there is no row."""
        raw = self._extract.raw(one, self._extract.judged(one), (VISIT,))
        return None if raw is None else opened(raw, one, (VISIT,)).select(VISIT)

    def _of_lines(self, context: DataFrame) -> Recipe:
        return Recipe(
            joins=lambda rows: lines.joined(rows, context, self._known),
            original=LINES.original,
            warnings=lines.warnings,
            derived=lines.derived,
        )


def _of(rows: DataFrame, asked: DataFrame | None) -> DataFrame:
    """Rows of the visits asked for; all where nothing in particular is asked."""
    return rows if asked is None else rows.join(asked, VISIT, "left_semi")
