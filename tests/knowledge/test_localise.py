"""An area's own statement takes the place of the wider one, where and while it holds."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.localise import localised, prefix
from knowledge.points import Point

NATION = Point("frequency_cap", "national/8-1/x", item_code="001109000020000", limit_value=1.0, limit_unit="times",
               window="day", source="a row 1")  # fmt: skip
CITY = replace(NATION, point_id="area/320300/x", region="320300", limit_value=2.0)


def told(points):
    return sorted(((p.region, p.effective_from, p.effective_to) for p in localised(points)), key=str)


def test_the_national_limit_holds_everywhere_but_where_an_area_says_its_own():
    assert told([NATION, CITY]) == [("000000-3203", None, None), ("320300", None, None)]


def test_a_province_is_left_out_by_the_nation_and_its_city_by_both():
    province = replace(CITY, region="320000")
    assert told([NATION, province, CITY]) == [
        ("000000-32-3203", None, None), ("320000-3203", None, None), ("320300", None, None)
    ]  # fmt: skip


def test_before_and_after_the_areas_own_limit_the_national_one_holds_there_too():
    city = replace(CITY, effective_from=date(2024, 1, 1), effective_to=date(2024, 12, 31))
    assert told([NATION, city]) == [
        ("000000", None, date(2023, 12, 31)), ("000000", date(2025, 1, 1), None),
        ("000000-3203", date(2024, 1, 1), date(2024, 12, 31)), ("320300", date(2024, 1, 1), date(2024, 12, 31)),
    ]  # fmt: skip
    assert len({point.point_id for point in localised([NATION, city])}) == 4


@pytest.mark.parametrize(
    "change", [{"item_code": "001109000030000"}, {"kind": "quantity_per_line"}, {"limit_unit": "hours"}]
)
def test_other_items_kinds_and_sorts_of_limits_are_left_alone(change):
    assert ("000000", None, None) in told([NATION, replace(CITY, **change)])


@pytest.mark.parametrize(
    ("region", "digits"), [("320300", "3203"), ("320000", "32"), ("320301", "320301"), ("000000", "")]
)
def test_a_region_is_known_by_its_first_digits(region, digits):
    assert prefix(region) == digits
