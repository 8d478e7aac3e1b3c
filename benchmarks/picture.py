"""docs/benchmarks.svg: where the CPU seconds of a run go – steps before and now, then the frames within them.

Reads: one record of a whole run with its stages, and its baseline when there is one.
Grain: one bar per run in the upper part, stacked by step; one bar per rule kind or table in the lower.
Why: a table of forty figures hides the one that matters; a picture shows it. Plain SVG: it needs no library and lives
in the repository, where a change of a bar is a change of a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.stages import of_step
from benchmarks.store import Record

WIDTH, LEFT, RIGHT = 920, 270, 80  # pixels: names to the left of the bars, figures to their right
ROW, BAR = 19, 13
LONGEST = 40  # characters of a name
MOST = 32  # bars drawn in the lower part; the rest is summed
COLOURS = {
    "raw": "#64748b", "validated": "#0e7490", "expectations": "#a3a3a3", "features": "#4d7c0f", "scores": "#c2410c",
    "cases": "#7e22ce",
}  # fmt: skip


def drawn(run: Record, before: Record | None = None) -> str:
    """The picture of a run as SVG text; bars of `before` above its own on the same scale."""
    bars = [_stacked(run["machine"]["code_version"], run)]
    if before is not None:
        bars.insert(0, _stacked(f"before ({before.get('baseline', '')})", before))
    inner, others = _inner(run)
    return _template().render(
        run=run, width=WIDTH, left=LEFT, row=ROW, bar=BAR, colours=COLOURS,
        bars=_scaled(bars), inner=_scaled_one(inner), others=others, steps=list(run["steps"]),
    )  # fmt: skip


def _stacked(name: str, run: Mapping[str, Any]) -> dict[str, Any]:
    parts = [{"step": step, "cpu": float(used.get("cpu", 0.0))} for step, used in run["steps"].items()]
    return {"name": name, "cpu": sum(part["cpu"] for part in parts), "wall": run["whole"]["wall"], "parts": parts}


def _scaled(bars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Widths in pixels, the longest bar as long as there is room."""
    scale = (WIDTH - LEFT - RIGHT) / max((bar["cpu"] for bar in bars), default=1.0)
    for bar in bars:
        at = float(LEFT)
        for part in bar["parts"]:
            part["x"], part["width"] = at, part["cpu"] * scale
            at += part["width"]
        bar["end"] = at
    return bars


def _inner(run: Record) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Frames of all steps, the dearest first, and what the many small ones of each step add up to."""
    every = [one for step, used in run["steps"].items() for one in of_step(run.get("stages") or [], step, used)]
    ordered = sorted((one for one in every if one["cpu"] > 0), key=lambda one: -one["cpu"])
    others: dict[str, float] = {}
    for one in ordered[MOST:]:
        others[one["step"]] = others.get(one["step"], 0.0) + one["cpu"]
    return ordered[:MOST], others


def _scaled_one(inner: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found = list(inner)
    scale = (WIDTH - LEFT - RIGHT) / max((one["cpu"] for one in found), default=1.0)
    return [{**one, "label": label(one), "width": one["cpu"] * scale} for one in found]


def label(stage: Mapping[str, Any]) -> str:
    """How a stage is named: a kind by its name, a table by layer and name, what is left by what it is."""
    if not stage["name"]:
        told = f"{stage['step']}: plans, files, the rest"
    elif stage["kind"]:
        told = f"kind {stage['name']}"
    else:
        told = str(stage["name"]) if "/" in stage["name"] else f"kept {stage['name']}"
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def _template() -> Any:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=True,
    )  # fmt: skip
    return pages.get_template("stages.svg.j2")
