"""The insured persons: age, sex, scheme, district, chronic disease – and the visitors from other regions.

Grain: one entry per person; index = identity everywhere in the generator.
Why: visits draw from buckets of persons, so that age, sex and disease of a patient always fit the reason to come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.landing.generate.calendar import Calendar
from jobs.landing.generate.diseases import Disease, disease_index, diseases

CITY = "329100"
DISTRICTS = ("329102", "329104", "329105", "329111", "329112", "329113", "329181", "329182")
DISTRICT_NAMES = ("安北区", "清源区", "河西区", "新桥区", "云岭区", "东湖区", "平江市", "宁川市")
DISTRICT_WEIGHT = np.array([0.2, 0.17, 0.14, 0.13, 0.1, 0.1, 0.09, 0.07])
OUTSIDE = ("340500", "341800", "330500", "411500", "360100", "220200", "520300", "610800", "230100", "450300")
AGE_EDGES = (15, 45, 65)
AGE_SHARE = np.array([0.17, 0.42, 0.26, 0.15])
# Share of persons with a chronic disease by age group 0-14, 15-44, 45-64, 65+ (rounded from published survey figures).
PREVALENCE = {
    "htn": (0, 0.03, 0.2, 0.38), "dm": (0, 0.03, 0.17, 0.26), "chd": (0, 0.004, 0.04, 0.12), "copd": (0, 0.002, 0.02,
    0.06),
    "hepb": (0, 0.015, 0.02, 0.015), "lungca": (0, 0.001, 0.006, 0.012), "bph": (0, 0, 0.02, 0.06),
}  # fmt: skip


@dataclass(frozen=True)
class Persons:
    """Parallel arrays over all persons; `local` first, then visitors insured elsewhere. `death` = day of the period
    or -1.
    """

    district: np.ndarray
    female: np.ndarray
    born: np.ndarray
    age_group: np.ndarray
    employee: np.ndarray
    retired: np.ndarray
    outside: np.ndarray
    chronic: np.ndarray
    employer: np.ndarray
    death: np.ndarray
    locals_: int

    def __len__(self) -> int:
        return len(self.district)


def build(rng: np.random.Generator, calendar: Calendar, size: int) -> Persons:
    """`size` insured persons of the area and 6 % as many visitors from outside."""
    total = size + max(200, size // 16)
    group = rng.choice(4, size=total, p=AGE_SHARE).astype(np.int8)
    low = np.array([0, 15, 45, 65])[group]
    width = np.array([15, 30, 20, 30])[group]
    age = low + width * np.where(group == 3, rng.random(total) ** 1.7, rng.random(total))
    born = (calendar.first - (age * 365.25).astype(int)).astype("datetime64[D]")
    female = rng.random(total) < 0.5 + 0.03 * (group == 3)
    employee = rng.random(total) < np.array([0.0, 0.48, 0.42, 0.3])[group]
    outside = np.full(total, -1, dtype=np.int8)
    outside[size:] = rng.integers(0, len(OUTSIDE), total - size)
    return Persons(
        district=rng.choice(len(DISTRICTS), size=total, p=DISTRICT_WEIGHT).astype(np.int8),
        female=female,
        born=born,
        age_group=group,
        employee=employee,
        retired=employee & (age >= 60),
        outside=outside,
        chronic=_chronic(rng, group, female),
        employer=np.where(employee, (rng.pareto(0.9, total) * 3).astype(np.int64) % 4000, -1),
        death=np.full(total, -1, dtype=np.int32),
        locals_=size,
    )


def _chronic(rng: np.random.Generator, group: np.ndarray, female: np.ndarray) -> np.ndarray:
    """At most one registered chronic disease per person, as a disease index or -1."""
    draw = rng.random(len(group))
    chronic = np.full(len(group), -1, dtype=np.int8)
    floor = np.zeros(len(group))
    for key, shares in PREVALENCE.items():
        share = np.array(shares)[group] * (np.where(female, 0.0, 2.0) if key == "bph" else 1.0)
        chronic[(draw >= floor) & (draw < floor + share)] = disease_index()[key]
        floor = floor + share
    return chronic


class Buckets:
    """Persons grouped so that a fitting one can be drawn in one step: by (chronic or age and sex) × district."""

    def __init__(self, persons: Persons) -> None:
        """Sort the persons once; esrd patients are never drawn by chance: they belong to their dialysis centre."""
        self.persons = persons
        n = persons.locals_
        free = np.flatnonzero(persons.chronic[:n] != disease_index()["esrd"])
        profile = persons.age_group[:n][free] * 2 + persons.female[:n][free]
        self._ill = self._index(
            free, persons.chronic[:n][free].astype(int) + 1, persons.district[:n][free], len(diseases()) + 1
        )
        self._any = self._index(free, profile.astype(int), persons.district[:n][free], 8)

    @staticmethod
    def _index(
        who: np.ndarray, key: np.ndarray, district: np.ndarray, keys: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        code = key * len(DISTRICTS) + district
        order = np.argsort(code, kind="stable")
        size = np.bincount(code, minlength=keys * len(DISTRICTS))
        return who[order], np.cumsum(size) - size, size

    def draw(self, rng: np.random.Generator, disease: Disease, district: np.ndarray) -> np.ndarray:
        """One person of each given district who may have the disease; whole area where the district has nobody."""
        if disease.chronic:
            key = np.full(len(district), disease_index()[disease.key] + 1)
            return self._pick(rng, self._ill, key, district)
        ages = rng.choice(4, size=len(district), p=np.array(disease.ages))
        female = rng.random(len(district)) < 0.52 if disease.sex == 0 else np.full(len(district), disease.sex == 2)
        return self._pick(rng, self._any, ages * 2 + female, district)

    def _pick(
        self,
        rng: np.random.Generator,
        index: tuple[np.ndarray, np.ndarray, np.ndarray],
        key: np.ndarray,
        district: np.ndarray,
    ) -> np.ndarray:
        who, start, size = index
        cell = key * len(DISTRICTS) + district
        for shift in range(1, len(DISTRICTS)):  # an empty cell borrows from the next district
            empty = size[cell] == 0
            if not empty.any():
                break
            cell = np.where(empty, key * len(DISTRICTS) + (district + shift) % len(DISTRICTS), cell)
        pick = start[cell] + (rng.random(len(cell)) * size[cell]).astype(np.int64)
        return who[np.minimum(pick, len(who) - 1)].astype(np.int32)
