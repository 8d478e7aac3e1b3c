"""How texts of the landing zone are read: numbers, whole numbers, flags, dates and times."""

from __future__ import annotations

import pytest

from jobs.validated import parse


@pytest.fixture(scope="module")
def read(spark):
    """Reads many texts as one type: text → value as text, None when it cannot be read."""
    from pyspark.sql import functions as F

    def values(kind: str, texts: list[str]) -> dict[str, str | None]:
        found = spark.createDataFrame([(text,) for text in texts], "text string")
        shown = found.select("text", parse.typed(F.col("text"), kind).cast("string").alias("value")).collect()
        return {row.text: row.value for row in shown}

    return values


def test_numbers(read):
    assert read("decimal(16,2)", ["1", "-2.50", "+5", ".5", "12.340000000000001", "1.5E3", "2E-1"]) == {
        "1": "1.00",
        "-2.50": "-2.50",
        "+5": "5.00",
        ".5": "0.50",
        "12.340000000000001": "12.34",  # noise of a float column
        "1.5E3": "1500.00",
        "2E-1": "0.20",
    }


def test_what_is_no_number(read):
    texts = ["1,234", "１２", "NaN", "Infinity", "abc", "1_000", "0x1F", "--1", "12元", "999999999999999"]
    assert set(read("decimal(16,2)", texts).values()) == {None}  # the last one does not fit decimal(16,2)


def test_whole_numbers_may_have_gone_through_a_float_column(read):
    assert read("int", ["3", "3.0", "3.5", "-2", "x"]) == {"3": "3", "3.0": "3", "3.5": None, "-2": "-2", "x": None}


def test_flags(read):
    texts = {"1": "1", "0": "0", "true": "1", "FALSE": "0", "1.0": "1", "0.0": "0", "2": None, "Y": None}
    assert read("bool01", list(texts)) == texts


def test_times(read):
    texts = {
        "2023-01-05": "2023-01-05 00:00:00",
        "20230105": "2023-01-05 00:00:00",
        "2023-01-05 10:11:12": "2023-01-05 10:11:12",
        "2023-01-05T10:11:12": "2023-01-05 10:11:12",
        "2023-01-05 10:11:12.500": "2023-01-05 10:11:12.5",
        "20230105101112": "2023-01-05 10:11:12",
    }
    assert read("timestamp", list(texts)) == texts


def test_dates_that_cannot_be(read):
    texts = [
        "2018-02-29", "20180229", "2023-13-01", "2023-04-31 10:00:00", "1899-12-31", "2101-01-01", "0001-01-01",
        "2023-01-05 25:00:00", "2023-01", "2023", "2023-1-5", "2023/01/05", "2023-01-05 10:11:12+08:00", "yesterday",
    ]  # fmt: skip
    assert set(read("timestamp", texts).values()) == {None}
    assert set(read("date", texts).values()) == {None}


def test_a_leap_day_of_a_leap_year_is_a_day(read):
    assert read("date", ["2020-02-29", "20200229"]) == {"2020-02-29": "2020-02-29", "20200229": "2020-02-29"}
