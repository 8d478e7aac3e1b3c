"""Storage: a month is replaced whole, its neighbours stay, a killed step loses nothing."""

from __future__ import annotations

import pytest

from jobs.runtime.storage import Home, count_rows, read, write_month, write_months
from knowledge.frames import small_frame
from tests.support.tables import frame, rows

JAN_FEB = """
    id | stat_month
    a  | 2023-01
    b  | 2023-02
"""


@pytest.fixture
def home(spark, tmp_path):
    place = Home(tmp_path)
    write_months(frame(spark, JAN_FEB), place, "scores", "evidence", ["2023-01", "2023-02", "2023-03"], "stat_month")
    return place


def months(spark, home, *wanted):
    found = read(spark, home, "scores", "evidence", wanted)
    return [] if found is None else rows(found, "id", "stat_month")


def test_every_month_asked_for_has_its_folder_even_without_rows(home):
    assert home.months("scores", "evidence") == ["2023-01", "2023-02", "2023-03"]
    assert count_rows(home, "scores", "evidence", "2023-03") == 0


def test_only_the_months_asked_for_are_read(spark, home):
    assert months(spark, home, "2023-02") == [("b", "2023-02")]
    assert months(spark, home, "2023-03") == []


def test_a_rerun_with_no_rows_clears_that_month_and_only_that_month(spark, home):
    empty = frame(spark, JAN_FEB).where("false")
    write_months(empty, home, "scores", "evidence", ["2023-01"], "stat_month")
    assert months(spark, home, "2023-01", "2023-02") == [("b", "2023-02")]


def test_one_month_written_alone_leaves_the_others(spark, home):
    write_month(frame(spark, "id | stat_month\nc | 2023-02"), home, "scores", "evidence", "2023-02")
    assert months(spark, home, "2023-01", "2023-02") == [("a", "2023-01"), ("c", "2023-02")]


def test_a_month_known_to_be_empty_from_the_plan_is_written_as_an_empty_month(spark, home):
    nothing = small_frame(spark, [], "id string, stat_month string")
    write_month(nothing, home, "scores", "evidence", "2023-02")
    assert months(spark, home, "2023-01", "2023-02") == [("a", "2023-01")]


def test_rows_of_a_month_nobody_asked_for_stop_the_write(spark, home):
    with pytest.raises(ValueError, match="2023-02"):
        write_months(frame(spark, JAN_FEB), home, "scores", "evidence", ["2023-01"], "stat_month")
    assert months(spark, home, "2023-01", "2023-02") == [("a", "2023-01"), ("b", "2023-02")]


def test_a_month_moved_aside_by_a_killed_step_comes_back(spark, home):
    place = home.month("scores", "evidence", "2023-01")
    place.rename(place.parent / ".old-month=2023-01")
    assert home.months("scores", "evidence") == ["2023-01", "2023-02", "2023-03"]
    assert months(spark, home, "2023-01") == [("a", "2023-01")]


def test_a_half_written_month_is_never_read(spark, home):
    half = home.table("scores", "evidence") / ".new-month=2023-01"
    half.mkdir()
    (half / "part-0.parquet").write_bytes(b"half")
    assert months(spark, home, "2023-01") == [("a", "2023-01")]
    write_month(frame(spark, "id | stat_month\nz | 2023-01"), home, "scores", "evidence", "2023-01")
    assert months(spark, home, "2023-01") == [("z", "2023-01")]
