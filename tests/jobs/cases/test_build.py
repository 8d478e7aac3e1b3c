"""The artefacts of a run: complete, in agreement with each other, readable offline, and naming no person."""

from __future__ import annotations

import json
import re

import openpyxl
import pandas as pd
import pytest

from jobs.cases.build import build
from jobs.cases.context import case_id
from jobs.cases.publish import ARTEFACTS, publish, release, staging
from jobs.catalogue import derived
from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.period import parse_period
from jobs.runtime.storage import Home
from tests.jobs.cases.world import PERIOD, context, write_world


def finish(home: Home, run_id: str) -> dict:
    """What other steps add to a run before it is published."""
    (staging(home, run_id) / "data_docs").mkdir(exist_ok=True)
    return {"run_id": run_id, "period": str(PERIOD), "tables": context().tables}


@pytest.fixture(scope="module")
def home(spark, tmp_path_factory) -> Home:
    made = write_world(tmp_path_factory.mktemp("area"), institutions=24)
    build(spark, made, PERIOD, context("r1"))
    publish(made, "r1", finish(made, "r1"))
    return made


@pytest.fixture(scope="module")
def cases(home) -> pd.DataFrame:
    return pd.read_parquet(home.runs / "latest" / "case_list.parquet")


@pytest.fixture(scope="module")
def evidence(home) -> pd.DataFrame:
    return pd.read_parquet(home.runs / "latest" / "evidence.parquet")


@pytest.fixture(scope="module")
def page(home) -> str:
    return (home.runs / "latest" / "report.html").read_text(encoding="utf-8")


# --- list and evidence -----------------------------------------------------------------------------------------------


def test_the_list_has_its_contract_columns_and_ranks_without_gaps(cases) -> None:
    assert list(cases.columns) == list(derived("cases", "case_list").names)
    assert list(cases["rank"]) == list(range(1, len(cases) + 1))
    assert len(cases) > 5
    assert cases["case_id"].is_unique
    assert not cases.duplicated(["fixmedins_code", "area"]).any()
    assert cases["reasons_zh"].str.startswith("①").all()
    assert cases["reasons_en"].str.startswith("(1)").all()


def test_every_line_counts_once_however_many_detectors_point_at_it(cases, evidence) -> None:
    assert evidence.duplicated(["case_id", "bkkp_sn"]).any(), "the area has lines that several detectors point at"
    once = evidence.groupby(["case_id", "table", "bkkp_sn"])[["violation_amount", "fund_loss"]].max()
    once = once.groupby("case_id").sum().reindex(cases["case_id"]).fillna(0)
    assert list(cases["suspected_amount"]) == pytest.approx(list(once["violation_amount"]), abs=0.01)
    assert list(cases["fund_loss"]) == pytest.approx(list(once["fund_loss"]), abs=0.01)


def test_evidence_is_sorted_and_belongs_to_detectors_of_its_case(cases, evidence) -> None:
    rank = evidence["case_id"].map(cases.set_index("case_id")["rank"])
    assert rank.is_monotonic_increasing
    assert evidence.groupby("case_id")["violation_amount"].apply(lambda amounts: amounts.is_monotonic_decreasing).all()
    stated = evidence["case_id"].map(cases.set_index("case_id")["detectors"])
    named = evidence["detector_id"] + "@" + evidence["detector_version"]
    assert all(detector in detectors.split(";") for detector, detectors in zip(named, stated, strict=True))


def test_a_group_is_published_with_its_case(home, cases, page) -> None:
    run = home.runs / "latest"
    nodes, edges = (pd.read_parquet(run / f"cohort_{name}.parquet") for name in ("node", "edge"))
    speaking = cases[cases["detectors"].str.contains("PHA-03-swipe-group")]
    assert len(speaking) > 0
    assert set(nodes["case_id"]) == set(edges["case_id"]) == set(speaking["case_id"])
    assert page.count('<svg class="group"') == nodes.groupby(["case_id", "cohort_id"]).ngroups
    persons = nodes[nodes["node_kind"] == "person"]["label"]
    assert not any(label in page for label in persons)
    assert any(label[:8] in page for label in persons)
    assert speaking["fixmedins_name"].iloc[0] in set(nodes["label"])


def test_the_workbook_holds_the_groups(home) -> None:
    run = home.runs / "latest"
    book = openpyxl.load_workbook(run / "case_list.xlsx")
    assert book.sheetnames == ["case_list", "说明", "群体成员", "群体关系"]
    members = list(book["群体成员"].iter_rows(values_only=True))
    assert members[0] == derived("cases", "cohort_node").names
    assert len(members) == 2 + len(pd.read_parquet(run / "cohort_node.parquet"))


def test_data_faults_come_last(cases) -> None:
    assert set(cases["verdict_hint"]) == {"clue", "data_quality"}
    assert list(cases["verdict_hint"]) == sorted(cases["verdict_hint"])


