"""Planted patterns of stays: days, splits, overlaps, exam-only stays, ghost groups, overfull houses, services after
death.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.diseases import disease_index, diseases
from jobs.landing.generate.draft import INPATIENT, OUTPATIENT, Dose, Draft
from jobs.landing.generate.schemes.helpers import (
    first_day,
    last_day,
    moments_of_stay,
    stays,
    visit_rows,
    visits_of,
)
from jobs.landing.generate.schemes.registry import Scheme
from jobs.landing.generate.staff import DEPT_INDEX

WARDS = "S2 PRIV TCM CHC"


def new_stays(
    draft: Draft,
    place: int,
    person: np.ndarray,
    dx: np.ndarray,
    begin_day: np.ndarray,
    los: np.ndarray,
    share: float,
    mark: int,
    **columns: object,
) -> np.ndarray:
    """Planned stays of persons at a place; the ones that would outlast the period are left out."""
    calendar = draft.world.calendar
    keep = (begin_day >= 0) & (begin_day + los < calendar.days)
    person, dx, begin_day, los = (np.asarray(a)[keep] for a in (person, dx, begin_day, los))
    begin = calendar.epoch + begin_day.astype(np.int64) * DAY + draft.rng.integers(8 * 3600, 11 * 3600, len(person))
    end = (
        calendar.epoch + (begin_day + los).astype(np.int64) * DAY + draft.rng.integers(9 * 3600, 11 * 3600, len(person))
    )
    dept = np.array([DEPT_INDEX[d.dept] for d in diseases()])[dx]
    inst = np.full(len(person), place)
    doc = draft.world.staff.pick(draft.rng, inst, dept)
    values = {
        "inst": place,
        "person": person,
        "kind": INPATIENT,
        "dx": dx,
        "begin": begin,
        "end": end,
        "los": los,
        "dept": dept,
        "doc": doc,
    }
    return draft.add_visits(visit_rows(len(person), **{**values, "mark": mark, "share": share, **columns}))


def bed_days(draft: Draft, dose: Dose) -> None:
    """Bed, nursing and ward fees for the day of discharge and more days than the stay had."""
    rows = stays(draft)
    rows = draft.hit_visits(dose, rows[~draft.visits["open"][rows]])
    draft.add(dose, rows, "bed n2 regp", last_day(draft, rows, 6.0))
    more = rows[dose.mark[draft.visits["inst"][rows]] >= 0]
    draft.add(dose, more, "bed n2 regp", last_day(draft, more, 5.5))


def split_stays(draft: Draft, dose: Dose) -> None:
    """One long stay written as two, the second a day or two after the first."""
    rows = stays(draft)
    rows = rows[(draft.visits["los"][rows] >= 8) & ~draft.visits["open"][rows] & ~draft.visits["died"][rows]]
    rows = draft.hit_visits(dose, rows)
    old = draft.visits.take(rows)
    half = old["los"] // 2
    begin_day = (old["begin"] - draft.world.calendar.epoch) // DAY
    draft.visits["los"][rows] = half
    draft.visits["end"][rows] = (old["begin"] // DAY + half) * DAY + 10 * 3600
    gap = draft.rng.integers(1, 3, len(rows))
    for place in np.unique(old["inst"]):
        mine = np.flatnonzero(old["inst"] == place)
        new_stays(
            draft,
            int(place),
            old["person"][mine],
            old["dx"][mine],
            begin_day[mine] + half[mine] + gap[mine],
            half[mine],
            0.3,
            int(dose.mark[place]),
            icd=0,
        )


def overlapping_stays(draft: Draft, dose: Dose) -> None:
    """Stays of people who lay in another hospital at the time."""
    plan = draft.world.stays
    for place in dose.planted:
        others = np.flatnonzero(
            (plan["inst"] != place) & (plan["los"] >= 5) & (plan["person"] < draft.world.persons.locals_)
        )
        n = min(len(others), max(6, int(np.sum(plan["inst"] == place) * dose.rate[place])))
        pick = draft.rng.choice(others, size=n, replace=False)
        los = np.maximum(3, plan["los"][pick] - 1)
        dx = np.full(n, disease_index()["htn"])
        new_stays(draft, int(place), plan["person"][pick], dx, plan["begin"][pick] + 1, los, 1.0, int(dose.mark[place]))


def exam_only(draft: Draft, dose: Dose) -> None:
    """Two-day stays for a full check-up and nothing else."""
    for place in dose.planted:
        known = visits_of(draft, int(place))
        known = known[draft.visits["kind"][known] != INPATIENT]
        n = max(8, int(np.sum(draft.world.stays["inst"] == place) * dose.rate[place]))
        if len(known) == 0:
            continue
        person = np.unique(draft.visits["person"][draft.rng.choice(known, size=n)])
        day = draft.rng.integers(0, draft.world.calendar.days - 3, len(person))
        free = ~draft.world.in_bed.on(person, day + 1)
        person, day = person[free], day[free]
        dx = np.full(len(person), disease_index()["insom"])
        rows = new_stays(draft, int(place), person, dx, day, np.full(len(person), 2), 0.0, int(dose.mark[place]))
        visit, time = moments_of_stay(draft, rows)
        draft.add(dose, visit, "bed n3 regp", time)
        draft.add(
            dose,
            rows,
            "cbc urine stool p_liver p_renal p_lipid p_elec p_thy cea afp ecg us_abd us_heart us_neck ct_chest ct_head",
            first_day(draft, rows),
        )


def ghost_group(draft: Draft, dose: Dose) -> None:
    """A bus load from one employer or village: in on one day, out on one day, one doctor, no cash."""
    people = draft.world.persons
    for place in dose.planted:
        wanted = max(16, int(np.sum(draft.world.stays["inst"] == place) * dose.rate[place]))
        size = int(np.clip(wanted // 4, 8, 24))
        dx = disease_index()["htn" if place % 2 else "insom"]
        dept = np.array([DEPT_INDEX[diseases()[dx].dept]])
        doctor = int(draft.world.staff.pick(draft.rng, np.array([place]), dept)[0])
        for _ in range(max(2, wanted // size)):
            person = _colleagues(draft, int(place), size)
            day = int(draft.rng.integers(2, draft.world.calendar.days - 8))
            free = ~draft.world.in_bed.on(person, np.full(len(person), day + 1)) & (people.death[person] < 0)
            n = int(free.sum())
            new_stays(
                draft,
                int(place),
                person[free],
                np.full(n, dx),
                np.full(n, day),
                np.full(n, 5),
                1.0,
                int(dose.mark[place]),
                cashless=True,
                doc=doctor,
            )


def _colleagues(draft: Draft, place: int, size: int) -> np.ndarray:
    """Up to `size` persons of one employer, or neighbours where employers are small."""
    people = draft.world.persons
    employer = people.employer[: people.locals_]
    near = np.flatnonzero(people.district[: people.locals_] == draft.world.profile["district"][place])
    counts = np.bincount(employer[near][employer[near] >= 0], minlength=1)
    large = np.flatnonzero(counts >= size)
    pool = near[employer[near] == draft.rng.choice(large)] if len(large) else near
    return draft.rng.choice(pool, size=min(size, len(pool)), replace=False)


def overfull_house(draft: Draft, dose: Dose) -> None:
    """More patients in bed than there are beds: the surplus days cannot have been."""
    rows = draft.lines_with("bed")
    rows = rows[dose.mark[draft.inst_of(rows)] >= 0]
    draft.blame(dose, rows, 0.3)


def after_death(draft: Draft, dose: Dose) -> None:
    """Services charged for people who had died."""
    people = draft.world.persons
    calendar = draft.world.calendar
    dead = np.flatnonzero((people.death >= 0) & (people.death < calendar.days - 5))
    for place in dose.planted:
        near = dead[people.district[dead] == draft.world.profile["district"][place]]
        pool = near if len(near) >= 5 else dead
        if len(pool) == 0:
            continue
        n = max(10, int(len(visits_of(draft, int(place))) * dose.rate[place]))
        person = draft.rng.choice(pool, size=n)
        day = people.death[person] + 1 + (draft.rng.random(n) * (calendar.days - people.death[person] - 2)).astype(int)
        begin = calendar.epoch + day.astype(np.int64) * DAY + draft.rng.integers(8 * 3600, 16 * 3600, n)
        shop = bool(draft.world.profile["pharmacy"][place])
        dept = DEPT_INDEX["shop" if shop else "gp"]
        rows = draft.add_visits(
            visit_rows(
                n,
                inst=place,
                person=person,
                kind=5 if shop else OUTPATIENT,
                dx=disease_index()["htn"],
                begin=begin,
                end=begin + 1200 * (not shop),
                dept=dept,
            )
        )
        draft.add(dose, rows, "amlo ator" if shop else "reg amlo ator", begin, cnt=2.0)


SCHEMES = (
    Scheme("inpatient", "bed_days_over_stay", "stays", WARDS + " REHAB ELDER", (0.2, 0.5, 0.95), bed_days, noise=0.006),
    Scheme("inpatient", "split_stays", "stays", WARDS + " ELDER REHAB", (0.12, 0.3, 0.7), split_stays, stage="plan"),
    Scheme(
        "inpatient", "overlapping_stays", "stays", "PRIV CHC TCM", (0.08, 0.2, 0.4), overlapping_stays, stage="plan"
    ),
    Scheme("inpatient", "exam_only_stays", "stays", "PRIV S2 CHC", (0.15, 0.35, 0.8), exam_only, stage="visits"),
    Scheme("inpatient", "ghost_group", "stays", "PRIV CHC TCM", (0.15, 0.4, 0.9), ghost_group, stage="plan"),
    Scheme(
        "inpatient",
        "census_over_beds",
        "stays",
        "PRIV ELDER TCM",
        (0.2, 0.5, 0.9),
        overfull_house,
        traits=("few_beds",),
    ),
    Scheme(
        "pharmacy",
        "sales_after_death",
        "visits",
        "PHS PHC",
        (0.01, 0.03, 0.08),
        after_death,
        stage="visits",
    ),
    Scheme(
        "outpatient",
        "services_after_death",
        "visits",
        "CHC PRIV VILL",
        (0.01, 0.03, 0.08),
        after_death,
        stage="visits",
    ),
)
