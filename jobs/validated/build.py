"""The step raw → validated: every contract table typed, judged and netted; what may not pass is kept apart.

Reads: raw/<table>, and what the raw step itself refused of mdtrt_d (those visits did land).
Why: the whole extract is looked through for repeated keys and refunds first; then each table is read once, judged in
one pass and counted from its files. Nothing is published before every table is judged and no row is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from pyspark.sql import SparkSession

from jobs.catalogue import Table, contract_tables
from jobs.runtime import quarantine
from jobs.runtime.staging import OK, Side, Staged, footer_rows
from jobs.runtime.storage import ALL, Home, move_in
from jobs.runtime.unchanged import Unchanged
from jobs.validated import kept, landed, refuse
from jobs.validated.extract import Extract
from jobs.validated.judge import VOID
from jobs.validated.report import MonthReport, ValidatedReport, month_report
from jobs.validated.step import STEP, Judging
from knowledge import dictionaries as national


def build(
    spark: SparkSession,
    home: Home,
    months: list[str],
    dictionaries: Mapping[str, frozenset[str]],
    available: Mapping[str, frozenset[str]],
    code: str | None = None,
) -> ValidatedReport:
    """Judges the extract in `home` and writes validated and quarantine: lines of `months`, everything else whole.

    `dictionaries` are the area's own code values, added to the national ones; `available` are the tables and columns
    that were handed over. `code`: version of the program; with it, tables without months that were judged from the very
    same stay as they are. Raises ExpectationFailed, before anything is published, when rows were lost.
    """
    codes = national.with_local(dictionaries)
    landed_now = Extract(spark, home, tuple(months), available)
    made_from = kept.digests(landed_now, codes, code)
    stays = kept.reports(landed_now, made_from)
    extract = replace(landed_now, kept=frozenset(stays))
    side = Side(spark, home, STEP)
    try:
        staged = Judging(extract, side, landed.gather(extract, side), codes).run()
        judged = [one for one in contract_tables() if one.name not in stays]
        counted = {one.name: _counted(extract, one, staged.get(one.name)) for one in judged}
        _publish_all(extract, judged, staged, counted, made_from)
        return ValidatedReport({**stays, **{name: found for name, found in counted.items() if found}})
    finally:
        side.drop()


def _publish_all(
    extract: Extract,
    judged: list[Table],
    staged: Mapping[str, Staged],
    counted: Mapping[str, dict[str, MonthReport]],
    made_from: Mapping[str, str],
) -> None:
    """Puts every judged table in its place and notes what those without months were made from."""
    entries = Unchanged(extract.home, STEP)
    entries.forget(one.name for one in judged)
    for one in judged:
        _publish(extract, one, staged.get(one.name))
    fresh = {one.name: made_from[one.name] for one in judged if one.name in made_from and one.name in staged}
    entries.note(fresh, {name: asdict(counted[name][ALL]) for name in fresh})


def _counted(extract: Extract, one: Table, staged: Staged | None) -> dict[str, MonthReport]:
    parts = staged.parts() if staged else {}
    found = {}
    for month in extract.judged(one) if staged else []:
        rows = {verdict: footer_rows(paths) for (where, verdict), paths in parts.items() if where == month}
        found[month] = month_report(one.name, month, extract.rows(one, month), rows, parts.get((month, OK), []))
    return found


def _publish(extract: Extract, one: Table, staged: Staged | None) -> None:
    """Puts every month judged in its place; months of a table that did not land this time are emptied."""
    home, parts = extract.home, staged.parts() if staged else {}
    for month in extract.judged(one) if staged else _stale(extract, one):
        refused = [
            path
            for (where, verdict), paths in parts.items()
            if where == month and verdict not in (OK, VOID)
            for path in paths
        ]
        quarantine.replace(home, one.name, month, STEP, refuse.batches(one.name, month, refused))
        if staged:
            staged.publish(month)
        else:
            move_in(None, home, STEP, one.name, month)


def _stale(extract: Extract, one: Table) -> list[str]:
    written = extract.home.months(STEP, one.name)
    return [month for month in written if month in extract.months] if one.month_column else written
