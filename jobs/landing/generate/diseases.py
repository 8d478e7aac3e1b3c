"""Case mix: what patients come with and what is usually ordered for it, read from data/diseases.yaml.

Grain: one `Disease` per key; its orders for an out-patient visit, a stay and a pharmacy purchase as `Orders` arrays.
Why: order sets as data keep the believable part of the area readable and out of the code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from jobs.landing.generate.items import DATA, items
from knowledge.documents import read_yaml

WHEN = {"": 0, "d": 1, "s": 2, "o": 3, "r": 4, "x": 5, "a": 6}
SETTINGS = ("out", "inp", "shop")
ENTRY = re.compile(r"^(?P<key>\w+):(?P<p>[\d.]+)(?:\*(?P<q>[\d.]+))?(?:@(?P<when>\w))?$")
# Of each group at most one is ordered: a person lies in one bed, and honest therapists bill one trunk item a day.
EXCLUSIVE = (
    "bed bed1", "n1 n2 n3", "r_hemi r_move r_cp r_para", "hd hdf hf", "ct_abd ct_uabd ct_labd", "ct_chest cte_chest",
    "s_knee s_debr", "s_fus s_decomp", "p_thy tsh", "t_acu t_eacu", "s_hip s_orif", "r_balt r_joint", "reg rege",
    "mr_lspine ct_lspine", "us_abd us_uro", "pci cag", "ph_mf t_iont",
)  # fmt: skip
# Goods that follow a procedure of the same stay: (goods, procedure). They are ordered only with it.
FOLLOWS = (
    ("c_stent", "pci"), ("c_ball", "pci"), ("c_joint", "s_knee"), ("c_hipj", "s_hip"), ("c_plate", "s_orif"),
    ("c_screw", "s_orif"), ("c_cage", "s_fus"), ("c_pscrew", "s_fus"), ("c_hp", "hp"), ("hp", "c_hp"),
    ("contrast", "cte_chest"), ("c_lens", "s_cat"), ("c_staple", "s_chole"),
)  # fmt: skip


@dataclass(frozen=True)
class Orders:
    """An order set as parallel arrays; `draw` = column of the shared random number, `lo`/`hi` the interval that
    orders it.
    """

    item: np.ndarray
    lo: np.ndarray
    hi: np.ndarray
    draw: np.ndarray
    quantity: np.ndarray
    when: np.ndarray

    @property
    def p(self) -> np.ndarray:
        """Probability of each entry."""
        return self.hi - self.lo


@dataclass(frozen=True)
class Disease:
    """One group of reasons to come: codes, department, who gets it, how long the stay is (days), what is ordered."""

    key: str
    icd: tuple[str, ...]
    dept: str
    sex: int
    ages: tuple[float, ...]
    season: str
    chronic: bool
    special: bool
    day_surgery: bool
    los: float
    operation: str
    orders: dict[str, Orders]


def _expand(text: str, bundles: dict[str, str], factor: float = 1.0) -> list[tuple[str, float, float, int]]:
    """`text` as (item, probability, quantity, when), bundles taken in."""
    found: list[tuple[str, float, float, int]] = []
    for word in text.split():
        if word.startswith("+"):
            name, _, weight = word[1:].partition(":")
            found += _expand(bundles[name], bundles, factor * float(weight or 1))
            continue
        match = ENTRY.match(word)
        if match is None:
            raise ValueError(f"cannot read the order {word!r}")
        p = min(1.0, float(match["p"]) * factor)
        found.append((match["key"], p, float(match["q"] or 1), WHEN[match["when"] or ""]))
    return found


def _groups() -> dict[str, int]:
    return {key: number for number, group in enumerate(EXCLUSIVE) for key in group.split()}


def _orders(text: str, bundles: dict[str, str]) -> Orders:
    entries = _expand(text, bundles)
    groups, follows = _groups(), dict(FOLLOWS)
    draws: dict[object, int] = {}
    filled: dict[tuple[int, int], float] = {}
    intervals: dict[str, tuple[float, int]] = {}
    lo, hi, draw = [], [], []
    for number, (key, p, _, when) in enumerate(entries):
        leader = follows.get(key)
        if leader in intervals:
            start, column = intervals[leader]
            stop = start + p
        else:
            column = draws.setdefault((groups[key], when) if key in groups else number, len(draws))
            start = filled.get((column, 0), 0.0) if key in groups else 0.0
            stop = min(1.0, start + p)
            filled[(column, 0)] = stop
            intervals.setdefault(key, (start, column))
        lo.append(start)
        hi.append(stop)
        draw.append(column)
    return Orders(
        item=np.array([items().of(e[0]) for e in entries], dtype=np.int16),
        lo=np.array(lo),
        hi=np.array(hi),
        draw=np.array(draw, dtype=np.int64),
        quantity=np.array([e[2] for e in entries]),
        when=np.array([e[3] for e in entries], dtype=np.int8),
    )


def _disease(key: str, raw: dict[str, Any], bundles: dict[str, str]) -> Disease:
    return Disease(
        key=key,
        icd=tuple(raw["icd"]),
        dept=raw["dept"],
        sex=int(raw.get("sex", 0)),
        ages=tuple(a / sum(raw["ages"]) for a in raw["ages"]),
        season=raw.get("season", ""),
        chronic=bool(raw.get("chronic")),
        special=bool(raw.get("special")),
        day_surgery=bool(raw.get("day")),
        los=float(raw.get("los", 1)),
        operation=str(raw.get("op", "")),
        orders={s: _orders(raw[s], bundles) for s in SETTINGS if s in raw},
    )


@lru_cache(maxsize=1)
def diseases() -> tuple[Disease, ...]:
    """All disease groups in the order of the file, read once per process."""
    raw = read_yaml(DATA / "diseases.yaml")
    return tuple(_disease(key, body, raw["bundles"]) for key, body in raw["diseases"].items())


@lru_cache(maxsize=1)
def disease_index() -> dict[str, int]:
    """Position of each disease group by its key."""
    return {d.key: i for i, d in enumerate(diseases())}


def expected_units(disease: Disease, setting: str, los: np.ndarray | float = 0.0) -> np.ndarray:
    """Expected lines per entry of the order set for a stay of `los` days (0 for out-patient visits)."""
    orders = disease.orders[setting]
    days = np.maximum(1.0, float(np.mean(los)))
    sessions = np.maximum(1.0, (days - 1) * 6 / 7)
    factor = np.ones(len(orders.item))
    factor[orders.when == WHEN["d"]] = days * 0.985 if days > 1 else 1.0
    factor[orders.when == WHEN["s"]] = sessions
    factor[orders.when == WHEN["a"]] = np.maximum(0.0, np.floor((days - 1) / 3))
    return orders.p * factor
