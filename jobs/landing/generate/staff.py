"""Doctors, therapists, technicians and pharmacists: who works where, how many, and their ordering habits.

Grain: one entry per person of staff; each institution and department owns a contiguous run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.landing.generate.calendar import Calendar
from jobs.landing.generate.diseases import diseases
from jobs.landing.generate.frame import Frame, spread
from jobs.landing.generate.institutions import HABITS
from jobs.landing.generate.volumes import family_weight, per_disease, workload

# Department key → national 科别 code.
DEPARTMENTS = {
    "resp": "A03.01", "gi": "A03.02", "neuro": "A03.03", "cardio": "A03.04", "neph": "A03.06", "endo": "A03.07",
    "geri": "A03.11",
    "surg": "A04.01", "ortho": "A04.03", "uro": "A04.04", "gyn": "A05.01", "ped": "A07", "eye": "A10", "dental": "A12",
    "derm": "A13", "onc": "A19", "er": "A20", "rehab": "A21", "gp": "A02", "tcm": "A50.01", "lab": "A30",
    "img": "A32", "shop": "",
}  # fmt: skip
DEPT_KEYS = tuple(DEPARTMENTS)
DEPT_INDEX = {key: number for number, key in enumerate(DEPT_KEYS)}
UNKNOWN = -2  # the "unknown doctor" bucket some hospital systems write
NOBODY = -1
THERAPIST_MINUTES = 210.0  # booked minutes of a therapist-day the staffing is planned for


@dataclass
class Staff:
    """`first`/`count` give the run of an institution × department; `habit` the ordering habits of each person."""

    institution: np.ndarray
    dept: np.ndarray
    first: np.ndarray
    count: np.ndarray
    habit: np.ndarray

    def pick(self, rng: np.random.Generator, institution: np.ndarray, dept: np.ndarray) -> np.ndarray:
        """One person per row, the first of a run the busiest; `NOBODY` where the department has no staff."""
        count = self.count[institution, dept]
        position = (rng.random(len(institution)) ** 1.3 * count).astype(np.int64)
        return np.where(count > 0, self.first[institution, dept] + position, NOBODY).astype(np.int32)


def _department_visits(profile: Frame, planned: dict[str, np.ndarray]) -> np.ndarray:
    """Expected lines per institution and department."""
    share = np.zeros((len(diseases()), len(DEPT_KEYS)))
    for number, disease in enumerate(diseases()):
        share[number, DEPT_INDEX[disease.dept]] = 1.0
    walk = profile["out_mix"] * per_disease("out") * planned["visits"][:, None]
    stay = profile["inp_mix"] * per_disease("inp") * planned["stays"][:, None]
    lines = (walk + stay) @ share
    lines[:, DEPT_INDEX["neph"]] += planned["dialysis"] * 400.0
    lines[profile["pharmacy"]] = 0.0
    return lines


def headcount(profile: Frame, planned: dict[str, np.ndarray], calendar: Calendar) -> np.ndarray:
    """Staff per institution × department, from the work expected of them."""
    lines = _department_visits(profile, planned)
    count = np.where(lines > 0, np.ceil(lines / calendar.days / 70.0).clip(1, 40), 0)
    per_day = profile["weight"] / profile["weight"].sum() * lines.sum() / calendar.days
    for key, capacity in (("img", 260.0), ("lab", 300.0)):
        count[:, DEPT_INDEX[key]] = np.where(profile["pharmacy"], 0, np.ceil(per_day / capacity).clip(1, 30))
    minutes = workload(profile, planned, calendar, family_weight("rehab", "physio", "tcm", minutes=True))
    needed = np.ceil(minutes * 7 / 6 / THERAPIST_MINUTES * 1.15)
    count[:, DEPT_INDEX["rehab"]] = np.where(minutes > 0.01, np.maximum(needed, 1), count[:, DEPT_INDEX["rehab"]])
    count[:, DEPT_INDEX["er"]] = np.maximum(count[:, DEPT_INDEX["er"]], profile["emergency"] > 0)
    count[:, DEPT_INDEX["shop"]] = np.where(profile["pharmacy"], 2, 0)
    count[:, DEPT_INDEX["rehab"]] = np.ceil(count[:, DEPT_INDEX["rehab"]] * profile["therapists"])
    return count.astype(np.int64)


def build(rng: np.random.Generator, profile: Frame, planned: dict[str, np.ndarray], calendar: Calendar) -> Staff:
    """The staff of every institution."""
    count = headcount(profile, planned, calendar)
    flat = count.ravel()
    owner, _ = spread(flat)
    first = (np.cumsum(flat) - flat).reshape(count.shape)
    habit = rng.lognormal(0.0, 0.22, (len(owner), len(HABITS)))
    habit[:, 0] = 1.0
    return Staff(
        institution=owner // len(DEPT_KEYS),
        dept=(owner % len(DEPT_KEYS)).astype(np.int8),
        first=first,
        count=count,
        habit=habit,
    )
