"""How much business follows from a profile: expected lines, minutes and exams per institution, before any visit is
drawn.

Why: the number of visits is derived from the lines wanted, and staff and machines from the work expected of them.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import Calendar
from jobs.landing.generate.diseases import disease_index, diseases, expected_units
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import items


def per_disease(setting: str, weight: np.ndarray | None = None) -> np.ndarray:
    """Expected lines per visit of each disease in a setting; with `weight` (per item) the expected weighted
    quantity.
    """
    values = np.zeros(len(diseases()))
    for number, disease in enumerate(diseases()):
        if setting not in disease.orders:
            continue
        orders = disease.orders[setting]
        units = expected_units(disease, setting, disease.los if setting == "inp" else 0.0)
        values[number] = units.sum() if weight is None else (units * orders.quantity * weight[orders.item]).sum()
        if weight is None:  # a visit without any order gets one line all the same
            values[number] += float(np.prod(1 - orders.p))
    return values


def sessions_per_patient(calendar: Calendar) -> int:
    """Dialysis sessions of one patient in the period: three a week, a few missed."""
    return max(3, round(calendar.days / 7 * 3 * 0.97))


def plan(profile: Frame, calendar: Calendar, lines: float) -> dict[str, np.ndarray]:
    """Stays, walk-in visits and dialysis patients per institution for `lines` fee lines in all."""
    wanted = profile["weight"] * lines
    stay = profile["inp_mix"] @ per_disease("inp") * profile["los"]
    walk = np.where(
        profile["pharmacy"], profile["out_mix"] @ per_disease("shop"), profile["out_mix"] @ per_disease("out")
    )
    session = per_disease("out")[disease_index()["esrd"]]
    inpatient = np.where(stay > 0, profile["inpatient"], 0.0)
    rest = np.clip(1 - inpatient - profile["special"], 0.0, 1.0)
    return {
        "stays": np.round(wanted * inpatient / np.maximum(stay, 1e-9)).astype(np.int64),
        "visits": np.where(profile["special"] >= 1, 0, np.ceil(wanted * rest / np.maximum(walk, 1e-9))).astype(
            np.int64
        ),
        "dialysis": np.round(wanted * profile["special"] / session / sessions_per_patient(calendar)).astype(np.int64),
    }


def workload(profile: Frame, planned: dict[str, np.ndarray], calendar: Calendar, weight: np.ndarray) -> np.ndarray:
    """Expected quantity of items per institution and day, each item counted `weight` times (1, or its minutes)."""
    inp = profile["inp_mix"] @ per_disease("inp", weight) * profile["los"]
    out = np.where(
        profile["pharmacy"],
        profile["out_mix"] @ per_disease("shop", weight),
        profile["out_mix"] @ per_disease("out", weight),
    )
    session = per_disease("out", weight)[disease_index()["esrd"]] * sessions_per_patient(calendar)
    total = planned["stays"] * inp + planned["visits"] * out + planned["dialysis"] * session
    return total / calendar.days


def family_weight(*families: str, minutes: bool = False) -> np.ndarray:
    """Weight per item: 1 (or its minutes) for the items of the families, 0 for the others."""
    price_list = items()
    return price_list.in_family(*families) * (price_list.days if minutes else 1.0)


def feed(profile: Frame, planned: dict[str, np.ndarray], calendar: Calendar, on: str) -> np.ndarray:
    """How much of what a scheme feeds on each institution is expected to have in the period.

    `on` is `stays`, `visits`, `FAM` and item families, or item keys, separated by spaces.
    """
    if on in ("stays", "visits"):
        return planned[on] + (planned["stays"] if on == "visits" else 0)
    words = on.split()
    weight = family_weight(*words[1:]) if words[0] == "FAM" else np.zeros(len(items()))
    if words[0] != "FAM":
        weight[items().many(on)] = 1.0
    return workload(profile, planned, calendar, weight) * calendar.days
