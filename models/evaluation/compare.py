"""The table of a trained model: every ranking and every baseline on the same held-out inspections.

Reads: one row per held-out inspection – target, weight, amount (confirmed yuan), money (size), one column per ranking,
and the groups fairness is looked at by.
Grain: one record per ranking.
Why: one table, the same rows, intervals beside values; a reader can see at once what the model adds to sorting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from models.evaluation import metrics
from models.outcome.model import calibration_error

CURVE = 5  # points of the calibration curve: bins of equally many inspections
FEWEST = 10  # inspections below which a group's figures are not shown


def rankings(held_out: pd.DataFrame, columns: Mapping[str, str], capacity: int, days: float) -> dict[str, Any]:
    """Figures of every ranking of `columns` (name → column): ROC-AUC, PR-AUC, precision, AUC within size, yuan per day.

    `days`: inspection days one visit takes. A column that is NaN throughout is left out.
    """
    figures = {
        "roc_auc": metrics.roc_auc,
        "pr_auc": metrics.pr_auc,
        "precision_at_capacity": metrics.precision_at(capacity),
        "within_decile_auc": metrics.within_size_auc,
    }
    label, size = held_out["target"].to_numpy(dtype=float), held_out["money"].to_numpy(dtype=float)
    found: dict[str, Any] = {}
    for name, column in columns.items():
        if column in held_out and held_out[column].notna().all() and len(held_out):
            score = held_out[column].to_numpy(dtype=float)
            found[name] = {key: asdict(metrics.interval(one, label, [score], size)) for key, one in figures.items()}
            found[name]["recovered_per_day"] = {"value": recovered_per_day(held_out, score, capacity, days)}
    return found


def below(held_out: pd.DataFrame, mine: str, others: Mapping[str, str], capacity: int) -> dict[str, dict[str, float]]:
    """Chance that column `mine` ranks worse than each of `others` (name → column): PR-AUC, precision at `capacity`.

    `held_out` with fixmedins_code. A column that is not there or not complete is left out, as in `rankings`.
    """
    figures = {"pr_auc": metrics.pr_auc, "precision_at_capacity": metrics.precision_at(capacity)}
    label, size, score = (held_out[name].to_numpy(dtype=float) for name in ("target", "money", mine))
    return {
        name: metrics.chance_below(
            figures, label, (score, held_out[column].to_numpy(dtype=float)), size, held_out["fixmedins_code"].to_numpy()
        )
        for name, column in others.items()
        if column in held_out and held_out[column].notna().all() and len(held_out)
    }


def recovered_per_day(held_out: pd.DataFrame, score: metrics.Floats, capacity: int, days: float) -> float:
    """Confirmed yuan of the `capacity` highest, per inspection day."""
    taken = held_out["amount"].to_numpy(dtype=float)[np.argsort(-score, kind="stable")[:capacity]]
    return float(taken.sum() / (len(taken) * days)) if len(taken) else float("nan")


def calibration(held_out: pd.DataFrame, column: str) -> dict[str, Any]:
    """Expected calibration error and the curve: mean probability and confirmed share of equally full bins."""
    chance, label = held_out[column].to_numpy(dtype=float), held_out["target"].to_numpy(dtype=float)
    weight = held_out["weight"].to_numpy(dtype=float)
    bins = [rows for rows in np.array_split(np.argsort(chance, kind="stable"), CURVE) if len(rows)]
    curve = [
        {
            "probability": float(np.average(chance[rows], weights=weight[rows])),
            "confirmed": float(np.average(label[rows], weights=weight[rows])),
            "inspections": len(rows),
        }
        for rows in bins
    ]
    return {"error": calibration_error(label, chance, weight, CURVE), "curve": curve}


def fairness(held_out: pd.DataFrame, column: str, groups: list[str]) -> list[dict[str, Any]]:
    """Per group of inspections: how many, share confirmed, mean probability, AUC; small groups are named, not judged.

    A mean probability far above the confirmed share says that the model is harder on the group than inspections were.
    """
    told = []
    for group in groups:
        for value, rows in held_out.groupby(held_out[group].fillna("unknown").astype(str)):
            label, chance = rows["target"].to_numpy(dtype=float), rows[column].to_numpy(dtype=float)
            enough = len(rows) >= FEWEST
            told.append(
                {
                    "by": group,
                    "group": str(value),
                    "inspections": len(rows),
                    "confirmed": float(label.mean()) if enough else None,
                    "probability": float(chance.mean()) if enough else None,
                    "roc_auc": metrics.roc_auc(label, chance, chance) if enough else None,
                }
            )
    return told


def between(before: pd.DataFrame, after: pd.DataFrame, capacity: int) -> dict[str, float]:
    """Two lists with a `ranking` by institution and area: share of the top `capacity` that stays, rank correlation
    (Spearman) of what stands in both.
    """
    both = before.merge(after, on=["fixmedins_code", "area"], suffixes=("_before", "_after"), validate="one_to_one")
    key = ["fixmedins_code", "area"]
    top = [set(one.nlargest(capacity, "ranking")[key].itertuples(index=False, name=None)) for one in (before, after)]
    kept = len(top[0] & top[1]) / max(1, min(capacity, len(before), len(after)))
    return {
        "same_at_capacity": kept,
        "rank_correlation": float(both["ranking_before"].corr(both["ranking_after"], "spearman")),
    }
