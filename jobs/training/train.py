"""Training: snapshots and labels in, one evaluated model out – registered as challenger, deciding nothing yet.

Reads: scored periods of the home, inspection results, analysts' verdicts.
Grain: one model for all areas of the home.
Why: the figures come from inspections after the cut and of institutions the model never saw; the model itself is then
fitted on everything. The last champion and the rankings that need no model stand in the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home
from jobs.training import examples, snapshot
from models import anomaly, artefact, drift
from models.evaluation import compare
from models.outcome import labels, recovery
from models.outcome import model as outcome

LATER = 0.3  # share of the inspections, the latest, that the temporal split holds out
CAPACITY = 50
DAYS = 5.0  # inspection days one visit takes until the planner says otherwise: a working week of one team
RANKINGS = {
    "random": "random",
    "sort by money": "money",
    "rules alone": "evidence",
    "anomaly alone": "anomaly",
    "outcome alone": "outcome",
    "last champion": "champion",
    "ranking": "ranking",
}
Columns = [*outcome.FEATURES]


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
    taken = [snapshot.take(home, period) for period in periods]
    results = examples.results(home, as_of)
    fitted = fit_anomaly(taken[-1])
    known = examples.build(results, taken, fitted, examples.logged_propensities(home))
    supervised, why_not = fit_outcome(known)
    confirmed = known[known["target"] == 1]
    money = recovery.fit(confirmed["recoverable"].to_numpy(dtype=float), confirmed["amount"].to_numpy(dtype=float))
    watched = artefact.features(fitted, taken[-1])[list(drift.WATCHED)]
    reference = drift.reference(watched, known["target"].to_numpy(dtype=float))
    facts = {
        **versions,
        "periods": [str(one) for one in periods],
        "as_of": str(as_of or periods[-1].last_day),
        "last_label": str(known["concluded_on"].max().date()) if len(known) else "1900-01-01",
        "labels": {str(state): int(number) for state, number in results["state"].value_counts().items()},
        "usable_labels": len(known),
        "effective_labels": round(labels.effective(known["weight"].to_numpy(dtype=float)), 1),
        "random_arm": int((known["selection"] == labels.RANDOM).sum()),
    }
    bundle = artefact.Bundle(fitted, supervised, money, reference, facts, why_not)
    return Trained(bundle, evaluate(known, taken, snapshot.groups(home), champion, why_not))


def fit_anomaly(taken: snapshot.Snapshot, without: set[str] | None = None) -> anomaly.Anomaly:
    """The anomaly model of a snapshot, `without` some institutions; money is size twice and stays out."""
    rows = taken.residuals
    if without:
        rows = rows[~rows["fixmedins_code"].isin(without)].reset_index(drop=True)
    return anomaly.fit(rows, taken.traits.drop(columns="money"))


def fit_outcome(known: pd.DataFrame) -> tuple[outcome.Outcome | None, str]:
    """The supervised model, or None and why not."""
    try:
        return outcome.fit(known[[*Columns, "target", "weight", "institution"]])[0], ""
    except outcome.TooFewLabels as few:
        return None, str(few)


def evaluate(
    known: pd.DataFrame,
    taken: Sequence[snapshot.Snapshot],
    groups: pd.DataFrame,
    champion: artefact.Bundle | None,
    why_not: str,
) -> dict[str, Any]:
    """The table on held-out inspections; empty, with the reason, where they cannot tell a ranking from chance."""
    if known["target"].nunique() < 2:
        return {"rankings": {}, "why_not": why_not or "all inspections had the same result"}
    held_out, how = hold_out(known, taken, champion)
    if held_out["target"].nunique() < 2:
        return {"rankings": {}, "why_not": why_not or "the held-out inspections had one result only"}
    held_out = held_out.merge(groups, on="fixmedins_code", how="left").reset_index(drop=True)
    capacity = min(CAPACITY, max(5, len(held_out) // 4))
    at_random = held_out[held_out["selection"] == labels.RANDOM]
    told: dict[str, Any] = {
        **how,
        "held_out": len(held_out),
        "confirmed": int(held_out["target"].sum()),
        "capacity": capacity,
        "days_per_inspection": DAYS,
        "rankings": compare.rankings(held_out, RANKINGS, capacity, DAYS),
        "random_arm": {"inspections": len(at_random), "confirmed": int(at_random["target"].sum())},
        "fairness": compare.fairness(held_out, "ranking", ["ownership", "level", "district"]),
        "why_not": why_not,
    }
    if held_out["outcome"].notna().all():
        told["calibration"] = compare.calibration(held_out, "outcome")
    other = "champion" if held_out["champion"].notna().all() else "evidence"
    return {**told, "stability": {"against": other, **compare.stability(held_out, "ranking", other, capacity)}}


def hold_out(
    known: pd.DataFrame, taken: Sequence[snapshot.Snapshot], champion: artefact.Bundle | None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Held-out inspections with every ranking's score: later ones of other institutions where the earlier ones suffice
    to train, else each fold of institutions by models of the others (and that is said).
    """
    before, test = split(known)
    if fit_outcome(known[before])[0] is not None and known.loc[test, "target"].nunique() == 2:
        cut = str(known.loc[before, "concluded_on"].max().date())
        how = {"split": "later inspections, of institutions without an earlier one", "cut": cut}
        return rescored(known[before], known[test], taken, champion), {**how, "trained_on": int(before.sum())}
    folds = GroupKFold(min(outcome.FOLDS, known["institution"].nunique()), shuffle=True, random_state=0)
    parts = [
        rescored(known.iloc[rows], known.iloc[rest], taken, champion)
        for rows, rest in folds.split(known, groups=known["institution"])
    ]
    how = {"split": "institutions out of fold; too few labels to hold out a later time", "cut": ""}
    return pd.concat(parts, ignore_index=True), {**how, "trained_on": len(known) - len(parts[0])}


