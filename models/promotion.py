"""May this model decide: it must beat every ranking that needs no model, and the champion, on inspections it never saw.

Why: a model below "sort by money" costs inspectors their trust. The gate looks at PR-AUC and at precision at capacity
of the same held-out inspections; nobody passes it silently – a named person may, with a reason that is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MODEL = "ranking"
BASELINES = ("random", "sort by money", "rules alone", "last champion")
GATES = ("pr_auc", "precision_at_capacity")
FEWEST = 10  # confirmed held-out inspections below which every ranking is within chance of every other


def refusals(evaluation: Mapping[str, Any]) -> list[str]:
    """Why the model of this evaluation may not be promoted; empty = it may.

    `evaluation`: rankings → figures → value, as models.evaluation.compare makes it; without held-out inspections
    nothing was shown, which is a refusal too.
    """
    rankings = evaluation.get("rankings") or {}
    if MODEL not in rankings:
        return [f"nothing was measured: {evaluation.get('why_not', 'no held-out inspections')}"]
    told = []
    confirmed = evaluation.get("confirmed")
    if confirmed is not None and confirmed < FEWEST:
        told.append(f"only {confirmed} held-out inspections confirmed; {FEWEST} are needed to tell a model from chance")
    for name in BASELINES:
        for gate in GATES:
            mine, theirs = _value(rankings[MODEL], gate), _value(rankings.get(name), gate)
            if mine is None:
                told.append(f"{gate} could not be measured")
            elif theirs is not None and mine < theirs:
                told.append(f"{gate} {mine:.3f} is below {name} ({theirs:.3f})")
    return sorted(set(told))


def _value(figures: Mapping[str, Any] | None, gate: str) -> float | None:
    found = (figures or {}).get(gate, {}).get("value")
    return None if found is None or found != found else float(found)
