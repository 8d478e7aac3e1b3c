"""Laws over the starter knowledge, and the form of a point."""

import re

import pytest

from knowledge.points import NATIONAL, Point, faults, knowledge_version, load_points, point_of
from models.rules import KINDS
from models.rules.cards import AREA_PREFIX

POINTS = load_points()


def test_there_is_knowledge():
    assert len(POINTS) > 200


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.point_id)
def test_every_point_is_well_formed_and_says_where_it_comes_from(point):
    assert faults(point) == []
    assert point.kind in KINDS
    assert point.area in AREA_PREFIX
    assert point.region == NATIONAL  # what ships holds everywhere; provinces bring their own
    assert re.search(r"handbook|national", point.source)


def test_limits_are_positive_and_carry_their_unit():
    for point in POINTS:
        if point.limit_value is not None:
            assert point.limit_value > 0 and point.limit_unit, point.point_id


def test_kinds_with_a_limit_have_one():
    limited = {"frequency_cap", "interval_per_person", "course_days", "quantity_per_line", "restricted_sex"}
    for point in POINTS:
        assert point.kind not in limited or point.limit_value is not None, point.point_id


def test_pairs_name_both_sides():
    for point in POINTS:
        if point.kind in ("duplicate_pair", "panel_members", "addon_over_main"):
            assert point.has_other, point.point_id


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"source": ""}, "empty source"),
        ({"item_code": "", "item_name": ""}, "names no item"),
        ({"window": "fortnight"}, "unknown window"),
        ({"item_code": "0021 03"}, "unreadable code"),
        ({"item_name": "~(CT"}, "unreadable pattern"),
        ({"effective_from": "2024-01-01", "effective_to": "2023-01-01"}, "ends before it begins"),
        ({"limit_value": "many"}, "could not convert"),
    ],
)
def test_a_malformed_point_is_refused_with_its_place(change, wrong):
    row = {"kind": "duplicate_pair", "point_id": "x", "area": "imaging", "item_code": "0021*", "source": "handbook"}
    with pytest.raises(ValueError, match=f"row 3.*{re.escape(wrong)}"):
        point_of(row | change, "row 3")


def test_the_version_tells_added_knowledge_from_the_starter():
    added = Point("duplicate_pair", "national/7/1", "imaging", item_code="A", other_code="B", source="national batch 7")
    assert knowledge_version(POINTS) == "2026.11"
    assert re.fullmatch(r"2026\.11\.[0-9a-f]{6}", knowledge_version([*POINTS, added]))
    assert knowledge_version([added, *POINTS]) == knowledge_version([*POINTS, added])
