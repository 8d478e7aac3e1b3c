"""Kinds of institution: how many of each, how much business they do, what they treat. Read from data/kinds.csv.

Grain: one `Kind` per row. Mixes are weights of disease keys.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from jobs.landing.generate.diseases import disease_index, diseases
from jobs.landing.generate.items import DATA


@dataclass(frozen=True)
class Kind:
    """One kind of institution; `number` and `volume` are weights over the whole area, shares lie in 0..1."""

    key: str
    name: str
    fixmedins_type: str
    medins_type: str
    levels: tuple[tuple[str, float], ...]
    public: float
    number: float
    volume: float
    sigma: float
    inpatient: float
    emergency: float
    special: float
    reports: float
    stock: float
    out_mix: np.ndarray
    inp_mix: np.ndarray

    @property
    def pharmacy(self) -> bool:
        """Is it a retail pharmacy?"""
        return self.fixmedins_type == "2"

    @property
    def setting(self) -> str:
        """Which order set its walk-in visits use."""
        return "shop" if self.pharmacy else "out"


def mix(text: str) -> np.ndarray:
    """Weights over all disease groups from `key:weight key:weight`; sums to 1 (or 0 when empty)."""
    weights = np.zeros(len(diseases()))
    for word in text.split():
        key, _, weight = word.partition(":")
        weights[disease_index()[key]] = float(weight)
    return weights / weights.sum() if weights.any() else weights


def _levels(text: str) -> tuple[tuple[str, float], ...]:
    parts = [word.partition(":") for word in text.split()]
    total = sum(float(weight) for _, _, weight in parts)
    return tuple((level, float(weight) / total) for level, _, weight in parts)


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """All kinds in the order of the file, read once per process."""
    with (DATA / "kinds.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return tuple(
        Kind(
            key=r["kind"],
            name=r["name_zh"],
            fixmedins_type=r["type"],
            medins_type=r["medins_type"],
            levels=_levels(r["levels"]),
            public=float(r["public"]),
            number=float(r["number"]),
            volume=float(r["volume"]),
            sigma=float(r["sigma"]),
            inpatient=float(r["inpatient"]),
            emergency=float(r["emergency"]),
            special=float(r["special"]),
            reports=float(r["report"]),
            stock=float(r["stock"]),
            out_mix=mix(r["out_mix"]),
            inp_mix=mix(r["inp_mix"]),
        )
        for r in rows
    )


@lru_cache(maxsize=1)
def kind_index() -> dict[str, int]:
    """Position of each kind by its key."""
    return {k.key: i for i, k in enumerate(kinds())}
