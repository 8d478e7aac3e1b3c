"""What may not pass, one section per convention: each refused row has exactly one reason, and no row is lost."""

from __future__ import annotations

import pytest

from tests.jobs.validated.world import validate


@pytest.fixture(scope="module")
def done(spark, tmp_path_factory):
    """One extract with one fault per row; `-` is a blank cell."""
    return validate(
        spark,
        tmp_path_factory.mktemp("home"),
        months=["2023-01", "2023-02"],
        fixmedins_b="""
            fixmedins_code | endtime    | lnt
            H1             |            |
            H2             | 9999-12-31 | 112.5
            H3             |            | east
        """,
        mdtrt_d="""
            mdtrt_id | begntime            | endtime             | vali_flag
            v1       |                     |                     |
            back     | 2023-01-10          | 2023-01-09          |
            oneday   | 2023-01-10 08:00:00 | 2023-01-10          |
            clocks   | 2023-01-10 23:59:58 | 2023-01-10 23:59:00 |
            voided   |                     |                     | 0
            leap     | 2018-02-29          | -                   |
        """,
        setl_d="""
            setl_id | mdtrt_id | init_setl_id | gend | refd_setl_flag | medfee_sumamt | fund_pay_sumamt | psn_pay | vali_flag
            s1      |          |              |      |                |               |                 |         |
            sex     |          |              | 3    |                |               |                 |         |
            lost    | nowhere  |              |      |                |               |                 |         |
            back    |          | gone         |      | 1              | -100          | -70             | -30     |
            flag    |          |              |      | 7              |               |                 |         |
        """,
        fee_list_d="""
            bkkp_sn | mdtrt_id | fee_ocur_time | fixmedins_code | med_list_codg | med_chrgitm_type | cnt   | prd_days | init_feedetl_sn | vali_flag | hilist_name | _row
            a1      |          |               |                |               |                  |       |          |                 |           |             | 1
            -       |          |               |                |               |                  |       |          |                 |           |             | 2
            a1      |          |               |                |               |                  | x     |          |                 |           |             | 3
            comma   |          |               |                |               |                  | 1,000 |          |                 |           |             | 4
            half    |          |               |                |               |                  |       | 3.5      |                 |           |             | 5
            leap    |          | 2023-02-29    |                |               |                  |       |          |                 |           |             | 6
            april   |          | 2023-01-32    |                |               |                  |       |          |                 |           |             | 7
            noname  |          |               |                |               |                  |       |          |                 |           | -           | 8
            notime  |          | -             |                |               |                  |       |          |                 |           |             | 9
            code    |          |               |                |               | 99               |       |          |                 |           |             | 10
            who     |          |               | H9             |               |                  |       |          |                 |           |             | 11
            orphan  | nowhere  |               |                |               |                  |       |          |                 |           |             | 12
            minus   |          |               |                |               |                  | -1    |          |                 |           |             | 13
            ofnone  |          |               |                |               |                  | -1    |          | nobody          |           |             | 14
            void    |          |               |                |               | 99               | x     |          |                 | 0         |             | 15
            ofvoid  |          |               |                |               |                  | -1    |          | void            |           |             | 16
            both    | nowhere  |               |                |               | 99               | x     |          |                 |           |             | 17
            own     |          |               |                | -             |                  |       |          |                 |           |             | 18
            ofback  | back     |               |                |               |                  |       |          |                 |           |             | 19
            ofvisit | voided   |               |                |               |                  |       |          |                 |           |             | 20
            weird   |          |               |                |               |                  |       |          |                 | maybe     |             | 21
            closed  |          |               | H3             |               |                  |       |          |                 |           |             | 22
        """,
    )


