"""The price list of the synthetic area: services, drugs and consumables with national-looking codes.

Grain: one entry per item of data/items.csv; prices in yuan at a tertiary hospital.
Why: schemes and order sets name items by a short key, so that no module repeats a code.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
LIST_TYPE = {"drug": "101", "herb": "102", "film": "301"}
SERVICE_FAMILIES = frozenset(
    [
        "visit",
        "visitday",
        "bed",
        "nurse",
        "treat",
        "ecg",
        "endo",
        "dr",
        "ct",
        "ctadd",
        "mr",
        "us",
        "usadd",
        "lab",
        "path",
        "rehab",
        "physio",
        "tcm",
        "hd",
        "surg",
        "anes",
    ]
)
# Prices of services fall with the level of the institution, as provincial price lists do; goods cost the same
# everywhere.
LEVEL_FACTOR = {"tertiary": 1.0, "secondary": 0.9, "primary": 0.8}
LEVELS = tuple(LEVEL_FACTOR)


@dataclass(frozen=True)
class Items:
    """The price list as parallel arrays; `price` in 1/10 000 yuan, `minutes` per unit of a service."""

    keys: tuple[str, ...]
    code: tuple[str, ...]
    name: tuple[str, ...]
    method: tuple[str, ...]
    family: np.ndarray
    list_type: np.ndarray
    charge_type: np.ndarray
    price: np.ndarray
    scope: np.ndarray
    rx: np.ndarray
    days: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, key: str) -> int:
        """Index of an item by its short key. Raises KeyError when there is none."""
        return _positions()[key]

    def many(self, keys: str) -> np.ndarray:
        """Indexes of several items, keys separated by spaces."""
        return np.array([self.of(key) for key in keys.split()], dtype=np.int16)

    def in_family(self, *families: str) -> np.ndarray:
        """A mask over all items: does the item belong to one of the families?"""
        return np.isin(self.family, families)

    def goods(self) -> np.ndarray:
        """A mask over all items that are bought and sold: drugs, films, consumables."""
        return np.array([f in ("drug", "film") or f.startswith("cons") for f in self.family])

    def price_by_level(self) -> np.ndarray:
        """Prices in 1/10 000 yuan, one row per level of `LEVELS`; services rounded to 0.1 yuan."""
        service = np.isin(self.family, list(SERVICE_FAMILIES))
        rows = [
            np.where(service, np.round(self.price * LEVEL_FACTOR[level] / 1000) * 1000, self.price) for level in LEVELS
        ]
        return np.stack(rows).astype(np.int64)


def _list_type(family: str) -> str:
    return LIST_TYPE.get(family, "301" if family.startswith("cons") else "201")


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with (DATA / "items.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@lru_cache(maxsize=1)
def _positions() -> dict[str, int]:
    return {row["key"]: i for i, row in enumerate(_rows())}


@lru_cache(maxsize=1)
def items() -> Items:
    """The whole price list, read once per process."""
    rows = _rows()
    in_scope = {"A": 1.0, "B": 0.9, "C": 0.0}  # share of the amount inside the benefit scope, by catalogue class
    return Items(
        keys=tuple(r["key"] for r in rows),
        code=tuple(r["code"] for r in rows),
        name=tuple(r["name"] for r in rows),
        method=tuple(r["method"] for r in rows),
        family=np.array([r["fam"] for r in rows]),
        list_type=np.array([_list_type(r["fam"]) for r in rows]),
        charge_type=np.array([r["chrg"] for r in rows]),
        price=np.array([round(float(r["price"]) * 10_000) for r in rows], dtype=np.int64),
        scope=np.array([in_scope[r["cls"]] for r in rows]),
        rx=np.array([int(r["rx"] or 0) for r in rows], dtype=np.int8),
        days=np.array([int(r["days"] or 0) for r in rows], dtype=np.int16),
    )
