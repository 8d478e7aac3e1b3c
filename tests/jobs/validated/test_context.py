"""What a line knows of its visit, its settlement and its person; and what is kept with a counted warning."""

from __future__ import annotations

import pytest

from tests.jobs.validated.world import validate


@pytest.fixture(scope="module")
def done(spark, tmp_path_factory):
    """Visits with one, several and no settlement."""
    return validate(
        spark,
        tmp_path_factory.mktemp("home"),
        fixmedins_b="""
            fixmedins_code | hosp_lv | biznat
            H1             | 99      | 1
        """,
        mdtrt_d="""
            mdtrt_id | med_type | begntime            | endtime             | adm_dept_codg | dscg_maindiag_code | psn_no
            v1       |          |                     |                     | A21           | M54.5              |
            stay     | 21       | 2023-01-10 08:00:00 | 2023-01-13 10:00:00 |               |                    |
            open     | 21       | 2023-01-10          | -                   |               |                    |
            alone    |          |                     |                     |               |                    | p2
        """,
        setl_d="""
            setl_id | mdtrt_id | gend | brdy       | insutype | fund_pay_sumamt | psn_pay | inscp_amt | hi_paymtd | acct_pay | cash_payamt
            s1      |          |      |            |          |                 |         |           | 1         | 10       | 20
            s2      | stay     | 2    | 1990-02-28 | 390      | 90              | 10      |           | X         |          |
            s3      | stay     | 2    | 1990-02-28 | 310      | 120             |         |           |           |          |
            s4      | open     |      | 2022-02-28 |          | 0               | 100     | 0         |           |          |
            tie     |          |      |            |          |                 | 30.02   |           |           |          |
            off     |          |      |            |          |                 | 30.03   |           |           | 30       | 1
        """,
        psn_info_b="""
            psn_no | gend | brdy
            p2     | 2    | 2000-01-11
        """,
        fee_list_d="""
            bkkp_sn | mdtrt_id | setl_id | fee_ocur_time       | cnt | pric   | list_type | rx_flag
            own     |          |         |                     |     |        | 201       | 1
            second  | stay     | s3      | 2023-01-11          |     |        |           |
            third   | stay     | s2      | 2023-01-11          |     |        |           |
            unpaid  | stay     | -       | 2023-01-11          |     |        |           |
            missing | stay     | s9      | 2023-01-11          |     |        |           |
            nobody  | alone    | -       |                     |     |        |           |
            open    | open     | s4      | 2023-02-27          |     |        |           |
            code    |          |         |                     |     |        | 999       | x
            tie     |          |         |                     |     | 100.02 |           |
            off     |          |         |                     |     | 100.03 |           |
            late    | stay     | s2      | 2023-01-13 20:00:00 |     |        |           |
            far     | stay     | s2      | 2023-01-20 20:00:00 |     |        |           |
            early   | stay     | s2      | 2023-01-09 20:00:00 |     |        |           |
            dayonly | stay     | s2      | 2023-01-10          |     |        |           |
        """,
        months=["2023-01", "2023-02"],
    )


def test_fund_share_is_that_of_the_line_s_own_settlement(done):
    shares = done.column("fee_list_d", "fund_share")
    assert {key: shares[key] for key in ("own", "second", "third", "unpaid", "missing", "open")} == {
        "own": 70 / 100,
        "second": 1.0,  # never above one
        "third": 90 / 100,
        "unpaid": None,  # not settled
        "missing": None,
        "open": None,  # nothing in scope
    }


def test_who_the_person_is(done):
    gend, insutype = done.column("fee_list_d", "gend"), done.column("fee_list_d", "insutype")
    assert (gend["own"], insutype["own"]) == ("1", "310")
    assert (gend["second"], insutype["second"]) == ("2", "310")  # its own settlement
    assert (gend["unpaid"], insutype["unpaid"]) == ("2", "390")  # the first settlement of the visit
    assert (gend["nobody"], insutype["nobody"]) == ("2", None)  # the register of persons


def test_age_is_years_completed_on_the_day(done):
    ages = done.column("fee_list_d", "age")
    assert ages["own"] == 42  # born 1980-06-01, charged 2023-01-10
    assert ages["nobody"] == 22  # birthday tomorrow
    assert ages["open"] == 0  # born 2022-02-28, charged the day before its first birthday


