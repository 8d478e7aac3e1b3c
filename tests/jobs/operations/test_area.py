"""What is told of an area: counts from files alone, small cells folded, months that wait, drafts nobody released."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.operations.area import fold, gather
from jobs.runtime.storage import Home
from tests.jobs.operations.world import AREA, findings, journal, marked, run, sealed, write

AT = datetime(2023, 2, 10, 8, tzinfo=UTC)
LATEST = "2023-01_2023-01-20230210T080000"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "homes" / AREA


def told(home, landing=None):
    return gather(AREA, Home(home), landing)


def test_the_released_run_is_told_with_its_rows_and_reasons(home):
    run(home, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00", champion="3")
    found = told(home)
    assert (found.latest.run_id, found.latest.finished, found.latest.champion) == (LATEST, AT, 3)
    assert (found.rows.rows_in, found.rows.accepted) == (24, 18)
    assert found.rows.quarantined == {"bad_date": 4, "no_key": 2}
    assert found.rows.rows_in == found.rows.accepted + sum(found.rows.quarantined.values())


def test_cells_of_fewer_than_five_institutions_are_folded_and_none_is_lost():
    counts = {("imaging", "clue"): 5, ("dialysis", "clue"): 1, ("inpatient", "clue"): 4, ("imaging", "data_quality"): 2}
    folded = fold(counts)
    assert folded == {("imaging", "clue"): 5, ("other", "clue"): 5, ("other", "data_quality"): 2}
    assert sum(folded.values()) == sum(counts.values())


def test_cases_are_counted_by_area_and_hint(home):
    run(home, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00", [("pharmacy", "clue")] * 6 + [("dialysis", "clue")])
    assert told(home).cases == {("pharmacy", "clue"): 6, ("other", "clue"): 1}


def test_a_detector_that_judged_nobody_counts_by_its_commonest_reason(home):
    run(home, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00")
    findings(home, "2023-01_2023-01", [
        ("A", "not_evaluable", "missing_input"), ("A", "not_evaluable", "missing_input"), ("A", "not_evaluable", "tiny_group"),
        ("B", "not_evaluable", "tiny_group"), ("B", "no_hit", None), ("C", "hit", None), ("D", "error", None),
    ])  # fmt: skip
    found = told(home)
    assert found.detectors == 4 and found.unjudged == {"missing_input": 1, "error": 1}


@pytest.mark.parametrize(
    ("sealed_at", "run_at", "waits"),
    [
        pytest.param("2023-02-09T08:00:00", None, True, id="nobody has run it"),
        pytest.param("2023-02-09T08:00:00", "2023-02-10T08:00:00", False, id="a run has seen it"),
        pytest.param("2023-02-11T08:00:00", "2023-02-10T08:00:00", True, id="corrected after the run"),
        pytest.param("2023-02-10T08:00:00", "2023-02-10T08:00:00", False, id="in the same second"),
    ],
)
def test_a_sealed_month_waits_until_a_run_has_seen_it(home, tmp_path, sealed_at, run_at, waits):
    moment = datetime.fromisoformat(sealed_at).replace(tzinfo=UTC)
    sealed(tmp_path / "landing", "2023-01", moment.timestamp() + 0.7)
    if run_at:
        run(home, LATEST, "2023-01..2023-02", run_at, latest=False)
    assert told(home, tmp_path / "landing").waiting == ({"2023-01": moment} if waits else {})


def test_a_folder_that_is_not_complete_is_being_copied(home, tmp_path):
    write(tmp_path / "landing" / "2023-02" / "setl_d.csv", "a")
    found = told(home, tmp_path / "landing")
    assert list(found.incomplete) == ["2023-02"] and found.waiting == {}


def test_of_the_runs_made_after_the_released_one_the_newest_of_each_period_waits(home):
    for run_id, period, finished, latest in [
        ("2022-12_2022-12-20230110T080000", "2022-12..2022-12", "2023-01-10T08:00:00", False),
        (LATEST, "2023-01..2023-01", "2023-02-10T08:00:00", True),
        ("2023-02_2023-02-20230310T080000", "2023-02..2023-02", "2023-03-10T08:00:00", False),
        ("2023-02_2023-02-20230311T080000", "2023-02..2023-02", "2023-03-11T08:00:00", False),
    ]:
        run(home, run_id, period, finished, latest=latest)
    assert [one.run_id for one in told(home).drafts] == ["2023-02_2023-02-20230311T080000"]


def test_steps_and_layers_of_another_version_are_told(home):
    journal(home, raw=(12.5, "done", 0), validated=(3.0, "ContractError", 10))
    (home / "validated" / "fee_list_d" / "month=2023-01").mkdir(parents=True)
    (home / "scores" / "finding" / "month=2023-01_2023-01").mkdir(parents=True)
    marked(home, scores=["2023-01_2023-01"])
    found = told(home)
    assert (found.steps["raw"].seconds, found.steps["validated"].exit_code) == (12.5, 10)
    assert found.outdated == ("validated",)


def test_a_home_without_anything_and_a_broken_run_are_told_and_nothing_raises(home):
    assert told(home) == gather(AREA, Home(home), None) and told(home).latest is None
    write(home / "runs" / "2023-01_2023-01-1" / "run.json", "{half")
    assert told(home).faults == ("runs/2023-01_2023-01-1/run.json",)


def test_looking_never_moves_a_month_a_step_is_moving(home):
    aside = home / "scores" / "finding" / ".old-month=2023-01_2023-01"
    aside.mkdir(parents=True)
    run(home, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00")
    told(home)
    assert aside.is_dir() and not Path(aside.parent / "month=2023-01_2023-01").exists()
