"""The features step on disk: what it writes, and that it writes the same again."""

from __future__ import annotations

import pytest

from jobs.features import build, step
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.storage import Home, read, write_month
from tests.support import validated
from tests.support.tables import rows

PERIOD = Period("2023-01", "2023-02")


@pytest.fixture
def home(spark, tmp_path) -> Home:
    place = Home(tmp_path / "home")
    for month, visit in (("2023-01", "v1"), ("2023-02", "v2")):
        lines = validated.lines(spark, f"mdtrt_id | fee_ocur_time\n{visit} | {month}-05 09:00:00")
        write_month(lines, place, "validated", "fee_list_d", month)
        seen = validated.visits(spark, f"mdtrt_id | begntime\n{visit} | {month}-05")
        write_month(seen, place, "validated", "mdtrt_d", month)
        paid = validated.settlements(spark, f"setl_id | mdtrt_id | setl_time\ns{visit} | {visit} | {month}-05 10:00:00")
        write_month(paid, place, "validated", "setl_d", month)
    write_month(validated.institutions(spark, "fixmedins_code\nh1"), place, "validated", "fixmedins_b", "all")
    return place


def test_every_table_of_every_month_is_written_and_a_re_run_changes_nothing(spark, home):
    first = build(spark, home, PERIOD.months, PERIOD, {})
    assert first["provider_month"] == {"2023-01": 1, "2023-02": 1}
    assert first["visit"] == {"2023-01": 1, "2023-02": 1}
    assert first["item"] == {PERIOD.folder: 1}
    assert first["peer_group"] == {PERIOD.folder: 1}
    before = _months(spark, home)
    build(spark, home, ["2023-02"], PERIOD, {})
    assert before == _months(spark, home) == [("2023-01", 1.0, 10.0), ("2023-02", 1.0, 10.0)]


def test_months_that_do_not_fit_together_are_counted_one_by_one_with_the_same_result(spark, home, monkeypatch):
    assert step.portions(home, PERIOD.months) == [["2023-01", "2023-02"]]
    build(spark, home, PERIOD.months, PERIOD, {})
    together = _everything(spark, home)
    monkeypatch.setattr(step, "LINES_AT_ONCE", 1)
    assert step.portions(home, PERIOD.months) == [["2023-01"], ["2023-02"]]
    build(spark, home, PERIOD.months, PERIOD, {})
    assert _everything(spark, home) == together


def test_a_month_without_lines_between_others_is_empty(spark, home, monkeypatch):
    monkeypatch.setattr(step, "LINES_AT_ONCE", 1)
    period = Period("2023-01", "2023-03")
    written = build(spark, home, period.months, period, {})
    assert written["visit"] == {"2023-01": 1, "2023-02": 1, "2023-03": 0}


def test_an_area_without_any_stay_has_an_empty_table_of_stays(spark, home):
    assert build(spark, home, PERIOD.months, PERIOD, {})["stay"] == {"2023-01": 0, "2023-02": 0}


def _everything(spark, home):
    found = {}
    for name in ("visit", "provider_item_month", "provider_month"):
        table = read(spark, home, "features", name, PERIOD.months)
        assert table is not None
        found[name] = sorted(map(str, table.collect()))
    return found


def _months(spark, home):
    found = read(spark, home, "features", "provider_month", PERIOD.months)
    assert found is not None
    return rows(found, "stat_month", "visits", "inscp")


def test_without_validated_lines_it_says_which_step_to_run(spark, tmp_path):
    with pytest.raises(InputError, match="fee_list_d"):
        build(spark, Home(tmp_path), PERIOD.months, PERIOD, {})
