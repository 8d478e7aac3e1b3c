"""Which homes are due for a new model, and why: the world has moved, or a quarter has passed and results have come.

Reads: state/models.json (why the last scored list says to retrain), state/trained.json (when the last model was
trained), labels/verdict and validated/inspection_result_d (whether there is anything to learn from).
Grain: one per home; it travels as the text `320300|2026-11`, area and month in which it fell due.
Why: a model nobody looks at decays silently, and one that is trained every day is promoted by chance one day.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from jobs.orchestration.arrival import Key, Places

QUARTER = 3  # months; results of inspections come in by quarters
TAUGHT_BY = ("labels/verdict", "validated/inspection_result_d")


def homes_due(places: Places, today: date) -> dict[Key, str]:
    """Every home that is due with a fingerprint of its reasons, which changes with the reasons and with training."""
    found = {}
    for home in sorted(places.homes.glob("[0-9]" * 6)):
        if why := reasons(home, today):
            told = json.dumps([why, _facts(home, "trained").get("when")], ensure_ascii=False)
            found[Key(home.name, f"{today:%Y-%m}")] = hashlib.sha256(told.encode()).hexdigest()[:16]
    return found


def reasons(home: Path, today: date) -> list[str]:
    """Why a home is due, in words; empty when it is not, or when there is nothing to learn from."""
    if not any(any((home / table).glob("month=*/*.parquet")) for table in TAUGHT_BY):
        return []
    trained, last = _facts(home, "trained").get("when", ""), _facts(home, "models")
    moved = list(last.get("retrain", ())) if last.get("when", "") > trained else []
    if not trained:
        return [*moved, "no model was trained yet"]
    first = date.fromisoformat(trained[:10])
    months = (today.year - first.year) * 12 + today.month - first.month
    return [*moved, f"trained on {first}, a quarter ago"] if months >= QUARTER else moved


def _facts(home: Path, step: str) -> dict[str, Any]:
    path = home / "state" / f"{step}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
