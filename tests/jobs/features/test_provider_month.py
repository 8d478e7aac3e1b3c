"""features/provider_month: numerators and denominators of one institution and month."""

from __future__ import annotations

import pytest

from jobs.catalogue import derived
from jobs.features import item, month_counts, provider_item_month, provider_month, stay, visit
from tests.support import validated
from tests.support.tables import frame
from tests.support.validated import settled

REGISTER = "fixmedins_code | fixmedins_type\nh1 | 1\nh2 | 1\ns1 | 2\ns2 | 2\ns3 | 2"
LINES = """
    mdtrt_id | psn_no | fixmedins_code | med_list_codg   | hilist_name | med_chrgitm_type | net_inscp | bilg_dr_code | insu_admdvs | fee_ocur_time       | med_type
    v1       | p1     | h1             | 002501010150000 | 血细胞分析  | 04               | 20        | d1           | 320301      | 2023-01-05 09:00:00 | 11
    v1       | p1     | h1             | 002503010010000 | 总蛋白      | 04               | 30        | d1           | 320301      | 2023-01-05 09:00:00 | 11
    v2       | p1     | h1             | 002103000010103 | CT平扫      | 03               | 200       | d1           | 320301      | 2023-01-25 09:00:00 | 11
    v3       | p2     | h1             | 001102000010000 | 诊查费      | 02               | 10        | d2           | 310100      | 2023-01-05 10:00:00 | 11
    w1       | p3     | s1             | XC10AAA01       | 某药        | 09               | 100       |              | 320301      | 2023-01-05 10:00:00 | 41
    w2       | p4     | s1             | XC10AAA01       | 某药        | 09               | 60        |              | 320301      | 2023-01-05 10:01:30 | 41
    w3       | p3     | s2             | XC10AAA01       | 某药        | 09               | 40        |              | 320301      | 2023-01-05 11:00:00 | 41
    w4       | p3     | s3             | XC10AAA01       | 某药        | 09               | 40        |              | 320301      | 2023-01-05 12:00:00 | 41
    i1       | p5     | h2             | 001109000010300 | 床位费      | 01               | 500       | d3           | 320301      | 2023-01-30 10:00:00 | 21
    i2       | p5     | h2             | 001109000010300 | 床位费      | 01               | 500       | d3           | 320301      | 2023-02-10 10:00:00 | 21
"""
STAYS = """
    mdtrt_id | psn_no | fixmedins_code | med_type | begntime   | endtime    | dscg_maindiag_code
    i1       | p5     | h2             | 21       | 2023-01-30 | 2023-02-04 | J18.900
    i2       | p5     | h2             | 21       | 2023-02-09 | 2023-02-12 | I21.900
"""
BILLS = """
    setl_id | mdtrt_id | fixmedins_code | cash_payamt | setl_time           | setl_kind
    a       | i1       | h2             | 0           | 2023-02-04 10:00:00 | original
    b       | i2       | h2             | 10          | 2023-02-12 10:00:00 | original
    c       | v3       | h1             | -10         | 2023-01-06 10:00:00 | refund
"""
REPORTS = """
    rpotc_no | exam_rslt_poit_flag | fixmedins_code | exam_date
    r1       | 1                   | h1             | 2023-01-05
    r2       | 0                   | h1             | 2023-01-05
    r3       |                     | h1             | 2023-01-06
"""


@pytest.fixture(scope="module")
def tables(spark):
    """What the step reads: visits, stays, items, settlements, reports and the register."""
    institutions = settled(validated.institutions(spark, REGISTER))
    charged, seen = settled(validated.lines(spark, LINES)), settled(validated.visits(spark, STAYS))
    paid = settled(validated.settlements(spark, BILLS))
    months = settled(visit.build(charged, settled(item.build(charged)), seen, institutions))
    return {
        "visit": months,
        "stay": settled(stay.build(seen, paid, institutions, months)),
        "provider_item_month": settled(provider_item_month.build(charged, institutions)),
        "setl_d": paid,
        "fixmedins_b": institutions,
        "clnc_exam_rpot_d": frame(spark, REPORTS, "exam_date timestamp, exam_rslt_poit_flag int"),
    }