def test_a_case_keeps_its_id_and_the_list_its_content_in_a_second_run(spark, home, cases) -> None:
    folder = build(spark, home, PERIOD, context("r2"))
    again = pd.read_parquet(folder / "case_list.parquet")
    pd.testing.assert_frame_equal(again.drop(columns="run_id"), cases.drop(columns="run_id"))
    assert cases["case_id"].iloc[0] == case_id(cases["fixmedins_code"].iloc[0], cases["area"].iloc[0], PERIOD)
    first = home.runs / "r1"
    assert (folder / "evidence.parquet").read_bytes() == (first / "evidence.parquet").read_bytes()


# --- files -----------------------------------------------------------------------------------------------------------


def test_csv_and_workbook_hold_the_rows_of_the_list(home, cases) -> None:
    run = home.runs / "latest"
    csv = pd.read_csv(run / "case_list.csv", dtype=str, encoding="utf-8-sig")
    sheet = pd.read_excel(run / "case_list.xlsx", dtype=str)
    for copy in (csv, sheet):
        assert list(copy.columns) == list(cases.columns)
        assert list(copy["case_id"]) == list(cases["case_id"])
    assert (run / "case_list.csv").read_bytes().startswith("\ufeff".encode())
    assert openpyxl.load_workbook(run / "case_list.xlsx").sheetnames[:2] == ["case_list", "说明"]


def test_levels_add_up_to_the_score(home, cases) -> None:
    levels = pd.read_parquet(home.runs / "latest" / "case_level.parquet")
    points = levels.groupby("case_id")["points"].sum().reindex(cases["case_id"])
    assert list(points) == pytest.approx(list(cases["score"]), abs=0.01)


# --- report ----------------------------------------------------------------------------------------------------------


def test_the_report_reaches_for_nothing_outside_itself(page) -> None:
    assert not re.findall(r"(?:https?:)?//[a-z]", page)
    assert not re.findall(r"<(?:link|img|iframe|script)[^>]+(?:href|src)=", page)
    assert not re.findall(r"@import|url\(", page)


def test_the_report_shows_every_case_and_no_whole_pseudonym_in_its_text(page, cases, evidence) -> None:
    assert all(f'id="{case}"' in page for case in cases["case_id"])
    text = re.sub(r"<[^>]*>", " ", page)
    assert not set(re.findall(r"[0-9A-F]{32}", text))
    assert len(set(evidence["psn_no"])) > 100


def test_no_text_for_people_calls_a_clue_a_fraud(page, cases) -> None:
    told = page + " ".join(cases["reasons_zh"]) + " ".join(cases["reasons_en"])
    assert not re.search(r"骗保|欺诈|诈骗|fraud", told, re.IGNORECASE)


def test_the_report_says_what_could_not_be_judged_and_what_was_quarantined(page) -> None:
    for words in (
        "未能判断",
        "未移交表 sel_d",
        "业务量过小",
        "全区普遍的习惯",
        "主键重复",
        "已检验的合理解释",
        "疑点不是什么",
        "重点监测品种",
    ):
        assert words in page


# --- publishing ------------------------------------------------------------------------------------------------------


def test_latest_points_at_the_last_complete_run(spark, home) -> None:
    assert (home.runs / "latest").is_symlink()
    assert json.loads((home.runs / "latest" / "run.json").read_text())["run_id"] == "r1"
    build(spark, home, PERIOD, context("r3"))
    with pytest.raises(ContractError, match="data_docs"):
        publish(home, "r3", {})
    assert (home.runs / "latest").resolve().name == "r1", "an incomplete run changes nothing"
    publish(home, "r3", finish(home, "r3"))
    assert (home.runs / "latest").resolve().name == "r3"
    assert not (home.runs / ".new-r3").exists()


def test_a_draft_is_read_by_nobody_until_it_is_released(tmp_path) -> None:
    home = Home(tmp_path)
    for run_id, released in (("r1", True), ("r2", False)):
        for name in ARTEFACTS:
            (staging(home, run_id) / name).mkdir()
        publish(home, run_id, {"run_id": run_id}, released=released)
    latest = home.runs / "latest"
    assert latest.resolve().name == "r1" and (home.runs / "r2" / "run.json").exists()
    for _ in range(2):  # a second release changes nothing
        release(home, "r2")
        assert latest.resolve().name == "r2"
    for wrong in ("r3", "latest", "../runs/r1", ""):
        with pytest.raises(InputError, match="no complete run"):
            release(home, wrong)


def test_a_run_moved_aside_by_a_killed_publishing_is_put_back(tmp_path) -> None:
    home = Home(tmp_path)
    (home.runs / ".old-r1").mkdir(parents=True)
    (home.runs / ".old-r1" / "run.json").write_text("{}")
    staging(home, "r1")
    assert (home.runs / "r1" / "run.json").exists()


def test_a_period_without_findings_says_what_to_run(spark, tmp_path) -> None:
    with pytest.raises(InputError, match="step scores"):
        build(spark, Home(tmp_path), parse_period("2024-01"), context())


def test_an_area_without_any_clue_gets_an_empty_list_and_a_report(spark, tmp_path) -> None:
    made = write_world(tmp_path, institutions=12, clues=False)
    folder = build(spark, made, PERIOD, context())
    assert len(pd.read_parquet(folder / "case_list.parquet")) == 0
    assert len(pd.read_excel(folder / "case_list.xlsx")) == 0
    assert "未能判断" in (folder / "report.html").read_text(encoding="utf-8")