def test_every_reason_of_a_line(done):
    refusals = {
        (row["key_text"], row["row_number"]): (row["reason"], row["column"]) for row in done.refusals("fee_list_d")
    }
    assert refusals == {
        ("", 2): ("missing_key", "bkkp_sn"),
        ("a1", 3): ("duplicate_key", "bkkp_sn"),  # though its number is bad as well
        ("comma", 4): ("bad_number", "cnt"),
        ("half", 5): ("bad_number", "prd_days"),  # optional, but not a number all the same
        ("leap", 6): ("impossible_date", "fee_ocur_time"),
        ("april", 7): ("impossible_date", "fee_ocur_time"),
        ("noname", 8): ("missing_required", "hilist_name"),
        ("notime", 9): ("missing_required", "fee_ocur_time"),
        ("code", 10): ("unknown_code", "med_chrgitm_type"),
        ("who", 11): ("unknown_institution", "fixmedins_code"),
        ("orphan", 12): ("orphan", "mdtrt_id"),
        ("minus", 13): ("negative_without_original", "init_feedetl_sn"),
        ("ofnone", 14): ("negative_without_original", "init_feedetl_sn"),
        ("ofvoid", 16): ("negative_without_original", "init_feedetl_sn"),  # a void row is nobody's original
        ("both", 17): ("bad_number", "cnt"),  # the first reason that holds
        ("weird", 21): ("unknown_code", "vali_flag"),
    }


def test_the_offending_text_and_its_place_are_kept(done):
    (found,) = [row for row in done.refusals("fee_list_d") if row["key_text"] == "comma"]
    assert (found["value"], found["file"], found["table"]) == ("1,000", "fee_list_d.csv", "fee_list_d")
    (found,) = [row for row in done.refusals("fee_list_d") if row["key_text"] == "orphan"]
    assert found["value"] == "nowhere"


def test_an_empty_item_code_is_a_self_made_item(done):
    assert done.row("fee_list_d", "own")["med_list_codg"] is None


def test_a_visit_that_landed_but_may_not_be_used_leaves_no_orphans(done):
    assert done.refused("mdtrt_d") == {"back": "impossible_date", "leap": "impossible_date"}
    assert {key for key, names in done.warnings("fee_list_d").items() if "visit_not_usable" in names} == {
        "ofback",
        "ofvisit",
    }
    assert done.row("fee_list_d", "ofback")["visit_begin"] is None


def test_an_end_without_a_time_of_day_is_the_whole_day(done):
    assert done.row("mdtrt_d", "oneday")["stay_days"] == 1


def test_an_end_minutes_before_its_begin_is_kept_and_counted(done):
    assert done.warnings("mdtrt_d") == {"clocks": "end_before_begin:endtime"}


def test_settlements(done):
    assert done.refused("setl_d") == {
        "sex": "unknown_code",
        "lost": "orphan",
        "back": "negative_without_original",
        "flag": "unknown_code",
    }


def test_an_institution_is_known_when_it_landed_even_if_its_row_is_refused(done):
    assert done.refused("fixmedins_b") == {"H3": "bad_number"}
    assert "closed" in done.column("fee_list_d", "cnt")


def test_no_end_is_not_an_impossible_end(done):
    assert done.row("fixmedins_b", "H2")["endtime"] is None
    assert done.warnings("fixmedins_b") == {"H2": "no_end:endtime"}


def test_void_rows_are_counted_and_left_out(done):
    assert done.report.tables["fee_list_d"]["2023-01"].rows_void == 1
    assert "void" not in done.column("fee_list_d", "cnt")


def test_rows_whose_month_cannot_be_read_are_judged_too(done):
    assert done.report.tables["fee_list_d"]["unknown"].rows_quarantined == {"missing_required": 1}


def test_a_day_that_does_not_exist_counts_in_the_month_it_was_meant_for(done):
    assert done.report.tables["fee_list_d"]["2023-02"].rows_quarantined == {"impossible_date": 1}


def test_rows_in_are_rows_accepted_and_quarantined(done):
    for months in done.report.tables.values():
        for rows in months.values():
            assert rows.rows_in == rows.rows_accepted + sum(rows.rows_quarantined.values())
