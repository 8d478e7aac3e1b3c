"""features/visit: what was charged to one visit in one month. Every paragraph has visits of its own."""

from __future__ import annotations

from functools import reduce

import pytest

from jobs.catalogue import derived
from jobs.features import item, visit
from tests.support import validated
from tests.support.validated import settled

REFUNDS = """
    mdtrt_id | line_kind | net_cnt | net_inscp
    refunded | charge    | 2       | 30
    refunded | charge    | 0       | 0
    refunded | refund    | 0       | 0
"""
IMAGING = """
    mdtrt_id | med_list_codg        | hilist_name        | med_chrgitm_type | net_cnt | net_inscp
    imaged   | 002103000010103      | CT平扫(胸部)       | 03               | 1       | 230
    imaged   | 002103000010104      | CT平扫(上腹部)     | 03               | 2       | 460
    imaged   | 002103000040000      | CT成像(三维重建)   | 03               | 1       | 110
    imaged   | 002203010010101      | 彩超常规检查(腹部) | 03               | 1       | 120
    imaged   | C1402022590000103333 | 医用干式激光胶片   | 08               | 3       | 42
    imaged   | 001102000010000      | 诊查费             | 02               | 1       | 10
"""
DAYS = """
    mdtrt_id | med_list_codg   | hilist_name | med_chrgitm_type | fee_ocur_time       | net_cnt
    days     | 002501010150000 | 血细胞分析  | 04               | 2023-01-05 09:00:00 | 1
    days     | 002501010150000 | 血细胞分析  | 04               | 2023-01-05 15:00:00 | 1
    days     | 002503010010000 | 总蛋白      | 04               | 2023-01-06 09:00:00 | 1
    days     | 003402000050000 | 运动疗法    | 05               | 2023-01-06 10:00:00 | 2
    days     | 003401000220000 | 磁疗        | 05               | 2023-01-06 11:00:00 | 1
"""
MONTHS = """
    mdtrt_id | fee_ocur_time       | med_type
    turning  | 2023-01-31 09:00:00 | 21
    turning  | 2023-02-01 09:00:00 | 21
"""
HOURS = """
    mdtrt_id | fee_ocur_time
    hours    | 2023-01-07 00:00:00
    hours    | 2023-01-07 23:30:00
    hours    | 2023-01-09 10:00:00
"""
DOCTORS = """
    mdtrt_id  | bilg_dr_code | fixmedins_code
    attended  | d9           | h1
    unknown   | UNKNOWN      | h1
    filler    | 000000       | h1
    ordered   | d4           | h1
"""
BUNDLES = """
    mdtrt_id | med_list_codg   | hilist_name | med_chrgitm_type | fee_ocur_time
    one      | 002501010150000 | 血细胞分析  | 04               | 2023-01-05 09:00:00
    one      | 002501020350000 | 尿液分析    | 04               | 2023-01-05 09:01:00
    two      | 002501020350000 | 尿液分析    | 04               | 2023-01-05 09:00:00
    two      | 002501010150000 | 血细胞分析  | 04               | 2023-01-05 09:01:00
    less     | 002501010150000 | 血细胞分析  | 04               | 2023-01-05 09:00:00
"""
SHOP = "mdtrt_id | fixmedins_code\nsale | s1"
VISITS = """
    mdtrt_id | chfpdr_code
    attended | d1
    unknown  | 0
    filler   | 未知
    ordered  | 无
"""


@pytest.fixture(scope="module")
def built(spark):
    """(visit, month) -> row."""
    parts = [REFUNDS, IMAGING, DAYS, MONTHS, HOURS, DOCTORS, BUNDLES, SHOP]
    lines = reduce(lambda left, right: left.unionByName(right), [validated.lines(spark, text) for text in parts])
    institutions = validated.institutions(spark, "fixmedins_code | fixmedins_type\nh1 | 1\ns1 | 2")
    made = visit.build(lines, settled(item.build(lines)), validated.visits(spark, VISITS), institutions)
    assert tuple(made.columns) == derived("features", "visit").names
    return {(row["mdtrt_id"], row["stat_month"]): row.asDict() for row in made.collect()}


def _of(built, name, *columns, month="2023-01"):
    return tuple(built[name, month][column] for column in columns)


def test_refunded_lines_and_refund_rows_do_not_count(built):
    assert _of(built, "refunded", "lines", "inscp", "fund") == (1, 30.0, 15.0)


def test_imaging_is_counted_by_kind_and_without_add_ons(built):
    names = ("exams", "ct_mr", "kinds", "addons", "films", "film_exams", "us_parts")
    assert _of(built, "imaged", *names) == (4.0, 3.0, 2, 1.0, 3.0, 3.0, 1.0)


def test_money_is_split_by_area_and_adds_up(built):
    assert _of(built, "imaged", "imaging_inscp", "outpatient_inscp", "inscp") == (962.0, 10.0, 972.0)
    assert _of(built, "imaged", "addon_inscp", "film_inscp", "us_inscp") == (110.0, 42.0, 120.0)


def test_days_and_distinct_items_are_counted_once(built):
    assert _of(built, "days", "items", "labs", "lab_kinds", "lab_days", "rehabs", "rehab_days") == (
        4,
        3.0,
        2,
        2,
        3.0,
        1,
    )


def test_a_stay_over_the_turn_of_the_month_has_a_row_in_both(built):
    for month in ("2023-01", "2023-02"):
        assert _of(built, "turning", "lines", "med_type_group", month=month) == (1, "inpatient")


def test_a_date_without_a_time_of_day_is_not_night(built):
    assert _of(built, "hours", "timed", "night", "weekend") == (2, 1, 2)


def test_blank_doctors_stay_blank_and_the_attending_doctor_wins(built):
    said = [_of(built, name, "doctor", "doctor_blank") for name in ("attended", "unknown", "filler", "ordered")]
    assert said == [("d1", 0), (None, 1), (None, 1), ("d4", 0)]


def test_the_same_items_in_any_order_are_the_same_bundle(built):
    one, two, less = (_of(built, name, "bundle") for name in ("one", "two", "less"))
    assert one == two != less


def test_a_pharmacy_only_sells_whatever_the_kind_of_visit_says(built):
    assert _of(built, "sale", "med_type_group") == ("pharmacy",)
