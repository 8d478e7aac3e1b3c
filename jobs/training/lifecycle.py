"""The life of a model: trained and registered as challenger, promoted through the gate or by name, rolled back.

Reads: the registry, scored periods and results of the home.
Why: every way a model may come to decide is in this file, and each leaves who, when and why behind.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from jobs.runtime.errors import ContractError, InputError, UsageError
from jobs.runtime.storage import Home
from jobs.training import registered
from jobs.training.card import model_card
from jobs.training.train import Trained, train
from models import promotion
from models.outcome.model import LeakSuspected


class PromotionRefused(ContractError):
    """The model is below a ranking that needs no model, and nobody took the responsibility."""


def train_and_register(home: Home, when: str, versions: dict[str, str], as_of: date | None = None) -> dict[str, Any]:
    """Trains, evaluates, registers as challenger. Returns version, evaluation and the lines to say.

    `versions`: code_version and knowledge_version, kept with the model.
    Raises InputError without a scored period, ContractError on a leak or without the registry's library.
    """
    registry = registered.open_registry(home, create=True)
    if registry is None:
        raise InputError("training", "the registry could not be opened.", "Run `fundwatch doctor`.")
    champion = registered.behind(registry, "champion")
    try:
        made = train(home, versions, as_of, champion[1] if champion else None)
    except LeakSuspected as leak:
        raise ContractError("training", f"{leak}.", "Take the feature out: it knows what it should foretell.") from leak
    files = {
        "model.json": made.bundle.text(),
        "evaluation.json": json.dumps(made.evaluation, ensure_ascii=False, indent=1),
        "card.md": model_card(made.bundle, made.evaluation, when),
    }
    version = registry.add(files, metrics(made), {"labels": str(made.bundle.trained_on["usable_labels"])}, when)
    return {"version": version, "evaluation": made.evaluation, "lines": lines(version, made)}


def metrics(made: Trained) -> dict[str, float]:
    """Figures of the ranking and its baselines under flat names, for the registry's comparison."""
    return {
        f"{name}.{figure}".replace(" ", "_"): float(told["value"])
        for name, figures in made.evaluation.get("rankings", {}).items()
        for figure, told in figures.items()
        if told["value"] == told["value"]
    }


def lines(version: int, made: Trained) -> list[str]:
    """What training says: the table, calibration, and whether the gate would let it pass."""
    facts, told = made.bundle.trained_on, []
    told.append(f"version {version} is challenger; {facts['usable_labels']} usable labels of {facts['labels']}")
    if made.bundle.why_not:
        told.append(f"no outcome model: {made.bundle.why_not}")
    told += [*table(made.evaluation), *below(made.evaluation)]
    if "calibration" in made.evaluation:
        told.append(f"calibration error {made.evaluation['calibration']['error']:.3f}")
    if made.bundle.recovery:
        told.append(f"80 % recovery interval held {made.bundle.recovery.covered:.0%} of unseen confirmed amounts")
    refused = promotion.refusals(made.evaluation)
    told.append("promotion: would be refused – " + "; ".join(refused) if refused else "promotion: would be accepted")
    return told


def table(evaluation: dict[str, Any]) -> list[str]:
    """The rankings beside each other, as text."""
    if not evaluation.get("rankings"):
        return [f"nothing measured: {evaluation.get('why_not', '')}"]
    k = evaluation["capacity"]
    head = f"{'ranking':<16}{'PR-AUC':<22}{f'P@{k}':<22}{'within-decile AUC':<22}yuan per inspection day"
    rows = [f"{evaluation['held_out']} held-out inspections, {evaluation['confirmed']} confirmed", head]
    for name, figures in evaluation["rankings"].items():
        cells = [_cell(figures[key]) for key in ("pr_auc", "precision_at_capacity", "within_decile_auc")]
        rows.append(f"{name:<16}{''.join(f'{cell:<22}' for cell in cells)}{figures['recovered_per_day']['value']:,.0f}")
    return rows


def below(evaluation: dict[str, Any]) -> list[str]:
    """The chance that the list is below each baseline, as the gate reads it."""
    cells = [
        f"{name} " + " / ".join(f"{told[gate]:.1%}" for gate in promotion.GATES)
        for name, told in evaluation.get("below", {}).items()
    ]
    return [f"chance to be below, {' / '.join(promotion.GATES.values())}: " + ", ".join(cells)] if cells else []


def _cell(figure: dict[str, float]) -> str:
    return "–" if figure["value"] != figure["value"] else "{value:.3f} [{low:.3f}–{high:.3f}]".format(**figure)


def promote(home: Home, when: str, version: int | None, by: str | None, reason: str | None) -> dict[str, Any]:
    """Makes a version (default: the challenger) champion. Below the baselines it takes `by` and `reason`.

    Raises PromotionRefused, UsageError for half an override, InputError without such a version, ContractError for an
    artefact that is not the registered one.
    """
    registry = registered.the_registry(home)
    number = version if version is not None else registry.version("challenger")
    if number is None:
        raise InputError("promoting", "there is no challenger.", "Run `fundwatch train`, or name a version.")
    if bool(by) != bool(reason):
        raise UsageError(
            "promoting against the gate", "a name and a reason are needed.", "Give --override-by and --reason."
        )
    registered.checked(registry, number)
    refused = promotion.refusals(json.loads(registry.text(number, "evaluation.json")))
    if refused and not by:
        registry.decide(number, {"what": "refused", "when": when, "why": refused})
        raise PromotionRefused(
            f"promoting version {number}",
            "; ".join(refused) + ".",
            "Train a better one, or --override-by NAME --reason TEXT.",
        )
    registry.promote(number, {"when": when, "by": by, "reason": reason, "against": refused})
    return {"champion": number, "override": bool(refused), "refusals": refused}


def rollback(home: Home, when: str, by: str | None, reason: str | None) -> dict[str, Any]:
    """Puts the champion before this one back. Raises InputError without a champion."""
    registry = registered.the_registry(home)
    from models.registry import NoSuchModel

    try:
        return {"champion": registry.rollback({"when": when, "by": by, "reason": reason})}
    except NoSuchModel as none:
        raise InputError("rolling back", f"{none}.", "See `fundwatch models list`.") from none