def split(known: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Training and held-out rows: the latest LATER are held out, and training loses their institutions."""
    place = known["concluded_on"].rank(method="first", pct=True)
    test = place > 1 - LATER
    train_rows = ~test & ~known["fixmedins_code"].isin(set(known.loc[test, "fixmedins_code"]))
    return train_rows, test


def rescored(
    before: pd.DataFrame, test: pd.DataFrame, taken: Sequence[snapshot.Snapshot], champion: artefact.Bundle | None
) -> pd.DataFrame:
    """The held-out inspections with one column per ranking, from models of the training rows alone."""
    fitted = fit_anomaly(taken[-1], set(test["fixmedins_code"]))
    fresh = [artefact.features(fitted, one) for one in taken]
    place = examples.snapshot_of(test, taken).to_numpy()
    test, before = (
        _refreshed(test, fresh, place),
        _refreshed(before, fresh, examples.snapshot_of(before, taken).to_numpy()),
    )
    supervised, _ = fit_outcome(before)
    chance = np.full(len(test), np.nan) if supervised is None else outcome.probability(supervised, test)
    joined = 1 - (1 - test["evidence"]) * np.exp(-test["anomaly"] / 3.0) if supervised is None else chance
    return test.assign(
        random=np.random.default_rng(0).random(len(test)),
        outcome=chance,
        ranking=joined,
        champion=_champion(champion, test, taken, place),
    )


def _refreshed(rows: pd.DataFrame, fresh: list[pd.DataFrame], place: np.ndarray) -> pd.DataFrame:
    """`rows` with the anomaly of the models given, everything else as it was."""
    tables = pd.concat([one[[*examples.KEY, "anomaly"]].assign(_n=n) for n, one in enumerate(fresh)])
    bare = rows.drop(columns="anomaly").assign(_n=place)
    return bare.merge(tables, on=[*examples.KEY, "_n"], how="left", validate="many_to_one").drop(columns="_n")


def _champion(
    champion: artefact.Bundle | None, test: pd.DataFrame, taken: Sequence[snapshot.Snapshot], place: np.ndarray
) -> np.ndarray:
    """What the champion says of the held-out inspections; NaN without one. It may have seen some: that favours it."""
    if champion is None:
        return np.full(len(test), np.nan)
    scored = pd.concat([artefact.score(champion, one).assign(_n=n) for n, one in enumerate(taken)])
    found = test[examples.KEY].assign(_n=place).merge(scored, on=[*examples.KEY, "_n"], how="left")
    return np.asarray(found["probability"].fillna(found["anomaly"]), dtype=float)
