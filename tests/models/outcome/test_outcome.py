"""Outcome: states and what they teach, weights that undo selection, calibrated chances, leaks and too few labels told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.outcome import FEATURES, labels, model, recovery


def examples(n=400, seed=0, signal=2.0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.normal(size=n) for name in FEATURES})
    chance = 1 / (1 + np.exp(-(signal * frame["belief"] - 0.5)))
    return frame.assign(
        target=(rng.random(n) < chance).astype(float), weight=1.0, institution=[f"H{i // 2}" for i in range(n)]
    )


def test_nothing_defaults_to_positive():
    told = pd.Series(["fraud", "violation", "compliant", "data_quality", None, "?", "unprovable", "unreviewed"])
    state = labels.states(told)
    assert list(state) == [
        "confirmed", "confirmed", "legitimate", "data_fault", "unreviewed", "unreviewed", "unprovable", "unreviewed",
    ]  # fmt: skip
    assert list(labels.targets(state).fillna(-1)) == [1, 1, 0, 0, -1, -1, -1, -1]


def test_weights_restore_the_rate_of_all_from_a_biased_choice():
    rng = np.random.default_rng(1)
    score = rng.normal(size=20_000)
    guilty = rng.random(20_000) < 1 / (1 + np.exp(-(score - 1)))
    chosen = rng.random(20_000) < np.clip(1 / (1 + np.exp(-(score - 2))), 0.02, 1)
    chance = labels.propensities(chosen, pd.DataFrame({"score": score}))
    weight = labels.weights(chance[chosen])
    biased, restored = guilty[chosen].mean(), np.average(guilty[chosen], weights=weight)
    assert biased - guilty.mean() > 0.1
    assert restored == pytest.approx(guilty.mean(), abs=0.03)
    assert labels.effective(weight) < chosen.sum()


def test_probabilities_are_calibrated_out_of_fold_and_contributions_add_up():
    known = examples()
    fitted, held_out = model.fit(known)
    assert model.calibration_error(known["target"].to_numpy(), held_out, known["weight"].to_numpy()) < 0.08
    parts = model.contributions(fitted, known)
    assert np.allclose(1 / (1 + np.exp(-parts.sum(axis=1))), model.probability(fitted, known))
    assert parts["belief"].abs().mean() > 5 * parts["excess"].abs().mean()


def test_labels_that_teach_nothing_give_the_base_rate_not_confidence():
    known = examples(signal=0.0, seed=3)
    _, held_out = model.fit(known)
    assert held_out.std() < 0.08


def test_too_few_labels_are_told():
    known = examples(n=400)
    few = pd.concat([known[known["target"] == 1].head(5), known[known["target"] == 0]])
    with pytest.raises(model.TooFewLabels, match="5 confirmed"):
        model.fit(few)


def test_a_planted_leak_is_caught():
    known = examples()
    leaked = known.assign(paid_back=known["target"] * 50_000 + np.arange(len(known)) % 7)
    with pytest.raises(model.LeakSuspected, match="paid_back"):
        model.fit(leaked)


def test_recovery_keeps_its_promise_on_amounts_it_has_not_seen():
    rng = np.random.default_rng(4)
    recoverable = rng.lognormal(10, 1, 600)
    amount = recoverable * 0.4 * rng.lognormal(0, 0.6, 600)
    fitted = recovery.fit(recoverable[:200], amount[:200])
    expected, low, high = recovery.predict(fitted, recoverable[200:])
    inside = ((amount[200:] >= low) & (amount[200:] <= high)).mean()
    assert 0.72 < inside < 0.9
    assert expected.sum() == pytest.approx(amount[200:].sum(), rel=0.15)


def test_recovery_without_enough_confirmations_is_no_model():
    assert recovery.fit(np.ones(19), np.ones(19)) is None
