"""Small frames from rows at hand: points, cards, months, empty tables.

Why: local Spark evaluates a list of Python rows in Python workers, anew in every query that touches it. Handed over as
Arrow it becomes part of the plan on every engine: its size is known, and what meets an empty one is not computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def small_frame(spark: SparkSession, rows: Iterable[Sequence[Any]], schema: str | StructType) -> DataFrame:
    """A frame of the rows; `schema` is DDL or a type, the values of a row stand in its order."""
    declared = schema if isinstance(schema, StructType) else _parsed(schema)
    fields = to_arrow_schema(declared)
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    values = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    table: Any = pa.Table.from_arrays(values, schema=fields)
    return spark.createDataFrame(table, declared)


@lru_cache(maxsize=256)
def _parsed(ddl: str) -> StructType:
    """The type a DDL names: an engine is asked for it, so every text only once."""
    return cast(StructType, StructType.fromDDL(ddl))
