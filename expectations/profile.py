"""The profile of a table: per month and for the whole table, how many rows break each condition. One engine pass.

Reads: the frame of one table, and what the steps reported about it.
Grain: one row = one month, plus one row `all` = the whole table (tables without a month have only that one).
Why: on 3 million lines the same checks cost local Spark half as much in one aggregate of its own as through the metrics
of Great Expectations, on a small table a second instead of four; and a profile holds counts, never a row of a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.held import EVERY_ROW, Held, Measure
from expectations.outcome import FAULT
from expectations.reports import ALL, FEWEST_ROWS_OF_A_SHARE, Reports, schema_reports
from jobs.catalogue import Table
from jobs.runtime.log import get_logger

log = get_logger("expectations")

MONTH = "month"
_KEY = "_month_of_row"
# Above this many rows exact counting of distinct keys would sort the whole table once more. The validated step has
# already removed repeated keys there, so an estimate is enough: it still sees a file read twice or a join that doubles.
EXACT_KEYS_UP_TO = 1_000_000
KEY_ESTIMATE_ERROR = 0.05  # standard error of approx_count_distinct on Spark; the embedded engine is closer
NOT_HANDED_OVER, NO_REPORT, TOO_FEW = "column_not_handed_over", "not_reported", "too_few_rows"
# Report measures that need the engine all the same.
_COUNTED = ("rows", "month_rows", "rows_above_report", "repeated_keys")


@dataclass
class Profile:
    """`frame`: one row per month, one column per measure. `missing`: measure -> reason code why it has no column."""

    frame: pd.DataFrame
    missing: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)


@dataclass
class _Counted:
    """What the engine counted: month -> (aggregate -> value), and the columns in which keys may repeat."""

    months: dict[str, dict[str, float]]
    fault: str = ""


def take(
    frame: DataFrame | None,
    table: Table | None,
    layer: str,
    held: Sequence[Held],
    reports: Reports,
    month_column: str | None,
) -> Profile:
    """The profile of one table. `frame` None = the table is not there: it has no row in any month.

    `table` None = not in the catalogue; `month_column` None = the table has no month. A measure that cannot be
    computed has no column and stands in `missing`.
    """
    measures = {item.name: item.measure for item in held}
    there = frozenset(frame.columns) if frame is not None else frozenset[str]()
    missing = _unreadable(measures, there, reports.available) if frame is not None else {}
    counted = _count(frame, [m for name, m in measures.items() if name not in missing], month_column)
    facts, details = schema_reports(frame, table, layer)
    if counted.fault:
        missing |= {name: FAULT for name, m in measures.items() if m.kind != "report" or m.sql in _COUNTED}
    elif frame is not None and table is not None and layer != "raw":
        found = _keys_or_fault(frame, table.key, _rows(counted, ALL))
        facts |= found
        missing |= {} if found else {"repeated_keys": FAULT}
    months = sorted(set(counted.months) | set(reports.months)) if month_column else []
    lines = [
        _line(
            month,
            measures,
            missing,
            counted,
            reports.of(month, _rows(counted, month)) | _only_all(month, facts),
        )
        for month in [*months, ALL]
    ]
    made = pd.DataFrame(lines).dropna(axis="columns", how="all")
    for name in measures.keys() - set(made.columns) - missing.keys():
        unknown = measures[name].kind == "report" and reports.counts is None
        missing[name] = NO_REPORT if unknown else TOO_FEW
    return Profile(made, missing, details)


def _only_all(month: str, facts: dict[str, float]) -> dict[str, float]:
    return facts if month == ALL else {}


def _unreadable(
    measures: Mapping[str, Measure], there: Collection[str], available: Collection[str] | None
) -> dict[str, str]:
    """Measures over columns that are absent, or that the area never handed over (then they are empty throughout)."""
    contract = frozenset(available) if available is not None else None
    found = {}
    for name, measure in measures.items():
        if not measure.columns <= set(there) or (contract is not None and not measure.columns <= contract):
            found[name] = NOT_HANDED_OVER
    return found


def _count(frame: DataFrame | None, measures: Iterable[Measure], month_column: str | None) -> _Counted:
    if frame is None:
        return _Counted({})
    wanted = {sql: expression for measure in measures for sql, expression in _aggregates(measure).items()}
    names = list(wanted)
    columns = [F.count(F.lit(1)).alias("rows"), *(wanted[sql].alias(f"a{i}") for i, sql in enumerate(names))]
    try:
        rows = frame.groupBy(_month_key(frame, month_column).alias(_KEY)).agg(*columns).collect()
    except (
        Exception
    ) as fault:  # whatever the engine could not do; its message may quote a value, so only its kind is told
        log.warning("a table could not be profiled (%s)", type(fault).__name__)
        return _Counted({}, type(fault).__name__)
    return _Counted(
        {_month_name(r[_KEY]): {"rows": r["rows"], **{sql: r[f"a{i}"] for i, sql in enumerate(names)}} for r in rows}
    )


def _month_key(frame: DataFrame, month_column: str | None) -> SparkColumn:
    """The month of each row as text or as the number 202301 (cheaper than formatting millions of timestamps)."""
    if month_column is None:
        return F.lit(ALL)
    column = F.col(month_column)
    return column if dict(frame.dtypes)[month_column] == "string" else F.year(column) * 100 + F.month(column)


def _month_name(key: object) -> str:
    if isinstance(key, int):
        return f"{key // 100:04d}-{key % 100:02d}"
    return "unknown" if key is None else str(key)


def _aggregates(measure: Measure) -> dict[str, SparkColumn]:
    if measure.kind == "missing":
        return {_missing(measure): F.count(F.col(measure.sql))}
    if measure.kind == "number":
        return {measure.sql: F.expr(measure.sql).cast("double")}
    if measure.kind == "report":
        return {}
    base = {} if measure.of == EVERY_ROW else {measure.of: _count_if(measure.of)}
    return {_breaks(measure): _count_if(_breaks(measure)), **base}


def _count_if(condition: str) -> SparkColumn:
    return F.count(F.when(F.expr(condition), F.lit(1)))


def _missing(measure: Measure) -> str:
    return f"count({measure.sql})"


def _breaks(measure: Measure) -> str:
    return measure.sql if measure.of == EVERY_ROW else f"({measure.of}) and ({measure.sql})"


def _rows(counted: _Counted, month: str) -> float:
    if month != ALL:
        return counted.months.get(month, {}).get("rows", 0)
    return sum(values["rows"] for values in counted.months.values())


def _line(
    month: str, measures: Mapping[str, Measure], missing: Collection[str], counted: _Counted, facts: Mapping[str, float]
) -> dict[str, Any]:
    line: dict[str, Any] = {MONTH: month}
    for name, measure in measures.items():
        if name in missing:
            continue
        line[name] = facts.get(measure.sql) if measure.kind == "report" else _value(measure, month, counted)
    return line


def _value(measure: Measure, month: str, counted: _Counted) -> float | None:
    chosen = list(counted.months.values()) if month == ALL else [counted.months.get(month, {})]
    if measure.kind == "number":
        return chosen[0].get(measure.sql) if month == ALL and len(chosen) == 1 else None
    rows = sum(values.get("rows", 0) for values in chosen)
    if measure.kind == "missing":
        return rows - sum(values.get(_missing(measure), 0) for values in chosen) if rows else None
    hits = sum(values.get(_breaks(measure), 0) for values in chosen)
    if measure.kind == "count":
        return hits if rows else None
    base = rows if measure.of == EVERY_ROW else sum(values.get(measure.of, 0) for values in chosen)
    enough = base >= (FEWEST_ROWS_OF_A_SHARE if month != ALL else 1)
    return hits / base if enough else None


def _keys_or_fault(frame: DataFrame, key: Sequence[str], rows: float) -> dict[str, float]:
    """As _repeated_keys; empty when the engine fails: told by the kind of its fault, and a stop for the caller."""
    try:
        return _repeated_keys(frame, key, rows)
    except Exception as fault:  # its message may quote a value
        log.warning("keys of a table could not be counted (%s)", type(fault).__name__)
        return {}


def _repeated_keys(frame: DataFrame, key: Sequence[str], rows: float) -> dict[str, float]:
    """`repeated_keys` = rows whose key another row has: exact on small tables, an estimate on large ones.

    Empty when a key column is absent (that is told by `absent_columns`).
    """
    if not set(key) <= set(frame.columns):
        return {}
    columns = [F.col(f"`{name}`") for name in key]
    if rows <= EXACT_KEYS_UP_TO:
        kept = frame.groupBy(*columns).agg(F.count(F.lit(1)).alias("n")).agg(F.sum(F.col("n") - 1).alias("repeated"))
        return {"repeated_keys": float(kept.collect()[0]["repeated"] or 0)}
    whole = columns[0] if len(columns) == 1 else F.concat_ws("|", *[column.cast("string") for column in columns])
    distinct = frame.agg(F.approx_count_distinct(whole)).collect()[0][0]
    # five standard errors are let pass: no false alarm, and a doubled table still misses half of its keys
    return {"repeated_keys": max(0.0, rows * (1 - 5 * KEY_ESTIMATE_ERROR) - distinct)}
