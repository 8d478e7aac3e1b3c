"""How a step ended is kept in the home and told in the log, also when it failed."""

from __future__ import annotations

import json
import logging

import pytest

from jobs.orchestration import journal
from jobs.orchestration.request import RunRequest
from jobs.runtime.errors import InputError
from jobs.runtime.log import JsonLines
from jobs.runtime.period import parse_period
from jobs.runtime.storage import Home


def request(root, period="2023-01"):
    return RunRequest(Home(root), parse_period(period), "2026-01-05T08:00:00")


def test_a_step_that_is_done_leaves_its_seconds_for_the_run_of_its_period(tmp_path):
    with journal.attempt("raw", request(tmp_path)):
        pass
    with journal.attempt("validated", request(tmp_path, "2023-02")):
        pass
    assert list(journal.seconds(Home(tmp_path), parse_period("2023-01"))) == ["raw"]
    assert journal.entries(Home(tmp_path))["raw"]["outcome"] == "done"


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        pytest.param(InputError("reading", "gone.", "Land it."), "InputError", 12, id="an expected fault"),
        pytest.param(KeyError("x"), "KeyError", 1, id="an unexpected one"),
    ],
)
def test_a_step_that_failed_is_kept_with_its_exit_code_and_has_no_seconds_for_the_run(tmp_path, fault, outcome, code):
    with pytest.raises(type(fault)), journal.attempt("raw", request(tmp_path)):
        raise fault
    kept = journal.entries(Home(tmp_path))["raw"]
    assert (kept["outcome"], kept["exit_code"], kept["period"]) == (outcome, code, "2023-01..2023-01")
    assert journal.seconds(Home(tmp_path), parse_period("2023-01")) == {}


def test_every_line_of_a_step_tells_step_month_area_and_run(tmp_path, caplog, monkeypatch):
    shown = []
    keep = lambda record: shown.append(json.loads(JsonLines().format(record)))  # noqa: E731
    monkeypatch.setattr(caplog.handler, "emit", keep)  # at once: what a line is about holds only inside
    with caplog.at_level(logging.INFO, "fundwatch"), journal.attempt("raw", request(tmp_path / "320300")):
        logging.getLogger("fundwatch.raw").info("5 rows in")
    assert [one["event"] for one in shown] == ["step started", "5 rows in", "step done"]
    assert all((one["step"], one["month"], one["area"]) == ("raw", "2023-01", "320300") for one in shown)
    assert {one["run_id"] for one in shown} == {"2023-01_2023-01-20260105T080000"}
    assert shown[-1]["exit_code"] == 0 and shown[-1]["seconds"] >= 0


def test_a_home_that_is_no_area_names_none(tmp_path):
    assert journal.facts("raw", request(tmp_path, "2023-01..2023-02")) == {
        "step": "raw", "run_id": "2023-01_2023-02-20260105T080000", "period": "2023-01..2023-02",
    }  # fmt: skip
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.json").write_text("{half")
    assert journal.entries(Home(tmp_path)) == {}


@pytest.mark.parametrize(
    ("form", "level"), [pytest.param("json", "ERROR", id="a log store"), pytest.param("", "INFO", id="people")]
)
def test_a_failed_step_is_an_error_in_a_log_store_and_said_once_to_people(tmp_path, caplog, monkeypatch, form, level):
    monkeypatch.setenv("FUNDWATCH_LOG_FORMAT", form)
    with (
        caplog.at_level(logging.INFO, "fundwatch"),
        pytest.raises(InputError),
        journal.attempt("raw", request(tmp_path)),
    ):
        raise InputError("reading", "gone.", "Land it.")
    assert [(one.levelname, one.getMessage()) for one in caplog.records][-1] == (level, "step failed: InputError")
