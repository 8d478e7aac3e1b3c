"""Probability that an inspection confirms a violation, with contributions that add up on the log-odds scale.

Reads: examples – one row per inspected institution and area, the columns FEATURES, target 0/1, weight, institution.
Grain: one probability per institution and area.
Why: inspections teach by the hundred, not by the million; a penalised logistic on few meaningful features is as good
as they allow, says what each part contributed, and needs nothing but its numbers to be scored again. Ownership, level
and district are no features: they are what fairness is measured on. Below MIN_EACH labels of either kind there is no
model, and that is said.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

VERSION = "1.0"
MIN_EACH = 20  # confirmed and not confirmed labels needed: about three of each per coefficient
PENALTY = 0.5  # inverse strength of the ridge on standardised features
FOLDS = 5
LEAK_AUC, LEAK_LABELS = 0.985, 60  # a single feature this good on this many labels knows the result already
Floats = npt.NDArray[np.float64]


class TooFewLabels(Exception):
    """Not enough labels; the message says how many there are and how many it takes."""


class LeakSuspected(Exception):
    """A single feature tells the label almost perfectly; the message names it."""


@dataclass(frozen=True)
class Outcome:
    """The frozen model: centre and spread per feature, coefficients, intercept and the two numbers of calibration."""

    features: list[str]
    centre: list[float]
    spread: list[float]
    coefficients: list[float]
    intercept: float
    slope: float
    shift: float
    labels: int
    positives: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def fit(examples: pd.DataFrame) -> tuple[Outcome, Floats]:
    """The model of all examples and their out-of-fold probabilities (no institution grades itself).

    Calibration is Platt's: slope and shift of the out-of-fold log-odds, so its own optimism is not calibrated in.
    Raises TooFewLabels, LeakSuspected.
    """
    target = examples["target"].to_numpy(dtype=float)
    _enough(target)
    names = [name for name in examples.columns.astype(str) if name not in ("target", "weight", "institution")]
    _no_leak(examples[names], target)
    weight = examples["weight"].to_numpy(dtype=float)
    odds = out_of_fold(examples, names)
    slope, shift = _platt(odds, target, weight)
    centre, spread, coefficients, intercept = _logistic(examples[names].to_numpy(dtype=float), target, weight)
    model = Outcome(
        names, list(centre), list(spread), list(coefficients), intercept, slope, shift, len(target), int(target.sum())
    )
    return model, 1 / (1 + np.exp(-(slope * odds + shift)))


def out_of_fold(examples: pd.DataFrame, names: list[str]) -> Floats:
    """Log-odds of every example by a model that saw neither it nor its institution."""
    values, target = examples[names].to_numpy(dtype=float), examples["target"].to_numpy(dtype=float)
    weight, odds = examples["weight"].to_numpy(dtype=float), np.zeros(len(examples))
    folds = GroupKFold(min(FOLDS, examples["institution"].nunique()), shuffle=True, random_state=0)
    for train, test in folds.split(values, target, examples["institution"]):
        centre, spread, coefficients, intercept = _logistic(values[train], target[train], weight[train])
        odds[test] = (values[test] - centre) / spread @ coefficients + intercept
    return odds


def contributions(model: Outcome, features: pd.DataFrame) -> pd.DataFrame:
    """What each feature adds to the log-odds, and `base`; a row's sum is its calibrated log-odds."""
    values = (features[model.features].to_numpy(dtype=float) - np.array(model.centre)) / np.array(model.spread)
    parts = pd.DataFrame(
        values * np.array(model.coefficients) * model.slope, columns=model.features, index=features.index
    )
    return parts.assign(base=model.intercept * model.slope + model.shift)


def probability(model: Outcome, features: pd.DataFrame) -> Floats:
    """Calibrated probability of every row."""
    return np.asarray(1 / (1 + np.exp(-contributions(model, features).sum(axis=1).to_numpy(dtype=float))))


def calibration_error(target: Floats, chance: Floats, weight: Floats, bins: int = 5) -> float:
    """Expected calibration error over bins of equally many examples: mean |confirmed share − mean probability|."""
    order = np.argsort(chance, kind="stable")
    error = sum(
        abs(np.average(target[rows], weights=weight[rows]) - np.average(chance[rows], weights=weight[rows]))
        * weight[rows].sum()
        for rows in np.array_split(order, bins)
        if len(rows)
    )
    return float(error / weight.sum())


def _enough(target: Floats) -> None:
    positive, negative = int((target == 1).sum()), int((target == 0).sum())
    if min(positive, negative) < MIN_EACH:
        raise TooFewLabels(
            f"{positive} confirmed and {negative} not confirmed; {MIN_EACH} of each are needed. "
            "The ranking stays with evidence and anomaly."
        )


def _no_leak(features: pd.DataFrame, target: Floats) -> None:
    from models.evaluation.metrics import roc_auc

    if len(target) < LEAK_LABELS:
        return
    for name in features.columns.astype(str):
        values = features[name].to_numpy(dtype=float)
        auc = roc_auc(target, values, values)
        if max(auc, 1 - auc) >= LEAK_AUC:
            raise LeakSuspected(f"`{name}` alone tells the result of {len(target)} inspections (AUC {auc:.3f})")


def _logistic(values: Floats, target: Floats, weight: Floats) -> tuple[Floats, Floats, Floats, float]:
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    if target.min() == target.max():  # one class only: the constant that says so, softened by one label of the other
        share = (target.sum() + 0.5) / (len(target) + 1)
        return centre, spread, np.zeros(values.shape[1]), float(np.log(share / (1 - share)))
    found = LogisticRegression(C=PENALTY, max_iter=2000).fit((values - centre) / spread, target, sample_weight=weight)
    return centre, spread, found.coef_[0], float(found.intercept_[0])


def _platt(odds: Floats, target: Floats, weight: Floats) -> tuple[float, float]:
    """Slope and shift; a slope that is not positive would turn the order round and is refused for the base rate."""
    found = LogisticRegression(C=10.0, max_iter=1000).fit(odds.reshape(-1, 1), target, sample_weight=weight)
    slope = float(found.coef_[0][0])
    if slope > 0:
        return slope, float(found.intercept_[0])
    share = float(np.average(target, weights=weight))
    return 0.0, float(np.log(share / (1 - share)))
