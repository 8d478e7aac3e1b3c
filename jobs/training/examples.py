"""Labelled examples: past inspections and analysts' verdicts joined to what was known before them.

Reads: validated/inspection_result_d, labels/verdict (analysts, the same columns), snapshots, inspections/selection
(fixmedins_code, area, propensity: the chance the list gave, where it was logged).
Grain: one inspection, institution and area.
Why: the join is where leaks enter; it is the only one, it looks at days, and it is tested with a planted leak.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from jobs.runtime.storage import ALL, Home
from jobs.training.snapshot import KEY, Snapshot, _parquet
from models import anomaly, artefact
from models.outcome import labels

RESULT = [
    "inspection_id",
    *KEY,
    "period_begin",
    "period_end",
    "concluded_on",
    "selection",
    "verdict",
    "confirmed_amount",
]
SOURCES = (("validated", "inspection_result_d"), ("labels", "verdict"))
LAST_DAY = "snapshot_last_day"


class FutureKnowledge(Exception):
    """A feature comes from after the last day inspected: it would know the result."""


def results(home: Home, as_of: date | None = None) -> pd.DataFrame:
    """Every result concluded by `as_of` (None: all), its label `state` and `target`, in order of its conclusion."""
    parts = [_parquet(home.month(layer, name, ALL), RESULT) for layer, name in SOURCES]
    known = [part for part in parts if part is not None]
    found = pd.concat(known) if known else pd.DataFrame(columns=RESULT, dtype=object)
    for name in ("period_begin", "period_end", "concluded_on"):
        found[name] = pd.to_datetime(found[name])
    if as_of is not None:
        found = found[found["concluded_on"] <= pd.Timestamp(as_of)]
    found["amount"] = pd.to_numeric(found["confirmed_amount"]).fillna(0.0).astype(float)
    found["state"] = labels.states(found["verdict"])
    found["target"] = labels.targets(found["state"])
    return found.sort_values(["concluded_on", "inspection_id", *KEY], ignore_index=True)


def build(
    found: pd.DataFrame, snapshots: Sequence[Snapshot], fitted: anomaly.Anomaly, logged: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The results that teach, each with the features of the latest snapshot that ended by the last day inspected.

    Results without such a snapshot are left out. `weight` undoes how the inspected were chosen, per snapshot.
    """
    parts = []
    usable = found[found["target"].notna()]
    place = snapshot_of(usable, snapshots)
    for number, snapshot in enumerate(snapshots):
        mine = usable[place == number].drop_duplicates(KEY, keep="last")
        candidates = artefact.features(fitted, snapshot)
        joined = mine.merge(candidates, on=KEY, how="inner", validate="one_to_one")
        if len(joined):
            chance = _propensity(candidates, joined, logged)
            parts.append(joined.assign(propensity=chance, **{LAST_DAY: pd.Timestamp(snapshot.period.last_day)}))
    known = pd.concat(parts, ignore_index=True) if parts else _nothing(usable, snapshots[0], fitted)
    check_time(known)
    return known.assign(weight=labels.weights(known["propensity"].to_numpy(dtype=float)), institution=known[KEY[0]])


def _nothing(usable: pd.DataFrame, snapshot: Snapshot, fitted: anomaly.Anomaly) -> pd.DataFrame:
    """No examples, with the columns examples have."""
    columns = artefact.features(fitted, snapshot).head(0)
    return usable.head(0).merge(columns, on=KEY).assign(propensity=1.0)


def snapshot_of(found: pd.DataFrame, snapshots: Sequence[Snapshot]) -> pd.Series:
    """Number of the latest snapshot that ended by the last day inspected; −1 where there is none."""
    ends = np.array([np.datetime64(snapshot.period.last_day, "D") for snapshot in snapshots], dtype="datetime64[D]")
    last = found["period_end"].to_numpy(dtype="datetime64[D]")
    return pd.Series(np.searchsorted(ends, last, side="right") - 1, index=found.index)


def check_time(known: pd.DataFrame) -> None:
    """Raises FutureKnowledge when a snapshot reaches beyond the last day inspected."""
    if LAST_DAY in known and (known[LAST_DAY] > known["period_end"]).any():
        late = int((known[LAST_DAY] > known["period_end"]).sum())
        raise FutureKnowledge(f"{late} examples use a snapshot that ends after the last day inspected")


def _propensity(candidates: pd.DataFrame, joined: pd.DataFrame, logged: pd.DataFrame | None) -> labels.Floats:
    """Chance of each joined example to be inspected, from everybody who could have been in that snapshot."""
    chosen = pd.MultiIndex.from_frame(candidates[KEY]).isin(pd.MultiIndex.from_frame(joined[KEY]))
    told = None
    if logged is not None:
        told = candidates[KEY].merge(logged.drop_duplicates(KEY)[[*KEY, "propensity"]], on=KEY, how="left")[
            "propensity"
        ]
    chance = labels.propensities(np.asarray(chosen), candidates[["evidence", "anomaly", "size"]], told)
    by_pair = pd.Series(chance, index=pd.MultiIndex.from_frame(candidates[KEY]))
    return np.asarray(by_pair.loc[pd.MultiIndex.from_frame(joined[KEY])], dtype=float)


def logged_propensities(home: Home) -> pd.DataFrame | None:
    """What the inspection list gave each pair as its chance, where it was written down."""
    return _parquet(home.month("inspections", "selection", ALL), [*KEY, "propensity"])
