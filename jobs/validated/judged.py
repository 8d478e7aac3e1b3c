"""One table from raw text to rows with a verdict, as a pure function over frames.

Grain: one row = one raw row, with `_month`, `_verdict` (`ok`, `void` or a reason) and `_note`.
Why: all tables take the same way; what is special of visits, settlements and lines comes as a recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table
from jobs.runtime.staging import MONTH, VERDICT
from jobs.validated import duplicates, judge
from jobs.validated.judge import AGAIN, AREA, FAULT, INSTITUTION, KEY_TEXT, KNOWN_INSTITUTION, NOTE, VALUE, WARNED
from jobs.validated.rows import FILE, ROW, is_text, key_text, opened


@dataclass(frozen=True)
class Recipe:
    """What one table needs beyond the common checks: joins, warnings and derived columns (built when columns exist)."""

    joins: Callable[[DataFrame], DataFrame] = lambda rows: rows
    original: str = ""
    warnings: Callable[[], Mapping[str, Column]] = dict
    derived: Callable[[], Mapping[str, Column]] = dict


PLAIN = Recipe()


@dataclass(frozen=True)
class Checks:
    """What rows are held against: dictionaries, repeated keys and institutions of the extract (None = not asked).

    `handed`: columns handed over; a required one that is known to be empty is not asked of any row (None = all).
    """

    codes: Mapping[str, frozenset[str]]
    repeated: DataFrame | duplicates.Named | None = None
    institutions: DataFrame | None = None
    handed: frozenset[str] | None = None


def judged(
    raw: DataFrame, table: Table, checks: Checks, recipe: Recipe = PLAIN, empty: Collection[str] = ()
) -> DataFrame:
    """Every raw row of the table, typed and with its verdict. `empty` = columns known to hold nothing."""
    rows = recipe.joins(by_itself(raw, table, checks, empty))
    late = judge.context_faults(frozenset(rows.columns), recipe.original)
    ruled = judge.with_verdict(rows, table, late, recipe.warnings())
    derived = [column.alias(name) for name, column in recipe.derived().items()]
    return ruled.select(*[c.name for c in table.kept], *derived, FILE, ROW, NOTE, MONTH, VERDICT)


def by_itself(raw: DataFrame, table: Table, checks: Checks, empty: Collection[str] = ()) -> DataFrame:
    """Typed rows with what each shows by itself.

    Only typed columns leave here: the large joins after it should not carry every text a second time.
    """
    area = () if table.key == (INSTITUTION,) or INSTITUTION not in table.names else (AREA,)
    known = _with_institution(raw, checks.institutions) if area else raw
    asked = [KNOWN_INSTITUTION] if area and checks.institutions is not None else []
    rows = _marked(opened(known, table, empty=empty, beside=(*asked, *area)), table, checks.repeated)
    found = judge.own_faults(table, frozenset(rows.columns), checks.codes, checks.handed)
    told = judge.with_own(rows, table, found, judge.warnings(table, checks.codes))
    clear = judge.cleared(table, checks.codes)
    contract = [clear.get(c.name, F.col(c.name)).alias(c.name) for c in table.kept]
    key = [] if is_text(table) else [key_text(table).alias(KEY_TEXT)]
    return told.select(*contract, *area, FILE, ROW, MONTH, FAULT, VALUE, WARNED, *key)


def _marked(rows: DataFrame, table: Table, repeated: DataFrame | duplicates.Named | None) -> DataFrame:
    if isinstance(repeated, duplicates.Named):
        return rows.withColumn(AGAIN, repeated.again(table))
    return duplicates.marked(rows, table, repeated)


def _with_institution(raw: DataFrame, institutions: DataFrame | None) -> DataFrame:
    """Raw rows with the area of their institution. Joined before anything is typed: there is less to carry along."""
    if institutions is None:
        return raw.withColumn(AREA, F.lit(None).cast("string"))
    told = institutions.select(INSTITUTION, F.col("fix_blng_admdvs").alias(AREA), F.lit(True).alias(KNOWN_INSTITUTION))
    return raw.join(told, INSTITUTION, "left")
