"""Has the world moved since training: data, score and label drift, and whether it is time to retrain.

Reads: frozen quantile edges of features and score, the confirmed share of the training labels.
Why: a ranking that was right last year decays silently. Population stability index over ten frozen bins; 0.25 and more
is the customary sign of a shift (Siddiqi 2006), 0.1 the sign to look. Labels drift when the confirmed share of those
that came since differs from the training's by more than three standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

BINS = 10
LOOK, SHIFT = 0.1, 0.25
FEWEST = 50  # rows or labels below which a difference is chance
FAR = 3.0
WATCHED = ("anomaly", "evidence", "suspected", "size")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reference:
    """Edges and shares per watched column, confirmed share and number of the training labels."""

    edges: dict[str, list[float]]
    shares: dict[str, list[float]]
    confirmed: float
    labels: int


def reference(watched: pd.DataFrame, target: Floats) -> Reference:
    """Freezes the bins of every column of `watched` (features and score) and the confirmed share."""
    edges, shares = {}, {}
    for name in watched.columns.astype(str):
        values = watched[name].to_numpy(dtype=float)
        cuts = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1])) if len(values) else np.array([0.0])
        edges[name] = [float(cut) for cut in cuts]
        shares[name] = [float(share) for share in _shares(cuts, values)]
    return Reference(edges, shares, float(target.mean()) if len(target) else float("nan"), len(target))


def stability(frozen: Reference, watched: pd.DataFrame) -> dict[str, float]:
    """Population stability index of every watched column present: Σ (now − then) × ln(now / then)."""
    found = {}
    for name, cuts in frozen.edges.items():
        if name in watched and len(watched) >= FEWEST:
            now, then = _shares(np.array(cuts), watched[name].to_numpy(dtype=float)), np.array(frozen.shares[name])
            found[name] = float(((now - then) * np.log(now / then)).sum())
    return found


def reasons(frozen: Reference, watched: pd.DataFrame, since: Floats) -> list[str]:
    """Why to retrain, in words; empty when nothing moved. `since`: targets of labels that came after training."""
    told = [
        f"{name} shifted: stability index {value:.2f} ≥ {SHIFT}"
        for name, value in stability(frozen, watched).items()
        if value >= SHIFT
    ]
    if len(since) >= FEWEST and frozen.labels:
        error = np.sqrt(max(frozen.confirmed * (1 - frozen.confirmed), 0.01) * (1 / len(since) + 1 / frozen.labels))
        if abs(since.mean() - frozen.confirmed) > FAR * error:
            told.append(
                f"confirmed share moved from {frozen.confirmed:.0%} to {since.mean():.0%} of {len(since)} labels"
            )
    return told


def _shares(cuts: Floats, values: Floats) -> Floats:
    """Share of values per bin, with half a value of belief in each so that no logarithm is infinite."""
    counts = np.bincount(np.searchsorted(cuts, values, side="right"), minlength=len(cuts) + 1) + 0.5
    return np.asarray(counts / counts.sum())
