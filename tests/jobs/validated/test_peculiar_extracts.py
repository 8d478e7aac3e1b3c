"""Extracts unlike the platform's: one shop's counter, a foreign claims file, a second delivery."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.runtime import quarantine
from jobs.runtime.storage import Home
from jobs.validated import build, duplicates
from tests.jobs.validated.world import Validated, land, validate

SHOP = {
    "fixmedins_b": "fixmedins_code | fixmedins_type\nS1 | 2",
    "mdtrt_d": """
        mdtrt_id | fixmedins_code | med_type | begntime   | endtime
        d1       | S1             | 41       | 2018-02-28 | 2018-02-28
    """,
    "setl_d": None,
    "fee_list_d": """
        bkkp_sn | setl_id | mdtrt_id | fixmedins_code | med_list_codg | fee_ocur_time | cnt | det_item_fee_sumamt | inscp_amt
        x1      | -       | d1       | S1             | -             | 2018-02-28    | 2   | 200                 | 200
        x2      | -       | d1       | S1             | -             | 2018-02-29    | 1   | 100                 | 100
        x3      | -       | d1       | S1             | -             | 2018-02-28    | -2  | -200                | -200
    """,
}


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    """Sales of one counter: no settlements, no item codes, a day that never was, returns without a receipt."""
    return validate(spark, tmp_path_factory.mktemp("home"), ["2018-02"], None, **SHOP)


def test_a_counter_without_settlements_is_read(shop):
    line = shop.row("fee_list_d", "x1")
    assert (line["net_cnt"], line["med_type"], line["fund_share"], line["gend"]) == (2, "41", None, None)


def test_29_february_of_a_common_year_and_returns_without_a_receipt(shop):
    assert shop.refused("fee_list_d") == {"x2": "impossible_date", "x3": "negative_without_original"}


def test_local_codes_come_from_the_mapping(spark, tmp_path):
    line = "bkkp_sn | med_chrgitm_type\na1 | 1408\na2 | 9999"
    done = validate(spark, tmp_path, local={"med_chrgitm_type": frozenset({"1408"})}, fee_list_d=line)
    assert done.refused("fee_list_d") == {"a2": "unknown_code"}


@pytest.mark.parametrize("named_up_to", [0, duplicates.NAMED_UP_TO])  # met in a join, told one by one
def test_a_key_that_came_in_another_month_or_spelling_is_repeated(spark, tmp_path, monkeypatch, named_up_to):
    monkeypatch.setattr(duplicates, "NAMED_UP_TO", named_up_to)
    done = validate(
        spark,
        tmp_path,
        ["2023-01", "2023-02"],
        fee_list_d="""
            bkkp_sn | fee_ocur_time       | _file | _row
            a1      | 2023-02-10 09:00:00 | a.csv | 7
            a1      | 2023-01-10 09:00:00 | b.csv | 1
            a2      | 2023-01-10 09:00:00 | b.csv | 10
            a2      | 2023-01-10 09:00:00 | b.csv | 9
        """,
        inv_d="""
            fixmedins_code | med_list_codg | inv_date   | cnt
            H1             | X1            | 2023-01-31 | 5
            H1             | X1            | 20230131   | 6
            H1             | -             | 2023-01-31 | 6
        """,
    )
    kept = {(row["bkkp_sn"], row["_file"], row["_row"]) for row in done.rows("fee_list_d")}
    assert kept == {("a1", "a.csv", 7), ("a2", "b.csv", 9)}  # the first in file order, not in order of dates
    assert done.refused("inv_d") == {"H1|X1|20230131": "duplicate_key", "H1||2023-01-31": "missing_key"}


def test_a_second_delivery_replaces_exactly_what_it_brings(spark, tmp_path):
    home = Home(tmp_path)
    done = validate(
        spark,
        tmp_path,
        ["2023-01"],
        fee_list_d="bkkp_sn | cnt\na1 | x\na2 |",
        tip_d="tip_id | fixmedins_code | tip_date\nt1 | H1 | 2023-01-01",
    )
    assert done.refused("fee_list_d") == {"a1": "bad_number"}
    land(home, "fee_list_d", "bkkp_sn\na1\na2")
    (home.month("raw", "tip_d", "all") / "part-00000.parquet").unlink()
    again = Validated(home, build(spark, home, ["2023-01"], {}, {}))
    assert again.refused("fee_list_d") == {}
    assert set(again.column("fee_list_d", "cnt")) == {"a1", "a2"}
    assert again.rows("tip_d") == []


def test_what_the_raw_step_refused_stays_and_its_visits_leave_no_orphans(spark, tmp_path):
    home = Home(tmp_path)
    row = {name: [None] for name in quarantine.SCHEMA.names} | {"key_text": ["broken"], "reason": ["truncated_row"]}
    folder = home.month("quarantine", "mdtrt_d", "2023-01")
    folder.mkdir(parents=True)
    pq.write_table(pa.table(row, quarantine.SCHEMA), folder / "part-00000-0.parquet")
    done = validate(spark, tmp_path, fee_list_d="bkkp_sn | mdtrt_id\na1 | broken\na2 | nowhere")
    assert done.refused("fee_list_d") == {"a2": "orphan"}
    assert done.refused("mdtrt_d") == {"broken": "truncated_row"}


def test_a_document_number_does_not_reach_the_quarantine(spark, tmp_path):
    done = validate(spark, tmp_path, fee_list_d="bkkp_sn | cnt\na1 | 430102198001011234")
    assert [row["value"] for row in done.refusals("fee_list_d")] == ["*"]
