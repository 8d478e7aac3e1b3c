"""The supervised benchmark: members, their average, and repeated stratified cross-validation without tuning on a fold.

Reads: the columns of medicare_features for the labelled providers, their labels.
Grain: one score per provider and repetition.
Why: three learners that err differently – bagged trees, extremely randomised trees, a ridge-penalised logistic on
logarithms – are averaged on the log-odds scale with equal weights. Nothing is chosen inside the cross-validation, so
nothing needs an inner one; settings are the usual ones for some 250 positives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.evaluation.metrics import Floats

FOLDS = 5
EDGE = 1e-4  # a forest says 0 and 1; the log-odds stop here
Members = dict[str, Callable[[int], Any]]
MEMBERS: Members = {
    "random forest": lambda seed: RandomForestClassifier(
        n_estimators=300, min_samples_leaf=3, max_features=0.2, random_state=seed, n_jobs=1
    ),
    "extra trees": lambda seed: ExtraTreesClassifier(
        n_estimators=300, min_samples_leaf=2, max_features=0.5, random_state=seed, n_jobs=1
    ),
    "logistic": lambda _seed: make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000)),
}
ENSEMBLE = "ensemble"


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
            fit_score(features.iloc[train], label[train], features.iloc[test], seed + turn, chosen)
            for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed + turn).split(features, label)
        ]
        found.append(pd.concat(parts).loc[features.index])
    return found
