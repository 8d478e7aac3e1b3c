"""The institutions of the area: kind, level, district, size, habits, and what they report.

Grain: one row per institution in a `Frame`; the row number is its identity everywhere in the generator.
Why: decoys and schemes change these profiles before any visit exists, so a legitimate oddity looks natural in every
table.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import Items, items
from jobs.landing.generate.kinds import Kind, kinds
from jobs.landing.generate.persons import DISTRICT_NAMES, DISTRICT_WEIGHT, DISTRICTS

# How many institutions a given number of fee lines comes from: sub-linear, as large areas have larger hospitals.
SIZE_CURVE = ((5_000, 34), (20_000, 40), (200_000, 64), (2_000_000, 600), (20_000_000, 3_000), (100_000_000, 8_000))
HABITS = ("other", "imaging", "lab", "drug", "rehab")
HABIT_FAMILIES = {
    "imaging": ("dr", "ct", "ctadd", "mr", "us", "usadd", "ecg", "film"), "lab": ("lab",), "drug": ("drug", "herb"),
    "rehab": ("rehab", "physio", "tcm"),
}  # fmt: skip
SURNAMES = (
    "仁和",
    "惠民",
    "康宁",
    "同济",
    "益寿",
    "百草",
    "安泰",
    "春晖",
    "德善",
    "广济",
    "宏康",
    "瑞安",
    "松鹤",
    "天佑",
    "永安",
    "长青",
)
ROADS = (
    "中山路",
    "解放路",
    "人民路",
    "和平街",
    "建设路",
    "文化路",
    "清河路",
    "花园街",
    "育才路",
    "迎宾大道",
    "龙泉路",
    "新华街",
)
VILLAGES = ("王庄", "李家", "张桥", "赵坝", "陈店", "周湾", "吴塘", "郑岗", "孙楼", "马圩", "朱集", "胡桥")


def count_for(lines: int) -> int:
    """Number of institutions for a number of fee lines."""
    x, y = (np.log([point[axis] for point in SIZE_CURVE]) for axis in (0, 1))
    return round(float(np.exp(np.interp(np.log(max(lines, 5_000)), x, y))))


def habit_of_items(price_list: Items) -> np.ndarray:
    """For each item the habit (index into `HABITS`) that governs how readily it is ordered."""
    habit = np.zeros(len(price_list), dtype=np.int8)
    for number, name in enumerate(HABITS):
        habit[price_list.in_family(*HABIT_FAMILIES.get(name, ()))] = number
    return habit


def build(rng: np.random.Generator, lines: int) -> Frame:
    """All institutions of an area of `lines` fee lines."""
    kind = _kinds(count_for(lines))
    n, table = len(kind), kinds()
    hosp_lv = np.array([_draw_level(rng, table[k]) for k in kind])
    public = rng.random(n) < np.array([k.public for k in table])[kind]
    frame = Frame(
        {
            "kind": kind,
            "district": rng.choice(len(DISTRICTS), size=n, p=DISTRICT_WEIGHT).astype(np.int8),
            "hosp_lv": hosp_lv,
            "price_level": _price_level(hosp_lv),
            "biznat": np.where(public, "1", np.where(rng.random(n) < 0.7, "2", "3")),
            "weight": _weights(rng, kind, np.array([k.sigma for k in table])[kind]),
            "outsiders": _outsiders(rng, kind),
            "chain": _chains(rng, kind),
            **_of_kind(rng, kind),
            **_manners(rng, n),
        }
    )
    frame["code"], frame["name"] = _codes(frame), _names(rng, frame)
    return frame


def _of_kind(rng: np.random.Generator, kind: np.ndarray) -> dict[str, np.ndarray]:
    """What follows from the kind: case mix, shares of business, what is reported."""
    table, n = kinds(), len(kind)
    pharmacy = np.array([k.pharmacy for k in table])[kind]
    return {
        "pharmacy": pharmacy,
        "reports": rng.random(n) < np.array([k.reports for k in table])[kind],
        "stock": rng.random(n) < np.array([k.stock for k in table])[kind],
        "trace": rng.random(n) < np.where(pharmacy, 0.8, 0.55),
        "emergency": np.array([k.emergency for k in table])[kind],
        "inpatient": np.array([k.inpatient for k in table])[kind],
        "special": np.array([k.special for k in table])[kind],
        "out_mix": _personal_mix(rng, np.stack([k.out_mix for k in table])[kind]),
        "inp_mix": _personal_mix(rng, np.stack([k.inp_mix for k in table])[kind]),
    }


def _manners(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """How institutions of one kind differ: habits, prices, lengths of stay, slips of the office."""
    return {
        "habit": rng.lognormal(0.0, 0.16, (n, len(HABITS))),
        "shop_price": np.round(rng.lognormal(0.03, 0.05, n), 3),
        "los": rng.lognormal(0.0, 0.06, n),
        "sick": rng.lognormal(0.0, 0.2, n),
        "refunds": rng.lognormal(np.log(0.008), 0.5, n).clip(0, 0.04),
        "unknown_dr": rng.lognormal(np.log(0.006), 0.8, n).clip(0, 0.05),
        "split_boxes": np.full(n, 0.012),
        "sentinel": np.zeros(n),
        "therapists": np.ones(n),
    }


def _kinds(n: int) -> np.ndarray:
    weight = np.array([k.number for k in kinds()])
    counts = np.maximum(1, np.round(weight / weight.sum() * n)).astype(int)
    counts[:5] = np.maximum(counts[:5], [2, 3, 2, 3, 2])
    return np.repeat(np.arange(len(counts)), counts).astype(np.int8)


def _draw_level(rng: np.random.Generator, kind: Kind) -> str:
    return str(rng.choice([level for level, _ in kind.levels], p=[p for _, p in kind.levels]))


def _price_level(hosp_lv: np.ndarray) -> np.ndarray:
    """Row of the price list: 0 tertiary (01–04), 1 secondary (05–07), 2 primary, ungraded and shops."""
    return np.where(
        np.isin(hosp_lv, ["01", "02", "03", "04"]), 0, np.where(np.isin(hosp_lv, ["05", "06", "07"]), 1, 2)
    ).astype(np.int8)


def _weights(rng: np.random.Generator, kind: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Share of the area's lines per institution: log-normal with a heavier upper tail."""
    volume = np.array([k.volume for k in kinds()])[kind] / np.bincount(kind)[kind]
    size = rng.lognormal(0.0, sigma) * (
        1 + np.where(rng.random(len(kind)) < 0.1, rng.pareto(2.5, len(kind)), 0.0).clip(0, 4)
    )
    weight = volume * size
    return weight / weight.sum()


