"""inspections/selection: the draw of a period's list, and how training weighs by it."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.inspections import selection
from jobs.runtime.storage import Home
from jobs.training import examples, snapshot
from jobs.training.evaluate import fit_anomaly
from models import artefact, exploration
from tests.jobs.training import world


def test_the_chances_of_the_list_are_written_with_the_period(tmp_path):
    home = Home(tmp_path)
    listed = pd.DataFrame({"case_id": [f"C-{n:03d}" for n in range(100)], "rank": range(1, 101)}).assign(
        fixmedins_code=lambda frame: "H" + frame["case_id"], area="imaging", verdict_hint="clue", selected_by="model"
    )
    world.save(home, "cases", "case_list", world.PERIOD.folder, listed)
    assert selection.write(home, world.PERIOD, 20) == 2
    found = pd.read_parquet(home.month("inspections", "selection", world.PERIOD.folder))
    assert found["drawn"].sum() == 20
    assert found["propensity"].sum() == pytest.approx(20)
    assert set(found.loc[found["selected_by"] == exploration.RANDOM, "propensity"]) == {2 / 82}


def test_a_period_without_a_list_writes_nothing(tmp_path):
    assert selection.write(Home(tmp_path), world.PERIOD, 20) == 0


def test_a_logged_chance_beats_an_estimate_and_a_tip_is_never_rarer_than_estimated(tmp_path):
    home = world.build(tmp_path, n=60)
    results = examples.results(home)
    logged = results[["fixmedins_code", "area"]].assign(propensity=0.05)
    world.save(home, "inspections", "selection", world.PERIOD.folder, logged)
    taken = snapshot.take(home, world.PERIOD)
    candidates = artefact.features(fit_anomaly(taken), taken)
    tipped = results.assign(selection=["tip" if place % 2 else "random" for place in range(len(results))])
    known = examples.of_snapshot(tipped[tipped["target"].notna()], taken, candidates)
    assert set(known.loc[known["selection"] == "random", "propensity"]) == {0.05}
    assert (known.loc[known["selection"] == "tip", "propensity"] > 0.3).all()
