"""Training: snapshots and labels in, one evaluated model out – registered as challenger, deciding nothing yet.

Reads: scored periods of the home, inspection results, analysts' verdicts.
Grain: one model for all areas of the home.
Why: periods are read one after the other and only what inspections speak of is kept of each, so that two years of a
province fit into memory; the model is fitted on everything known, its figures come from `evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.storage import Home
from jobs.training import evaluate, examples, snapshot
from jobs.training.evaluate import Material
from models import artefact, drift
from models.outcome import labels, recovery


@dataclass(frozen=True)
class Trained:
    """A model, what was measured, and the held-out inspections the figures were made of."""

    bundle: artefact.Bundle
    evaluation: dict[str, Any]


def train(home: Home, versions: dict[str, str], as_of: date | None, champion: artefact.Bundle | None) -> Trained:
    """Trains on everything known by `as_of`. Raises InputError without a scored period, LeakSuspected."""
    periods = [one for one in snapshot.periods(home) if as_of is None or one.last_day <= as_of]
    if not periods:
        raise InputError("training", "no period was scored yet.", "Run `fundwatch run` for a period first.")
    results = examples.results(home, as_of)
    material = gather(home, periods, results)
    known = material.known
    supervised, why_not = evaluate.fit_outcome(known)
    confirmed = known[known["target"] == 1]
    money = recovery.fit(confirmed["recoverable"].to_numpy(dtype=float), confirmed["amount"].to_numpy(dtype=float))
    watched = material.seen[-1][list(drift.WATCHED)]
    reference = drift.reference(watched, known["target"].to_numpy(dtype=float))
    facts = {**versions, **_facts(periods, results, known, as_of)}
    bundle = artefact.Bundle(material.fitted, supervised, money, reference, facts, why_not)
    return Trained(bundle, evaluate.evaluate(bundle, material, snapshot.groups(home), champion))


def gather(home: Home, periods: Sequence[Period], results: pd.DataFrame) -> Material:
    """Everything training needs of the periods; the anomaly model is fitted on the last, the one most like tomorrow."""
    usable = results[results["target"].notna()]
    place = examples.snapshot_of(usable, periods)
    last = snapshot.take(home, periods[-1])
    fitted = evaluate.fit_anomaly(last)
    parts, reduced, seen = [], [], []
    for number, period in enumerate(periods):
        taken = last if number == len(periods) - 1 else snapshot.take(home, period)
        candidates = artefact.features(fitted, taken)
        parts.append(examples.of_snapshot(usable[place == number], taken, candidates))
        reduced.append(taken.of(set(usable["fixmedins_code"])))
        seen.append(evaluate.compact(candidates))
    return Material(list(periods), last, reduced, seen, examples.weighed(parts), fitted)


def _facts(periods: Sequence[Period], results: pd.DataFrame, known: pd.DataFrame, as_of: date | None) -> dict[str, Any]:
    """What the model card says of the material."""
    return {
        "periods": [str(one) for one in periods],
        "as_of": str(as_of or periods[-1].last_day),
        "last_label": str(known["concluded_on"].max().date()) if len(known) else "1900-01-01",
        "labels": {str(state): int(number) for state, number in results["state"].value_counts().items()},
        "usable_labels": len(known),
        "effective_labels": round(labels.effective(known["weight"].to_numpy(dtype=float)), 1),
        "random_arm": int((known["selection"] == labels.RANDOM).sum()),
    }
