"""Small frames keep their values, their types and their emptiness on the way to the engine."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from knowledge.frames import small_frame

DDL = "name string, n int, share double, sure boolean, day date, at timestamp, yuan decimal(16,2)"
ROW = ("甲", 3, 0.5, True, date(2023, 2, 28), datetime.fromisoformat("2023-02-28T09:30"), Decimal("12.30"))


def test_values_and_types_arrive_as_declared(spark: SparkSession) -> None:
    frame = small_frame(spark, [ROW, (None,) * 7], DDL)
    assert [tuple(row) for row in frame.collect()] == [ROW, (None,) * 7]
    assert [kind for _, kind in frame.dtypes] == [
        "string", "int", "double", "boolean", "date", "timestamp", "decimal(16,2)",
    ]  # fmt: skip


def test_no_rows_still_have_columns(spark: SparkSession) -> None:
    frame = small_frame(spark, [], DDL)
    assert frame.columns == ["name", "n", "share", "sure", "day", "at", "yuan"]
    assert frame.count() == 0


def test_a_row_of_another_width_is_refused(spark: SparkSession) -> None:
    with pytest.raises(ValueError):
        small_frame(spark, [("甲", 1), ("乙",)], "name string, n int")
