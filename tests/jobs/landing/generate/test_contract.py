"""The landing zone keeps the contract: columns, keys, references, identities, refunds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from jobs.catalogue import contract_tables
from tests.jobs.landing.generate.conftest import LINES, PERIOD, Area

TABLES = [t for t in contract_tables() if t.name != "fee_list_d"]


@pytest.mark.parametrize("table", contract_tables(), ids=lambda t: t.name)
def test_every_table_of_the_contract_is_there_with_exactly_its_columns(area: Area, table) -> None:
    files = sorted((area.out / table.name).glob("*.parquet"))
    assert files
    assert all(tuple(pq.read_schema(f).names) == table.names for f in files)


@pytest.mark.parametrize("table", contract_tables(), ids=lambda t: t.name)
def test_keys_are_unique_and_required_columns_filled(area: Area, table) -> None:
    frame = area.table(table.name)
    assert not frame.duplicated(list(table.key)).any()
    for column in table.columns:
        if column.required and not column.may_be_empty:
            assert frame[column.name].notna().all(), column.name


def test_the_number_of_lines_is_what_was_asked_for(area: Area) -> None:
    assert abs(area.summary.lines / LINES - 1) <= 0.03


def test_every_line_and_settlement_has_its_visit_and_institution(area: Area, fee: pd.DataFrame) -> None:
    visits, bills, places = (area.table(n) for n in ("mdtrt_d", "setl_d", "fixmedins_b"))
    assert set(fee["mdtrt_id"]) <= set(visits["mdtrt_id"])
    assert set(bills["mdtrt_id"]) <= set(visits["mdtrt_id"])
    assert set(fee["setl_id"].dropna()) <= set(bills["setl_id"])
    assert set(fee["fixmedins_code"]) <= set(places["fixmedins_code"])


def test_quantity_times_price_is_the_amount(fee: pd.DataFrame) -> None:
    assert np.abs(fee["cnt"] * fee["pric"] - fee["det_item_fee_sumamt"]).max() <= 0.0051
    assert (fee["inscp_amt"].abs() <= fee["det_item_fee_sumamt"].abs() + 0.001).all()


def test_lines_add_up_to_their_settlement_and_payers_to_the_bill(area: Area, fee: pd.DataFrame) -> None:
    bills = area.table("setl_d").set_index("setl_id")
    valid = fee[fee["vali_flag"] == 1]
    money = bills.filter(like="_").select_dtypes(exclude="number")
    del money
    number = {
        c: bills[c].astype(float)
        for c in ("medfee_sumamt", "inscp_amt", "fund_pay_sumamt", "hifp_pay", "acct_pay", "cash_payamt", "psn_pay")
    }
    sums = valid.groupby("setl_id")[["det_item_fee_sumamt", "inscp_amt"]].sum().reindex(bills.index)
    assert np.abs(sums["det_item_fee_sumamt"] - number["medfee_sumamt"]).max() <= 0.02
    assert np.abs(sums["inscp_amt"] - number["inscp_amt"]).max() <= 0.02
    gap = np.abs(number["fund_pay_sumamt"] + number["psn_pay"] - number["medfee_sumamt"])
    assert gap.max() <= 0.0101
    assert 0 < (gap > 0.005).mean() < 0.02  # the small rounding noise real tables have
    assert np.abs(number["acct_pay"] + number["cash_payamt"] - number["psn_pay"]).max() <= 0.0101
    assert (number["hifp_pay"].abs() <= number["fund_pay_sumamt"].abs() + 0.001).all()


def test_refunds_name_their_original_and_never_exceed_it(area: Area, fee: pd.DataFrame) -> None:
    minus = fee[fee["init_feedetl_sn"].notna()]
    assert len(minus) > 20
    assert (minus["cnt"] < 0).all()
    original = fee.set_index("bkkp_sn").loc[minus["init_feedetl_sn"]]
    assert (original["cnt"].to_numpy() + minus["cnt"].to_numpy() >= 0).all()
    assert (original["mdtrt_id"].to_numpy() == minus["mdtrt_id"].to_numpy()).all()
    assert (fee["cnt"] > 0).sum() + len(minus) == len(fee)
    bills = area.table("setl_d")
    refunds = bills[bills["refd_setl_flag"] == 1]
    assert set(refunds["init_setl_id"]) <= set(bills["setl_id"])
    assert (refunds["medfee_sumamt"].astype(float) <= 0).all()
    late = (
        pd.to_datetime(refunds["setl_time"]).dt.to_period("M").to_numpy()
        > pd.to_datetime(bills.set_index("setl_id").loc[refunds["init_setl_id"], "setl_time"])
        .dt.to_period("M")
        .to_numpy()
    )
    assert late.any()  # some fall in a later month


def test_everything_happens_in_the_period_and_lines_inside_their_visit(area: Area, fee: pd.DataFrame) -> None:
    months = pd.to_datetime(fee["fee_ocur_time"]).dt.strftime("%Y-%m")
    assert months.min() == PERIOD[0]
    assert months.max() == PERIOD[1]
    visits = area.table("mdtrt_d").set_index("mdtrt_id")
    charged = fee[fee["init_feedetl_sn"].isna()]
    begin = pd.to_datetime(visits.loc[charged["mdtrt_id"], "begntime"].to_numpy()).normalize()
    assert (pd.to_datetime(charged["fee_ocur_time"]).to_numpy() >= begin).all()


def test_an_honest_person_is_in_one_bed_at_a_time(area: Area) -> None:
    planted = set(area.truth("schemes.csv")["fixmedins_code"])
    stays = area.table("mdtrt_d")
    stays = stays[
        (stays["med_type"] == "21")
        & ~stays["fixmedins_code"].isin(planted)
        & stays["endtime"].notna()
        & (stays["psn_no"] != "9999999999999999")
    ]
    stays = stays.sort_values(["psn_no", "begntime"])
    same = stays["psn_no"].to_numpy()[1:] == stays["psn_no"].to_numpy()[:-1]
    overlap = stays["begntime"].to_numpy()[1:] < stays["endtime"].to_numpy()[:-1]
    assert not (same & overlap).any()


def test_stock_balances_at_honest_institutions(area: Area) -> None:
    planted = set(area.truth("schemes.csv")["fixmedins_code"])
    key = ["fixmedins_code", "med_list_codg"]
    tables = {n: area.table(n).assign(cnt=lambda f: f["cnt"].astype(float)) for n in ("sel_d", "purc_d", "inv_d")}
    counts = tables["inv_d"].sort_values("inv_date").groupby(key)["cnt"].agg(["first", "last"])
    flow = tables["purc_d"].groupby(key)["cnt"].sum().reindex(counts.index).fillna(0) - tables["sel_d"].groupby(key)[
        "cnt"
    ].sum().reindex(counts.index).fillna(0)
    gap = (counts["first"] + flow - counts["last"])[~counts.index.get_level_values(0).isin(planted)]
    assert gap.abs().max() <= 2.0  # a miscount by one is human


def test_personal_fields_are_obviously_synthetic(area: Area) -> None:
    bills, visits = area.table("setl_d"), area.table("mdtrt_d")
    assert bills["psn_name"].str.startswith("测试").all()
    assert bills["certno"].str.startswith("TEST").all()
    assert visits["tel"].str.startswith("TEL-").all()
    assert visits["addr"].str.startswith("测试").all()


def test_trace_codes_have_twenty_digits_and_start_with_8(fee: pd.DataFrame) -> None:
    codes = fee["drug_trac_codg"].dropna().str.split(",").explode()
    assert len(codes) > 100
    assert codes.str.fullmatch(r"8\d{19}").all()
