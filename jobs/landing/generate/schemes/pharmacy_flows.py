"""Planted patterns of retail pharmacies that live in flows: groups of cards, rings, outsiders, trace codes that come
back.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import SHOP, UNIT, Dose, Draft
from jobs.landing.generate.frame import Frame, spread
from jobs.landing.generate.items import items
from jobs.landing.generate.schemes.helpers import locals_near, visit_rows, visits_of
from jobs.landing.generate.schemes.registry import SHOPS, Scheme
from jobs.landing.generate.staff import DEPT_INDEX

DEAR = "insg dapa nife nxt tiot rosu"
BASKETS = ("nxt fufd", "insg ator", "nife rosu", "fej", "tiot nxt", "dapa clop")


def _shop_visits(
    draft: Draft,
    dose: Dose,
    place: int,
    person: np.ndarray,
    begin: np.ndarray,
    keys: str,
    cnt: float | np.ndarray,
    mark: bool = True,
) -> None:
    """Visits of persons to a shop, each with the same basket."""
    rows = draft.add_visits(
        visit_rows(len(person), inst=place, person=person, kind=SHOP, begin=begin, end=begin, dept=DEPT_INDEX["shop"])
    )
    draft.add(dose if mark else None, rows, keys, begin, cnt)


def swiping_cluster(draft: Draft, dose: Dose) -> None:
    """A bundle of cards swiped one after the other within minutes, the same basket for each, week after week."""
    for place in dose.planted:
        size = int(np.clip(6 + dose.rate[place] * 30, 6, 30))
        group = locals_near(draft, int(place), size)
        sessions = max(4, int(len(visits_of(draft, int(place))) * dose.rate[place] / size))
        days = draft.rng.choice(draft.world.calendar.days, size=sessions)
        for number, day in enumerate(days):
            start = draft.world.calendar.epoch + int(day) * DAY + int(draft.rng.integers(11, 21)) * 3600
            begin = start + np.cumsum(draft.rng.integers(15, 55, len(group)))
            _shop_visits(draft, dose, int(place), group, begin, BASKETS[number % 3], 2.0)


def year_end_rush(draft: Draft, dose: Dose) -> None:
    """The year's remaining quota swiped away in its last weeks."""
    calendar = draft.world.calendar
    year_end = np.flatnonzero(
        np.isin(calendar.dates.astype("datetime64[M]").astype(int) % 12, (11,))
        & (calendar.dates.astype("datetime64[D]").astype(int) % 2 == 0)
    )
    for place in dose.planted:
        n = max(20, int(len(visits_of(draft, int(place))) * dose.rate[place]))
        person = locals_near(draft, int(place), n)
        begin = (
            calendar.epoch
            + draft.rng.choice(year_end, len(person)) * DAY
            + draft.rng.integers(8 * 3600, 21 * 3600, len(person))
        )
        _shop_visits(draft, dose, int(place), person, begin, DEAR, 6.0)


def dear_drug_outsiders(draft: Draft, dose: Dose) -> None:
    """A rare dear drug suddenly sells, mostly to people insured elsewhere."""
    people = draft.world.persons
    for place in dose.planted:
        n = max(15, int(len(visits_of(draft, int(place))) * dose.rate[place]))
        person = draft.rng.integers(people.locals_, len(people), n)
        half = draft.world.calendar.days // 3
        begin = (
            draft.world.calendar.epoch
            + draft.rng.integers(half, draft.world.calendar.days, n) * DAY
            + draft.rng.integers(9 * 3600, 20 * 3600, n)
        )
        _shop_visits(
            draft,
            dose,
            int(place),
            person,
            begin,
            "sema" if place % 2 else "gefi",
            draft.rng.integers(2, 5, n).astype(float),
        )


def inpatient_buyers(draft: Draft, dose: Dose) -> None:
    """Cards of people lying in hospital swiped at the shop."""
    plan = draft.world.stays
    long_enough = np.flatnonzero(
        (plan["los"] >= 4)
        & (plan["begin"] + plan["los"] < draft.world.calendar.days)
        & (plan["person"] < draft.world.persons.locals_)
    )
    for place in dose.planted:
        near = long_enough[
            draft.world.persons.district[plan["person"][long_enough]] == draft.world.profile["district"][place]
        ]
        pool = near if len(near) > 30 else long_enough
        n = min(max(12, int(len(visits_of(draft, int(place))) * dose.rate[place])), len(pool))
        pick = draft.rng.choice(pool, size=n, replace=False)
        day = plan["begin"][pick] + 1 + (draft.rng.random(n) * (plan["los"][pick] - 2)).astype(int)
        begin = draft.world.calendar.epoch + day.astype(np.int64) * DAY + draft.rng.integers(9 * 3600, 20 * 3600, n)
        _shop_visits(draft, dose, int(place), plan["person"][pick], begin, "nxt ator nife", 3.0)


