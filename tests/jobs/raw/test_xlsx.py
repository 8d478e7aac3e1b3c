"""Sheets of small offices: dates as dates, as text or as the number behind them."""

from datetime import datetime

import openpyxl
import pytest

from jobs.raw.parse_xlsx import cell_text
from tests.support.landing import Landed, landing_folder

MAPPING = """
version: 1
tables:
  mdtrt_d:
    files: ["%s"]
    columns:
      mdtrt_id: {concat: [{value: S}, row_number]}
      psn_no: 卡号
      fixmedins_code: {value: H1}
      med_type: {value: "41"}
      begntime: {from: 时间, timestamp: "yyyy-MM-dd EEEE"}
      die_date: 死亡
      ipt_otp_no: 数量
      vali_flag: {value: "1"}
"""


@pytest.fixture
def folder(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append([None] * 4)
    page.append(["时间", "卡号", "数量", "死亡", None])
    page.append(["2018-02-29 星期一", "***528", -2, None])
    page.append([None] * 4)
    page.append([datetime(2018, 3, 1, 8, 30), "***77", 1.5, datetime(2018, 3, 2)])  # noqa: DTZ001
    page.append([43191, 236701, 3.0, 43192])
    page.append([43191.25, "x", "n\x7f", None])
    book.create_sheet("more").append(["时间", "卡号", "数量", "死亡"])
    book["more"].append(["2018-05-01 星期二", "a", 9, ""])
    place = landing_folder(tmp_path / "landing", without=("mdtrt_d",))
    book.save(place / "sales.xlsx")
    return place


def test_first_sheet(folder):
    found = Landed(folder, MAPPING % "*.xlsx", tables=("mdtrt_d",))
    assert found.rows("mdtrt_d", "mdtrt_id", "begntime", "ipt_otp_no", "die_date") == [
        ("S1", "2018-02-29", "-2", None),
        ("S2", "2018-03-01 08:30:00", "1.5", "2018-03-02"),
        ("S3", "2018-04-01", "3", "2018-04-02"),
        ("S4", "2018-04-01 06:00:00", "n\x7f", None),
    ]
    assert found.months("mdtrt_d") == ["2018-02", "2018-03", "2018-04"]


def test_a_sheet_by_name(folder):
    found = Landed(folder, MAPPING % "sales.xlsx!mor*", tables=("mdtrt_d",))
    assert found.rows("mdtrt_d", "begntime", "_file") == [("2018-05-01", "sales.xlsx!more")]


@pytest.mark.parametrize(
    ("cell", "text"), [(True, "1"), (12.0, "12"), (1e-7, "0.0000001"), (236701, "236701"), (" a ", " a ")]
)
def test_cells(cell, text):
    assert cell_text(cell) == text
