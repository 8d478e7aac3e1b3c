"""Opens the raw rows of one table: every contract column typed, beside the text it was read from.

Grain: one row = one raw row.
Why: a row is judged on both – what was read and what stood there – and the text is what people are shown of a refusal.
"""

from __future__ import annotations

from collections.abc import Collection

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table
from jobs.runtime.staging import MONTH
from jobs.validated import parse

FILE, ROW = "_file", "_row"
_AS_WRITTEN = "_raw_"
_BEGIN_END = (("begntime", "endtime"), ("begndate", "enddate"), ("period_begin", "period_end"))


def raw_ddl(table: Table, names: Collection[str] | None = None) -> str:
    """DDL of the raw columns of a table (all, or the named ones): text, with file and row number."""
    chosen = [column.name for column in table.kept if names is None or column.name in names]
    return ", ".join([*(f"`{name}` string" for name in chosen), f"{FILE} string", f"{ROW} bigint"])


def opened(
    raw: DataFrame,
    table: Table,
    names: Collection[str] | None = None,
    empty: Collection[str] = (),
    beside: Collection[str] = (),
) -> DataFrame:
    """Typed columns under their own names, `_raw_<name>` = the text as written, `_file`, `_row`, `_month`.

    `names` = only these columns; `empty` = columns known to hold nothing, which are not read; `beside` = columns
    that joins have added.
    """
    chosen = [column for column in table.kept if names is None or column.name in names]
    texts = {c.name: F.lit(None).cast("string") if c.name in empty else F.col(c.name) for c in chosen}
    typed = [parse.typed(texts[c.name], c.type).alias(c.name) for c in chosen]
    as_written = [texts[c.name].alias(_AS_WRITTEN + c.name) for c in chosen if c.type != "string"]
    return raw.select(*typed, *as_written, *beside, FILE, ROW, MONTH)


def written(table: Table, name: str) -> Column:
    """The text as it stood in the landing zone."""
    return F.col(name if table.column(name).type == "string" else _AS_WRITTEN + name)


def key_text(table: Table) -> Column:
    """The key as people find it: its columns as written, joined by `|`, gaps left empty."""
    return F.concat_ws("|", *[F.coalesce(written(table, name), F.lit("")) for name in table.key])


def is_text(table: Table) -> bool:
    """True when every key column is a text: the key as written can then be made at any time."""
    return all(table.column(name).type == "string" for name in table.key)


def key_value(table: Table) -> Column:
    """The key as it is compared: 20230105 and 2023-01-05 are one day; null when a part is missing."""
    parts = [_key_part(table, name) for name in table.key]
    if len(parts) == 1:  # nothing to put together: no text of every row is copied
        return parts[0]
    complete = F.lit(True)
    for name in table.key:
        complete = complete & written(table, name).isNotNull()
    return F.when(complete, F.concat_ws("|", *parts))


def _key_part(table: Table, name: str) -> Column:
    if table.column(name).type == "string":
        return F.col(name)
    return F.coalesce(F.col(name).cast("string"), written(table, name))


def spans(table: Table) -> list[tuple[str, str]]:
    """Pairs of begin and end columns the table has."""
    return [pair for pair in _BEGIN_END if set(pair) <= set(table.names)]


def open_ends(table: Table) -> set[str]:
    """End columns that may stay empty: their `9999-12-31` means "no end"."""
    return {end for _, end in spans(table) if not table.column(end).required}