def resale_ring(draft: Draft, dose: Dose) -> None:
    """The same group of persons draws dear chronic drugs at several shops on the same days, over and over."""
    for plant in dose.plants:
        shops = np.array([plant.institution, *plant.partners])
        rate = dose.rate[plant.institution]
        group = locals_near(draft, plant.institution, int(8 + 16 * rate))
        rounds = max(3, int(draft.world.calendar.days / 30 * (1 + 2 * rate)))
        for turn in range(rounds):
            day = int(draft.rng.integers(0, draft.world.calendar.days))
            here = group[draft.rng.random(len(group)) < 0.75]
            owner, stop = spread(np.full(len(here), len(shops)))
            begin = (
                draft.world.calendar.epoch
                + day * DAY
                + 9 * 3600
                + stop * 5400
                + owner * 240
                + draft.rng.integers(0, 120, len(owner))
            )
            begin = np.minimum(begin, draft.world.calendar.epoch + day * DAY + 21 * 3600)
            for number, shop in enumerate(shops):
                mine = stop == number
                _shop_visits(
                    draft,
                    dose,
                    int(shop),
                    here[owner[mine]],
                    begin[mine],
                    "insg dapa nxt" if turn % 2 else "tiot rosu nife",
                    4.0,
                )


def codes_in_shop(draft: Draft, dose: Dose) -> None:
    """A few trace codes scanned again and again in the same shop: the goods never left, or were something else."""
    rows = np.flatnonzero(draft.lines["trace"] > 0)
    rows = draft.hit_lines(dose, rows[~draft.lines["split"][rows]])
    cell = draft.inst_of(rows).astype(np.int64) * len(items()) + draft.lines["item"][rows]
    order = np.lexsort((draft.lines["time"][rows], cell))
    rows, cell = rows[order], cell[order]
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]]) if len(cell) else np.zeros(0, dtype=int)
    size = np.diff(np.r_[starts, len(cell)])
    position = np.arange(len(cell)) - np.repeat(starts, size)
    lead = np.repeat(starts, size) + position // 8 * 8  # one code serves up to eight sales
    draft.lines["trace"][rows] = draft.lines["trace"][rows[lead]]
    draft.lines["cnt"][rows] = np.minimum(draft.lines["cnt"][rows], draft.lines["cnt"][rows[lead]])
    draft.lines["cnt"][rows] = np.maximum(draft.lines["cnt"][rows] // UNIT, 1) * UNIT
    draft.blame(dose, rows[lead != np.arange(len(rows))])


def codes_across(draft: Draft, dose: Dose) -> None:
    """Boxes settled at one institution turn up at the shop weeks later and are settled again."""
    for plant in dose.plants:
        mine = np.flatnonzero(
            (draft.visits["inst"][draft.lines["visit"]] == plant.institution) & (draft.lines["trace"] > 0)
        )
        mine = mine[draft.rng.random(len(mine)) < dose.rate[plant.institution]]
        theirs = np.flatnonzero(
            np.isin(draft.visits["inst"][draft.lines["visit"]], plant.partners) & (draft.lines["trace"] > 0)
        )
        theirs = theirs[np.argsort(draft.lines["time"][theirs], kind="stable")]
        for item in np.unique(draft.lines["item"][mine]):
            sold = theirs[draft.lines["item"][theirs] == item]
            again = mine[draft.lines["item"][mine] == item]
            again = again[np.argsort(draft.lines["time"][again], kind="stable")]
            n = min(len(sold), len(again))
            sold, again = sold[:n], again[len(again) - n :]
            later = draft.lines["time"][again] > draft.lines["time"][sold] + 3 * DAY
            sold, again = sold[later], again[later]
            draft.lines["trace"][again] = draft.lines["trace"][sold]
            draft.lines["cnt"][again] = UNIT
            draft.blame(dose, again)


def _stocked(profile: Frame, place: int, _strength: int) -> None:
    profile["stock"][place] = True
    profile["trace"][place] = True


SCHEMES = (
    Scheme(
        "pharmacy",
        "swiping_cluster",
        "visits",
        SHOPS,
        (0.06, 0.15, 0.35),
        swiping_cluster,
        stage="visits",
        tune=_stocked,
    ),
    Scheme(
        "pharmacy", "year_end_rush", "visits", SHOPS, (0.04, 0.1, 0.25), year_end_rush, stage="visits", months=(12,)
    ),
    Scheme("pharmacy", "dear_drug_outsiders", "visits", SHOPS, (0.015, 0.04, 0.1), dear_drug_outsiders, stage="visits"),
    Scheme("pharmacy", "buying_while_inpatient", "visits", SHOPS, (0.02, 0.06, 0.15), inpatient_buyers, stage="visits"),
    Scheme(
        "pharmacy",
        "resale_ring",
        "visits",
        SHOPS,
        (0.15, 0.4, 0.9),
        resale_ring,
        stage="visits",
        partners=3,
        shared=True,
    ),
    Scheme(
        "pharmacy",
        "trace_code_reuse",
        "FAM drug",
        SHOPS,
        (0.06, 0.18, 0.45),
        codes_in_shop,
        noise=0.0008,
        stage="trace",
        tune=_stocked,
    ),
    Scheme(
        "pharmacy",
        "trace_code_reflow",
        "FAM drug",
        SHOPS,
        (0.1, 0.25, 0.6),
        codes_across,
        stage="trace",
        partners=3,
        partner_kinds="T3 S2 CHC PHC PHS",
        tune=_stocked,
    ),
)
