"""Finds keys that stand more than once in the whole extract, and the first row of each in file order.

Grain: one row = one repeated key of one table.
Why: a key may come back in another file or month, so every landed row takes part. Comparing one number of 8 bytes per
row keeps the shuffle small on a billion lines; only rows whose number repeats are looked at in full.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table
from jobs.runtime.storage import union
from jobs.validated.judge import FIRST_FILE, FIRST_ROW
from jobs.validated.rows import FILE, ROW, key_value, opened

TABLE, KEY = "_table", "_key"
_HASH = "_hash"
NAMED_UP_TO = 2_000  # repeated keys of an extract that are told one by one: texts of some 100 kB in a plan


def may_repeat(landed: pa.Table, table: Table) -> bool:
    """False when the key columns, as landed, surely hold no key twice. Days and times are compared by their digits.

    Why: most tables repeat nothing, and for those of moderate size this is known without asking the engine.
    """
    parts = [_digits(landed[name]) if table.column(name).type != "string" else landed[name] for name in table.key]
    joined = pc.binary_join_element_wise(*[part.cast(pa.string()) for part in parts], "|")
    complete = pc.drop_null(joined)
    return bool(pc.count_distinct(complete).as_py() < len(complete))


def _digits(text: pa.ChunkedArray) -> pa.ChunkedArray:
    kept = pc.utf8_slice_codeunits(pc.replace_substring_regex(text, "[^0-9]", ""), 0, 14)
    return pc.utf8_rpad(kept, 14, "0")


def keys(raw: DataFrame, table: Table) -> DataFrame:
    """Table, key, its hash (one for all tables) and place of every row whose key is complete."""
    kept = opened(raw, table, table.key).select(key_value(table).alias(KEY), FILE, ROW).filter(F.col(KEY).isNotNull())
    named = F.lit(table.name)
    return kept.select(named.alias(TABLE), KEY, FILE, ROW, F.xxhash64(KEY, named).alias(_HASH))


def repeated_hashes(all_keys: list[DataFrame]) -> DataFrame:
    """Hashes that stand more than once: candidates, and hardly ever anything else."""
    narrow = union([frame.select(_HASH) for frame in all_keys])
    return narrow.groupBy(_HASH).count().filter("count > 1").select(_HASH)


def first_rows(all_keys: list[DataFrame], candidates: DataFrame) -> DataFrame:
    """The first row, by file and row number, of every key that really repeats."""
    chosen = union(all_keys).join(candidates, _HASH, "left_semi")
    place = F.struct(FILE, ROW)
    return (
        chosen.groupBy(TABLE, KEY)
        .agg(F.min(place).alias("_first"), F.count("*").alias("_rows"))
        .filter("_rows > 1")
        .select(TABLE, KEY, F.col(f"_first.{FILE}").alias(FIRST_FILE), F.col(f"_first.{ROW}").alias(FIRST_ROW))
    )


@dataclass(frozen=True)
class Named:
    """The repeated keys of one table and the places where each stands first, when they are few.

    Why: a join, however small its other side, copies every column of every row; a list is only looked at.
    """

    keys: tuple[str, ...]
    places: tuple[str, ...]

    def again(self, table: Table) -> Column:
        """True for a row that repeats a key; null for one whose key stands once."""
        place = F.concat_ws("|", FILE, F.col(ROW).cast("string"))
        return F.when(key_value(table).isin(*self.keys), ~place.isin(*self.places))


def named(repeated: pa.Table) -> dict[str, Named]:
    """Repeated keys (as `first_rows` tells them) by table; nothing when they are too many to be named."""
    rows = repeated.to_pylist() if repeated.num_rows <= NAMED_UP_TO else []
    of = {name: [row for row in rows if row[TABLE] == name] for name in {row[TABLE] for row in rows}}
    return {
        name: Named(tuple(row[KEY] for row in found), tuple(f"{row[FIRST_FILE]}|{row[FIRST_ROW]}" for row in found))
        for name, found in of.items()
    }


def marked(frame: DataFrame, table: Table, repeated: DataFrame | None) -> DataFrame:
    """Opened rows with the first row of their key where it repeats; unchanged when no key of the table does."""
    if repeated is None:
        return frame
    own = repeated.filter(F.col(TABLE) == table.name).select(KEY, FIRST_FILE, FIRST_ROW)
    return frame.withColumn(KEY, key_value(table)).join(own, KEY, "left").drop(KEY)


def not_repeated(frame: DataFrame) -> DataFrame:
    """Rows that are the first of their key."""
    if FIRST_FILE not in frame.columns:
        return frame
    first = (F.col(FILE) == F.col(FIRST_FILE)) & (F.col(ROW) == F.col(FIRST_ROW))
    return frame.filter(F.col(FIRST_FILE).isNull() | first)
