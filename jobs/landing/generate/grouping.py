"""DRG and DIP grouping of the settled stays, payment standards consistent with what stays really cost.

Grain: one row per in-patient settlement that is paid by case.
Why: standard = base points × hospital coefficient × adjustment × point value; base points = mean cost of the group ÷
mean of all × 1000.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from jobs.landing.generate import text
from jobs.landing.generate.diseases import disease_index, diseases
from jobs.landing.generate.draft import DAY_SURGERY, INPATIENT, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import items
from jobs.landing.generate.kinds import kinds
from jobs.landing.generate.volumes import per_disease

ADRG = {
    "pneum": "ES2", "copd": "ET1", "htn": "FV2", "chd": "FR3", "acs": "FM1", "stroke": "BR2", "strokeseq": "BY1",
    "dm": "KS1", "gast": "GU1",
    "gall": "HC2", "append": "GD2", "trauma": "BY2", "hipfx": "IC2", "knee": "IC3", "spine": "IB1", "backpain": "IU2",
    "lungca": "ER1",
    "breast": "JA1", "myoma": "NA1", "bph": "MJ1", "cataract": "CB3", "insom": "BU1", "esrd": "LR1", "hf": "FR1",
    "cp": "BV1", "elder": "BU2",
}  # fmt: skip
CC_SUFFIX = ("5", "3", "1")
CC_COST = np.array([0.99, 1.12, 1.27])
CC_NAMES = ("none", "cc", "mcc")
COEFFICIENT = np.array([1.06, 0.95, 0.82])  # by price level
ITEM, DIP, DRG, BED_DAY = "1", "3", "4", "5"
CLASSES = ("普通", "重点监控", "激励", "分级诊疗", "目标总控")


@lru_cache(maxsize=1)
def mean_cost() -> np.ndarray:
    """Expected cost of a stay of each disease in fen, at the middle price level."""
    return per_disease("inp", items().price / 100.0 * 0.95)


def payment(draft: Draft, visit: np.ndarray) -> np.ndarray:
    """`hi_paymtd` of each visit: by case where the kind of institution is, by bed day in long-stay care, else by
    item.
    """
    profile, kind = draft.world.profile, draft.visits["kind"][visit]
    by_kind = {
        "T3": DRG,
        "S2": DRG,
        "TCM": DRG,
        "CHILD": DRG,
        "ONC": DRG,
        "ORTHO": DRG,
        "PRIV": DIP,
        "CHC": DIP,
        "EYE": DIP,
        "REHAB": BED_DAY,
        "ELDER": BED_DAY,
    }
    modes = np.array([by_kind.get(k.key, ITEM) for k in kinds()])[profile["kind"][draft.visits["inst"][visit]]]
    return np.where(np.isin(kind, (INPATIENT, DAY_SURGERY)), modes, ITEM)


def claimed_cc(draft: Draft, visit: np.ndarray) -> np.ndarray:
    """The severity on the claim: the real one unless a scheme wrote another."""
    written = draft.visits["claimed_cc"][visit]
    return np.where(written >= 0, written, draft.visits["cc"][visit])


def table(draft: Draft, settlements: Frame) -> dict[str, pa.Array]:
    """The grouping results of the original settlements of this shard."""
    visit = settlements["visit"]
    mode = payment(draft, visit)
    rows = np.flatnonzero(np.isin(mode, (DRG, DIP)) & (settlements["init"] < 0) & draft.visits["settled"][visit])
    visit, mode = visit[rows], mode[rows]
    dx, cc = draft.visits["dx"][visit], claimed_cc(draft, visit)
    level = draft.world.profile["price_level"][draft.visits["inst"][visit]]
    cost = mean_cost()
    overall = float(np.average(cost[cost > 0]))
    average = cost[dx] * CC_COST[cc]
    points = np.round(average / overall * 1000, 4)
    value = overall / 1000 / 100  # yuan per point
    hospital, adjust = COEFFICIENT[level], np.ones(len(rows))
    standard = np.round(points * hospital * adjust * value * 100)
    dip = mode == DIP
    adrg = [ADRG.get(d.key, "QY1") for d in diseases()]
    groups = [a + s for a in adrg for s in CC_SUFFIX] + [
        f"{d.icd[0][:5]}:{s}" for d in diseases() for s in ("保守", "操作", "综合")
    ]
    classes = np.array(
        [2 if k in ("acs", "hipfx") else 1 if k in ("insom", "backpain", "htn") else 0 for k in disease_index()]
    )
    return {
        "setl_id": text.ids("settlement", draft.number(rows)),
        "paymtd": text.pick(dip.astype(int), ["drg", "dip"]),
        "group_code": text.pick(dx * 3 + cc + np.where(dip, 3 * len(adrg), 0), groups),
        "adrg_code": text.pick(np.where(dip, -1, dx), adrg),
        "mdc_code": text.pick(np.where(dip, -1, dx), ["MDC" + a[0] for a in adrg]),
        "cc_level": text.pick(cc, CC_NAMES),
        "rw": text.decimal(np.round(np.where(dip, points * 10_000, points * 10)), 12, 6, 4),
        "base_points": text.decimal(np.round(points * 10_000), 14, 4, 4),
        "hosp_coef": text.decimal(np.round(hospital * 10_000), 10, 6, 4),
        "adj_coef": text.decimal(np.round(adjust * 10_000), 10, 6, 4),
        "point_value": text.decimal(np.round(np.full(len(rows), value) * 1_000_000), 14, 6, 6),
        "std_fee": text.money(standard),
        "avg_fee": text.money(np.round(average)),
        "group_class": text.pick(classes[dx], CLASSES),
    }
