"""How much an inspection recovers if it confirms: centre and interval, calibrated on confirmed amounts.

Reads: confirmed inspections with what the list had said was recoverable (yuan) and the amount confirmed (yuan).
Grain: one estimate per institution and area.
Why: disputed money is not money recovered. On the logarithmic scale the confirmed amount is a line of the recoverable
one; the interval is split-conformal (quantiles of out-of-fold errors, Vovk 2005), so it holds the promised share of
confirmed amounts without any law of errors. Too few confirmations: no model, and the list's own estimate stays.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MIN_CONFIRMED = 20
COVERAGE = 0.8
PRIOR = 10.0  # confirmations' worth of belief that recovered money is proportional to recoverable money
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recovery:
    """log(1 + amount) = level + slope × log(1 + recoverable); `mean` turns the median into an expectation."""

    level: float
    slope: float
    low: float
    high: float
    mean: float
    confirmed: int
    covered: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def fit(recoverable: Floats, amount: Floats) -> Recovery | None:
    """The model, None below MIN_CONFIRMED. `covered`: share of out-of-fold amounts inside the interval."""
    if len(amount) < MIN_CONFIRMED:
        return None
    x, y = np.log1p(recoverable), np.log1p(amount)
    folds = np.arange(len(y)) % 5
    errors = np.zeros(len(y))
    for fold in range(5):
        level, slope = _line(x[folds != fold], y[folds != fold])
        errors[folds == fold] = y[folds == fold] - level - slope * x[folds == fold]
    level, slope = _line(x, y)
    low, high = _quantile(errors, (1 - COVERAGE) / 2), _quantile(errors, (1 + COVERAGE) / 2)
    mean = float(np.log(np.exp(np.clip(errors, low, high)).mean()))  # smearing (Duan 1983), bounded by the interval
    covered = float(np.mean([_inside(np.delete(errors, i), error) for i, error in enumerate(errors)]))
    return Recovery(level, slope, low, high, mean, len(y), covered)


def predict(model: Recovery, recoverable: Floats) -> tuple[Floats, Floats, Floats]:
    """Expected amount if confirmed and the bounds of its interval, yuan, none below 0."""
    centre = model.level + model.slope * np.log1p(recoverable)
    expected, low, high = (np.clip(np.expm1(centre + part), 0, None) for part in (model.mean, model.low, model.high))
    return expected, low, high


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Least squares with the slope drawn towards 1 (proportional) by PRIOR confirmations."""
    moved_x, moved_y = x - x.mean(), y - y.mean()
    spread = float(moved_x.var()) or 1.0
    slope = float((moved_x @ moved_y + PRIOR * spread) / (moved_x @ moved_x + PRIOR * spread))
    return float(y.mean() - slope * x.mean()), slope


def _quantile(errors: Floats, share: float) -> float:
    """Conformal quantile: one step further out than the empirical one, for the amount that is still to come."""
    n = len(errors)
    place = np.floor((n + 1) * share) / n if share < 0.5 else np.ceil((n + 1) * share) / n
    return float(np.quantile(errors, np.clip(place, 0, 1)))


def _inside(others: Floats, error: float) -> bool:
    low, high = _quantile(others, (1 - COVERAGE) / 2), _quantile(others, (1 + COVERAGE) / 2)
    return bool(low <= error <= high)
