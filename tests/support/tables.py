"""Tables drawn as text, so that a test reads like the paper a supervisor would write it on.

    frame(spark, '''
        bkkp_sn | psn_no | fee_date   | cnt
        a1      | p1     | 2023-01-05 | 2
        a2      | p1     |            | 1
    ''', "cnt decimal(16,4), fee_date date")

A blank cell is null. Columns not named in `types` are strings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def cells(text: str) -> tuple[list[str], list[list[str | None]]]:
    """Header and rows of a pipe table; ValueError when a row is not as wide as the header."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    header, *rows = [[cell.strip() for cell in _inner(line.strip()).split("|")] for line in lines]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells under {len(header)} headings: {row}")
    return header, [[cell or None for cell in row] for row in rows]


def _inner(line: str) -> str:
    """The line without its outer pipes, when it has them: a blank last cell must stay a cell."""
    return line.strip("|") if line.startswith("|") else line


def frame(spark: SparkSession, text: str, types: str = "", defaults: dict[str, str | None] | None = None) -> DataFrame:
    """The table as a DataFrame. `types` is DDL of the columns that are not strings; `defaults` adds constant columns."""
    from pyspark.sql import functions as F

    header, rows = cells(text)
    chosen = dict(part.strip().split(None, 1) for part in _split(types) if part.strip())
    missing = {name: value for name, value in (defaults or {}).items() if name not in header}
    ddl = ", ".join(f"`{name}` string" for name in header)
    made = spark.createDataFrame([tuple(row) for row in rows], ddl)
    names = [*header, *missing]
    for name, value in missing.items():
        made = made.withColumn(name, F.lit(value).cast("string"))
    return made.select(*[F.col(f"`{name}`").cast(chosen.get(name, "string")).alias(name) for name in names])


def _split(types: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for letter in types:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current]


def rows(found: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The named columns of a small frame as sorted tuples, decimals and dates as text for easy reading."""
    taken = found.select(*columns).collect()
    return sorted((tuple(_plain(value) for value in row) for row in taken), key=repr)


def _plain(value: Any) -> Any:
    from datetime import date, datetime
    from decimal import Decimal

    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value
