"""Moves several areas share: days of a stay, visits that come on top, drawing persons."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.diseases import disease_index
from jobs.landing.generate.draft import DAY_SURGERY, INPATIENT, Draft, new_visits
from jobs.landing.generate.frame import Frame, spread


def stays(draft: Draft) -> np.ndarray:
    """Positions of the closed and open stays (no day surgery)."""
    return draft.visits_where(INPATIENT)


def all_stays(draft: Draft) -> np.ndarray:
    """Positions of the stays, day surgery included."""
    return draft.visits_where(INPATIENT, DAY_SURGERY)


def with_disease(draft: Draft, rows: np.ndarray, keys: str) -> np.ndarray:
    """Of the visits given by position, those with one of the diseases."""
    wanted = [disease_index()[key] for key in keys.split()]
    return rows[np.isin(draft.visits["dx"][rows], wanted)]


def moments_of_stay(
    draft: Draft, rows: np.ndarray, first: int = 0, step: int = 1, upto_discharge: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Working-hours moments on the days first, first+step, … of each stay: (visit, time). Days beyond the period are
    left out.
    """
    los = draft.visits["los"][rows].astype(np.int64) + int(upto_discharge)
    count = np.maximum(0, (los - first + step - 1) // step)
    owner, turn = spread(count)
    visit = rows[owner]
    midnight = draft.visits["begin"][visit] // DAY * DAY
    time = midnight + (first + turn * step) * DAY + draft.rng.integers(9 * 3600, 16 * 3600, len(visit))
    time = np.maximum(time, draft.visits["begin"][visit] + 600)
    inside = time < draft.world.calendar.epoch + draft.world.calendar.days * DAY
    return visit[inside], time[inside]


def last_day(draft: Draft, rows: np.ndarray, hour: float = 8.2) -> np.ndarray:
    """A moment in the morning of the day of discharge."""
    return draft.visits["end"][rows] // DAY * DAY + int(hour * 3600)


def first_day(draft: Draft, rows: np.ndarray) -> np.ndarray:
    """A moment soon after the visit begins."""
    return draft.visits["begin"][rows] + draft.rng.integers(600, 3000, len(rows))


def clone_visits(draft: Draft, rows: np.ndarray, begin: np.ndarray, kind: int, **columns: object) -> np.ndarray:
    """New visits of the same persons at the same places at other moments; returns their positions."""
    source = draft.visits.take(rows)
    values: dict[str, object] = {name: source[name] for name in ("inst", "person", "dx", "icd", "doc", "dept")}
    values.update(kind=kind, begin=begin, end=begin + 1800, pinned=True)
    values.update(columns)
    return draft.add_visits(new_visits(len(rows), **values))


def inside_period(draft: Draft, times: np.ndarray) -> np.ndarray:
    """A mask of moments that lie in the period."""
    calendar = draft.world.calendar
    return (times >= calendar.epoch) & (times < calendar.epoch + calendar.days * DAY)


def visits_of(draft: Draft, institution: int) -> np.ndarray:
    """Positions of the visits of one institution."""
    return np.flatnonzero(draft.visits["inst"] == institution)


def locals_near(draft: Draft, institution: int, n: int, adult: bool = True) -> np.ndarray:
    """`n` distinct insured persons of the institution's district."""
    people = draft.world.persons
    near = people.district[: people.locals_] == draft.world.profile["district"][institution]
    if adult:
        near &= people.age_group[: people.locals_] > 0
    pool = np.flatnonzero(near & (people.death[: people.locals_] < 0))
    return draft.rng.choice(pool, size=min(n, len(pool)), replace=False)


def visit_rows(n: int, **columns: object) -> Frame:
    """New pinned visits: schemes add them, so they are never trimmed."""
    return new_visits(n, pinned=True, **columns)
