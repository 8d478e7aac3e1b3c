"""What a list is built for: the run, its versions and its capacity; and the identity of a case.

Why: a case must keep its name in every re-run of its period, so its id is made of what it is about and of nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.runtime.period import Period

CAPACITY = 200  # cases written out in full when nobody says how many can be inspected: a season of one inspectorate


@dataclass(frozen=True)
class DetectorText:
    """What a person must know of a detector: title, legal basis, what it cannot see, how to check it on site."""

    title_zh: str
    title_en: str
    legal_basis: str = ""
    blind_spots_en: str = ""
    blind_spots_zh: str = ""
    how_to_check_zh: str = ""
    how_to_check_en: str = ""


@dataclass(frozen=True)
class RunContext:
    """Who built the list and from what.

    `tables`: table -> month -> {rows_in, rows_accepted, rows_quarantined: {reason: n}}, as in run.json.
    `warnings`: table -> {warning: rows} for rows kept with a counted warning. `capacity`: cases an office can inspect.
    `texts`: detector id -> words, over those of the cards that ship with the product.
    """

    run_id: str
    code_version: str
    knowledge_version: str
    engine: str = ""
    started: str = ""
    model_versions: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    warnings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    capacity: int | None = None
    texts: Mapping[str, DetectorText] = field(default_factory=dict)

    @property
    def shown(self) -> int:
        """Number of cases written out in full."""
        return self.capacity or CAPACITY

    def models(self, ranking: str) -> str:
        """Versions of everything that scored, `name=version` separated by `;`."""
        versions = {"ranking": ranking, **self.model_versions}
        return ";".join(f"{name}={version}" for name, version in versions.items())


def case_id(institution: str, area: str, period: Period) -> str:
    """Identity of a case, `C-` and 12 hexadecimal digits, from institution, area and period alone."""
    return "C-" + hashlib.sha256(f"{institution}|{area}|{period.folder}".encode()).hexdigest()[:12].upper()
