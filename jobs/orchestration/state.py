"""What a finished step leaves for the next: counts and columns as JSON in `<home>/state/<step>.json`, never rows.

Why: steps run as processes of their own, hours apart; what the next one must know beside the tables stands here.
"""

from __future__ import annotations

import json
from typing import Any

from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home, write_whole


def save(home: Home, step: str, facts: dict[str, Any]) -> None:
    """Writes the facts of a step whole or not at all."""
    told = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(home.root / "state" / f"{step}.json", told)


def load(home: Home, step: str) -> dict[str, Any]:
    """Facts the step left. Raises InputError when it has not run in this home."""
    path = home.root / "state" / f"{step}.json"
    if not path.exists():
        raise InputError(
            f"reading what step {step} left", f"it has not run in {home.root}.", f"Run `fundwatch step {step}` first."
        )
    return dict(json.loads(path.read_text(encoding="utf-8")))


def merge_months(home: Home, step: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The step's facts with its months laid over those already known: a re-run of one month keeps the others'."""
    path = home.root / "state" / f"{step}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    tables = {**known.get("tables", {})}
    for name, months in facts.get("tables", {}).items():
        tables[name] = {**tables.get(name, {}), **months}
    return {**facts, "tables": tables}
