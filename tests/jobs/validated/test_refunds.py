"""Refunds: what is left of a line or a settlement after everything that took it back, in whatever month."""

from __future__ import annotations

import random

import pytest

from jobs.runtime.storage import Home
from jobs.validated import build
from tests.jobs.validated.world import STANDARD, Validated, land, month_of, raw_rows, validate, write

LINES = """
    bkkp_sn | cnt | det_item_fee_sumamt | inscp_amt | init_feedetl_sn | fee_ocur_time | setl_id | _file | _row
    whole   | 1   | 100                 | 100       |                 | 2023-01-10    |         | a.csv | 1
    w1      | -1  | -100                | -100      | whole           | 2023-03-02    | -       | b.csv | 1
    part    | 5   | 500                 | 400       |                 | 2023-01-10    |         | a.csv | 2
    p1      | -1  | -100                | -80       | part            | 2023-01-11    |         | a.csv | 3
    p2      | -1  | -100                | -80       | part            | 2023-02-11    |         | b.csv | 2
    p2      | -1  | -100                | -80       | part            | 2023-02-11    |         | b.csv | 3
    over    | 1   | 100                 | 100       |                 | 2023-01-10    |         | a.csv | 4
    o1      | -3  | -300                | -300      | over            | 2023-01-11    |         | a.csv | 5
    chain   | 3   | 300                 | 300       |                 | 2023-01-10    |         | a.csv | 6
    c1      | -1  | -100                | -100      | chain           | 2023-01-11    |         | a.csv | 7
    c2      | -1  | -100                | -100      | c1              | 2023-01-12    |         | a.csv | 8
    ring1   | -1  | -100                | -100      | ring2           | 2023-01-11    |         | a.csv | 9
    ring2   | -1  | -100                | -100      | ring1           | 2023-01-11    |         | a.csv | 10
    again   | 2   | 200                 | 200       | c1              | 2023-01-13    |         | a.csv | 11
    money   | 2   | 200                 | 200       |                 | 2023-01-10    |         | a.csv | 12
    m1      | 0   | -50                 | -50       | money           | 2023-01-11    |         | a.csv | 13
    gone    | 1   | 100                 | 100       |                 | 2023-01-10    | sgone   | a.csv | 14
    stays   | 1   | 100                 | 100       |                 | 2023-01-10    | spart   | a.csv | 15
"""
SETTLEMENTS = """
    setl_id | init_setl_id | refd_setl_flag | medfee_sumamt | inscp_amt | fund_pay_sumamt | psn_pay | setl_time
    s1      |              |                | 1000          | 900       | 630             | 370     |
    sgone   |              |                | 100           | 100       | 70              | 30      |
    r1      | sgone        | 1              | -60           | -60       | -42             | -18     | 2023-02-01
    r2      | sgone        | 1              | -40           | -40       | -28             | -12     | 2023-04-01
    spart   |              |                | 100           | 100       | 70              | 30      |
    r3      | spart        | 1              | -40           | -40       | -28             | -12     | 2023-02-01
"""


@pytest.fixture(scope="module")
def done(spark, tmp_path_factory):
    """Originals of January; only January is asked for, refunds of later months have landed."""
    return validate(spark, tmp_path_factory.mktemp("home"), ["2023-01"], fee_list_d=LINES, setl_d=SETTLEMENTS)


def test_what_is_left_of_a_line(done):
    left = {key: value for key, value in done.column("fee_list_d", "net_cnt").items() if value}
    assert left == {
        "part": 5 - 1 - 1,  # two refunds, one of February; its repeated row counts once
        "chain": 3 - 1 - 1,  # a refund of a refund is one more refund of the first line
        "again": 2,  # positive: a charge of its own, whatever it points at
        "money": 2,  # only money went back
        "stays": 1,  # its settlement was refunded in part: which part is not said
    }


def test_amounts_go_back_with_quantities(done):
    assert done.row("fee_list_d", "part")["net_fee"] == 500 - 100 - 100
    assert done.row("fee_list_d", "part")["net_inscp"] == 400 - 80 - 80
    assert done.row("fee_list_d", "money")["net_fee"] == 200 - 50


def test_a_refund_of_a_later_month_nets_its_original(done):
    assert done.row("fee_list_d", "whole")["net_inscp"] == 0
    assert done.row("fee_list_d", "whole")["line_kind"] == "charge"


def test_nothing_is_left_below_zero(done):
    assert done.row("fee_list_d", "over")["net_cnt"] == 0
    assert done.warnings("fee_list_d")["over"] == "refund_above_original"


def test_refund_rows_stay_rows_with_nothing_left(done):
    assert done.row("fee_list_d", "p1")["line_kind"] == "refund"
    assert (done.row("fee_list_d", "p1")["cnt"], done.row("fee_list_d", "p1")["net_cnt"]) == (-1, 0)


def test_money_that_goes_back_after_the_visit_is_no_date_outside_it(done):
    assert "p1" not in done.warnings("fee_list_d")  # a day after its visit


def test_refunds_that_only_point_at_each_other_have_no_original(done):
    assert done.refused("fee_list_d") == {
        "ring1": "negative_without_original",
        "ring2": "negative_without_original",
    }


def test_settlements_are_netted_too(done):
    assert done.column("setl_d", "net_fund") == {"s1": 630, "sgone": 0, "spart": 70 - 28, "r1": 0, "r2": 0, "r3": 0}
    assert done.column("setl_d", "net_medfee")["spart"] == 100 - 40
    assert done.column("setl_d", "setl_kind")["r1"] == "refund"


def test_a_settlement_refunded_in_full_takes_its_lines_with_it(done):
    assert done.row("fee_list_d", "gone")["net_inscp"] == 0
    assert done.row("fee_list_d", "gone")["fund_share"] == 0.7


@pytest.mark.parametrize("seed", [1, 2])
def test_order_files_and_months_of_landing_do_not_matter(spark, tmp_path, done, seed):
    """The same rows in another order and cut into more files give the same table."""
    plain = Home(tmp_path / "plain")
    for name, text in {**STANDARD, "fee_list_d": LINES, "setl_d": SETTLEMENTS}.items():
        land(plain, name, text)
    shuffled = Home(tmp_path / "shuffled")
    rng = random.Random(seed)
    for name in STANDARD:
        rows = raw_rows(plain, name)
        rng.shuffle(rows)
        for part, row in enumerate(rows):
            write(shuffled, name, month_of(name, row), [row], part)
    again = Validated(shuffled, build(spark, shuffled, ["2023-01"], {}, {}))
    for name in ("fee_list_d", "setl_d"):
        assert sorted(map(str, again.rows(name))) == sorted(map(str, done.rows(name)))
    assert again.refused("fee_list_d") == done.refused("fee_list_d")
