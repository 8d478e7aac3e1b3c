"""Planted patterns of retail pharmacies that live in single lines or in stock: quantity, prescriptions, sex, empty
shelves.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import SHOP, UNIT, Dose, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import items
from jobs.landing.generate.schemes.registry import SHOPS, Scheme


def empty_shelves(draft: Draft, dose: Dose) -> None:
    """Sales the shop never had the goods for."""
    rows = draft.lines_in("drug")
    rows = draft.hit_lines(dose, rows[draft.visits["kind"][draft.lines["visit"][rows]] == SHOP])
    draft.lines["unbought"][rows] = True
    draft.blame(dose, rows)


def over_quantity(draft: Draft, dose: Dose) -> None:
    """A few persons carry away many times what they can take."""
    rows = draft.lines_in("drug")
    rows = rows[draft.visits["kind"][draft.lines["visit"][rows]] == SHOP]
    lucky = draft.visits["person"] % 1000 / 1000  # the same persons again and again
    visit = draft.lines["visit"][rows]
    rows = rows[lucky[visit] < dose.rate[draft.visits["inst"][visit]]]
    boxes = draft.rng.integers(8, 21, len(rows))
    boxes = np.where(dose.mark[draft.inst_of(rows)] >= 0, boxes, 4)
    draft.lines["cnt"][rows] = (boxes * UNIT).astype("i4")
    draft.blame(dose, rows, (boxes - 2) / boxes)


def no_prescription(draft: Draft, dose: Dose) -> None:
    """Prescription drugs sold without a prescription."""
    rows = np.flatnonzero(items().rx[draft.lines["item"]] == 1)
    rows = draft.hit_lines(dose, rows[draft.visits["kind"][draft.lines["visit"][rows]] == SHOP])
    draft.lines["norx"][rows] = True
    draft.blame(dose, rows)


def wrong_buyers(draft: Draft, dose: Dose) -> None:
    """Drugs of one sex or of children on the card of somebody they cannot be for."""
    rows = draft.hit_visits(dose, draft.visits_where(SHOP))
    people = draft.world.persons
    person = draft.visits["person"][rows]
    rows, person = rows[people.age_group[person] > 0], person[people.age_group[person] > 0]
    time = draft.visits["begin"][rows]
    draw = draft.rng.random(len(rows)) < 0.25
    female = people.female[person]
    draft.add(dose, rows[draw], "ped_qf", time[draw], cnt=2.0)
    draft.add(dose, rows[~draw & female], "fina", time[~draw & female], cnt=2.0)
    draft.add(dose, rows[~draw & ~female], "ktw anw", time[~draw & ~female], cnt=2.0)


def in_suspension(draft: Draft, dose: Dose) -> None:
    """Business goes on while the contract is suspended."""
    calendar = draft.world.calendar
    for place in dose.planted:
        rows = np.flatnonzero(draft.visits["inst"] == place)
        day = (draft.visits["begin"][rows] - calendar.epoch) // DAY
        shut = rows[np.isin(day, _days_paused(draft, int(place)))]
        draft.drop_visits(shut[draft.rng.random(len(shut)) > dose.rate[place]])
        rows = np.flatnonzero(draft.visits["inst"] == place)
        day = (draft.visits["begin"][rows] - calendar.epoch) // DAY
        kept = rows[np.isin(day, _days_paused(draft, int(place)))]
        draft.visits["pinned"][kept] = True
        bad = np.zeros(len(draft.visits), dtype=bool)
        bad[kept] = True
        draft.blame(dose, np.flatnonzero(bad[draft.lines["visit"]]))


def _days_paused(draft: Draft, place: int) -> np.ndarray:
    spans = [np.arange(first, last + 1) for where, first, last in draft.world.pauses if where == place]
    return np.concatenate(spans) if spans else np.zeros(0, dtype=int)


def over_markup(draft: Draft, dose: Dose) -> None:
    """Drugs billed well above the price everybody else takes."""
    rows = draft.lines_in("drug")
    rows = draft.hit_lines(dose, rows[draft.visits["kind"][draft.lines["visit"][rows]] == SHOP])
    draft.lines["markup"][rows] = 1.6
    draft.blame(dose, rows, 0.37)


def _stocked(profile: Frame, place: int, _strength: int) -> None:
    profile["stock"][place] = True


def _traced(profile: Frame, place: int, _strength: int) -> None:
    profile["trace"][place] = True


SCHEMES = (
    Scheme("pharmacy", "empty_shelves", "FAM drug", SHOPS, (0.08, 0.22, 0.5), empty_shelves, tune=_stocked),
    Scheme("pharmacy", "over_quantity", "FAM drug", SHOPS, (0.01, 0.03, 0.08), over_quantity, noise=0.001),
    Scheme("pharmacy", "no_prescription", "FAM drug", SHOPS, (0.25, 0.55, 0.95), no_prescription, noise=0.015),
    Scheme("pharmacy", "wrong_sex_or_age", "visits", SHOPS, (0.02, 0.06, 0.15), wrong_buyers, noise=0.0006),
    Scheme(
        "pharmacy",
        "settled_in_suspension",
        "visits",
        SHOPS,
        (0.35, 0.7, 1.0),
        in_suspension,
        stage="suspension",
        traits=("paused",),
    ),
    Scheme("pharmacy", "over_markup", "FAM drug", SHOPS, (0.15, 0.4, 0.9), over_markup, noise=0.002),
)
