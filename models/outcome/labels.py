"""What an inspection or an analyst concluded, as labels; and the weights that undo how the inspected were chosen.

Reads: inspection results (contract table inspection_result_d) and verdicts of analysts with the same columns.
Grain: one label per institution, area and inspection.
Why: a case nobody looked at is not innocent and not guilty, and only those somebody chose carry labels. So `unreviewed`
is a state of its own, nothing defaults to positive, and every label weighs as many uninspected cases as it stands for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.outcome.states import OF_VERDICT, TARGET, UNREVIEWED

RANDOM = "random"
SMALLEST = 0.02  # no label stands for more than fifty cases
Floats = npt.NDArray[np.float64]


def states(verdicts: pd.Series) -> pd.Series:
    """Label state of each verdict; what is empty or unknown is `unreviewed`."""
    return verdicts.map(OF_VERDICT).fillna(UNREVIEWED)


def targets(state: pd.Series) -> pd.Series:
    """1 confirmed, 0 visited and not confirmed, NaN where the state teaches nothing."""
    return state.map(TARGET).astype(float)


def propensities(chosen: npt.NDArray[np.bool_], why: pd.DataFrame) -> Floats:
    """Chance of each candidate to be inspected, where none was logged: estimated from `why`.

    `chosen`: was inspected. `why`: what the selection could see then (score, money, size).
    An estimate is a logistic regression of being chosen; with one class only everybody has the same chance.
    """
    share = float(chosen.mean()) if len(chosen) else 0.0
    estimate = np.full(len(chosen), share)
    if 0 < share < 1:
        choice = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))
        estimate = choice.fit(why.to_numpy(dtype=float), chosen).predict_proba(why.to_numpy(dtype=float))[:, 1]
    return np.asarray(np.clip(estimate, SMALLEST, 1.0))


def weights(propensity: Floats) -> Floats:
    """Inverse propensities with mean 1 (Horvitz-Thompson, stabilised); empty in, empty out."""
    inverse = 1.0 / propensity
    return np.asarray(inverse / inverse.mean()) if len(inverse) else inverse


def effective(weight: Floats) -> float:
    """Kish's effective number of labels: what is left of their number after weighting."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0
