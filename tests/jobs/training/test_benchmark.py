"""`models benchmark`: files in, table and scores out; the real data when it is at hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jobs.runtime.errors import ContractError, InputError
from jobs.training import benchmark
from tests.models.benchmark.test_medicare import providers
from tests.support.landing import reference_data

QUICK = {"logistic": lambda seed: make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=500))}


@pytest.fixture
def data(tmp_path):
    raw = providers(400)
    label = raw["Total_Reimbursement"].rank() > 340
    raw.to_csv(tmp_path / benchmark.FEATURES)
    told = pd.DataFrame({"PotentialFraud": np.where(label, "Yes", "No")}, index=raw.index).iloc[:300]
    told.to_csv(tmp_path / benchmark.LABELS)
    return tmp_path


def test_every_provider_of_the_features_is_scored_once(data, tmp_path):
    made = benchmark.run(data, tmp_path / "out", 2, QUICK)
    scores = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert list(scores.columns) == ["provider", "score"]
    assert (len(scores), scores["provider"].nunique(), made.labelled) == (400, 400, 300)
    assert scores["score"].between(0, 1).all()


def test_the_money_rule_random_and_published_results_stand_in_the_same_table(data, tmp_path):
    made = benchmark.run(data, tmp_path / "out", 1, QUICK)
    named = {one.name: one.figures for one in made.rankings}
    assert named["sort by total reimbursed"]["roc_auc"].value == pytest.approx(1.0)
    assert {"random", "logistic", "ensemble", "chosen"} <= set(named)
    told = "\n".join(benchmark.table(made))
    assert "TabPFN" in told and "0.82" in told
    assert json.loads((tmp_path / "out" / "benchmark.json").read_text())["labelled"] == 300


def test_labelled_providers_keep_the_scores_of_models_that_never_saw_them(data, tmp_path):
    raw, label = benchmark.read(data)
    features = benchmark.medicare_features.build(raw)
    truth = label.to_numpy(dtype=float)
    folds = benchmark.medicare.cross_validate(features.loc[label.index], truth, 1, members=QUICK)
    scores = benchmark.final_scores(features, features.loc[label.index], truth, folds, QUICK)
    pd.testing.assert_series_equal(scores.loc[label.index], folds[0]["ensemble"], check_names=False)


def test_missing_files_and_foreign_columns_are_told(data):
    (data / benchmark.LABELS).write_text("Provider,Flag\nPRV00001,1\n")
    with pytest.raises(ContractError, match="PotentialFraud"):
        benchmark.read(data)
    (data / benchmark.FEATURES).unlink()
    with pytest.raises(InputError, match="provider_features"):
        benchmark.read(data)


def test_on_the_real_data_a_plain_logistic_beats_sorting_by_money_among_equals():
    raw, label = benchmark.read(reference_data("medicare_providers"))
    features = benchmark.medicare_features.build(raw).loc[label.index]
    truth = label.to_numpy(dtype=float)
    folds = benchmark.medicare.cross_validate(features, truth, 1, members=QUICK)
    money = raw.loc[label.index, "Total_Reimbursement"].to_numpy()
    score = folds[0]["logistic"].to_numpy()
    within = benchmark.metrics.within_size_auc
    assert within(truth, score, money) > within(truth, money, money) + 0.03
    assert benchmark.metrics.roc_auc(truth, score, money) > 0.93
