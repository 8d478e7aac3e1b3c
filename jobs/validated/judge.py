"""Judges opened rows: one reason at most per row, in a fixed order; the rest passes, with its warnings noted.

Why: reasons are counted and shown to the area that handed the data over. A row with three faults counts once, under the
first of: missing_key, duplicate_key, (void), bad_number, impossible_date, missing_required, unknown_code,
unknown_institution, orphan, negative_without_original.

A void row (`vali_flag` 0) is only asked for its key: nothing else of it is ever used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table
from jobs.runtime.staging import OK, VERDICT
from jobs.validated import parse
from jobs.validated.rows import FILE, ROW, is_text, key_text, open_ends, spans, written

VOID = "void"
NOTE = "_note"
FAULT, VALUE, KEY_TEXT, WARNED = "_fault", "_value", "_key_text", "_warned"
SEPARATOR = "\x1f"  # never part of a text a person types
INSTITUTION = "fixmedins_code"
# What the joins before found out about a row; a column that is absent means "not asked".
FIRST_FILE, FIRST_ROW, AGAIN = "_first_file", "_first_row", "_again"
AREA = "_area"  # fix_blng_admdvs of the institution, by its register
KNOWN_INSTITUTION, LANDED_VISIT, LOST_ORIGINAL = "_known_institution", "_landed_visit", "_lost_original"


@dataclass(frozen=True)
class Fault:
    """One way a row can fail: where `holds` is true, `reason` is given for `column`."""

    reason: str
    column: str
    holds: Column


def own_faults(
    table: Table, asked: frozenset[str], codes: Mapping[str, frozenset[str]], handed: frozenset[str] | None = None
) -> list[Fault]:
    """Faults a row shows by itself, in order of precedence. `asked` = columns the small joins have added.

    `codes` are the values of each dictionary. `handed`: columns that were handed over; a required one that a mapping
    declares as known to be empty is not among them and is missing in no row (None = all were).
    """
    found = [Fault("missing_key", name, written(table, name).isNull()) for name in table.key]
    if FIRST_FILE in asked:
        first = (F.col(FILE) == F.col(FIRST_FILE)) & (F.col(ROW) == F.col(FIRST_ROW))
        found.append(Fault("duplicate_key", "|".join(table.key), F.col(FIRST_FILE).isNotNull() & ~first))
    if AGAIN in asked:
        found.append(Fault("duplicate_key", "|".join(table.key), F.col(AGAIN)))
    if "vali_flag" in table.names:
        found.append(Fault(VOID, "", F.col("vali_flag") == 0))
    found += _unreadable(table) + _missing(table, handed) + _unknown(table, codes)
    if KNOWN_INSTITUTION in asked:
        found.append(Fault("unknown_institution", INSTITUTION, F.col(KNOWN_INSTITUTION).isNull()))
    return found


def context_faults(asked: frozenset[str], original: str) -> list[Fault]:
    """Faults only the rest of the extract can show; `original` names the column that points at a refund's original."""
    found = []
    if LANDED_VISIT in asked:
        found.append(Fault("orphan", "mdtrt_id", F.col(LANDED_VISIT).isNull()))
    if LOST_ORIGINAL in asked:
        found.append(Fault("negative_without_original", original, F.col(LOST_ORIGINAL)))
    return found


def _unreadable(table: Table) -> list[Fault]:
    numbers, dates = [], []
    for column in table.kept:
        unread = F.col(column.name).isNull() & written(table, column.name).isNotNull()
        if column.type == "int" or column.type.startswith("decimal"):
            numbers.append(Fault("bad_number", column.name, unread))
        elif column.type in ("date", "timestamp"):
            if column.name in open_ends(table):
                unread = unread & ~parse.is_open_end(written(table, column.name))
            dates.append(Fault("impossible_date", column.name, unread))
    return [*numbers, *dates, *(Fault("impossible_date", end, _reversed(begin, end)) for begin, end in spans(table))]


def _reversed(begin: str, end: str) -> Column:
    """True when the day of the end lies before the day of the begin."""
    return F.col(end).cast("date") < F.col(begin).cast("date")


def _missing(table: Table, handed: frozenset[str] | None) -> list[Fault]:
    there = [c for c in table.kept if handed is None or c.name in handed]
    needed = [c for c in there if c.required and not c.may_be_empty and c.name not in table.key]
    return [Fault("missing_required", c.name, written(table, c.name).isNull()) for c in needed]


