"""Finds keys that stand more than once in the whole extract, and the first row of each in file order.

Grain: one row = one repeated key of one table.
Why: a key may come back in another file or month, so every landed row takes part. Comparing one number of 8 bytes per
row keeps the shuffle small on a billion lines; only rows whose number repeats are looked at in full.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table
from jobs.runtime.storage import union
from jobs.validated.judge import FIRST_FILE, FIRST_ROW
from jobs.validated.rows import FILE, ROW, key_value, opened

TABLE, KEY = "_table", "_key"
_HASH = "_hash"


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
