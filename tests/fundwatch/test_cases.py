"""`fundwatch cases`: what a person and a script see of a published run; errors say what to run."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from rich.console import Console

from fundwatch.case_page import CasePage
from fundwatch.case_text import Speaker, bar, list_table, sparkline, strip
from fundwatch.cases import cases as command
from jobs.cases.case_list import case_list, with_ids
from jobs.cases.files import write_list, write_parquet
from jobs.cases.reading import find_case, open_run
from jobs.cases.report.view import records
from jobs.cases.texts import write_texts
from jobs.catalogue import derived
from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home
from models import ranking
from tests.jobs.cases.world import PERIOD, context, texts, write_world


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    """A published run written without an engine: amounts are those of the findings, evidence the lines of one case."""
    made = write_world(tmp_path_factory.mktemp("area"), institutions=24)
    run = made.runs / "r1"
    run.mkdir(parents=True)
    findings = pq.read_table(made.month("scores", "finding", PERIOD.folder))
    pq.write_table(findings, run / "findings.parquet")
    judged = findings.to_pandas()
    tips = pd.DataFrame(columns=["fixmedins_code", "area", "verified"], dtype=object)
    levels = with_ids(ranking.levels(judged, tips), PERIOD)
    amounts = levels.groupby(ranking.KEY)[["suspected_amount"]].sum().reset_index().assign(fund_loss=0.0)
    register = pq.read_table(made.month("validated", "fixmedins_b", "all")).to_pandas().drop(columns="uscc")
    of_levels = judged.merge(levels[[*ranking.KEY, "detector_id"]], on=[*ranking.KEY, "detector_id"])
    listed = case_list(ranking.rank(levels, amounts), levels, of_levels, register, PERIOD, context())
    write_list(listed, run)
    write_parquet(levels, "case_level", run / "case_level.parquet")
    write_parquet(_evidence(made, listed, levels), "evidence", run / "evidence.parquet")
    write_texts(texts(), judged["detector_id"], run)
    (run / "run.json").write_text(json.dumps({"run_id": "r1", "period": str(PERIOD)}))
    (made.runs / "latest").symlink_to("r1")
    return made


def _evidence(home: Home, listed: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    months = [pq.read_table(home.month("scores", "evidence", month)).to_pandas() for month in PERIOD.months]
    keys = levels[[*ranking.KEY, "detector_id", "case_id"]]
    found = pd.concat(months).merge(keys, on=[*ranking.KEY, "detector_id"])
    numbers = ["cnt", "inscp_amt", "violation_cnt", "violation_amount", "fund_loss"]
    found[numbers] = found[numbers].astype(float)
    return found.sort_values("violation_amount", ascending=False)[list(derived("cases", "evidence").names)]


def run(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_piped_list_is_tab_separated_with_amounts_in_yuan(home) -> None:
    head, first, *_ = run("list", "--home", home.root, "--top", 2).splitlines()
    assert head.split("\t")[:3] == ["rank", "case_id", "fixmedins_code"]
    assert first.split("\t")[0] == "1"
    assert len(first.split("\t")) == len(head.split("\t"))


def test_filters_narrow_the_list_and_keep_the_ranks(home) -> None:
    everything = json.loads(run("list", "--home", home.root, "--all", "--json"))
    imaging = json.loads(run("list", "--home", home.root, "--area", "imaging", "--json"))
    here = json.loads(run("list", "--home", home.root, "--district", "990102", "--hint", "clue", "--json"))
    assert 0 < len(imaging) < len(everything)
    assert {case["area"] for case in imaging} == {"imaging"}
    assert {(case["fix_blng_admdvs"], case["verdict_hint"]) for case in here} == {("990102", "clue")}
    ranks = {case["case_id"]: case["rank"] for case in everything}
    assert all(ranks[case["case_id"]] == case["rank"] for case in imaging)


def test_one_case_shows_reasons_peers_months_checks_and_evidence(home) -> None:
    rank = next(row["rank"] for row in records(open_run(home).cases()) if "IMG-02" in row["detectors"])
    page = run("show", rank, "--home", home.root, "--top", 3)
    for words in (
        "预计追回",
        "同日同部位拆分收费",
        "中位",
        "◆",
        "已检验的合理解释",
        "不能解释",
        "证据",
        "不是违规认定",
    ):
        assert words in page
    assert "One exam billed in parts" in run("show", rank, "--home", home.root, "--lang", "en")


def test_one_case_for_machines_carries_levels_findings_and_evidence(home) -> None:
    case = json.loads(run("show", 1, "--home", home.root, "--json", "--top", 2))
    assert case["rank"] == 1
    assert case["levels"][0]["position"] == 1
    assert isinstance(case["findings"][0]["months"], dict)
    assert json.loads(run("show", case["case_id"].lower(), "--home", home.root, "--json"))["case_id"] == case["case_id"]


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "json", "parquet"])
def test_export_writes_the_whole_list(home, tmp_path, fmt) -> None:
    target = tmp_path / f"list.{fmt}"
    told = json.loads(run("export", "--home", home.root, "--format", fmt, "--out", target, "--json"))
    readers: dict[str, Any] = {
        "csv": pd.read_csv,
        "xlsx": pd.read_excel,
        "json": pd.read_json,
        "parquet": pd.read_parquet,
    }
    assert len(readers[fmt](target)) == told["cases"] == len(open_run(home).cases())


def test_help_shows_an_example() -> None:
    for name in ("list", "show", "export"):
        assert "Example: fundwatch cases" in run(name, "--help")


# --- errors ----------------------------------------------------------------------------------------------------------


def test_no_run_yet_says_what_to_run(tmp_path) -> None:
    with pytest.raises(InputError, match="fundwatch run --landing") as told:
        open_run(Home(tmp_path))
    assert told.value.exit_code == 12


def test_an_unknown_run_names_those_there_are(home) -> None:
    with pytest.raises(InputError, match="There are r1"):
        open_run(home, "r9")


@pytest.mark.parametrize("wanted", ["999", "C-NONE"])
def test_an_unknown_case_says_where_to_look(home, wanted) -> None:
    with pytest.raises(InputError, match="cases list"):
        find_case(open_run(home).cases(), wanted)


def test_export_into_a_missing_folder_is_an_input_error(home, tmp_path) -> None:
    with pytest.raises(InputError, match="no folder"):
        run("export", "--home", home.root, "--out", tmp_path / "no" / "list.xlsx")


# --- drawings --------------------------------------------------------------------------------------------------------


def drawn(table: object, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_a_narrow_terminal_keeps_rank_name_and_money(home) -> None:
    rows = records(open_run(home).cases().head(2))
    narrow, wide = (drawn(list_table(rows, Speaker("zh"), width), width) for width in (80, 150))
    assert "预计追回" in narrow
    assert "首要理由" not in narrow
    assert rows[0]["fixmedins_name"] in narrow
    assert "首要理由" in wide


def test_the_strip_places_median_limit_and_institution() -> None:
    finding = {"observed": 10.0, "peer_median": 0.0, "peer_limit": 5.0}
    assert strip(finding, [0.0, 0.0, 2.5], width=11).plain == "│ ∙  ┊    ◆"


def test_months_become_one_character_each() -> None:
    assert sparkline({"2023-01": 0.0, "2023-03": 7.0}, ["2023-01", "2023-02", "2023-03"]) == "▁·█"
    assert sparkline({}, ["2023-01"]) == "·"


def test_the_score_bar_is_made_of_blanks() -> None:
    assert bar(40, width=10).plain == " " * 10
    assert [str(span.style) for span in bar(40).spans] == ["on cyan", "on grey23"]


def test_a_page_of_every_case_can_be_drawn(home) -> None:
    opened = open_run(home)
    for case in records(opened.cases()):
        assert case["case_id"] in drawn(CasePage(opened, case, PERIOD.months, Speaker("en"), 2).render(), 140)
