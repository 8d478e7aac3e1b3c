"""What an upgrade computes again: what another version wrote and what hangs on it, in order of time, nothing else."""

from __future__ import annotations

import pytest

from jobs.orchestration import upgrade, written
from jobs.orchestration.request import RunRequest
from jobs.orchestration.upgrade import Task, describe, plan, stretches
from jobs.runtime import layout
from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.period import parse_period
from jobs.runtime.storage import Home
from tests.support.homes import present

MONTHS = ("2023-01", "2023-02", "2023-04")
PERIODS = ("2023-01_2023-02", "2023-04_2023-04")


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    present(made, *(f"{table}/{month}" for table in ("raw/fee_list_d", "validated/fee_list_d") for month in MONTHS))
    present(made, *(f"features/{table}/{month}" for table in ("visit", "provider_month") for month in MONTHS))
    present(made, *(f"{table}/{period}" for table in ("features/peer_group", "scores/finding") for period in PERIODS))
    return made


def written_now(home, layer, *names):
    layout.mark(home, layer, names, "0.2.0+now")


def told(home):
    return [f"{task.step} {task.period}" for task in plan(home)]


def request(home, period):
    return RunRequest(home, parse_period(period), "2026-01-05T08:00:00")


def test_a_home_of_before_is_computed_from_validated_on_period_by_period(home):
    assert told(home) == [
        "validated 2023-01..2023-02", "validated 2023-04..2023-04",
        "expectations 2023-01..2023-02", "features 2023-01..2023-02", "scores 2023-01..2023-02",
        "expectations 2023-04..2023-04", "features 2023-04..2023-04", "scores 2023-04..2023-04",
    ]  # fmt: skip


def test_a_home_of_this_version_needs_nothing(home):
    written_now(home, "validated", *MONTHS)
    written_now(home, "features", *MONTHS, *PERIODS)
    written_now(home, "scores", *PERIODS)
    assert plan(home) == [] == describe(plan(home))


def test_only_what_hangs_on_the_changed_layer_is_computed_again(home):
    written_now(home, "validated", *MONTHS)
    written_now(home, "features", *MONTHS, *PERIODS)
    assert told(home) == ["scores 2023-01..2023-02", "scores 2023-04..2023-04"]


def test_an_upgrade_that_was_killed_goes_on_where_it_stopped(home):
    written_now(home, "validated", *MONTHS)
    written_now(home, "features", "2023-01", "2023-02", "2023-01_2023-02")
    written_now(home, "scores", "2023-01_2023-02")
    assert told(home) == ["expectations 2023-04..2023-04", "features 2023-04..2023-04", "scores 2023-04..2023-04"]


def test_months_no_period_was_made_for_get_their_features_too(home):
    written_now(home, "validated", *MONTHS)
    present(home, "features/visit/2023-06", "features/provider_month/2023-06")
    assert plan(home)[-1] == Task("features", parse_period("2023-06"))


def test_a_month_raw_no_longer_holds_is_named_before_anything_is_done(home):
    present(home, "validated/fee_list_d/2022-12")
    with pytest.raises(InputError, match="2022-12"):
        plan(home)


def test_months_in_a_row_are_one_stretch():
    assert [str(one) for one in stretches({"2023-01", "2022-12", "2023-03"})] == [
        "2022-12..2023-01",
        "2023-03..2023-03",
    ]


@pytest.mark.parametrize(
    ("step", "period", "refused"),
    [
        pytest.param("raw", "2023-05", False, id="landing needs nothing of before"),
        pytest.param("validated", "2023-05", False, id="validated reads raw alone"),
        pytest.param("features", "2023-05", True, id="features looks at the validated months around"),
        pytest.param("scores", "2023-05", True, id="scores looks at every validated month"),
        pytest.param("cases", "2023-04", True, id="the list of a period scored before"),
        pytest.param("cases", "2023-05", False, id="the list of a period nobody scored yet"),
    ],
)
def test_a_step_is_refused_where_it_would_read_months_of_before(home, step, period, refused):
    if refused:
        with pytest.raises(ContractError, match="fundwatch upgrade"):
            written.readable(step, request(home, period))
    else:
        written.readable(step, request(home, period))


def test_features_may_not_mix_visits_of_two_layouts(home):
    written_now(home, "validated", *MONTHS)
    with pytest.raises(ContractError, match="2023-04"):
        written.readable("features", request(home, "2023-05"))
    written_now(home, "features", "2023-02", "2023-04")
    written.readable("features", request(home, "2023-05"))


def test_no_step_of_an_upgrade_is_refused_by_what_is_still_of_before(home, monkeypatch):
    done = []

    def run_step(step, asked, *_):
        written.readable(step, asked)
        done.append(f"{step} {asked.period}")
        if step == "features":
            present(home, *(f"features/visit/{month}" for month in asked.period.months))
        written.mark(step, asked)

    monkeypatch.setattr(upgrade, "run_step", run_step)
    expected = told(home)
    upgrade.upgrade(request(home, "2023-04"), None, "test")
    assert done == expected and plan(home) == []


def test_a_step_notes_the_months_it_wrote(home):
    for step in ("validated", "features", "scores"):
        written.mark(step, request(home, "2023-01..2023-02"))
    assert layout.stale(home, "validated") == layout.stale(home, "features")[:1] == ["2023-04"]
    assert layout.stale(home, "scores") == ["2023-04_2023-04"]
