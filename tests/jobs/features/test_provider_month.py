"""features/provider_month: numerators and denominators of one institution and month."""

from __future__ import annotations

from jobs.catalogue import derived
from jobs.features import item, provider_item_month, provider_month, stay, visit
from tests.support import validated
from tests.support.tables import frame, rows
from tests.support.validated import settled

REGISTER = "fixmedins_code | fixmedins_type\nh1 | 1\ns1 | 2\ns2 | 2\ns3 | 2"


def _tables(spark, lines, visits="mdtrt_id\nnone", settlements="setl_id | mdtrt_id\ns0 | none", register=REGISTER):
    institutions = validated.institutions(spark, register)
    charged, seen = validated.lines(spark, lines), validated.visits(spark, visits)
    paid = validated.settlements(spark, settlements)
    months = settled(visit.build(charged, settled(item.build(charged)), seen, institutions))
    return {
        "visit": months,
        "stay": settled(stay.build(seen, paid, institutions, months)),
        "provider_item_month": settled(provider_item_month.build(charged, institutions)),
        "setl_d": paid,
        "fixmedins_b": institutions,
    }


LINES = """
    mdtrt_id | psn_no | fixmedins_code | med_list_codg   | med_chrgitm_type | net_inscp | bilg_dr_code | insu_admdvs | fee_ocur_time       | med_type
    v1       | p1     | h1             | 002501010150000 | 04               | 20        | d1           | 320301      | 2023-01-05 09:00:00 | 11
    v1       | p1     | h1             | 002503010010000 | 04               | 30        | d1           | 320301      | 2023-01-05 09:00:00 | 11
    v2       | p1     | h1             | 002103000010103 | 03               | 200       | d1           | 320301      | 2023-01-25 09:00:00 | 11
    v3       | p2     | h1             | 001102000010000 | 02               | 10        | d2           | 310100      | 2023-01-05 10:00:00 | 11
    w1       | p3     | s1             | XC10AAA01       | 09               | 100       |              | 320301      | 2023-01-05 10:00:00 | 41
    w2       | p4     | s1             | XC10AAA01       | 09               | 60        |              | 320301      | 2023-01-05 10:01:30 | 41
    w3       | p3     | s2             | XC10AAA01       | 09               | 40        |              | 320301      | 2023-01-05 11:00:00 | 41
    w4       | p3     | s3             | XC10AAA01       | 09               | 40        |              | 320301      | 2023-01-05 12:00:00 | 41
"""


def test_has_the_columns_the_catalogue_promises_one_row_per_institution_and_month(spark):
    found = provider_month.build(_tables(spark, LINES), {})
    assert tuple(found.columns) == derived("features", "provider_month").names
    assert rows(found.where("fixmedins_code like 's%'"), "fixmedins_code", "stat_month") == [
        ("s1", "2023-01"),
        ("s2", "2023-01"),
        ("s3", "2023-01"),
    ]


def test_visits_persons_amounts_and_doctors_of_a_hospital(spark):
    found = provider_month.build(_tables(spark, LINES), {}).where("fixmedins_code = 'h1'")
    assert rows(found, "visits", "persons", "inscp", "fund", "outp_labs", "exams", "last10_inscp") == [
        (3.0, 2.0, 260.0, 130.0, 2.0, 1.0, 200.0)
    ]
    assert rows(found, "doctors", "doctor_visits", "top_doctor_visits", "outside_visits") == [(2.0, 3.0, 2.0, 1.0)]


def test_roaming_buyers_and_sales_in_close_order(spark):
    found = provider_month.build(_tables(spark, LINES), {}).where("fixmedins_code = 's1'")
    assert rows(
        found, "shop_visits", "roaming_sales", "roaming_inscp", "close_sales", "close_inscp", "top_drug_inscp"
    ) == [(2.0, 1.0, 100.0, 1.0, 60.0, 160.0)]


def test_what_was_not_handed_over_is_unknown_not_zero(spark):
    available = {"fee_list_d": frozenset({"bkkp_sn"}), "setl_d": frozenset({"setl_id"})}
    found = provider_month.build(_tables(spark, LINES), available).where("fixmedins_code = 'h1'")
    assert rows(found, "doctor_blank", "supply_days", "zero_cash_stays", "reports", "discharges") == [(None,) * 5]


def test_stays_are_counted_under_the_month_they_end_in(spark):
    tables = _tables(
        spark,
        "mdtrt_id | med_type | fee_ocur_time | net_inscp\nv1 | 21 | 2023-01-30 10:00:00 | 500\nv2 | 21 | 2023-02-10 10:00:00 | 500",
        """
        mdtrt_id | psn_no | med_type | begntime   | endtime    | dscg_maindiag_code
        v1       | p1     | 21       | 2023-01-30 | 2023-02-04 | J18.900
        v2       | p1     | 21       | 2023-02-09 | 2023-02-12 | J18.900
        """,
        "setl_id | mdtrt_id | cash_payamt\na | v1 | 0\nb | v2 | 10",
    )
    found = provider_month.build(tables, {})
    assert rows(found, "stat_month", "inp_visits", "discharges", "bed_days", "readmit7", "zero_cash_stays") == [
        ("2023-01", 1.0, None, None, None, None),
        ("2023-02", 1.0, 2.0, 8.0, 1.0, 1.0),
    ]


def test_reports_say_how_often_something_was_found(spark):
    tables = _tables(spark, LINES)
    tables["clnc_exam_rpot_d"] = frame(
        spark,
        """
        rpotc_no | exam_rslt_poit_flag | fixmedins_code | exam_date
        r1       | 1                   | h1             | 2023-01-05
        r2       | 0                   | h1             | 2023-01-05
        r3       |                     | h1             | 2023-01-06
        """,
        "exam_date timestamp, exam_rslt_poit_flag int",
    )
    found = provider_month.build(tables, {}).where("fixmedins_code = 'h1'")
    assert rows(found, "reports", "judged_reports", "positive_reports") == [(3.0, 2.0, 1.0)]
