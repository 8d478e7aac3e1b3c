"""What `models list` says: versions, decisions, shadow comparison and drift of the last run.

Reads: the registry, state/models.json.
"""

from __future__ import annotations

import json
from typing import Any

from jobs.runtime.storage import Home
from jobs.training import registered


def overview(home: Home) -> dict[str, Any]:
    """Versions newest first, decisions in order, facts of the last run that scored with a model, lines for people.

    Raises InputError when nothing was trained yet.
    """
    registry = registered.the_registry(home)
    path = home.root / "state" / "models.json"
    last = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = {"versions": registry.versions(), "decisions": registry.decisions(), "last_run": last}
    return {**found, "lines": _lines(found)}


def _lines(found: dict[str, Any]) -> list[str]:
    told = [
        f"version {one['version']:<4}{','.join(one['aliases']) or '–':<12}trained {one['trained']}  "
        f"{one['labels']} labels  {one['digest'][:12]}"
        for one in found["versions"]
    ]
    told += [_decision(one) for one in found["decisions"]]
    last = found["last_run"]
    if "shadow" in last:
        told.append(
            "shadow: {same_in_top:.0%} of the top in common, rank correlation {rank_correlation}".format(
                **last["shadow"]
            )
        )
    for reason in last.get("retrain", []):
        told.append(f"retrain: {reason}")
    return [*told, f"{len(found['versions'])} versions"]


def _decision(one: dict[str, Any]) -> str:
    who = f" by {one['by']}" if one.get("by") else ""
    why = one.get("reason") or "; ".join(one.get("why") or one.get("against") or [])
    return f"{one['when']} version {one['version']} {one['what']}{who}" + (f" – {why}" if why else "")
