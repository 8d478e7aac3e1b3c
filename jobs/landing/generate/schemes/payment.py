"""Planted patterns of payment by case (DRG/DIP) and of cross-region treatment."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.diseases import disease_index
from jobs.landing.generate.draft import OUTPATIENT, Dose, Draft
from jobs.landing.generate.grouping import CC_COST, mean_cost
from jobs.landing.generate.items import items
from jobs.landing.generate.persons import OUTSIDE
from jobs.landing.generate.schemes.helpers import clone_visits, first_day, inside_period, moments_of_stay, stays
from jobs.landing.generate.schemes.inpatient import new_stays
from jobs.landing.generate.schemes.registry import Scheme

BY_CASE = "T3 S2 TCM PRIV"
HIGH_OUTLIER = 3.1  # times the mean cost of the group, just over the usual border


def upcoding(draft: Draft, dose: Dose) -> None:
    """A severe co-diagnosis on paper that no test, drug or day of the stay supports."""
    rows = stays(draft)
    rows = draft.hit_visits(dose, rows[(draft.visits["cc"][rows] < 2) & draft.visits["settled"][rows]])
    rows = rows[dose.mark[draft.visits["inst"][rows]] >= 0]
    real = draft.visits["cc"][rows]
    claimed = np.where(draft.rng.random(len(rows)) < 0.6, 2, np.minimum(real + 1, 2))
    draft.visits["claimed_cc"][rows] = claimed
    draft.visits["mark"][rows] = dose.mark[draft.visits["inst"][rows]]
    draft.visits["disputed"][rows] = np.round(
        mean_cost()[draft.visits["dx"][rows]] * (CC_COST[claimed] - CC_COST[real])
    ).astype(np.int64)


def outlier_gaming(draft: Draft, dose: Dose) -> None:
    """Costs pushed just over the border above which a case is paid by item."""
    rows = stays(draft)
    rows = draft.hit_visits(dose, rows[(draft.visits["los"][rows] >= 5) & draft.visits["settled"][rows]])
    gap = mean_cost()[draft.visits["dx"][rows]] * CC_COST[draft.visits["cc"][rows]] * (HIGH_OUTLIER - 0.95)
    vials = np.clip(np.ceil(gap / (items().price[items().of("alb20")] / 100)), 4, 60)
    draft.add(dose, rows, "alb20", first_day(draft, rows), cnt=vials)


def cost_shifting(draft: Draft, dose: Dose) -> None:
    """The exams and drugs of a stay charged as out-patient visits just before and after it."""
    rows = stays(draft)
    rows = draft.hit_visits(dose, rows[~draft.visits["open"][rows]])
    for offset, keys in ((-2, "reg ct_chest p_liver p_renal p_coag us_abd ecg"), (2, "reg asp ator clop omep")):
        anchor = draft.visits["begin"][rows] if offset < 0 else draft.visits["end"][rows]
        begin = (anchor // DAY + offset) * DAY + draft.rng.integers(8 * 3600, 16 * 3600, len(rows))
        inside = inside_period(draft, begin)
        visit = clone_visits(draft, rows[inside], begin[inside], OUTPATIENT)
        draft.add(dose, visit, keys, begin[inside] + 300)


def inbound_cohort(draft: Draft, dose: Dose) -> None:
    """Groups from one far region, unfiled, with one diagnosis, one length of stay and one doctor."""
    people = draft.world.persons
    for place in dose.planted:
        region = np.flatnonzero(people.outside == place % len(OUTSIDE))
        n = min(len(region), max(12, int(np.sum(draft.world.stays["inst"] == place) * dose.rate[place])))
        person = draft.rng.choice(region, size=n, replace=False)
        waves = draft.rng.integers(3, draft.world.calendar.days - 12, 6)
        day = waves[draft.rng.integers(0, 6, n)] + draft.rng.integers(0, 2, n)
        free = ~draft.world.in_bed.on(person, day + 1)
        person, day = person[free], day[free]
        n = len(person)
        dx = np.full(n, disease_index()["backpain" if place % 2 else "chd"])
        new_stays(draft, int(place), person, dx, day, np.full(n, 8), 1.0, int(dose.mark[place]))


def inbound_short_stays(draft: Draft, dose: Dose) -> None:
    """Cards of one far region filled with one and the same two-night stay, all through the period."""
    people = draft.world.persons
    for place in dose.planted:
        region = np.flatnonzero((people.outside == place % len(OUTSIDE)) & (people.age_group > 1))
        n = min(len(region), max(20, int(np.sum(draft.world.stays["inst"] == place) * dose.rate[place])))
        person = draft.rng.choice(region, size=n, replace=False)
        day = draft.rng.integers(1, draft.world.calendar.days - 4, n)
        free = ~draft.world.in_bed.on(person, day + 1)
        person, day = person[free], day[free]
        kinds = np.array([disease_index()[key] for key in ("htn", "gast", "insom", "backpain")])
        dx = kinds[draft.rng.integers(0, len(kinds), len(person))]
        rows = new_stays(draft, int(place), person, dx, day, np.full(len(person), 2), 0.0, int(dose.mark[place]))
        visit, time = moments_of_stay(draft, rows)
        draft.add(dose, visit, "bed n2 regp iv nacl panax", time)
        draft.add(dose, rows, "cbc urine p_liver p_renal ecg us_abd ct_head", first_day(draft, rows))


SCHEMES = (
    Scheme("drg_dip", "upcoding", "stays", BY_CASE + " ORTHO CHC", (0.1, 0.25, 0.6), upcoding, stage="visits"),
    Scheme("drg_dip", "outlier_gaming", "stays", BY_CASE, (0.03, 0.08, 0.2), outlier_gaming),
    Scheme("drg_dip", "cost_shifting", "stays", BY_CASE, (0.12, 0.3, 0.7), cost_shifting, noise=0.002, stage="visits"),
    Scheme(
        "cross_region",
        "inbound_cohort",
        "stays",
        "PRIV S2 REHAB TCM",
        (0.12, 0.3, 0.7),
        inbound_cohort,
        stage="plan",
        traits=("unfiled",),
    ),
    Scheme(
        "cross_region",
        "inbound_short_stays",
        "stays",
        "PRIV S2 CHC TCM",
        (0.12, 0.3, 0.7),
        inbound_short_stays,
        stage="visits",
        traits=("unfiled",),
    ),
)
