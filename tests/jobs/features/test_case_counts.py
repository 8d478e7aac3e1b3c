"""Weight, cost and payment standard of cases paid by DRG or DIP, counted by institution and month."""

from __future__ import annotations

from jobs.features import case_counts
from tests.support.tables import frame, rows

PAID = """
    setl_id | fixmedins_code | setl_time           | setl_kind | net_medfee | net_inscp
    a       | h1             | 2023-01-05 10:00:00 | original  | 1000       | 900
    b       | h1             | 2023-01-09 10:00:00 | original  | 3000       | 2500
    c       | h1             | 2023-01-09 11:00:00 | original  | 500        | 400
    back    | h1             | 2023-01-10 10:00:00 | refund    | -500       | -400
    gone    | h1             | 2023-01-08 10:00:00 | original  | 0          | 0
    points  | h2             | 2023-02-01 10:00:00 | original  | 700        | 600
"""
GROUPED = """
    setl_id | paymtd | rw  | std_fee
    a       | drg    | 0.8 | 1200
    b       | DRG    | 1.5 | 2800
    c       | drg    | 0.5 |
    back    | drg    | 0.5 | 700
    gone    | drg    | 0.5 | 700
    points  | dip    | 620 | 800
"""
MONEY = "net_medfee decimal(16,2), net_inscp decimal(16,2), setl_time timestamp"
NAMES = ("stat_month", "fixmedins_code", "drg_cases", "drg_weight", "drg_cost", "drg_standard", "drg_inscp")


def test_only_standing_cases_with_weight_cost_and_standard_count_each_way_of_payment_apart(spark):
    paid = frame(spark, PAID, MONEY)
    grouped = frame(spark, GROUPED, "rw decimal(12,6), std_fee decimal(16,2)")
    found = case_counts.from_cases(grouped, paid)
    assert rows(found, *NAMES) == [
        ("2023-01", "h1", 2, 2.3, 4000.0, 4000.0, 3400.0),
        ("2023-02", "h2", 0, 0.0, 0.0, 0.0, 0.0),
    ]
    assert rows(found.where("dip_cases > 0"), "fixmedins_code", "dip_weight", "dip_standard") == [("h2", 620.0, 800.0)]


def test_without_a_payment_standard_no_case_is_counted(spark):
    grouped = frame(spark, "setl_id | paymtd | rw\na | drg | 0.8", "rw decimal(12,6)")
    assert case_counts.from_cases(grouped, frame(spark, PAID, MONEY)).count() == 0