def _outsiders(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Share of patients insured elsewhere."""
    base = np.array(
        [{"T3": 0.07, "ONC": 0.1, "REHAB": 0.05, "ORTHO": 0.04, "CHILD": 0.05}.get(k.key, 0.012) for k in kinds()]
    )
    return base[kind] * rng.lognormal(0.0, 0.3, len(kind))


def _chains(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Number of the chain a shop belongs to, or -1."""
    is_chain = np.array([k.key == "PHC" for k in kinds()])[kind]
    return np.where(is_chain, rng.integers(0, max(2, int(is_chain.sum()) // 25 + 2), len(kind)), -1)


def _personal_mix(rng: np.random.Generator, mix: np.ndarray) -> np.ndarray:
    """Every institution leans its own way: weights jittered, rows sum to 1 (or stay 0)."""
    jittered = mix * rng.lognormal(0.0, 0.25, mix.shape)
    return jittered / np.maximum(jittered.sum(axis=1, keepdims=True), 1e-12)


def _codes(frame: Frame) -> np.ndarray:
    letter = np.where(frame["pharmacy"], "P", "H")
    return np.array(
        [f"{a}{DISTRICTS[d]}{i + 1:05d}" for i, (a, d) in enumerate(zip(letter, frame["district"], strict=True))]
    )


def _names(rng: np.random.Generator, frame: Frame) -> np.ndarray:
    n = len(frame)
    surname, road, village = (rng.integers(0, len(pool), n) for pool in (SURNAMES, ROADS, VILLAGES))
    names = []
    for i in range(n):
        kind, place = kinds()[frame["kind"][i]], DISTRICT_NAMES[frame["district"][i]]
        if kind.key == "VILL":
            names.append(f"{place}{VILLAGES[village[i]]}村卫生室({i + 1})")
        elif kind.pharmacy:
            brand = SURNAMES[(frame["chain"][i] if frame["chain"][i] >= 0 else surname[i]) % len(SURNAMES)]
            names.append(f"{brand}{kind.name}{ROADS[road[i]]}{i + 1}店")
        elif frame["biznat"][i] == "1":
            names.append(f"{place}{kind.name}({i + 1})")
        else:
            names.append(f"{SURNAMES[surname[i]]}{kind.name}({i + 1})")
    return np.array(names)


def kind_mask(frame: Frame, keys: str) -> np.ndarray:
    """A mask of the institutions whose kind is one of `keys` (separated by spaces)."""
    wanted = [number for number, kind in enumerate(kinds()) if kind.key in keys.split()]
    return np.isin(frame["kind"], wanted)


def item_habits() -> np.ndarray:
    """The habit of every item of the price list."""
    return habit_of_items(items())
