"""The honest visits of a shard: stays from the plan, walk-in visits, chronic patients coming back, dialysis sessions.

Grain: one row per visit (schema in `draft`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from jobs.landing.generate.calendar import DAY, WEEKDAY_HOSPITAL, WEEKDAY_OPEN, draw_days
from jobs.landing.generate.diseases import disease_index, diseases
from jobs.landing.generate.draft import CHRONIC, DAY_SURGERY, EMERGENCY, INPATIENT, OUTPATIENT, SHOP, new_visits
from jobs.landing.generate.frame import Frame, concat, rank_within
from jobs.landing.generate.staff import DEPT_INDEX, NOBODY
from jobs.landing.generate.stays import draw_disease
from jobs.landing.generate.volumes import sessions_per_patient

if TYPE_CHECKING:
    from jobs.landing.generate.world import World

CHRONIC_INTERVAL = 30  # days between two visits of a well-kept chronic patient
BEFORE_POLICY = 0.28  # share of shop visits the old limits kept away
URGENT = ("uri", "ped", "pneum", "trauma", "soft", "append", "diarr")
SHOP_HOURS = np.array([0] * 7 + [2, 7, 10, 11, 8, 5, 4, 5, 6, 7, 9, 11, 9, 5, 1, 0, 0], dtype=float)
WARD_HOURS = np.array([0] * 7 + [6, 16, 17, 14, 6, 1, 5, 12, 10, 6, 1] + [0] * 6, dtype=float)
NIGHT_HOURS = np.array([5, 4, 3, 2, 2, 2, 3, 4, 5, 5, 5, 4, 4, 4, 4, 4, 4, 5, 7, 8, 9, 9, 8, 6], dtype=float)


def clock(rng: np.random.Generator, hours: np.ndarray, n: int) -> np.ndarray:
    """Seconds into the day, drawn from a profile of 24 hourly weights."""
    hour = np.searchsorted(np.cumsum(hours) / hours.sum(), rng.random(n) * 0.9999999)
    return hour * 3600 + rng.integers(0, 3600, n)


def build(rng: np.random.Generator, world: World, members: np.ndarray) -> Frame:
    """All honest visits of the institutions of a shard."""
    parts = [_stays(rng, world, members), _walk_in(rng, world, members), _dialysis(rng, world, members)]
    visits = concat([p for p in parts if len(p)])
    icds = np.array([len(d.icd) for d in diseases()])
    visits["icd"] = (rng.random(len(visits)) ** 1.4 * icds[visits["dx"]]).astype("i1")
    return visits


def _departments(dx: np.ndarray) -> np.ndarray:
    return np.array([DEPT_INDEX[d.dept] for d in diseases()])[dx]


def _stays(rng: np.random.Generator, world: World, members: np.ndarray) -> Frame:
    mine = np.isin(world.stays["inst"], members)
    stays = world.stays.take(mine)
    n = len(stays)
    begin = world.calendar.epoch + stays["begin"].astype(np.int64) * DAY + clock(rng, WARD_HOURS, n)
    last = stays["begin"] + stays["los"]
    is_open = last >= world.calendar.days
    day_case = np.array([d.day_surgery for d in diseases()])[stays["dx"]]
    end = world.calendar.epoch + last.astype(np.int64) * DAY + rng.integers(9 * 3600, 16 * 3600, n)
    same_day = day_case & (rng.random(n) < 0.5)
    end = np.where(same_day, begin + rng.integers(4 * 3600, 7 * 3600, n), end)
    dept = _departments(stays["dx"])
    return new_visits(
        n,
        inst=stays["inst"],
        person=stays["person"],
        kind=np.where(day_case, DAY_SURGERY, INPATIENT),
        dx=stays["dx"],
        begin=begin,
        end=end,
        los=stays["los"],
        dept=dept,
        doc=world.staff.pick(rng, stays["inst"], dept),
        cc=stays["cc"],
        died=stays["died"],
        open=is_open & ~same_day,
        settled=~is_open,
        pinned=True,
    )


def _day_weights(world: World, pharmacy: bool, season: str) -> np.ndarray:
    return world.calendar.weights(WEEKDAY_OPEN if pharmacy else WEEKDAY_HOSPITAL, season, dip=0.6 if pharmacy else 0.35)


def _walk_in(rng: np.random.Generator, world: World, members: np.ndarray) -> Frame:
    profile = world.profile
    inst = np.repeat(members, world.planned["visits"][members]).astype(np.int32)
    dx = draw_disease(rng, profile["out_mix"], inst)
    person = np.empty(len(inst), dtype=np.int32)
    day = np.empty(len(inst), dtype=np.int64)
    abroad = rng.random(len(inst)) < np.where(profile["price_level"][inst] == 0, 0.45, 0.1)
    district = np.where(abroad, rng.permutation(profile["district"][inst]), profile["district"][inst])
    for number in np.unique(dx):
        disease = diseases()[number]
        rows = np.flatnonzero(dx == number)
        if disease.chronic:
            person[rows], day[rows] = _returning(rng, world, number, inst[rows], district[rows])
            continue
        person[rows] = world.buckets.draw(rng, disease, district[rows])
        shop = profile["pharmacy"][inst[rows]]
        for flag in (False, True):
            some = rows[shop == flag]
            day[some] = draw_days(rng, _day_weights(world, flag, disease.season), len(some))
    guests = np.flatnonzero(rng.random(len(inst)) < profile["outsiders"][inst] * 0.35)
    person[guests] = rng.integers(world.persons.locals_, len(world.persons), len(guests))
    return _as_visits(rng, world, inst, dx, person, day)


def _returning(
    rng: np.random.Generator, world: World, dx: int, inst: np.ndarray, district: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Chronic patients: each comes about once a month to the same place."""
    times = max(1, round(world.calendar.days / CHRONIC_INTERVAL * 0.85))
    rank = rank_within(inst)
    patient = inst.astype(np.int64) * 1_000_000 + rank // times
    first, back = np.unique(patient, return_index=True)[1], np.unique(patient, return_inverse=True)[1]
    person = world.buckets.draw(rng, diseases()[dx], district[first])[back]
    start = rng.integers(0, CHRONIC_INTERVAL, len(first))[back]
    gap = world.calendar.days / times
    day = start + ((rank % times) * gap).astype(np.int64) + rng.integers(-3, 4, len(inst))
    return person, np.clip(day % world.calendar.days, 0, world.calendar.days - 1)


