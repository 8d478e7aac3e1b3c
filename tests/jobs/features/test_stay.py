"""features/stay: one finished in-patient stay with its bill and the stay before it."""

from __future__ import annotations

from jobs.catalogue import derived
from jobs.features import item, stay, visit
from tests.support import validated
from tests.support.tables import rows
from tests.support.validated import settled


def _build(spark, visits, settlements="setl_id | mdtrt_id\ns0 | none", lines="mdtrt_id | med_type\nv1 | 21"):
    institutions = validated.institutions(spark, "fixmedins_code\nh1\nh2")
    stays = validated.visits(spark, visits)
    charged = validated.lines(spark, lines)
    months = settled(visit.build(charged, settled(item.build(charged)), stays, institutions))
    return stay.build(stays, validated.settlements(spark, settlements), institutions, months)


STAYS = """
    mdtrt_id | med_type | begntime   | endtime             | fixmedins_code | dscg_maindiag_code
    v1       | 21       | 2023-01-05 | 2023-01-10 11:00:00 | h1             | J18.900
    v2       | 21       | 2023-01-14 | 2023-01-20 11:00:00 | h1             | J18.900
    v3       | 21       | 2023-02-25 | 2023-03-02 11:00:00 | h2             | Z51.102
    v4       | 11       | 2023-01-05 | 2023-01-05 11:00:00 | h1             | J06.900
"""


def test_has_the_columns_the_catalogue_promises(spark):
    assert tuple(_build(spark, STAYS).columns) == derived("features", "stay").names


def test_the_gap_runs_from_the_last_discharge_here_and_anywhere(spark):
    found = _build(spark, STAYS)
    assert rows(found, "mdtrt_id", "stat_month", "stay_days", "gap_here", "gap_anywhere", "planned") == [
        ("v1", "2023-01", 5, None, None, 0),
        ("v2", "2023-01", 6, 4, 4, 0),
        ("v3", "2023-03", 5, None, 36, 1),
    ]


def test_an_open_stay_waits(spark):
    found = _build(spark, "mdtrt_id | med_type | begntime\nv1 | 21 | 2023-01-05")
    assert rows(found, "mdtrt_id") == []


def test_the_bill_is_net_and_cash_comes_back_with_the_refund(spark):
    found = _build(
        spark,
        "mdtrt_id | med_type | begntime | endtime\nv1 | 21 | 2023-01-05 | 2023-01-10\nv2 | 21 | 2023-03-05 | 2023-03-10",
        """
        setl_id | mdtrt_id | setl_kind | net_inscp | net_fund | net_medfee | cash_payamt | insu_admdvs
        s1      | v1       | original  | 900       | 600      | 1000       | 400         | 310100
        s2      | v1       | refund    | 0         | 0        | 0          | -400        | 310100
        s3      | v2       | original  | 500       | 400      | 500        | 100         | 320382
        """,
    )
    assert rows(found, "mdtrt_id", "inscp", "fund", "zero_cash", "outside") == [
        ("v1", 900.0, 600.0, 1, 1),
        ("v2", 500.0, 400.0, 0, 0),
    ]


def test_a_short_stay_that_is_mostly_examinations_is_marked_unless_something_was_done(spark):
    lines = """
        mdtrt_id | med_type | med_list_codg   | hilist_name | med_chrgitm_type | net_inscp
        v1       | 21       | 002103000010103 | CT平扫      | 03               | 800
        v1       | 21       | 001109000010300 | 床位费      | 01               | 100
        v2       | 21       | 002103000010103 | CT平扫      | 03               | 800
        v2       | 21       | 003310020150000 | 胃息肉切除  | 06               | 100
    """
    visits = """
        mdtrt_id | med_type | begntime   | endtime
        v1       | 21       | 2023-01-05 | 2023-01-07
        v2       | 21       | 2023-01-05 | 2023-01-07
    """
    assert rows(_build(spark, visits, lines=lines), "mdtrt_id", "exams_only") == [("v1", 1), ("v2", 0)]