@pytest.fixture(scope="module")
def built(tables):
    """(institution, month) -> row."""
    made = provider_month.build(tables, {})
    assert tuple(made.columns) == derived("features", "provider_month").names
    return {(row["fixmedins_code"], row["stat_month"]): row.asDict() for row in made.collect()}


def _of(built, code, *columns, month="2023-01"):
    return tuple(built[code, month][column] for column in columns)


def test_there_is_one_row_per_institution_and_month(built):
    assert sorted(built) == [
        *(("h1", "2023-01"), ("h2", "2023-01"), ("h2", "2023-02")),
        *((shop, "2023-01") for shop in ("s1", "s2", "s3")),
    ]


def test_visits_persons_and_amounts_of_a_hospital(built):
    names = ("visits", "persons", "inscp", "fund", "outp_labs", "exams", "last10_inscp")
    assert _of(built, "h1", *names) == (3.0, 2.0, 260.0, 130.0, 2.0, 1.0, 200.0)


def test_doctors_strangers_and_refunds(built):
    names = ("doctors", "doctor_visits", "top_doctor_visits", "outside_visits", "refund_setls")
    assert _of(built, "h1", *names) == (2.0, 3.0, 2.0, 1.0, 1.0)


def test_roaming_buyers_and_sales_in_close_order(built):
    names = ("shop_visits", "roaming_sales", "roaming_inscp", "close_sales", "close_inscp", "top_drug_inscp")
    assert _of(built, "s1", *names) == (2.0, 1.0, 100.0, 1.0, 60.0, 160.0)


def test_stays_are_counted_under_the_month_they_end_in(built):
    names = ("inp_visits", "discharges", "bed_days", "readmit7", "zero_cash_stays", "severe_stays")
    assert _of(built, "h2", *names) == (1.0, None, None, None, None, None)
    assert _of(built, "h2", *names, month="2023-02") == (1.0, 2.0, 8.0, 1.0, 1.0, 1.0)


def test_bills_of_day_cases_are_alike_by_nature_and_not_compared(spark):
    """A day-surgery centre does one procedure all day; only its stays of more than two days tell how bills differ."""
    text = "mdtrt_id | inscp | stay_days\nday1 | 5000 | 1\nday2 | 5000 | 2\nlong | 2000 | 5\nunpaid | 0 | 6"
    same = {
        "stat_month": "2023-01", "fixmedins_code": "eye", "psn_no": "p", "fund": "1", "planned": "0", "gap_here": None,
        "exams_only": "0", "zero_cash": None, "outside": "0", "main_diag": "H25",
    }  # fmt: skip
    types = "inscp double, fund double, stay_days int, planned int, gap_here int, exams_only int, zero_cash int, outside int"
    (row,) = month_counts.from_stays(frame(spark, text, types, same)).collect()
    assert (row["discharges"], row["short_stays"], row["cost_known_stays"]) == (4, 2, 1)


def test_reports_say_how_often_something_was_found(built):
    assert _of(built, "h1", "reports", "judged_reports", "positive_reports") == (3.0, 2.0, 1.0)
    assert _of(built, "h2", "reports") == (None,)


def test_what_was_not_handed_over_is_unknown_not_zero(tables):
    available = {"fee_list_d": frozenset({"bkkp_sn"}), "setl_d": frozenset({"setl_id"})}
    without = {name: table for name, table in tables.items() if name != "clnc_exam_rpot_d"}
    names = ("doctor_blank", "supply_days", "zero_cash_stays", "ecert_setls", "reports", "discharges")
    row = provider_month.build(without, available).where("fixmedins_code = 'h1'").select(*names).collect()[0]
    assert tuple(row) == (None,) * 6