def test_what_the_visit_tells(done):
    line = done.row("fee_list_d", "own")
    assert (line["med_type"], line["main_diag"], line["adm_dept_codg"]) == ("11", "M54.5", "A21")
    assert str(done.row("fee_list_d", "second")["visit_end"]) == "2023-01-13"
    assert done.row("fee_list_d", "open")["visit_end"] is None


def test_bed_days(done):
    assert done.column("mdtrt_d", "stay_days") == {"v1": 1, "stay": 3, "open": None, "alone": 1}


def test_unknown_codes_of_optional_columns_are_emptied_and_counted(done):
    assert done.row("fee_list_d", "code")["list_type"] is None
    assert done.row("fee_list_d", "code")["rx_flag"] is None
    assert done.row("fee_list_d", "own")["list_type"] == "201"
    assert done.warnings("fee_list_d")["code"] == "unknown_code:list_type,unknown_code:rx_flag"
    assert done.warnings("fixmedins_b") == {"H1": "unknown_code:hosp_lv"}


def test_amounts_more_than_two_cents_apart_are_kept_and_counted(done):
    warned = done.warnings("fee_list_d")
    assert warned["off"] == "cnt_times_pric" and "tie" not in warned
    assert done.warnings("setl_d") == {
        "s2": "unknown_code:hi_paymtd",
        "s3": "amount_identity:medfee_sumamt",
        "off": "amount_identity:medfee_sumamt,amount_identity:psn_pay",
    }


def test_charges_outside_their_visit_are_kept_and_counted(done):
    warned = done.warnings("fee_list_d")
    assert (warned["late"], warned["early"], warned["far"]) == (
        "date_outside_visit",
        "date_outside_visit",
        "date_far_outside_visit",
    )
    assert "dayonly" not in warned  # no time of day: it may have been any


def test_warnings_are_counted_by_month(done):
    counted = done.report.tables["fee_list_d"]["2023-01"].warnings
    assert counted["date_outside_visit"] == 2
    assert counted["settlement_not_found"] == 1


def test_times_are_wall_clock_times(done):
    assert str(done.row("fee_list_d", "own")["fee_ocur_time"])[:19] == "2023-01-10 09:00:00"


def test_a_month_alone_is_judged_as_it_is_among_the_others(spark, tmp_path):
    """Only the visits of its own lines are gathered then: with all their settlements and refunds of other months."""
    extract = {
        "mdtrt_d": """
            mdtrt_id | begntime            | endtime
            v1       |                     |
            v2       | 2023-02-01 08:00:00 | 2023-02-01 18:00:00
            v3       |                     |
        """,
        "setl_d": """
            setl_id | mdtrt_id | insutype | setl_time
            s1      | v1       | 310      |
            s2      | v1       | 390      | 2023-02-03 12:00:00
            s3      | v2       | 310      | 2023-02-03 12:00:00
        """,
        "fee_list_d": """
            bkkp_sn | mdtrt_id | setl_id | fee_ocur_time       | cnt | det_item_fee_sumamt | inscp_amt | init_feedetl_sn
            a1      | v1       | s1      | 2023-01-10 09:00:00 | 1   | 100                 | 100       | -
            a2      | v1       | s2      | 2023-01-10 09:00:00 | 2   | 200                 | 200       | -
            a3      | v9       | s1      | 2023-01-10 09:00:00 | 1   | 100                 | 100       | -
            a4      | v3       | -       | 2023-01-10 09:00:00 | 1   | 100                 | 100       | -
            b1      | v1       | s2      | 2023-02-03 09:00:00 | -1  | -100                | -100      | a2
            b2      | v2       | s3      | 2023-02-01 09:00:00 | 1   | 100                 | 100       | -
        """,
    }
    alone = validate(spark, tmp_path / "alone", ["2023-01"], None, **extract)
    among = validate(spark, tmp_path / "among", ["2023-01", "2023-02"], None, **extract)
    january = {"a1", "a2", "a4"}
    assert {row["bkkp_sn"] for row in alone.rows("fee_list_d")} == january
    assert {key: row for key in january if (row := alone.row("fee_list_d", key))} == {
        key: row for key in january if (row := among.row("fee_list_d", key))
    }
    assert alone.row("fee_list_d", "a2")["insutype"] == "390"
    assert float(alone.row("fee_list_d", "a2")["net_cnt"]) == 1
    assert alone.refused("fee_list_d") == {"a3": "orphan"}
