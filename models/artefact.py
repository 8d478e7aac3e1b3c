"""One trained model as one JSON text: anomaly, outcome, recovery, drift references; and how it scores.

Grain: scored – one row per institution and area.
Why: numbers in JSON can be read, compared and diffed by anybody, cannot run code when loaded, and are scored with
numpy alone; the digest of the text is what the registry vouches for.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models import anomaly, drift
from models.outcome import model as outcome
from models.outcome import recovery

FORMAT = 1
KEY = anomaly.model.KEY


class BrokenArtefact(Exception):
    """The text is not the one that was registered, or of a format this version does not read."""


@dataclass(frozen=True)
class Bundle:
    """What is trained together. `outcome` and `recovery` are None below enough labels; `why_not` then says so.

    `trained_on`: facts for the model card (periods, labels by state, as-of day, code and knowledge version).
    """

    anomaly: anomaly.Anomaly
    outcome: outcome.Outcome | None
    recovery: recovery.Recovery | None
    drift: drift.Reference
    trained_on: dict[str, Any] = field(default_factory=dict)
    why_not: str = ""

    def text(self) -> str:
        """Canonical JSON: the same model gives the same text."""
        told = {
            "format": FORMAT,
            "anomaly": self.anomaly.to_dict(),
            "outcome": self.outcome.to_dict() if self.outcome else None,
            "recovery": self.recovery.to_dict() if self.recovery else None,
            "drift": asdict(self.drift),
            "trained_on": self.trained_on,
            "why_not": self.why_not,
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)


def digest(text: str) -> str:
    """SHA-256 of the text."""
    return hashlib.sha256(text.encode()).hexdigest()


def load(text: str, expected: str) -> Bundle:
    """The bundle of `text`. Raises BrokenArtefact when its digest is not `expected` or its format unknown."""
    if digest(text) != expected:
        raise BrokenArtefact("its digest is not the registered one: the file was changed after training")
    told = json.loads(text)
    if told.get("format") != FORMAT:
        raise BrokenArtefact(f"format {told.get('format')} is not the {FORMAT} this version reads")
    return Bundle(
        anomaly.Anomaly.from_dict(told["anomaly"]),
        outcome.Outcome(**told["outcome"]) if told["outcome"] else None,
        recovery.Recovery(**told["recovery"]) if told["recovery"] else None,
        drift.Reference(**told["drift"]),
        told["trained_on"],
        told["why_not"],
    )


def features(bundle_anomaly: anomaly.Anomaly, snapshot: Any, points: pd.DataFrame | None = None) -> pd.DataFrame:
    """The candidates of a snapshot with `anomaly` and the columns of models.outcome.FEATURES, all finite.

    `points`: anomaly.points of the snapshot where they are known already.
    """
    if points is None:
        points = anomaly.points(bundle_anomaly, snapshot.residuals, snapshot.traits)
    cases = snapshot.candidates.merge(anomaly.totals(points), on=KEY, how="left", validate="one_to_one")
    cases["anomaly"] = cases["anomaly"].fillna(0.0)
    # noisy-or multiplies doubts, so their logarithm is the scale on which evidence adds up; 0.98: nothing is certain
    cases["belief"] = -np.log1p(-0.98 * cases["evidence"])
    logs = {name: np.log1p(cases[f"{name}_amount"].clip(lower=0)) for name in ("suspected", "excess")}
    return cases.assign(**logs, size=np.log1p(cases["money"].clip(lower=0)))


def score(bundle: Bundle, snapshot: Any) -> pd.DataFrame:
    """KEY, anomaly, anomaly_level, anomaly_points (JSON), probability, recovery, its bounds, contributions (JSON).

    Without an outcome model probability and recovery are NaN; anomaly always is there. A row depends on nothing but
    itself and the frozen model.
    """
    points = anomaly.points(bundle.anomaly, snapshot.residuals, snapshot.traits)
    cases = features(bundle.anomaly, snapshot, points)
    scored = cases[[*KEY, "anomaly"]].assign(
        anomaly_level=[anomaly.model.level(bundle.anomaly, value) for value in cases["anomaly"]],
        **dict.fromkeys(("probability", "recovery", "recovery_low", "recovery_high"), np.nan),
        contributions="{}",
        anomaly_points=_told(points, cases),
    )
    if bundle.outcome is None or cases.empty:
        return scored
    parts = outcome.contributions(bundle.outcome, cases)
    scored["probability"] = outcome.probability(bundle.outcome, cases)
    scored["contributions"] = [
        json.dumps({str(n): round(float(v), 6) for n, v in row.items()}) for row in parts.to_dict("records")
    ]
    if bundle.recovery is not None:
        expected, low, high = recovery.predict(bundle.recovery, cases["recoverable"].to_numpy(dtype=float))
        scored[["recovery", "recovery_low", "recovery_high"]] = np.column_stack([expected, low, high])
    return scored


def _told(points: pd.DataFrame, cases: pd.DataFrame) -> list[str]:
    """Points of every detector that gave any, largest first, as JSON per case; they add up to its anomaly."""
    told: dict[tuple[str, str], dict[str, float]] = {}
    given = points.loc[points["points"] > 0, [*KEY, "detector_id", "points"]]
    for code, area, detector, value in given.itertuples(index=False, name=None):
        told.setdefault((code, area), {})[detector] = round(value, 6)
    return [json.dumps(told.get(key, {})) for key in cases[KEY].itertuples(index=False, name=None)]
