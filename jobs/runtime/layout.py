"""Which layout every month of a home was written in: `HOME/state/layout.json`, and what is to be written again.

Grain: one entry per layer and month (features also per period, scores per period alone): layout and code version.
Why: a step that meets months of another version must name the command that mends them, not blame the delivery. The
entry is written after the step, so a killed step leaves the old one and its months are written again
(docs/decisions/0009).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from jobs.catalogue.layout import layout
from jobs.runtime.errors import ContractError
from jobs.runtime.storage import ALL, UNKNOWN, Home

FILE = "layout.json"
CHECKED = ("validated", "features", "scores")
# Whose folders tell which months a layer holds: other tables of validated are written whole by every run.
_TELLING = {
    "validated": ("fee_list_d",),
    "features": ("provider_month", "visit", "peer_group"),
    "scores": ("finding",),
}
BEFORE = "before 0.2.0"  # homes of these versions carry no layout


def mark(home: Home, layer: str, names: Iterable[str], code: str) -> None:
    """Notes that the months (or periods) `names` of a layer were just written whole, by code version `code`."""
    held = _held(home)
    entries = held.setdefault(layer, {})
    entries.update({name: {"layout": layout(layer), "code": code} for name in names})
    folder = home.root / "state"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{FILE}"
    fresh.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    fresh.replace(folder / FILE)


def present(home: Home, layer: str) -> list[str]:
    """Months and periods a layer holds, sorted. Only looks: a month a step is just moving is not touched."""
    folders = [home.table(layer, table) for table in _TELLING[layer]]
    found = {place.name.split("=", 1)[1] for folder in folders for place in folder.glob("*month=*")}
    return sorted(found - {ALL, UNKNOWN})


def stale(home: Home, layer: str) -> list[str]:
    """Months and periods of a layer that lie there in another layout than this version's."""
    entries = _held(home).get(layer, {})
    return [name for name in present(home, layer) if entries.get(name, {}).get("layout") != layout(layer)]


def require(home: Home, what: str, layer: str, names: Iterable[str] | None = None) -> None:
    """Raises ContractError when months of a layer (all, or the named ones) lie there in another layout.

    `what` was tried. Months that are not there are no concern of the layout.
    """
    wanted = None if names is None else set(names)
    old = [name for name in stale(home, layer) if wanted is None or name in wanted]
    if old:
        entries = _held(home).get(layer, {})
        by = sorted({entries.get(name, {}).get("code", BEFORE) for name in old})
        told = ", ".join(old[:6]) + (f" and {len(old) - 6} more" if len(old) > 6 else "")
        raise ContractError(
            what,
            f"{layer} of {told} was written by another version of fundwatch ({', '.join(by)}) and lacks what this one "
            "needs; nothing is wrong with the delivery.",
            f"Run `fundwatch upgrade --home {home.root}`: it computes the months again from raw.",
        )


def _held(home: Home) -> dict[str, dict[str, dict[str, str]]]:
    path = home.root / "state" / FILE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
