"""The watch list: spend, rise and the event that explains it."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
from openpyxl import load_workbook

from jobs.cases.report.watched import watch
from jobs.cases.report.write import environment
from jobs.cases.watch_list import watched
from jobs.cases.workbook import write_workbook
from jobs.catalogue import derived
from jobs.runtime.period import parse_period
from knowledge.policy_calendar import PolicyEntry

PERIOD = parse_period("2023-01..2023-04")
ITEMS = pd.DataFrame(
    {
        "med_list_codg": ["grows", "listed", "reformed", "steady"],
        "hilist_name": ["新药", "支架", "平扫", "床位"],
        "area": ["pharmacy", "cardiology", "imaging", "inpatient"],
        "houses_share": [0.1, 0.2, 0.5, 0.9],
    }
)
PRICES = pd.DataFrame({"med_list_codg": ["listed"], "begndate": [date(2023, 2, 1)]})
REFORM = PolicyEntry(date(2023, 3, 1), "320000", ("imaging",), "价格改革", "price reform", "notice")


def months(**spent):
    """Yuan of January to April by item; two thirds of it from the fund."""
    return pd.DataFrame(
        [
            {"med_list_codg": item, "stat_month": month, "inscp": float(yuan), "fund": yuan * 2 / 3}
            for item, by_month in spent.items()
            for month, yuan in zip(PERIOD.months, by_month, strict=True)
        ]
    )


SPENT = months(grows=(10, 10, 40, 40), listed=(10, 10, 40, 40), reformed=(10, 10, 40, 40), steady=(100, 100, 100, 110))


def test_a_rise_nothing_explains_is_a_lead():
    told = watched(SPENT, ITEMS, PERIOD, PRICES, [REFORM], "320100").set_index("med_list_codg")
    assert list(told.index)[0] == "steady"
    assert [told.loc["grows", name] for name in ("inscp", "rise", "growth")] == [100.0, 30.0, 3.0]
    assert told["lead"].to_dict() == {"steady": False, "grows": True, "listed": False, "reformed": False}
    assert told.loc["listed", "event_en"] == "selected or capped price since 2023-02-01"
    assert told.loc["reformed", "event_zh"] == "2023-03-01 价格改革"


def test_a_reform_of_another_province_or_of_last_year_explains_nothing():
    elsewhere = watched(SPENT, ITEMS, PERIOD, PRICES, [REFORM], "510100").set_index("med_list_codg")
    assert elsewhere.loc["reformed", "lead"]
    old = PolicyEntry(date(2022, 3, 1), "000000", ("imaging",), "旧", "old", "notice")
    assert watched(SPENT, ITEMS, PERIOD, PRICES, [old], "320100").set_index("med_list_codg").loc["reformed", "lead"]


def test_an_event_after_the_rise_began_or_long_before_explains_nothing():
    late = PolicyEntry(date(2023, 4, 1), "000000", ("pharmacy",), "后", "late", "notice")
    early = PolicyEntry(date(2022, 11, 1), "000000", ("pharmacy",), "前", "early", "notice")
    told = watched(SPENT, ITEMS, PERIOD, PRICES, [late, early], "320100").set_index("med_list_codg")
    assert told.loc["grows", "lead"]
    in_time = PolicyEntry(date(2022, 12, 1), "000000", ("pharmacy",), "前", "in time", "notice")
    assert (
        not watched(SPENT, ITEMS, PERIOD, PRICES, [in_time], "320100").set_index("med_list_codg").loc["grows", "lead"]
    )


def test_one_month_has_no_growth():
    january = SPENT[SPENT["stat_month"] == "2023-01"]
    told = watched(january, ITEMS, parse_period("2023-01"), PRICES, [], "320100")
    assert told["growth"].isna().all()
    assert not told["lead"].any()


def test_the_workbook_has_it_as_a_sheet(tmp_path):
    told = watched(SPENT, ITEMS, PERIOD, PRICES, [REFORM], "320100")
    empty = pd.DataFrame(columns=[column.name for column in derived("cases", "case_list").columns])
    write_workbook(empty, tmp_path / "list.xlsx", watched=told)
    sheet = load_workbook(tmp_path / "list.xlsx")["重点监测品种"]
    assert [cell.value for cell in sheet["B"]][1:] == ["床位", "新药", "支架", "平扫"]


def shown(listed: pd.DataFrame | None) -> str:
    """The section of the report, without its tags."""
    page = environment().get_template("watched.html.j2").render(watched=watch(listed))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_the_report_tells_rises_nothing_explains_before_the_largest_items():
    told = shown(watched(SPENT, ITEMS, PERIOD, PRICES, [REFORM], "320100"))
    leads, largest = told.split("未获解释的增长")[1].split("金额最大的品种")
    assert "新药" in leads
    assert "支架" not in leads
    assert [name for name in ("床位", "支架", "平扫") if name in largest] == ["床位", "支架", "平扫"]
    assert "selected or capped price since 2023-02-01" in largest
    assert "+300 %" in leads


def test_the_report_says_so_when_nothing_rises_without_a_reason_or_no_list_was_made():
    quiet = SPENT[SPENT["med_list_codg"] != "grows"]
    told = shown(watched(quiet, ITEMS, PERIOD, PRICES, [REFORM], "320100"))
    assert "没有未获解释的增长" in told
    assert "床位" in told
    assert "金额最大的品种" not in shown(None)