def _unknown(table: Table, codes: Mapping[str, frozenset[str]]) -> list[Fault]:
    found = []
    for column in table.kept:
        if column.required and column.dictionary:
            found.append(
                Fault("unknown_code", column.name, ~F.col(column.name).isin(*sorted(codes[column.dictionary])))
            )
        elif column.required and column.type == "bool01":
            found.append(Fault("unknown_code", column.name, F.col(column.name).isNull()))
    return found


def warnings(table: Table, codes: Mapping[str, frozenset[str]]) -> dict[str, Column]:
    """Warnings every table may have: unknown codes in optional columns, ends written as 9999-12-31, clocks that differ.

    An end before its begin on the same day is a matter of clocks and minutes, not an impossible date.
    """
    found: dict[str, Column] = {}
    for column in table.kept:
        name = f"unknown_code:{column.name}"
        if column.dictionary and not column.required:
            found[name] = ~F.col(column.name).isin(*sorted(codes[column.dictionary]))
        elif column.type == "bool01" and not column.required:
            found[name] = F.col(column.name).isNull() & written(table, column.name).isNotNull()
    for end in sorted(open_ends(table)):
        found[f"no_end:{end}"] = parse.is_open_end(written(table, end))
    for begin, end in spans(table):
        if table.column(end).type == "timestamp":
            whole_day = F.col(end).cast("date").cast("timestamp") == F.col(end)
            found[f"end_before_begin:{end}"] = ~whole_day & (F.col(end) < F.col(begin))
    return found


def cleared(table: Table, codes: Mapping[str, frozenset[str]]) -> dict[str, Column]:
    """Optional code columns with values no dictionary knows set to null."""
    return {
        c.name: F.when(F.col(c.name).isin(*sorted(codes[c.dictionary])), F.col(c.name))
        for c in table.kept
        if c.dictionary and not c.required
    }


def first_fault(found: list[Fault]) -> Column:
    """`reason:column` of the first fault that holds; null for a row that passes."""
    chain = F.when(F.lit(False), F.lit(None).cast("string"))
    for fault in found:
        chain = chain.when(fault.holds, F.lit(f"{fault.reason}:{fault.column}"))
    return chain


def note(noted: Mapping[str, Column]) -> Column:
    """Names of the warnings that hold, comma-separated; null when none does, which is known before a text is made."""
    if not noted:
        return F.lit(None).cast("string")
    some = reduce(Column.__or__, noted.values())  # nothing known and nothing true is no reason to look closer
    return F.when(some, F.concat_ws(",", *[F.when(holds, F.lit(name)) for name, holds in noted.items()]))


def with_own(frame: DataFrame, table: Table, found: list[Fault], noted: Mapping[str, Column]) -> DataFrame:
    """Adds what the row shows by itself: its fault with the offending text and the key as written, or its warnings."""
    judged = frame.withColumn(FAULT, first_fault(found))
    failed = F.col(FAULT).isNotNull()
    return judged.withColumns({VALUE: F.when(failed, _offending(table)), WARNED: F.when(~failed, note(noted))})


def with_verdict(frame: DataFrame, table: Table, found: list[Fault], noted: Mapping[str, Column]) -> DataFrame:
    """Adds `_verdict` (`ok`, `void` or the reason) and `_note`: warnings of a passed row, the why of a refused one.

    `found` and `noted` are what the rest of the extract shows.
    """
    key = key_text(table) if is_text(table) else F.col(KEY_TEXT)
    judged = frame.withColumns({"_late": F.when(F.col(FAULT).isNull(), first_fault(found)), "_seen": note(noted)})
    fault, offending = F.coalesce(F.col(FAULT), F.col("_late")), F.col(VALUE)
    for one in found:  # columns of these faults are texts: what was written is what they hold
        offending = F.when(F.col("_late") == f"{one.reason}:{one.column}", F.col(one.column)).otherwise(offending)
    refused = F.concat_ws(SEPARATOR, fault, F.coalesce(offending, F.lit("")), key)
    both = F.when(
        F.col(WARNED).isNotNull() & F.col("_seen").isNotNull(), F.concat_ws(",", F.col(WARNED), F.col("_seen"))
    )
    warned = F.coalesce(both, F.col(WARNED), F.col("_seen"))
    verdict = F.when(fault.isNull(), F.lit(OK)).otherwise(F.substring_index(fault, ":", 1))
    told = F.when(fault.isNotNull(), refused).otherwise(warned)
    return judged.withColumns({VERDICT: verdict, NOTE: told})


def _offending(table: Table) -> Column:
    """The text of the column at fault; nothing where the fault is that nothing stands there."""
    column = F.substring_index(F.col(FAULT), ":", -1)
    chain = F.when(F.lit(False), F.lit(None).cast("string"))
    for one in table.kept:
        chain = chain.when(column == one.name, written(table, one.name))
    return chain
