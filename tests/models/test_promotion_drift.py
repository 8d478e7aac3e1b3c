"""The gate refuses what does not stand up to a baseline; drift is told when the world moved and only then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models import drift, promotion


def evaluation(ranking=0.5, confirmed=30, **below):
    """The figure of the list, and by baseline the chance that it is below."""
    chances = {name.replace("_", " "): chance for name, chance in below.items()}
    figures = {gate: {"value": ranking} for gate in promotion.GATES}
    return {
        "confirmed": confirmed,
        "rankings": dict.fromkeys([promotion.MODEL, *chances], figures),
        "below": {name: dict.fromkeys(promotion.GATES, chance) for name, chance in chances.items()},
    }


def test_a_model_that_beats_chance_and_money_and_is_likelier_the_better_one_passes():
    assert promotion.refusals(evaluation(random=0.0, sort_by_money=0.04, rules_alone=0.4, last_champion=0.5)) == []


def test_each_baseline_it_does_not_stand_up_to_is_named_with_the_chance():
    told = promotion.refusals(evaluation(random=0.0, sort_by_money=0.04, rules_alone=0.62, last_champion=0.97))
    assert len(told) == 4  # two baselines by two figures
    assert any("rules alone" in one and "62%, 50% allowed" in one for one in told)
    assert any("last champion" in one and "97%" in one for one in told)


def test_what_knows_nothing_must_be_beaten_beyond_doubt():
    told = promotion.refusals(evaluation(random=0.01, sort_by_money=0.2, rules_alone=0.2))
    assert told
    assert all("sort by money" in one for one in told)


def test_a_baseline_nobody_compared_with_is_a_refusal():
    old = {**evaluation(random=0.0, rules_alone=0.1), "below": {}}
    assert any("rules alone; train again" in one for one in promotion.refusals(old))
    assert promotion.refusals(evaluation(random=float("nan")))


def test_nothing_measured_is_a_refusal():
    assert "too few" in promotion.refusals({"rankings": {}, "why_not": "too few labels"})[0]


def test_a_handful_of_confirmations_tells_nothing_whatever_the_figures_say():
    good = dict(ranking=0.9, random=0.0, sort_by_money=0.0, rules_alone=0.1)
    assert "only 5 held-out inspections confirmed" in promotion.refusals(evaluation(confirmed=5, **good))[0]
    assert promotion.refusals(evaluation(confirmed=10, **good)) == []


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
