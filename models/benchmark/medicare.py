"""The supervised benchmark: members, ways to combine them, nested cross-validation: choices are made inside folds.

Reads: the columns of medicare_features for the labelled providers, their labels.
Grain: one score per provider and repetition.
Why: three learners that err differently – extremely randomised trees, boosting on random halves, a ridge-penalised
logistic on logarithms – averaged on the log-odds scale with equal weights (`ensemble`, nothing chosen), and the
combination an inner cross-validation of the training part picks (`chosen`): a choice made on the fold that is graded
would flatter itself. Settings are the usual ones for some 250 positives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.evaluation.metrics import Floats, pr_auc

FOLDS = 5
EDGE = 1e-4  # a forest says 0 and 1; the log-odds stop here
INNER = 3  # folds of the training part on which a combination is chosen
Members = dict[str, Callable[[int], Any]]


def _boosting(seed: int) -> GradientBoostingClassifier:
    """Stochastic gradient boosting (Friedman 2002): shallow trees, each on a random half and a fifth of the columns."""
    return GradientBoostingClassifier(
        n_estimators=150, learning_rate=0.05, max_depth=3, subsample=0.5, max_features=0.2, min_samples_leaf=10,
        random_state=seed,
    )  # fmt: skip


MEMBERS: Members = {
    "extra trees": lambda seed: ExtraTreesClassifier(
        n_estimators=300, min_samples_leaf=2, max_features=0.5, random_state=seed, n_jobs=1
    ),
    "boosting": lambda seed: VotingClassifier(
        [(f"half {n}", _boosting(100 * seed + n)) for n in range(2)], voting="soft"
    ),
    "logistic": lambda _seed: make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000)),
}
ENSEMBLE, CHOSEN = "ensemble", "chosen"


def log_odds(probability: Floats) -> Floats:
    """Log-odds of probabilities, bounded at EDGE."""
    bounded = np.clip(probability, EDGE, 1 - EDGE)
    return np.asarray(np.log(bounded / (1 - bounded)))


def fit_score(features: pd.DataFrame, label: Floats, scored: pd.DataFrame, seed: int, members: Members) -> pd.DataFrame:
    """Trains every member on `features`, returns its probability for `scored` and their average as ENSEMBLE."""
    found = {
        name: make(seed).fit(features.to_numpy(), label).predict_proba(scored.to_numpy())[:, 1]
        for name, make in members.items()
    }
    mean = np.mean([log_odds(values) for values in found.values()], axis=0)
    return pd.DataFrame({**found, ENSEMBLE: 1 / (1 + np.exp(-mean))}, index=scored.index)


@dataclass(frozen=True)
class Combination:
    """One way to make a score of the members' log-odds: weights and a constant."""

    name: str
    weights: Floats
    constant: float = 0.0

    def score(self, odds: Floats) -> Floats:
        """Probability of rows of log-odds, one column per member."""
        return np.asarray(1 / (1 + np.exp(-(odds @ self.weights + self.constant))))


def choose(odds: Floats, label: Floats, names: list[str]) -> Combination:
    """The combination with the highest PR-AUC on out-of-fold log-odds: means of some members, or a logistic of all.

    `odds`: rows × members. The logistic is itself judged out of fold; of equals the first, that is the simplest, stays.
    """
    places = [which for size in range(1, len(names) + 1) for which in combinations(range(len(names)), size)]
    found = []
    for which in places:
        weights = np.isin(np.arange(len(names)), which) / len(which)
        found.append((pr_auc(label, odds @ weights, label), Combination("+".join(names[n] for n in which), weights)))
    if len(names) > 1:
        stack = LogisticRegression()
        held_out = cross_val_predict(stack, odds, label, cv=INNER, method="decision_function")
        fitted = stack.fit(odds, label)
        made = Combination("stacked", fitted.coef_[0], float(fitted.intercept_[0]))
        found.append((pr_auc(label, held_out, label), made))
    return max(found, key=lambda pair: pair[0])[1]


def nested(features: pd.DataFrame, label: Floats, scored: pd.DataFrame, seed: int, members: Members) -> pd.DataFrame:
    """`fit_score` and, as CHOSEN, the combination that did best inside `features`; `scored` plays no part in it."""
    inner = np.zeros((len(features), len(members)))
    for train, test in StratifiedKFold(INNER, shuffle=True, random_state=seed).split(features, label):
        told = fit_score(features.iloc[train], label[train], features.iloc[test], seed, members)
        inner[test] = log_odds(told[list(members)].to_numpy())
    best = choose(inner, label, list(members))
    found = fit_score(features, label, scored, seed, members)
    return found.assign(**{CHOSEN: best.score(log_odds(found[list(members)].to_numpy()))})


def cross_validate(
    features: pd.DataFrame, label: Floats, repeats: int, seed: int = 0, members: Members | None = None
) -> list[pd.DataFrame]:
    """Out-of-fold scores of every labelled provider, one frame per repetition: each was scored by models that never
    saw it.
    """
    chosen = MEMBERS if members is None else members
    found = []
    for turn in range(repeats):
        parts = [
            nested(features.iloc[train], label[train], features.iloc[test], seed + turn, chosen)
            for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed + turn).split(features, label)
        ]
        found.append(pd.concat(parts).loc[features.index])
    return found
