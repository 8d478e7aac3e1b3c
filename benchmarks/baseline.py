"""What later measurements are held against: figures kept in the repository under the name of their commit.

Reads: benchmarks/baselines/NAME.json, written by `python -m benchmarks --report-only --baseline NAME`.
Grain: one file per baseline; of every measurement the figures, the area and the machine, nothing else.
Why: "faster" needs a before that was measured on the same area and machine and that nobody can mislay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.store import Record

PLACE = Path(__file__).parent / "baselines"
KEPT = ("name", "what", "engine", "peer", "lines", "label", "period", "format", "machine", "whole", "steps", "before")


def keep(records: Iterable[Record], name: str, place: Path = PLACE) -> Path:
    """Writes the figures of whole runs and months as the baseline `name`; returns the file."""
    slim = [
        {key: record[key] for key in KEPT if key in record} for record in records if record["what"] in ("run", "month")
    ]
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{name}.json"
    path.write_text(json.dumps({"baseline": name, "records": slim}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def load(place: Path = PLACE) -> list[Record]:
    """Every record of every baseline, each with the name of its baseline."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(place.glob("*.json"))]
    return [{**record, "baseline": one["baseline"]} for one in found for record in one["records"]]


def beside(runs: Iterable[Record], before: Iterable[Record]) -> list[dict[str, Any]]:
    """Every run that has a baseline of the same engine, area, period and kind of machine: name, before and now."""
    by_area: dict[tuple[Any, ...], list[Record]] = {}
    for record in before:
        by_area.setdefault(_area(record), []).append(record)
    return [{"name": old["baseline"], "before": old, "now": run} for run in runs for old in by_area.get(_area(run), [])]


def _area(record: Record) -> tuple[Any, ...]:
    return (*(record[key] for key in ("what", "engine", "lines", "period", "format")), machine.kind(record))
