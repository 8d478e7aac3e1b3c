"""Versions of the knowledge: nothing is overwritten, one is in force, changes can be told."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.choose import area_of, choose
from knowledge.compare import compare
from knowledge.points import Point, load_points
from knowledge.published.outcome import Terms
from knowledge.published.read import read_files
from knowledge.store import NoSuchVersion, Store, points_in_force
from tests.knowledge.published.paper import read, table

POINT = Point("frequency_cap", "national/8-1/x", item_code="001109000020000", limit_value=1.5, limit_unit="times",
              window="day", effective_from=date(2025, 7, 1), source="a, \"b\" row 1", batch="8-1", version="v")  # fmt: skip
HEAD = "项目名称 | 限制数量 | 数量单位 | 项目编码\n"
BED, MONITOR = "床 | 1 | 日 | 001109000020000\n", "监测 | 24 | 小时 | 003107010220000\n"


def imported(place, text, known=(), effective=None):
    path = table(place / "第八批-1（限定频次）.csv", HEAD + text)
    return read_files([path], Terms(effective=effective, version="again"), known)


def test_points_come_back_as_they_were_kept(tmp_path):
    store = Store(tmp_path)
    assert store.points() == () and store.versions() == [] and not (tmp_path / "knowledge").exists()
    name = store.add([POINT], {"at": "2025-07-01T08:00:00"})
    assert store.points() == () and store.points(name) == (POINT,)  # kept, and not yet in force
    store.activate("latest", "2025-07-01T09:00:00")
    assert points_in_force(tmp_path) == (*load_points(), POINT)


def test_versions_stay_and_an_older_one_can_be_put_in_force_again(tmp_path):
    store = Store(tmp_path)
    assert [store.add([POINT], {}), store.add([], {})] == ["0001", "0002"]
    store.activate("2", "b")
    assert store.activate("1", "c") == "0001" and store.points() == (POINT,)
    assert store.versions() == ["0001", "0002"] and store.next_name() == "0003"
    with pytest.raises(NoSuchVersion, match="0001, 0002"):
        store.points("7")


def test_an_altered_point_is_named_and_not_believed(tmp_path):
    store = Store(tmp_path)
    store.add([POINT], {})
    place = tmp_path / "knowledge" / "versions" / "0001" / "points.csv"
    place.write_text(place.read_text(encoding="utf-8").replace("day", "fortnight"), encoding="utf-8")
    with pytest.raises(ValueError, match="row 1.*fortnight"):
        store.points("1")


def test_the_same_table_again_changes_nothing(tmp_path):
    first = imported(tmp_path, BED + MONITOR)
    again = imported(tmp_path, BED + MONITOR, first.points)
    assert compare(first.points, again.points) == []
    assert again.files[0].points == 2


def test_a_re_issued_table_ends_what_it_no_longer_says_the_day_before(tmp_path):
    first = imported(tmp_path, BED + MONITOR)
    again = imported(
        tmp_path, BED.replace("1", "2", 1) + "护理 | 1 | 日 | 001201000030000", first.points, date(2026, 1, 1)
    )
    told = [(p.item_code[:6], p.limit_value, p.effective_from, p.effective_to) for p in again.points]
    first_day, last_day = date(2026, 1, 1), date(2025, 12, 31)
    assert sorted(told, key=str) == [
        ("001109", 1.0, None, last_day), ("001109", 2.0, first_day, None),
        ("001201", 1.0, first_day, None), ("003107", 24.0, None, last_day),
    ]  # fmt: skip
    assert len({point.point_id for point in again.points}) == 4
    counted = [change.what for change in compare(first.points, again.points)]
    assert sorted(counted) == ["added"] * 3 + ["changed", "removed"]


def test_a_re_issued_table_without_a_date_replaces_the_older_one(tmp_path):
    again = imported(tmp_path, BED, imported(tmp_path, BED + MONITOR).points)
    assert [point.item_code for point in again.points] == ["001109000020000"]


def test_other_tables_and_other_regions_are_left_alone(tmp_path):
    first = imported(tmp_path, BED)
    path = table(tmp_path / "第八批-1（限定频次）.csv", HEAD + BED.replace("1", "2", 1))
    both = read_files([path], Terms(region="320300"), first.points)
    assert sorted((point.region, point.limit_value) for point in both.points) == [("000000", 1.0), ("320300", 2.0)]


def test_points_are_chosen_by_what_they_are_about_and_the_day(tmp_path):
    found = read(table(tmp_path / "第八批-1（限定频次）.csv", HEAD + BED + MONITOR), region="320300").imported
    day = date(2025, 6, 30)
    assert len(choose(found, day, kind=["frequency_cap"], batch=["8-1"], region=["32"])) == 2
    assert [point.limit_value for point in choose(found, day, item="003107")] == [24.0]
    assert choose([*found, POINT], day, state="inactive") == [POINT]
    assert choose([POINT], date(2025, 7, 1), state="effective") == [POINT]
    assert choose(found, day, region=["330000"]) == choose(found, day, area=["imaging"]) == []
    assert [point.limit_value for point in choose(found, day, area=["cardiology"])] == [24.0]


def test_a_point_is_filed_under_the_area_of_the_item_it_disputes():
    pair = replace(POINT, kind="duplicate_pair", other_code="002503020030000")
    drug = replace(POINT, kind="restricted_sex", item_code="", item_name="某胶囊")
    own = replace(POINT, area="imaging")
    assert [area_of(point) for point in (POINT, pair, drug, own)] == ["inpatient", "laboratory", "pharmacy", "imaging"]
