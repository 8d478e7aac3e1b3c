"""Profiles: months and totals, repeated keys, and what is left out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from expectations import profile
from expectations.held import Held, Measure, number, seldom
from expectations.reports import Reports
from tests.support.tables import frame

LINES = """
    id | fee_ocur_time       | code | dr
    a  | 2023-01-05 10:00:00 | x    | d1
    b  | 2023-01-31 23:59:59 |      |
    c  | 2023-03-01 00:00:00 | y    |
    d  |                     | y    | d1
"""
TYPES = "fee_ocur_time timestamp"


def taken(
    spark, *held: Held, months: tuple[str, ...] = (), month_column: str | None = "fee_ocur_time"
) -> dict[Any, Any]:
    made = profile.take(frame(spark, LINES, TYPES), None, "validated", held, Reports(months), month_column)
    return {row.pop("month"): row for row in made.frame.to_dict("records")}


def missing(column: str) -> Held:
    return Held(f"{column}.missing", Measure("missing", column), "warning", "甲", "a", "why", at_most=0)


@pytest.fixture(autouse=True)
def small_months_count(monkeypatch):
    monkeypatch.setattr(profile, "FEWEST_ROWS_OF_A_SHARE", 1)


def test_one_row_per_month_and_one_for_the_whole(spark):
    found = taken(spark, seldom("no_code", "code is null", 0.1, "甲", "a", "why"), missing("dr"))
    assert found["2023-01"] == {"no_code": 1 / 2, "dr.missing": 1}
    assert found["2023-03"] == {"no_code": 0 / 1, "dr.missing": 1}
    assert found["unknown"] == {"no_code": 0 / 1, "dr.missing": 0}
    assert found["all"] == {"no_code": 1 / 4, "dr.missing": 1 + 1}


def test_a_month_of_the_period_without_rows_is_there(spark):
    rows = Held("month_rows", Measure("report", "month_rows"), "critical", "甲", "a", "why", at_least=1)
    found = taken(spark, rows, missing("dr"), months=("2023-01", "2023-02", "2023-03"))
    assert found["2023-02"]["month_rows"] == 0
    assert math.isnan(found["2023-02"]["dr.missing"]), "no row, nothing to say about its columns"


def test_a_share_of_a_handful_of_rows_is_told_in_the_whole_only(spark, monkeypatch):
    monkeypatch.setattr(profile, "FEWEST_ROWS_OF_A_SHARE", 2)
    found = taken(spark, seldom("no_code", "code is null", 0.1, "甲", "a", "why"))
    assert found["2023-01"]["no_code"] == 1 / 2
    assert math.isnan(found["2023-03"]["no_code"])
    assert found["all"]["no_code"] == 1 / 4


def test_a_share_is_of_the_rows_it_is_about(spark):
    held = seldom("y_without_doctor", "dr is null", 0.1, "甲", "a", "why", of="code = 'y'")
    assert taken(spark, held)["all"] == {"y_without_doctor": 1 / 2}


def test_an_aggregate_of_a_table_without_months(spark):
    held = number("codes", "count(distinct code)", 1, "甲", "a", "why")
    assert taken(spark, held, month_column=None) == {"all": {"codes": 2}}


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "estimate"])
def test_repeated_keys(spark, monkeypatch, exact):
    monkeypatch.setattr(profile, "EXACT_KEYS_UP_TO", 10_000 if exact else 0)
    once = spark.range(1000).selectExpr("cast(id as string) as k", "cast(id % 7 as string) as l")
    assert profile._repeated_keys(once, ("k", "l"), 1000) == {"repeated_keys": 0}
    doubled = profile._repeated_keys(once.union(once), ("k",), 2000)["repeated_keys"]
    assert doubled == 1000 if exact else doubled > 0


def test_a_key_column_that_is_absent_is_not_counted(spark):
    assert profile._repeated_keys(spark.range(3), ("k",), 3) == {}
