"""The ranking that is judged is the list people get; lists of neighbouring periods are compared; leaks are caught."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.runtime.period import Period
from jobs.training import evaluate, examples, snapshot
from jobs.training.train import gather, train
from models import anomaly, artefact, drift
from models.outcome import model as outcome
from tests.jobs.training import world

VERSIONS = {"code_version": "c1", "knowledge_version": "k1"}
NO_DRIFT = drift.Reference({}, {}, 0.0, 0)


def cases(**columns) -> pd.DataFrame:
    empty = dict.fromkeys([*evaluate.COLUMNS, "evidence", "recoverable"], 0.0)
    return pd.DataFrame({**{name: [value] * 3 for name, value in empty.items()}, **columns})


def test_without_labels_the_list_is_expected_recovery_then_anomaly():
    bundle = artefact.Bundle(anomaly.Anomaly({}, {}, [1.0, 2.0]), None, None, NO_DRIFT)
    told = evaluate.listed(
        bundle, cases(evidence=[0.2, 0.6, 0.0], recoverable=[100.0, 50.0, 0.0], anomaly=[0.0, 0.0, 9.0])
    )
    assert list(told["ranking"].rank(ascending=False)) == [2.0, 1.0, 3.0]
    assert told["outcome"].isna().all()


def test_a_pair_without_a_clue_never_stands_above_one_with():
    fitted = outcome.Outcome(evaluate.COLUMNS, [0.0] * 6, [1.0] * 6, [0.0, 5.0, 0, 0, 0, 0], -3.0, 1.0, 0.0, 100, 50)
    bundle = artefact.Bundle(anomaly.Anomaly({}, {}, [1.0, 2.0]), fitted, None, NO_DRIFT)
    told = evaluate.listed(
        bundle, cases(evidence=[0.1, 0.0, 0.0], recoverable=[10.0, 0.0, 0.0], anomaly=[0.0, 2.0, 1.0])
    )
    assert list(told["ranking"].rank(ascending=False)) == [1.0, 2.0, 3.0]
    assert told["outcome"].iloc[1] > 0.99


@pytest.fixture(scope="module")
def two_periods(tmp_path_factory):
    home = world.build(tmp_path_factory.mktemp("two"))
    later = Period("2023-03", "2023-04")
    found, _ = world.findings(seed=0)
    world.save(home, "scores", "finding", later.folder, found.assign(z=found["z"] + 0.01))
    for month, before in zip(later.months, world.PERIOD.months, strict=True):
        folder = home.month("features", "provider_month", before)
        world.save(home, "features", "provider_month", month, pd.read_parquet(folder))
    return home


def test_stability_fairness_and_all_baselines_stand_in_one_evaluation(two_periods):
    first = train(two_periods, VERSIONS, None, None)
    told = train(two_periods, VERSIONS, None, first.bundle).evaluation
    assert list(told["rankings"]) == list(evaluate.RANKINGS)
    assert [(row["from"], row["to"]) for row in told["stability"]] == [("2023-01..2023-02", "2023-03..2023-04")]
    assert told["stability"][0]["rank_correlation"] > 0.9
    assert {row["by"] for row in told["fairness"]} == {"ownership", "level", "district"}


def test_results_meet_the_period_they_were_about_and_not_the_latest(two_periods):
    material = gather(two_periods, snapshot.periods(two_periods), examples.results(two_periods))
    assert set(material.known[examples.LAST_DAY]) == {pd.Timestamp("2023-02-28")}


def test_a_planted_leak_is_caught(two_periods):
    material = gather(two_periods, snapshot.periods(two_periods), examples.results(two_periods))
    leaking = material.known.assign(excess=material.known["target"] * 5)
    with pytest.raises(outcome.LeakSuspected, match="excess"):
        evaluate.fit_outcome(leaking)
