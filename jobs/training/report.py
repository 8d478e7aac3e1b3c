"""`models report`: what a version was measured to reach, as one HTML file with pictures; needs no network.

Reads: evaluation.json and card of a registered version, decisions, facts of the last run.
Why: who promotes a model must see it beside the rankings that need none, on one page, with intervals.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, select_autoescape

from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home
from jobs.training import registered
from models import promotion

if TYPE_CHECKING:
    from models.registry import Registry

FIGURES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "precision_at_capacity": "查实率@容量 · precision at capacity",
    "within_decile_auc": "同规模十分位内 AUC · within size decile",
}
NAMES = {
    "random": "随机",
    "sort by money": "按金额",
    "rules alone": "仅规则",
    "anomaly alone": "仅异常",
    "outcome alone": "仅结果模型",
    "last champion": "上一版",
    "ranking": "名单",
}


def write_report(home: Home, version: int | None, out: Path | None) -> Path:
    """Writes the report of a version (default: challenger, else champion). Raises InputError without one."""
    registry = registered.the_registry(home)
    number = version or registry.version("challenger") or registry.version("champion")
    if number is None:
        raise InputError("writing the report", "there is no challenger and no champion.", "Run `fundwatch train`.")
    place = out or home.root / "models" / f"report-{number}.html"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(render(facts(home, registry, number)), encoding="utf-8")
    return place


def facts(home: Home, registry: Registry, number: int) -> dict[str, Any]:
    """Everything the page shows."""
    bundle = registered.checked(registry, number)
    evaluation = json.loads(registry.text(number, "evaluation.json"))
    last = home.root / "state" / "models.json"
    return {
        "version": number,
        "about": next(one for one in registry.versions() if one["version"] == number),
        "evaluation": evaluation,
        "trained_on": bundle.trained_on,
        "recovery": bundle.recovery.to_dict() if bundle.recovery else None,
        "coefficients": _coefficients(bundle),
        "refusals": promotion.refusals(evaluation),
        "decisions": registry.decisions(),
        "last_run": json.loads(last.read_text(encoding="utf-8")) if last.exists() else {},
    }


def render(told: dict[str, Any]) -> str:
    """The page of these facts."""
    from jobs.training import pictures  # the drawing library comes with the registry's

    environment = Environment(loader=PackageLoader("jobs.training", "."), autoescape=select_autoescape(["j2"]))
    environment.filters["figure"] = figure
    evaluation = told["evaluation"]
    drawn = {}
    if evaluation.get("rankings"):
        drawn = {
            "rankings": pictures.rankings(evaluation["rankings"], evaluation["capacity"]),
            "money": pictures.money(evaluation["rankings"]),
        }
    if "calibration" in evaluation:
        drawn["calibration"] = pictures.calibration(evaluation["calibration"]["curve"])
    words = {"figures": FIGURES, "names": NAMES, "gates": promotion.GATES, "allowed": promotion.ALLOWED}
    return environment.get_template("report.html.j2").render(**told, pictures=drawn, **words)


def figure(told: dict[str, float] | None) -> str:
    """A value with its interval, a dash where there is none."""
    if told is None or told["value"] != told["value"]:
        return "–"
    return "{value:.3f} [{low:.3f}–{high:.3f}]".format(**told)


def _coefficients(bundle: Any) -> list[tuple[str, float]]:
    from models.outcome import FEATURES

    if bundle.outcome is None:
        return []
    names = [" · ".join(FEATURES[name]) for name in bundle.outcome.features]
    return list(zip(names, bundle.outcome.coefficients, strict=True))
