"""The pictures of a model report as inline SVG: rankings with intervals, calibration curve, money per inspection day.

Why: intervals that overlap must be seen to overlap; numbers stand in the table beside.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.figure import Figure

MINE, OTHER, LINE = "#9a3412", "#64748b", "#cbd5e1"


def rankings(told: Mapping[str, Any], capacity: int) -> Markup:
    """PR-AUC and precision at capacity of every ranking, with 95 % intervals."""
    figure = Figure(figsize=(9, 0.42 * len(told) + 1.1))
    axes = figure.subplots(1, 2, sharey=True)
    titles = {"pr_auc": "PR-AUC", "precision_at_capacity": f"precision at {capacity}"}
    names = list(told)[::-1]
    for axis, (key, title) in zip(axes, titles.items(), strict=True):
        for place, name in enumerate(names):
            one = told[name][key]
            colour = MINE if name == "ranking" else OTHER
            axis.plot([one["low"], one["high"]], [place, place], color=colour, linewidth=2, alpha=0.5)
            axis.plot([one["value"]], [place], "o", color=colour)
        axis.set_yticks(range(len(names)), names)
        axis.set_title(title, fontsize=10)
        axis.set_xlim(0, 1)
        _plain(axis)
    return _svg(figure)


def money(told: Mapping[str, Any]) -> Markup:
    """Confirmed yuan per inspection day at capacity."""
    figure = Figure(figsize=(9, 0.36 * len(told) + 0.8))
    axis = figure.subplots()
    names = list(told)[::-1]
    values = [told[name]["recovered_per_day"]["value"] for name in names]
    axis.barh(names, values, color=[MINE if name == "ranking" else OTHER for name in names], height=0.6)
    axis.set_title("confirmed yuan per inspection day", fontsize=10)
    _plain(axis)
    return _svg(figure)


def calibration(curve: Sequence[Mapping[str, float]]) -> Markup:
    """Mean probability against confirmed share of equally full bins; on the diagonal the model keeps its word."""
    figure = Figure(figsize=(4.2, 3.8))
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color=LINE, linewidth=1)
    axis.plot([p["probability"] for p in curve], [p["confirmed"] for p in curve], "o-", color=MINE)
    axis.set_xlabel("mean probability", fontsize=9)
    axis.set_ylabel("confirmed share", fontsize=9)
    edge = min(1.0, 1.15 * max(max(p["probability"], p["confirmed"]) for p in curve) + 0.02)  # rare stays readable
    axis.set_xlim(0, edge)
    axis.set_ylim(0, edge)
    _plain(axis)
    return _svg(figure)


def _plain(axis: Any) -> None:
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    axis.tick_params(labelsize=9)
    axis.grid(axis="x", color=LINE, linewidth=0.5)


def _svg(figure: Figure) -> Markup:
    figure.tight_layout()
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return Markup(text.getvalue()[text.getvalue().index("<svg") :])  # noqa: S704 – drawn here from numbers
