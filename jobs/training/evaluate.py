"""What a model was measured to reach: every ranking on the same held-out inspections, its stability and its fairness.

Reads: what training gathered of the scored periods and of the inspections.
Grain: one record per ranking, per group, per pair of periods.
Why: the figures come from inspections after the cut and of institutions the model never saw. The last champion and the
rankings that need no model stand in the same table, and `ranking` is the list as people get it, not the probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from jobs.runtime.period import Period
from jobs.training import examples
from jobs.training.snapshot import KEY, Snapshot
from models import anomaly, artefact, drift, promotion
from models.anomaly import rungs
from models.evaluation import compare
from models.outcome import FEATURES, labels, recovery
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
COLUMNS = [*FEATURES]
SEEN = [*dict.fromkeys([*FEATURES, *drift.WATCHED, "recoverable", "money"])]


@dataclass(frozen=True)
class Material:
    """What training gathered: the last snapshot whole, of every one the part about inspected institutions and the
    compact features of all candidates, the weighed examples, the anomaly model.
    """

    periods: list[Period]
    last: Snapshot
    reduced: list[Snapshot]
    seen: list[pd.DataFrame]
    known: pd.DataFrame
    fitted: anomaly.Anomaly


def fit_anomaly(taken: Snapshot, without: set[str] | None = None) -> anomaly.Anomaly:
    """The anomaly model of a snapshot, `without` some institutions; money is size twice and stays out."""
    rows = taken.residuals
    if without:
        rows = rows[~rows["fixmedins_code"].isin(without)].reset_index(drop=True)
    return anomaly.fit(rows, taken.traits.drop(columns="money"))


def fit_outcome(known: pd.DataFrame) -> tuple[outcome.Outcome | None, str]:
    """The supervised model, or None and why not."""
    try:
        return outcome.fit(known[[*COLUMNS, "target", "weight", "institution"]])[0], ""
    except outcome.TooFewLabels as few:
        return None, str(few)


def compact(candidates: pd.DataFrame) -> pd.DataFrame:
    """Features of all candidates of a period in half the room."""
    return candidates[[*KEY, *SEEN]].astype(dict.fromkeys(SEEN, np.float32))


def listed(bundle: artefact.Bundle, cases: pd.DataFrame) -> pd.DataFrame:
    """`cases` (features) with `outcome` (probability, NaN without a model) and `ranking`: the order of the list.

    Open cases come first, by expected recovery; pairs without a clue follow by probability, or by anomaly without one.
    """
    if bundle.outcome is not None:
        chance = outcome.probability(bundle.outcome, cases)
        belief, rest = chance, chance
    else:
        chance = np.full(len(cases), np.nan)
        level = np.array([anomaly.model.level(bundle.anomaly, value) for value in cases["anomaly"]], dtype=int)
        weight = np.array([0.0, *(rungs.RUNGS[one][0] for one in sorted(rungs.RUNGS))])[level]
        belief = 1 - (1 - cases["evidence"].to_numpy(dtype=float)) * (1 - weight)
        rest = 1 - np.exp(-cases["anomaly"].to_numpy(dtype=float) / 3.0)
    recoverable = cases["recoverable"].to_numpy(dtype=float)
    if bundle.recovery is not None:
        recoverable = recovery.predict(bundle.recovery, recoverable)[0]
    is_open = cases["evidence"].to_numpy(dtype=float) > 0
    return cases.assign(outcome=chance, ranking=np.where(is_open, 1 + np.log1p(recoverable * belief), rest))


def evaluate(
    bundle: artefact.Bundle, material: Material, groups: pd.DataFrame, champion: artefact.Bundle | None
) -> dict[str, Any]:
    """The table on held-out inspections; empty, with the reason, where they cannot tell a ranking from chance."""
    known, why_not = material.known, bundle.why_not
    steady = {"stability": month_to_month(bundle, material)}
    if known["target"].nunique() < 2:
        return {"rankings": {}, "why_not": why_not or "all inspections had the same result", **steady}
    held_out, how = hold_out(material, champion)
    if held_out["target"].nunique() < 2:
        return {"rankings": {}, "why_not": why_not or "the held-out inspections had one result only", **steady}
    held_out = held_out.merge(groups, on="fixmedins_code", how="left").reset_index(drop=True)
    capacity = min(CAPACITY, max(5, len(held_out) // 4))
    at_random = held_out[held_out["selection"] == labels.RANDOM]
    told: dict[str, Any] = {
        **how,
        **steady,
        "held_out": len(held_out),
        "confirmed": int(held_out["target"].sum()),
        "capacity": capacity,
        "days_per_inspection": DAYS,
        "rankings": compare.rankings(held_out, RANKINGS, capacity, DAYS),
        "below": compare.below(held_out, "ranking", {name: RANKINGS[name] for name in promotion.BASELINES}, capacity),
        "random_arm": {"inspections": len(at_random), "confirmed": int(at_random["target"].sum())},
        "why_not": why_not,
    }
    if held_out["outcome"].notna().all():
        told["calibration"] = compare.calibration(held_out, "outcome")
        told["fairness"] = compare.fairness(held_out, "outcome", ["ownership", "level", "district"])
    return told


def month_to_month(bundle: artefact.Bundle, material: Material) -> list[dict[str, Any]]:
    """How far the list of each period keeps the order of the one before, by the same model."""
    ranked = [listed(bundle, one)[[*KEY, "ranking"]] for one in material.seen]
    return [
        {
            "from": str(material.periods[n]),
            "to": str(material.periods[n + 1]),
            **compare.between(before, after, CAPACITY),
        }
        for n, (before, after) in enumerate(zip(ranked, ranked[1:], strict=False))
    ]


def hold_out(material: Material, champion: artefact.Bundle | None) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Held-out inspections with every ranking's score: later ones of other institutions where the earlier ones suffice
    to train, else each fold of institutions by models of the others (and that is said).
    """
    known = material.known
    before, test = split(known)
    if fit_outcome(known[before])[0] is not None and known.loc[test, "target"].nunique() == 2:
        cut = str(known.loc[before, "concluded_on"].max().date())
        how = {"split": "later inspections, of institutions without an earlier one", "cut": cut}
        held_out = rescored(known[before], known[test], material, champion)
        return held_out, {**how, "trained_on": int(before.sum())}
    folds = GroupKFold(min(outcome.FOLDS, known["institution"].nunique()), shuffle=True, random_state=0)
    parts = [
        rescored(known.iloc[rows], known.iloc[rest], material, champion)
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
    before: pd.DataFrame, test: pd.DataFrame, material: Material, champion: artefact.Bundle | None
) -> pd.DataFrame:
    """The held-out inspections with one column per ranking, from models of the training rows alone."""
    fitted = fit_anomaly(material.last, set(test["fixmedins_code"]))
    fresh = [artefact.features(fitted, one) for one in material.reduced]
    before, test = (_refreshed(rows, fresh, material.periods) for rows in (before, test))
    supervised, why_not = fit_outcome(before)
    found = before[before["target"] == 1]
    money = recovery.fit(found["recoverable"].to_numpy(dtype=float), found["amount"].to_numpy(dtype=float))
    bundle = artefact.Bundle(fitted, supervised, money, drift.Reference({}, {}, 0.0, 0), {}, why_not)
    scored = listed(bundle, test)
    return scored.assign(
        random=np.random.default_rng(0).random(len(test)), champion=_champion(champion, test, material)
    )


def _refreshed(rows: pd.DataFrame, fresh: list[pd.DataFrame], periods: list[Period]) -> pd.DataFrame:
    """`rows` with the anomaly of the models given, everything else as it was."""
    tables = pd.concat([one[[*KEY, "anomaly"]].assign(_n=n) for n, one in enumerate(fresh)])
    bare = rows.drop(columns="anomaly").assign(_n=examples.snapshot_of(rows, periods).to_numpy())
    return bare.merge(tables, on=[*KEY, "_n"], how="left", validate="many_to_one").drop(columns="_n")


def _champion(champion: artefact.Bundle | None, test: pd.DataFrame, material: Material) -> np.ndarray:
    """The champion's list of the held-out inspections; NaN without one. It may have seen some: that favours it."""
    if champion is None:
        return np.full(len(test), np.nan)
    tables = [artefact.features(champion.anomaly, one) for one in material.reduced]
    return listed(champion, _refreshed(test, tables, material.periods))["ranking"].to_numpy(dtype=float)
