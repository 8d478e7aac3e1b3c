"""All hospital stays of the area, planned at once: who lies where, from which day, how long, how ill.

Grain: one row per stay in a `Frame` sorted by institution.
Why: an honest person is never in two beds, and does not shop while in one; only a plan of the whole area can promise
that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.landing.generate.calendar import WEEKDAY_ADMISSION, Calendar, draw_days
from jobs.landing.generate.diseases import disease_index, diseases
from jobs.landing.generate.frame import Frame, rank_within
from jobs.landing.generate.persons import Buckets, Persons

SPAN = 100_000  # days per person in the sort key; larger than any period
CC_LEVELS = ("none", "cc", "mcc")
CC_LOS = np.array([0.9, 1.1, 1.45])
CHEMO_CYCLE = 21  # days
DEATH_RATE = np.array([0.0002, 0.001, 0.004, 0.016])  # of a stay, by age group


def draw_disease(rng: np.random.Generator, mix: np.ndarray, institution: np.ndarray) -> np.ndarray:
    """One disease index per row from the mix of its institution."""
    edges = np.cumsum(mix, axis=1)
    draw = rng.random(len(institution)) * edges[institution, -1]
    found = np.empty(len(institution), dtype=np.int8)
    for start in range(0, len(institution), 200_000):  # bounded memory
        part = slice(start, start + 200_000)
        found[part] = (edges[institution[part]] <= draw[part, None]).sum(axis=1)
    return np.minimum(found, mix.shape[1] - 1)


def _begin_days(rng: np.random.Generator, calendar: Calendar, dx: np.ndarray) -> np.ndarray:
    begin = np.empty(len(dx), dtype=np.int32)
    for number in np.unique(dx):
        rows = np.flatnonzero(dx == number)
        begin[rows] = draw_days(
            rng, calendar.weights(WEEKDAY_ADMISSION, diseases()[number].season, dip=0.45), len(rows)
        )
    return begin


def _persons(
    rng: np.random.Generator, buckets: Buckets, profile: Frame, institution: np.ndarray, dx: np.ndarray
) -> np.ndarray:
    person = np.empty(len(dx), dtype=np.int32)
    own = profile["district"][institution]
    far = profile["price_level"][institution] < 1
    spread_out = rng.random(len(dx)) < np.where(far, 0.6, 0.12)
    district = np.where(spread_out, rng.permutation(own), own)
    for number in np.unique(dx):
        rows = np.flatnonzero(dx == number)
        person[rows] = buckets.draw(rng, diseases()[number], district[rows])
    guests = np.flatnonzero(rng.random(len(dx)) < profile["outsiders"][institution])
    persons = buckets.persons
    person[guests] = rng.integers(persons.locals_, len(persons), len(guests))
    return person


def _chemo(rng: np.random.Generator, calendar: Calendar, stays: Frame) -> None:
    """Tumour patients come back every cycle: the same person at fixed intervals."""
    rows = np.flatnonzero(stays["dx"] == disease_index()["lungca"])
    cycles = max(1, int(calendar.days / CHEMO_CYCLE * 0.75))
    rank = rank_within(stays["inst"][rows])
    lead = rows - 0
    order = np.lexsort((rank, stays["inst"][rows]))
    lead = rows[order][np.arange(len(rows)) - rank[order] % cycles] if len(rows) else rows
    target = rows[order]
    stays["person"][target] = stays["person"][lead]
    offset = stays["begin"][lead] % CHEMO_CYCLE
    stays["begin"][target] = np.minimum(
        offset + (rank[order] % cycles) * CHEMO_CYCLE + rng.integers(0, 3, len(target)), calendar.days - 1
    )


def build(rng: np.random.Generator, calendar: Calendar, profile: Frame, planned: np.ndarray, buckets: Buckets) -> Frame:
    """Plan all stays; persons who die in a stay get their day of death."""
    institution = np.repeat(np.arange(len(profile)), planned).astype(np.int32)
    dx = draw_disease(rng, profile["inp_mix"], institution)
    person = _persons(rng, buckets, profile, institution, dx)
    age = buckets.persons.age_group[person]
    sick = profile["sick"][institution] * np.array([0.8, 0.7, 1.0, 1.4])[age]
    draw = rng.random(len(dx))
    cc = np.where(draw < 0.07 * sick, 2, np.where(draw < 0.30 * sick, 1, 0)).astype(np.int8)
    mean = np.array([d.los for d in diseases()])[dx] * profile["los"][institution] * CC_LOS[cc]
    los = np.maximum(1, np.round(rng.gamma(5.0, mean / 5.0))).astype(np.int32)
    los[np.array([d.day_surgery for d in diseases()])[dx]] = 1
    stays = Frame(
        {"inst": institution, "person": person, "dx": dx, "begin": _begin_days(rng, calendar, dx), "los": los, "cc": cc}
    )
    _chemo(rng, calendar, stays)
    stays["died"] = rng.random(len(dx)) < DEATH_RATE[buckets.persons.age_group[stays["person"]]] * (1 + cc)
    stays["died"] &= (stays["person"] < buckets.persons.locals_) & (stays["begin"] + los < calendar.days)
    return _settle(stays, buckets.persons)


def _settle(stays: Frame, persons: Persons) -> Frame:
    """Drop stays that overlap an earlier one of the same person or follow a death; record the deaths."""
    by_person = stays.take(np.lexsort((stays["begin"], stays["person"])))
    same = np.r_[False, by_person["person"][1:] == by_person["person"][:-1]]
    end = by_person["begin"] + by_person["los"]
    busy = same & (by_person["begin"] <= np.r_[0, end[:-1]])
    kept = by_person.take(~busy)
    dead = np.flatnonzero(kept["died"])
    persons.death[kept["person"][dead]] = (kept["begin"] + kept["los"])[dead]
    death = persons.death[kept["person"]]
    kept = kept.take((death < 0) | (kept["begin"] + kept["los"] <= death))
    return kept.take(np.argsort(kept["inst"], kind="stable"))


@dataclass(frozen=True)
class InBed:
    """Answers: is this person in a hospital bed on that day?"""

    key: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    person: np.ndarray

    @classmethod
    def of(cls, stays: Frame) -> InBed:
        """Index the stays by person and first day."""
        key = stays["person"].astype(np.int64) * SPAN + stays["begin"]
        order = np.argsort(key)
        end = stays["begin"] + stays["los"]
        return cls(key[order], stays["begin"][order], end[order], stays["person"][order])

    def on(self, person: np.ndarray, day: np.ndarray) -> np.ndarray:
        """True where the person lies in bed on the day (days of admission and discharge not counted)."""
        if len(self.key) == 0:
            return np.zeros(len(person), dtype=bool)
        at = np.searchsorted(self.key, person.astype(np.int64) * SPAN + day, side="right") - 1
        at = np.maximum(at, 0)
        return (self.person[at] == person) & (self.begin[at] < day) & (day < self.end[at])
