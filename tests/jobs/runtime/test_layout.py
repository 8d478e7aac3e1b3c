"""A home knows in which layout every month was written; a month of another one is named with the command that mends."""

from __future__ import annotations

import pytest

from jobs.runtime import layout
from jobs.runtime.errors import ContractError
from jobs.runtime.storage import Home
from tests.support.homes import present


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_a_home_of_before_layouts_is_told_which_command_mends_it(home):
    present(home, "validated/fee_list_d/2023-01", "validated/fee_list_d/unknown")
    with pytest.raises(ContractError) as told:
        layout.require(home, "step features", "validated")
    assert told.value.exit_code == 10
    assert f"fundwatch upgrade --home {home.root}" in told.value.then
    assert "2023-01" in told.value.wrong and "before 0.2.0" in told.value.wrong and "unknown" not in told.value.wrong
    assert "nothing is wrong with the delivery" in told.value.wrong


def test_a_marked_month_is_readable_and_its_neighbour_is_not(home):
    present(home, "features/visit/2023-01", "features/visit/2023-02")
    layout.mark(home, "features", ["2023-01"], "0.2.0+a")
    layout.require(home, "step scores", "features", ["2023-01"])
    assert layout.stale(home, "features") == ["2023-02"]
    with pytest.raises(ContractError, match="2023-02"):
        layout.require(home, "step scores", "features")


def test_a_month_written_in_another_layout_names_the_version_that_wrote_it(home, monkeypatch):
    present(home, "scores/finding/2023-01_2023-03")
    layout.mark(home, "scores", ["2023-01_2023-03"], "0.2.0+a")
    monkeypatch.setattr(layout, "layout", lambda layer: "2-ffffffff")
    with pytest.raises(ContractError, match=r"0\.2\.0\+a"):
        layout.require(home, "training", "scores")


def test_what_is_not_there_is_no_concern_of_the_layout(home):
    layout.require(home, "step validated", "validated")
    layout.require(home, "step cases", "scores", ["2023-01_2023-01"])
    assert layout.stale(home, "scores") == []