def _as_visits(
    rng: np.random.Generator, world: World, inst: np.ndarray, dx: np.ndarray, person: np.ndarray, day: np.ndarray
) -> Frame:
    profile = world.profile
    n = len(inst)
    shop = profile["pharmacy"][inst]
    urgent_dx = np.isin(dx, [disease_index()[key] for key in URGENT])
    urgent = ~shop & urgent_dx & (rng.random(n) < profile["emergency"][inst] * 2.5)
    chronic_dx = np.array([d.chronic for d in diseases()])[dx]
    chronic = ~urgent & chronic_dx & (rng.random(n) < 0.6) & (person < world.persons.locals_)
    kind = np.where(shop, SHOP, np.where(urgent, EMERGENCY, np.where(chronic, CHRONIC, OUTPATIENT)))
    seconds = np.where(
        shop, clock(rng, SHOP_HOURS, n), np.where(urgent, clock(rng, NIGHT_HOURS, n), clock(rng, WARD_HOURS, n))
    )
    begin = world.calendar.epoch + day * DAY + seconds
    dept = np.where(shop, DEPT_INDEX["shop"], np.where(urgent, DEPT_INDEX["er"], _departments(dx)))
    doc = np.where(shop, NOBODY, world.staff.pick(rng, inst, dept))
    death = world.persons.death[person]
    gone = (death >= 0) & (day > death) & (rng.random(n) > 0.02)
    in_bed = world.in_bed.on(person, day) & (rng.random(n) > 0.03)
    paused = world.closed(inst, day)
    # the area lifts its out-patient limits at shops on one day: before it, fewer visits were settled anywhere
    limited = shop & (day < world.policy_day) & (rng.random(n) < BEFORE_POLICY)
    keep = ~(gone | in_bed | paused | limited)
    visits = new_visits(
        n,
        inst=inst,
        person=person,
        kind=kind,
        dx=dx,
        begin=begin,
        end=begin + rng.integers(1200, 9000, n),
        dept=dept,
        doc=doc,
        settled=rng.random(n) > 0.003,
    )
    visits["end"] = np.where(shop, begin, np.minimum(visits["end"], begin - begin % DAY + DAY - 60))
    return visits.take(keep)


def _dialysis(rng: np.random.Generator, world: World, members: np.ndarray) -> Frame:
    """Three sessions a week on fixed days: Monday-Wednesday-Friday or Tuesday-Thursday-Saturday."""
    patients = np.flatnonzero(np.isin(world.dialysis_home, members))
    sessions = sessions_per_patient(world.calendar) + 2
    who = np.repeat(patients, sessions)
    turn = np.tile(np.arange(sessions), len(patients))
    even = world.dialysis_person[who] % 2
    monday = (-int(world.calendar.weekday[0])) % 7
    day = monday - 7 + turn // 3 * 7 + (turn % 3) * 2 + even
    person, inst = world.dialysis_person[who], world.dialysis_home[who]
    keep = (day >= 0) & (day < world.calendar.days) & (rng.random(len(day)) > 0.03)
    dx = np.full(len(day), disease_index()["esrd"], dtype=np.int8)
    visits = _as_visits(rng, world, inst[keep].astype(np.int32), dx[keep], person[keep], day[keep].astype(np.int64))
    visits["kind"][:] = CHRONIC
    visits["dept"][:] = DEPT_INDEX["neph"]
    visits["doc"] = world.staff.pick(rng, visits["inst"], visits["dept"])
    visits["end"] = visits["begin"] + 4 * 3600
    visits["begin"] = visits["begin"] - visits["begin"] % DAY + np.array([7, 12, 17])[visits["person"] % 3] * 3600
    visits["end"] = visits["begin"] + 4 * 3600 + 1800
    visits["pinned"][:] = True
    return visits
