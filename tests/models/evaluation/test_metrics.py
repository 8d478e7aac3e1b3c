"""Figures of a ranking: hand-computed cases, and the size confound they must not be fooled by."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from models.evaluation import metrics


def of(*values):
    return np.array(values, dtype=float)


def test_roc_auc_counts_pairs_and_halves_ties():
    assert metrics.roc_auc(of(1, 0, 1, 0), of(3, 3, 4, 1), of(0, 0, 0, 0)) == pytest.approx((0.5 + 1 + 1 + 1) / 4)


def test_one_class_has_no_auc():
    assert np.isnan(metrics.roc_auc(of(1, 1), of(1, 2), of(1, 1)))
    assert np.isnan(metrics.pr_auc(of(0, 0), of(1, 2), of(1, 1)))


def test_precision_at_capacity_shares_a_tie_at_the_edge():
    label, score = of(1, 1, 0, 0), of(9, 5, 5, 1)
    assert metrics.precision_at(2)(label, score, score) == pytest.approx((1 + 0.5) / 2)
    assert metrics.precision_at(10)(label, score, score) == pytest.approx(2 / 4)


def test_size_alone_is_worth_nothing_among_equals():
    rng = np.random.default_rng(1)
    size = np.sort(rng.lognormal(10, 2, 4000))
    label = (rng.random(4000) < np.linspace(0, 0.4, 4000)).astype(float)
    assert metrics.roc_auc(label, size, size) > 0.65
    assert metrics.within_size_auc(label, size, size) < 0.55


def test_what_is_known_beyond_size_shows_inside_the_deciles():
    rng = np.random.default_rng(2)
    size = rng.lognormal(10, 2, 4000)
    label = (rng.random(4000) < 0.2).astype(float)
    assert metrics.within_size_auc(label, label + rng.normal(0, 0.5, 4000), size) > 0.85


def test_bands_are_equally_full_even_when_sizes_tie():
    assert list(np.bincount(metrics.size_bands(np.zeros(20), 4))) == [5, 5, 5, 5]


def test_banded_auc_compares_only_inside_a_band():
    label, score, band = of(1, 0, 1, 0), of(1, 2, 9, 8), np.array([0, 0, 1, 1])
    assert metrics.banded_auc(label, score, band) == pytest.approx((0 + 1) / 2)


def test_the_interval_holds_the_value_and_narrows_with_more_institutions():
    rng = np.random.default_rng(3)

    def width(n):
        label = (np.arange(n) % 5 == 0).astype(float)
        score = label + rng.normal(0, 1, n)
        found = metrics.interval(metrics.roc_auc, label, [score], score, draws=100)
        assert found.low <= found.value <= found.high
        return found.high - found.low

    assert width(4000) < width(100)


def test_average_precision_and_banded_auc_agree_with_the_textbook_on_tied_scores():
    rng = np.random.default_rng(4)
    label, band = (rng.random(500) < 0.3).astype(float), rng.integers(0, 3, 500)
    score = rng.integers(0, 12, 500) + label
    assert metrics.pr_auc(label, score, score) == pytest.approx(average_precision_score(label, score))
    parts = [(roc_auc_score(label[band == b], score[band == b]), label[band == b]) for b in range(3)]
    pairs = [part.sum() * (len(part) - part.sum()) for _, part in parts]
    expected = sum(auc * count for (auc, _), count in zip(parts, pairs, strict=True)) / sum(pairs)
    assert metrics.banded_auc(label, score, band) == pytest.approx(expected)


def compared(mine, theirs, label, institution=None):
    figures = {"pr_auc": metrics.pr_auc}
    house = np.arange(len(label)) if institution is None else institution
    return metrics.chance_below(figures, label, (mine, theirs), np.zeros(len(label)), house, draws=200)["pr_auc"]


def test_the_better_ranking_is_seldom_below_the_worse_one_and_equals_are_even():
    rng = np.random.default_rng(6)
    label = (rng.random(400) < 0.2).astype(float)
    good, bad = label + rng.normal(0, 0.5, 400), label + rng.normal(0, 2, 400)
    assert compared(good, bad, label) < 0.01
    assert compared(bad, good, label) > 0.99
    assert compared(good, good * 2, label) == 0.5


def test_a_small_advantage_on_few_inspections_is_not_beyond_doubt():
    rng = np.random.default_rng(8)
    label = (np.arange(60) < 12).astype(float)
    mine = label + rng.normal(0, 1, 60)
    theirs = mine.copy()
    theirs[[0, 59]] = mine[[59, 0]]  # one confirmed house changes places with one that was not
    assert 0.02 < min(compared(mine, theirs, label), compared(theirs, mine, label)) < 0.5


def test_inspections_of_one_house_are_no_independent_evidence():
    # ten inspections of one house, all in favour: resampled one by one they look sure, as a house they are one piece
    label = np.array([1.0] * 10 + [0.0] * 30 + [1.0, 0.0] * 4)
    mine = np.r_[np.full(10, 3.0), np.zeros(30), [0.0, 1.0] * 4]
    theirs = np.r_[np.zeros(40), [1.0, 0.0] * 4]
    house = np.r_[np.zeros(10), np.arange(1, 39)].astype(int)
    assert compared(mine, theirs, label) < 0.1
    assert compared(mine, theirs, label, house) > 0.2


def test_without_a_positive_nothing_is_compared():
    assert np.isnan(compared(of(1, 2), of(2, 1), of(0, 0)))
