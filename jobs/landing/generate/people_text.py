"""Codes of staff and the obviously synthetic personal fields.

Why: names, document numbers, phones and addresses must exist so that their removal can be tested, and must fool nobody.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from jobs.landing.generate.persons import DISTRICTS
from jobs.landing.generate.staff import DEPT_KEYS

if TYPE_CHECKING:
    from jobs.landing.generate.world import World

UNKNOWN_DOCTOR = "未知医师"
ROLE = {"rehab": "therapist", "img": "technician", "lab": "technician", "shop": "pharmacist"}


@lru_cache(maxsize=4)
def _codes(key: tuple[int, int, str], world_size: int, staff_size: int, districts: bytes) -> tuple[str, ...]:
    del key
    district = np.frombuffer(districts, dtype=np.int8)
    own = [f"D{DISTRICTS[d]}{i + 1:06d}" for i, d in enumerate(district[:staff_size])]
    left = [f"D{DISTRICTS[d]}9{i + 1:05d}" for i, d in enumerate(district[staff_size : staff_size + world_size])]
    return (*own, *left, UNKNOWN_DOCTOR)


def staff_codes(world: World) -> tuple[str, ...]:
    """Codes by staff index; after the staff one former doctor per institution; last the unknown-doctor bucket."""
    places = np.r_[world.profile["district"][world.staff.institution], world.profile["district"]].astype(np.int8)
    return _codes(
        (world.seed, world.lines, world.calendar.begin),
        len(world.profile),
        len(world.staff.institution),
        places.tobytes(),
    )


def roles(world: World) -> np.ndarray:
    """`dr_type` of every member of staff."""
    return np.array([ROLE.get(key, "doctor") for key in DEPT_KEYS])[world.staff.dept]
