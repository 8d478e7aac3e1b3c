"""Knowledge of a home: a run is judged by the version in force, a trial runs where there is history only."""

from __future__ import annotations

import pytest

from jobs.orchestration import knowledge_trial, manifest, scoring
from jobs.orchestration.knowledge import points_of
from jobs.orchestration.request import RunRequest
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.storage import Home
from knowledge.points import Point, knowledge_version, load_points
from knowledge.store import Store

POINT = Point("frequency_cap", "national/8-1/x", item_code="001109000020000", limit_value=1.0, limit_unit="times",
              window="day", source="a row 1", batch="8-1")  # fmt: skip
PERIOD = Period("2023-01", "2023-02")


@pytest.fixture
def home(tmp_path):
    store = Store(tmp_path)
    store.add([POINT], {})
    store.activate("1", "2023-01-01T00:00:00")
    return Home(tmp_path)


def test_a_run_is_judged_by_the_shipped_points_and_the_version_in_force(home, monkeypatch):
    asked = {}

    def build(tables, book):
        asked["points"] = book.points
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring.evidence, "build", build)
    with pytest.raises(KeyboardInterrupt):
        scoring._evidence(None, home, PERIOD, {})
    assert asked["points"] == (*load_points(), POINT)


def test_a_run_names_the_knowledge_it_was_judged_by(home):
    run = manifest.run_context(RunRequest(home, PERIOD, "2023-03-01T00:00:00"), "test", {}, {"tables": {}})
    assert run.knowledge_version == knowledge_version([*load_points(), POINT]) != knowledge_version(load_points())


def test_without_history_a_trial_says_so(home):
    with pytest.raises(InputError, match="no validated months"):
        knowledge_trial.trial(None, home, [POINT])


def test_a_damaged_version_is_told_with_its_row(home):
    place = home.root / "knowledge" / "versions" / "0001" / "points.csv"
    place.write_text(place.read_text(encoding="utf-8").replace("day", "soon"), encoding="utf-8")
    with pytest.raises(InputError, match=r"points.csv row 1.*soon"):
        points_of(home)
