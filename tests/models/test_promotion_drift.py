"""The gate refuses what is below a baseline; drift is told when the world moved and only then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models import drift, promotion


def evaluation(**pr_auc):
    return {
        "rankings": {
            name.replace("_", " "): {"pr_auc": {"value": value}, "precision_at_capacity": {"value": value}}
            for name, value in pr_auc.items()
        }
    }


def test_a_model_above_every_baseline_passes():
    assert promotion.refusals(evaluation(ranking=0.5, random=0.1, sort_by_money=0.3, rules_alone=0.4)) == []


def test_each_baseline_it_is_below_is_named():
    told = promotion.refusals(
        evaluation(ranking=0.35, random=0.1, sort_by_money=0.3, rules_alone=0.4, last_champion=0.5)
    )
    assert len(told) == 4
    assert any("rules alone" in one for one in told)
    assert any("last champion" in one for one in told)


def test_nothing_measured_is_a_refusal():
    assert "too few" in promotion.refusals({"rankings": {}, "why_not": "too few labels"})[0]
    assert promotion.refusals(evaluation(ranking=float("nan"), random=0.1))


def test_a_handful_of_confirmations_tells_nothing_whatever_the_figures_say():
    good = evaluation(ranking=0.9, random=0.1, sort_by_money=0.3, rules_alone=0.4)
    assert "only 5 held-out inspections confirmed" in promotion.refusals({**good, "confirmed": 5})[0]
    assert promotion.refusals({**good, "confirmed": 10}) == []


def watched(seed, shift=0.0, n=2000):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"anomaly": rng.lognormal(shift, 1, n), "size": rng.normal(8, 1, n)})


def test_the_same_world_gives_no_reason_to_retrain():
    frozen = drift.reference(watched(1), np.array([1.0] * 30 + [0.0] * 170))
    assert drift.reasons(frozen, watched(2), np.array([1.0] * 12 + [0.0] * 68)) == []


def test_data_and_labels_that_moved_are_told():
    frozen = drift.reference(watched(1), np.array([1.0] * 30 + [0.0] * 170))
    told = drift.reasons(frozen, watched(2, shift=1.0), np.array([1.0] * 50 + [0.0] * 50))
    assert any("anomaly" in one for one in told)
    assert any("confirmed share" in one for one in told)
    assert not any("size" in one for one in told)


def test_a_handful_of_rows_or_labels_is_chance():
    frozen = drift.reference(watched(1), np.array([1.0] * 30 + [0.0] * 170))
    assert drift.reasons(frozen, watched(2, shift=2.0, n=20), np.ones(10)) == []
