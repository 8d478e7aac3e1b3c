"""Labelled examples: past inspections and analysts' verdicts joined to what was known before them.

Reads: validated/inspection_result_d, labels/verdict (analysts, the same columns), snapshots, inspections/selection of
each snapshot's period (the chance the list gave, where it was logged).
Grain: one inspection, institution and area.
Why: the join is where leaks enter; it is the only one, it looks at days, and it is tested with a planted leak.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from jobs.runtime.period import Period
from jobs.runtime.small import read_small
from jobs.runtime.storage import ALL, Home
from jobs.training.snapshot import KEY, Snapshot
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
OF_LIST = ("model", labels.RANDOM)
LAST_DAY = "snapshot_last_day"


class FutureKnowledge(Exception):
    """A feature comes from after the last day inspected: it would know the result."""


def results(home: Home, as_of: date | None = None) -> pd.DataFrame:
    """Every result concluded by `as_of` (None: all), its label `state` and `target`, in order of its conclusion."""
    parts = [read_small(home, layer, name, ALL, RESULT) for layer, name in SOURCES]
    known = [part for part in parts if part is not None]
    found = pd.concat(known) if known else pd.DataFrame(columns=RESULT, dtype=object)
    found = found.drop_duplicates(["inspection_id", *KEY], keep="last")  # handed over in an extract and as a sheet
    for name in ("period_begin", "period_end", "concluded_on"):
        found[name] = pd.to_datetime(found[name])
    if as_of is not None:
        found = found[found["concluded_on"] <= pd.Timestamp(as_of)]
    found["amount"] = pd.to_numeric(found["confirmed_amount"]).fillna(0.0).astype(float)
    found["state"] = labels.states(found["verdict"])
    found["target"] = labels.targets(found["state"])
    return found.sort_values(["concluded_on", "inspection_id", *KEY], ignore_index=True)


def of_snapshot(found: pd.DataFrame, snapshot: Snapshot, candidates: pd.DataFrame) -> pd.DataFrame:
    """The results `found` about a snapshot, each with its features and the `propensity` of its inspection.

    `candidates`: artefact.features of the snapshot; results about other pairs are left out. Raises FutureKnowledge.
    """
    mine = found.drop_duplicates(KEY, keep="last")
    joined = mine.merge(candidates, on=KEY, how="inner", validate="one_to_one")
    chance = _propensity(candidates, joined, snapshot.logged) if len(joined) else 1.0
    known = joined.assign(propensity=chance, **{LAST_DAY: pd.Timestamp(snapshot.period.last_day)})
    check_time(known)
    return known


def weighed(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The examples of all snapshots; `weight` undoes how the inspected were chosen, `institution` groups the folds."""
    known = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return known.assign(weight=labels.weights(known["propensity"].to_numpy(dtype=float)), institution=known[KEY[0]])


def snapshot_of(found: pd.DataFrame, periods: Sequence[Period]) -> pd.Series:
    """Number of the latest period that ended by the last day inspected; −1 where there is none."""
    ends = np.array([np.datetime64(period.last_day, "D") for period in periods], dtype="datetime64[D]")
    last = found["period_end"].to_numpy(dtype="datetime64[D]")
    return pd.Series(np.searchsorted(ends, last, side="right") - 1, index=found.index)


def check_time(known: pd.DataFrame) -> None:
    """Raises FutureKnowledge when a snapshot reaches beyond the last day inspected."""
    if LAST_DAY in known and (known[LAST_DAY] > known["period_end"]).any():
        late = int((known[LAST_DAY] > known["period_end"]).sum())
        raise FutureKnowledge(f"{late} examples use a snapshot that ends after the last day inspected")


def _propensity(candidates: pd.DataFrame, joined: pd.DataFrame, logged: pd.DataFrame | None) -> labels.Floats:
    """Chance of each joined example to be inspected, from everybody who could have been in that snapshot.

    A logged chance is the list's own: it holds for what the list or chance chose. What a tip or a plan chose was
    likelier than the list says, so the larger of the two counts there.
    """
    chosen = pd.MultiIndex.from_frame(candidates[KEY]).isin(pd.MultiIndex.from_frame(joined[KEY]))
    estimate = labels.propensities(np.asarray(chosen), candidates[["evidence", "anomaly", "size"]])
    mine = joined[[*KEY, "selection"]].merge(candidates[KEY].assign(estimate=estimate), on=KEY, how="left")
    if logged is None:
        return mine["estimate"].to_numpy(dtype=float)
    told = mine.merge(logged[[*KEY, "propensity"]], on=KEY, how="left", validate="many_to_one")["propensity"]
    of_list = mine["selection"].isin(OF_LIST).to_numpy()
    known = np.where(of_list, told, np.maximum(told, mine["estimate"]))
    return np.asarray(np.where(told.isna(), mine["estimate"], known).clip(labels.SMALLEST, 1.0), dtype=float)
