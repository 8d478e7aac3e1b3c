"""What a point names, and the items that occur."""

import pytest

from knowledge.points import Point
from knowledge.resolve import Item, Register, Wanted, matches, resolve

ITEMS = [
    Item("002103000010104", "CT平扫(上腹部)", "ct", 90),
    Item("002103000020104", "CT增强扫描(上腹部)", "ct", 40),
    Item("210300001", "CT平扫(颅脑)", "ct", 5),
    Item("33LOCAL01", "CT平扫 （上腹部）", "ct", 7),
    Item("002503010020000", "血清白蛋白测定", "lab", 70),
    Item("XB05AAR021B001010102003", "人血白蛋白", "drug_west", 20),
    Item("", "院内自制CT上腹部平扫", "ct", 3),
]


def found(code: str = "", name: str = "") -> list[tuple[str, str | None]]:
    return Register(ITEMS).find(code, name)


def test_an_exact_code_and_a_prefix_name_codes():
    assert found("002103000010104") == [("002103000010104", None)]
    assert found("00210300001*") == [("002103000010104", None), ("210300001", None)]


def test_a_nine_digit_code_is_the_national_item():
    assert found("002103000010000") == [("210300001", None)]


def test_a_pattern_needs_all_terms_and_none_of_the_excluded():
    assert matches("~CT&平扫!增强|加收", "CT平扫（胸部）")
    assert not matches("~CT&平扫!增强|加收", "CT平扫加收")
    assert not matches("~CT&平扫", "磁共振平扫")
    assert found("@ct", "~上腹&平扫") == [
        ("", "院内自制CT上腹部平扫"),
        ("002103000010104", None),
        ("33LOCAL01", None),
    ]


def test_a_domain_keeps_drugs_out_of_laboratory_names():
    assert found("@lab", "~白蛋白") == [("002503010020000", None)]


def test_a_plain_name_beside_a_code_is_for_reading_only():
    assert found("002503010020000", "whatever people call it") == [("002503010020000", None)]
    assert found("", "人血白蛋白") == [("XB05AAR021B001010102003", None)]


def test_one_code_for_several_parts_is_split_by_name_but_an_odd_label_is_not():
    parts = [Item("C1", "CT平扫(上腹部)", "ct", 50), Item("C1", "CT平扫(胸部)", "ct", 50)]
    assert Register(parts).find("@ct", "~上腹") == [("C1", "CT平扫(上腹部)")]
    odd = [Item("C1", "CT平扫(上腹部)", "ct", 95), Item("C1", "腹部扫描", "ct", 5)]
    assert Register(odd).find("@ct", "~上腹") == [("C1", None)]


def pair(point_id: str, item: str, other: str, area: str = "imaging") -> Point:
    return Point("duplicate_pair", point_id, area, item_code=item, other_code=other, source="test")


def test_a_detector_takes_its_own_number_or_its_globs():
    own = Wanted("IMG-01-split", "duplicate_pair", "imaging")
    assert own.takes(pair("IMG-01/a", "A", "B"))
    assert not own.takes(pair("IMG-010/a", "A", "B"))
    assert not own.takes(pair("IMG-01/a", "A", "B", area="laboratory"))
    assert Wanted("IMG-72-x", "duplicate_pair", "imaging", ("national/*",)).takes(pair("national/7/1", "A", "B"))


def test_pairs_are_crossed_and_points_that_mirror_each_other_are_marked():
    items = [Item("A", "a"), Item("B", "b"), Item("B2", "b2")]
    points = [pair("IMG-01/1", "A", "B*"), pair("IMG-01/2", "B", "A"), pair("IMG-01/3", "A", "ZZ")]
    rows = resolve(points, [Wanted("IMG-01-x", "duplicate_pair", "imaging")], items)
    assert [(row["point_id"], row["item_code"], row["other_code"], row["mutual"]) for row in rows] == [
        ("IMG-01/1", "A", "B", True),
        ("IMG-01/1", "A", "B2", True),
        ("IMG-01/2", "B", "A", True),
    ]


def test_an_item_stands_in_a_group_once():
    items = [Item("A", "hba1c chromatography"), Item("B", "hba1c immune")]
    points = [
        Point("interval_per_person", f"LAB-10/{n}", "laboratory", item_code=code, group_id="hba1c", source="test")
        for n, code in enumerate(("A", "A|B"))
    ]
    rows = resolve(points, [Wanted("LAB-10-x", "interval_per_person", "laboratory")], items)
    assert [(row["point_id"], row["item_code"]) for row in rows] == [("LAB-10/0", "A"), ("LAB-10/1", "B")]


def test_a_point_without_an_area_belongs_to_the_area_of_what_it_disputes():
    items = [Item("T", "糖耐量试验", "exam_other"), Item("G", "葡萄糖测定", "lab")]
    point = pair("national/7/1", "T", "G", area="")
    for area, expected in (("laboratory", 1), ("outpatient", 0)):
        rows = resolve([point], [Wanted("X-72-x", "duplicate_pair", area, ("national/*",))], items)
        assert len(rows) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_items_does_not_matter(order):
    assert Register(ITEMS[::order]).find("@ct", "~平扫") == Register(ITEMS).find("@ct", "~平扫")
