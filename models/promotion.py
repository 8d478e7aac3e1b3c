"""May this model decide: it must stand up to every ranking that needs no model, and to the champion, out of sample.

Reads: an evaluation – the figures of every ranking and the chance that the model is below it (paired bootstrap over
the same held-out institutions, models.evaluation.compare.below).
Why: with some twenty confirmed inspections a difference of figures is mostly luck, so the gate asks how likely the
model is worse, not whether its figure is smaller. What knows nothing – chance, money – must be beaten beyond doubt: a
list no better than sorting by money costs inspectors their trust. Rules alone and the champion decide already; to keep
a worse one and to let in a worse one cost the same, and a rollback takes seconds, so the likelier one decides. PR-AUC
and precision at capacity both count. Nobody passes the gate silently – a named person may, with a reason that is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MODEL = "ranking"
SHOWN = 0.05  # the usual level at which something counts as shown
LIKELIER = 0.5  # equal losses: the likelier of the two; a model equal in every draw passes
ALLOWED = {"random": SHOWN, "sort by money": SHOWN, "rules alone": LIKELIER, "last champion": LIKELIER}
BASELINES = tuple(ALLOWED)
GATES = {"pr_auc": "PR-AUC", "precision_at_capacity": "precision at capacity"}
FEWEST = 10  # confirmed held-out inspections below which every ranking is within chance of every other


def refusals(evaluation: Mapping[str, Any]) -> list[str]:
    """Why the model of this evaluation may not be promoted; empty = it may.

    `evaluation`: `rankings` → figures → value and `below` → figures → chance 0..1, as jobs.training.evaluate makes it.
    Without held-out inspections nothing was shown, which is a refusal too.
    """
    rankings = evaluation.get("rankings") or {}
    if MODEL not in rankings:
        return [f"nothing was measured: {evaluation.get('why_not', 'no held-out inspections')}"]
    told = []
    confirmed = evaluation.get("confirmed")
    if confirmed is not None and confirmed < FEWEST:
        told.append(f"only {confirmed} held-out inspections confirmed; {FEWEST} are needed to tell a model from chance")
    known = [name for name in BASELINES if name in rankings]
    return told + [why for name in known for gate in GATES if (why := _refusal(evaluation, name, gate))]


def _refusal(evaluation: Mapping[str, Any], name: str, gate: str) -> str:
    """Why the model does not stand up to one baseline by one figure; empty = it does."""
    chance = evaluation.get("below", {}).get(name, {}).get(gate)
    if chance is None or chance != chance:
        return f"{GATES[gate]} was not compared with {name}; train again"
    if chance <= ALLOWED[name]:
        return ""
    mine, theirs = (evaluation["rankings"][one][gate]["value"] for one in (MODEL, name))
    return (
        f"{GATES[gate]} {mine:.3f} against {theirs:.3f} of {name}: below it with a chance of {chance:.0%}, "
        f"{ALLOWED[name]:.0%} allowed"
    )
