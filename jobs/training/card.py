"""The model card: what a model is for, what it learnt from, what it reaches, where it must not be used.

Why: generated from the model and its evaluation, so it cannot promise what was not measured.
"""

from __future__ import annotations

from typing import Any

from models import promotion
from models.artefact import Bundle
from models.outcome import FEATURES


def model_card(bundle: Bundle, evaluation: dict[str, Any], when: str) -> str:
    """The card as Markdown, Chinese and English headings."""
    facts = bundle.trained_on
    parts = [
        f"# 模型卡 · Model card ({when})",
        "## 用途 · Purpose",
        "Orders cases for inspection. A result is a clue; it proves nothing and decides about nobody by itself.",
        "## 训练数据 · Trained on",
        f"Periods {', '.join(facts['periods'])}; known by {facts['as_of']}; results by state {facts['labels']}; "
        f"usable {facts['usable_labels']} (worth {facts['effective_labels']} after weighting), {facts['random_arm']} "
        f"chosen at random. Code {facts['code_version']}, knowledge {facts['knowledge_version']}.",
        "## 构成 · Parts",
        f"Anomaly: {len(bundle.anomaly.references)} detectors' peer residuals, size and case mix taken off.",
        *_outcome(bundle),
        "## 结果 · Measured",
        *_measured(evaluation),
        "## 限制 · Limits",
        "Learns what inspections confirmed, not what happened; schemes no detector sees stay unseen. Ownership, level "
        "and district are no features. Labels without a random arm rest on estimated chances of selection.",
    ]
    return "\n\n".join(parts) + "\n"


def _outcome(bundle: Bundle) -> list[str]:
    if bundle.outcome is None:
        return [f"Outcome: none – {bundle.why_not}"]
    rows = [
        f"| {FEATURES[name][0]} · {FEATURES[name][1]} | {value:+.3f} |"
        for name, value in zip(bundle.outcome.features, bundle.outcome.coefficients, strict=True)
    ]
    recovered = (
        f"Recovery: {bundle.recovery.confirmed} confirmed amounts, interval held {bundle.recovery.covered:.0%}."
        if bundle.recovery
        else "Recovery: too few confirmed amounts; the list's own estimate stays."
    )
    table = "\n".join(["| feature | log-odds per spread |", "|---|---|", *rows])
    return [
        f"Outcome: logistic, {bundle.outcome.labels} labels, {bundle.outcome.positives} confirmed.",
        table,
        recovered,
    ]


def _measured(evaluation: dict[str, Any]) -> list[str]:
    if not evaluation.get("rankings"):
        return [f"Nothing: {evaluation.get('why_not', 'no held-out inspections')}"]
    rows = [
        f"| {name} | {told['pr_auc']['value']:.3f} | {told['precision_at_capacity']['value']:.3f} |"
        for name, told in evaluation["rankings"].items()
    ]
    head = [f"| ranking | PR-AUC | P@{evaluation['capacity']} |", "|---|---|---|"]
    refused = promotion.refusals(evaluation)
    return [
        f"{evaluation['held_out']} held-out inspections ({evaluation['split']}), {evaluation['confirmed']} confirmed.",
        "\n".join([*head, *rows]),
        "Gate: " + ("; ".join(refused) if refused else "stands up to every baseline") + ".",
    ]
