"""The whole area before a single line exists: institutions, persons, staff, stays, plants, decoys and the shards.

Why: every shard of lines is drawn from this one plan, so shards can be made in any order and by any number of
processes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.landing.generate import institutions, persons, staff, stays, volumes
from jobs.landing.generate.calendar import Calendar
from jobs.landing.generate.cast import Cast, cast
from jobs.landing.generate.diseases import disease_index
from jobs.landing.generate.draft import stream
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import items
from jobs.landing.generate.persons import Buckets, Persons
from jobs.landing.generate.staff import Staff
from jobs.landing.generate.stays import InBed

SURPLUS = (
    1.07  # visits drawn beyond need: those of persons in bed, dead or in suspension are dropped, the rest is trimmed
)
SHARD_LINES = 330_000
PERSONS_PER_LINE = 1 / 14


@dataclass
class World:
    """The plan of the area. `policy_day` and `reform_day` are days of the period; `pauses` rows (institution, first,
    last day).
    """

    seed: int
    lines: int
    calendar: Calendar
    profile: Frame
    planned: dict[str, np.ndarray]
    persons: Persons
    buckets: Buckets
    staff: Staff
    stays: Frame
    in_bed: InBed
    cast: Cast
    dialysis_person: np.ndarray
    dialysis_home: np.ndarray
    pauses: np.ndarray
    shards: list[np.ndarray]
    policy_day: int
    reform_day: int
    swap_item: int
    unfiled: np.ndarray

    def closed(self, institution: np.ndarray, day: np.ndarray) -> np.ndarray:
        """True where the institution is suspended on the day and keeps to it."""
        return _suspended(self.pauses, self.cast, institution, day)


def build(lines: int, period: tuple[str, str], seed: int) -> World:
    """Plan an area of about `lines` fee lines. The same arguments give the same plan. Raises ValueError on a bad
    period.
    """
    calendar = Calendar(*period)
    profile = institutions.build(stream(seed, "institutions"), lines)
    roles = cast(stream(seed, "cast"), profile, calendar, lines)
    profile["weight"] = profile["weight"] / profile["weight"].sum()
    planned = volumes.plan(profile, calendar, lines * SURPLUS)
    people = persons.build(stream(seed, "persons"), calendar, max(2_500, int(lines * PERSONS_PER_LINE)))
    patients, home = _dialysis(stream(seed, "dialysis"), profile, people, planned["dialysis"])
    buckets = Buckets(people)
    pauses = _pauses(stream(seed, "dates"), profile, roles, calendar)
    plan = stays.build(stream(seed, "stays"), calendar, profile, planned["stays"], buckets)
    plan = plan.take(~_suspended(pauses, roles, plan["inst"], plan["begin"]))
    return World(
        seed=seed,
        lines=lines,
        calendar=calendar,
        profile=profile,
        planned=planned,
        persons=people,
        buckets=buckets,
        staff=staff.build(stream(seed, "staff"), profile, planned, calendar),
        stays=plan,
        in_bed=InBed.of(plan),
        cast=roles,
        dialysis_person=patients,
        dialysis_home=home,
        pauses=pauses,
        shards=_shards(profile, roles, lines),
        policy_day=int(calendar.days * 0.55),
        reform_day=int(calendar.days * 0.66),
        swap_item=items().of("tpsa"),
        unfiled=_unfiled(people, roles),
    )


def _suspended(pauses: np.ndarray, roles: Cast, institution: np.ndarray, day: np.ndarray) -> np.ndarray:
    result = np.zeros(len(institution), dtype=bool)
    careless = roles.with_trait("paused")
    for place, first, last in pauses:
        if place not in careless:
            result |= (institution == place) & (day >= first) & (day <= last)
    return result


def _dialysis(
    rng: np.random.Generator, profile: Frame, people: Persons, planned: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Dialysis patients and their centre; marks them in `people` so that nobody else draws them by chance."""
    home = np.repeat(np.arange(len(profile)), planned)
    adults = np.flatnonzero(people.age_group[: people.locals_] > 0)
    chosen = rng.choice(adults, size=min(len(home), len(adults) // 2), replace=False)
    people.chronic[chosen] = disease_index()["esrd"]
    return chosen, home[: len(chosen)]


def _unfiled(people: Persons, roles: Cast) -> np.ndarray:
    """Visitors of the regions from which a planted cohort comes: half of them never filed their treatment here."""
    regions = roles.with_trait("unfiled") % len(persons.OUTSIDE)
    visitors = np.flatnonzero(np.isin(people.outside, regions) & (people.outside >= 0))
    return visitors[visitors % 2 == 0]


def _pauses(rng: np.random.Generator, profile: Frame, roles: Cast, calendar: Calendar) -> np.ndarray:
    """Suspensions: about one institution in sixty, and those whose plant settles through one."""
    size = max(1, len(profile) // 60)
    free = np.flatnonzero(~roles.taken(len(profile)))
    places = np.r_[rng.choice(free, size=size, replace=False), roles.with_trait("paused")]
    length = rng.integers(15, max(16, min(70, calendar.days // 2)), len(places))
    first = rng.integers(5, max(6, calendar.days - 20), len(places))
    return np.stack([places, first, np.minimum(first + length, calendar.days + 60)], axis=1).astype(np.int64)


def _shards(profile: Frame, roles: Cast, lines: int) -> list[np.ndarray]:
    """Groups of institutions of about equal business; partners of one scheme stay together."""
    count = int(np.clip(np.ceil(lines / SHARD_LINES), 2, 400))
    group = np.arange(len(profile))
    for plant in roles.plants:
        for partner in plant.partners:
            group[group == group[partner]] = group[plant.institution]
    load, weight = np.zeros(count), np.bincount(group, profile["weight"], len(profile))
    shard = np.zeros(len(profile), dtype=int)
    for leader in np.argsort(-weight, kind="stable"):
        if weight[leader] > 0:
            shard[leader] = int(np.argmin(load))
            load[shard[leader]] += weight[leader]
    of_group = shard[group]
    return [np.flatnonzero(of_group == number) for number in range(count)]
