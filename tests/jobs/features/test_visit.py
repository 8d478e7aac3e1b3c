"""features/visit: what was charged to one visit in one month."""

from __future__ import annotations

from jobs.catalogue import derived
from jobs.features import item, visit
from tests.support import validated
from tests.support.tables import rows
from tests.support.validated import settled


def _build(spark, lines, visits="mdtrt_id\nv1", institutions="fixmedins_code\nh1"):
    charged = validated.lines(spark, lines)
    items = settled(item.build(charged))
    return visit.build(charged, items, validated.visits(spark, visits), validated.institutions(spark, institutions))


def test_has_the_columns_the_catalogue_promises(spark):
    assert tuple(_build(spark, "mdtrt_id\nv1").columns) == derived("features", "visit").names


def test_refunded_lines_and_refund_rows_do_not_count(spark):
    found = _build(
        spark,
        """
        mdtrt_id | line_kind | net_cnt | net_inscp
        v1       | charge    | 2       | 30
        v1       | charge    | 0       | 0
        v1       | refund    | 0       | 0
        """,
    )
    assert rows(found, "mdtrt_id", "lines", "inscp", "fund") == [("v1", 1, 30.0, 15.0)]


def test_imaging_is_counted_by_kind_and_without_add_ons(spark):
    found = _build(
        spark,
        """
        mdtrt_id | med_list_codg         | hilist_name                    | med_chrgitm_type | net_cnt | net_inscp
        v1       | 002103000010103       | CT平扫(胸部)                   | 03               | 1       | 230
        v1       | 002103000010104       | CT平扫(上腹部)                 | 03               | 2       | 460
        v1       | 002103000040000       | CT成像(三维重建)               | 03               | 1       | 110
        v1       | 002203010010101       | 彩超常规检查(腹部)             | 03               | 1       | 120
        v1       | C1402022590000103333  | 医用干式激光胶片               | 08               | 3       | 42
        v1       | 001102000010000       | 诊查费                         | 02               | 1       | 10
        """,
    )
    names = ("exams", "ct_mr", "kinds", "addons", "films", "film_exams", "us_parts", "imaging_inscp", "inscp")
    assert rows(found, *names) == [(4.0, 3.0, 2, 1.0, 3.0, 3.0, 1.0, 962.0, 972.0)]


def test_days_and_distinct_items_are_counted_once(spark):
    found = _build(
        spark,
        """
        mdtrt_id | med_list_codg   | med_chrgitm_type | fee_ocur_time       | net_cnt
        v1       | 002501010150000 | 04               | 2023-01-05 09:00:00 | 1
        v1       | 002501010150000 | 04               | 2023-01-05 15:00:00 | 1
        v1       | 002503010010000 | 04               | 2023-01-06 09:00:00 | 1
        v1       | 003402000050000 | 05               | 2023-01-06 10:00:00 | 2
        v1       | 003401000220000 | 05               | 2023-01-06 11:00:00 | 1
        """,
    )
    assert rows(found, "items", "labs", "lab_kinds", "lab_days", "rehabs", "rehab_days") == [(4, 3.0, 2, 2, 3.0, 1)]


def test_a_stay_over_the_turn_of_the_month_has_a_row_in_both(spark):
    found = _build(
        spark,
        """
        mdtrt_id | fee_ocur_time       | med_type
        v1       | 2023-01-31 09:00:00 | 21
        v1       | 2023-02-01 09:00:00 | 21
        """,
    )
    assert rows(found, "stat_month", "lines", "med_type_group") == [
        ("2023-01", 1, "inpatient"),
        ("2023-02", 1, "inpatient"),
    ]


def test_a_date_without_a_time_of_day_is_not_night(spark):
    found = _build(
        spark,
        """
        mdtrt_id | fee_ocur_time
        v1       | 2023-01-07 00:00:00
        v1       | 2023-01-07 23:30:00
        v1       | 2023-01-09 10:00:00
        """,
    )
    assert rows(found, "timed", "night", "weekend") == [(2, 1, 2)]


def test_blank_doctors_stay_blank_and_the_attending_doctor_wins(spark):
    found = _build(
        spark,
        """
        mdtrt_id | bilg_dr_code | fixmedins_code
        v1       | d9           | h1
        v2       | UNKNOWN      | h1
        v3       | 000000       | h1
        v4       | d4           | h1
        """,
        """
        mdtrt_id | chfpdr_code
        v1       | d1
        v2       | 0
        v3       |
        v4       |
        """.replace("|\n", "| 未知\n"),
    )
    assert rows(found, "mdtrt_id", "doctor", "doctor_blank") == [
        ("v1", "d1", 0),
        ("v2", None, 1),
        ("v3", None, 1),
        ("v4", "d4", 0),
    ]


def test_the_same_items_in_any_order_are_the_same_bundle(spark):
    found = _build(
        spark,
        """
        mdtrt_id | med_list_codg   | fee_ocur_time
        v1       | 002501010150000 | 2023-01-05 09:00:00
        v1       | 002501020350000 | 2023-01-05 09:01:00
        v2       | 002501020350000 | 2023-01-05 09:00:00
        v2       | 002501010150000 | 2023-01-05 09:01:00
        v3       | 002501010150000 | 2023-01-05 09:00:00
        """,
    )
    bundles = dict(rows(found, "mdtrt_id", "bundle"))
    assert bundles["v1"] == bundles["v2"] != bundles["v3"]


def test_a_pharmacy_only_sells_whatever_the_kind_of_visit_says(spark):
    found = _build(spark, "mdtrt_id | fixmedins_code\nv1 | s1", institutions="fixmedins_code | fixmedins_type\ns1 | 2")
    assert rows(found, "med_type_group") == [("pharmacy",)]
