"""Figures of a ranking against labels: ROC-AUC, PR-AUC, precision at capacity, AUC among institutions of equal size.

Reads: arrays of one length: label (0/1), score (higher = inspect first), size (what the money rule sorts by).
Why: in claims data most of a good ROC-AUC is size, so a model is only as good as what it adds among equals; and a
figure without an interval is a guess about the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]
Metric = Callable[[Floats, Floats, Floats], float]  # label, score, size -> figure
BANDS = 10


@dataclass(frozen=True)
class Figure:
    """A figure with the bounds of its 95 % interval; NaN where the labels do not allow one."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return "–" if np.isnan(self.value) else f"{self.value:.3f} [{self.low:.3f}–{self.high:.3f}]"


def roc_auc(label: Floats, score: Floats, _size: Floats) -> float:
    """Chance that a positive stands above a negative, ties counted half (Mann-Whitney); NaN with one class only."""
    positives = label > 0
    n, m = int(positives.sum()), int((~positives).sum())
    if not n or not m:
        return float("nan")
    return float((rankdata(score)[positives].sum() - n * (n + 1) / 2) / (n * m))


def pr_auc(label: Floats, score: Floats, _size: Floats) -> float:
    """Average precision, equal scores entering together (as scikit-learn's); NaN without a positive."""
    total = label.sum()
    if not total:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # end of each run of equal scores
    found = np.cumsum(label[order])[last]
    return float((np.diff(found, prepend=0.0) * found / (last + 1)).sum() / total)


def precision_at(k: int) -> Metric:
    """Share of positives among the `k` highest scores; ties at the edge enter with their expected share."""

    def figure(label: Floats, score: Floats, _size: Floats) -> float:
        taken = min(k, len(score))
        if not taken:
            return float("nan")
        edge = np.sort(score)[-taken]
        above, at = score > edge, score == edge
        return float((label[above].sum() + label[at].mean() * (taken - above.sum())) / taken)

    return figure


def size_bands(size: Floats, bands: int = BANDS) -> npt.NDArray[np.int64]:
    """Band 0..bands-1 of equally many institutions by size; ties are parted by position, so bands are equally full."""
    order = rankdata(size, method="ordinal") - 1
    return np.asarray(order * bands // max(len(size), 1), dtype=np.int64)


def within_size_auc(label: Floats, score: Floats, size: Floats) -> float:
    """AUC over the pairs (positive, negative) of the same size decile: what a ranking knows beyond size.

    Every pair counts once, so a decile weighs as much as it has pairs; deciles of one class have none.
    """
    return banded_auc(label, score, size_bands(size))


def banded_auc(label: Floats, score: Floats, band: npt.NDArray[np.int64]) -> float:
    """AUC over the pairs of the same band, every pair counted once; NaN when no band holds both classes."""
    dense = rankdata(score, method="dense")
    ranks = rankdata(band * (dense.max(initial=0) + 1) + dense)  # ordered by band, then by score
    rows, positives = np.bincount(band), np.bincount(band, weights=label)
    below = np.cumsum(rows) - rows  # rows of the bands before: ranks start anew in each band
    won = np.bincount(band, weights=label * (ranks - below[band])) - positives * (positives + 1) / 2
    pairs = (positives * (rows - positives)).sum()
    return float(won.sum() / pairs) if pairs else float("nan")


def interval(
    metric: Metric, label: Floats, scores: list[Floats], size: Floats, draws: int = 200, seed: int = 0
) -> Figure:
    """Mean of the metric over `scores` (one per repetition of the cross-validation) with a bootstrap interval.

    Institutions are drawn with replacement, positives and negatives apart, the same for every repetition: the interval
    speaks of other institutions of the kind, not of other seeds. Percentile method (Efron 1979).
    """
    rng = np.random.default_rng(seed)
    value = float(np.mean([metric(label, score, size) for score in scores]))
    groups = [np.flatnonzero(label > 0), np.flatnonzero(label <= 0)]
    drawn: list[float] = []
    for turn in range(draws):
        rows = np.concatenate([rng.choice(group, len(group)) for group in groups])
        drawn.append(metric(label[rows], scores[turn % len(scores)][rows], size[rows]))
    low, high = np.nanpercentile(drawn, [2.5, 97.5]) if not np.all(np.isnan(drawn)) else (np.nan, np.nan)
    return Figure(value, float(low), float(high))


def chance_below(
    figures: Mapping[str, Metric],
    label: Floats,
    pair: tuple[Floats, Floats],
    size: Floats,
    institution: npt.NDArray[Any],
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, float]:
    """How often the first score of `pair` stands below the second when institutions are drawn anew; ties count half.

    Paired bootstrap: both scores on the same draw, so what is luck of the inspections cancels. Whole institutions are
    drawn (cluster bootstrap, Davison & Hinkley 1997 §3.8): inspections of one house are no independent evidence.
    NaN where no draw holds a positive.
    """
    rng = np.random.default_rng(seed)
    _, place = np.unique(institution, return_inverse=True)
    members = np.split(np.argsort(place, kind="stable"), np.cumsum(np.bincount(place))[:-1])
    gaps: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(draws):
        rows = np.concatenate([members[one] for one in rng.integers(len(members), size=len(members))])
        for name, figure in figures.items():
            mine, theirs = (figure(label[rows], score[rows], size[rows]) for score in pair)
            gaps[name].append(mine - theirs)
    return {name: _share_below(np.array(values)) for name, values in gaps.items()}


def _share_below(gaps: Floats) -> float:
    told = gaps[~np.isnan(gaps)]
    return float(((told < 0) + 0.5 * (told == 0)).mean()) if len(told) else float("nan")
