"""Turns visits into charged lines: draws the order set of each disease, spread over the days of a stay.

Grain: one row per charged line (schema in `draft`).
Why: doctors and institutions lean their own way (habits), so honest peers differ as real ones do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.diseases import WHEN, Orders, diseases
from jobs.landing.generate.draft import DAY_SURGERY, INPATIENT, LINE_SCHEMA, SHOP, UNIT
from jobs.landing.generate.frame import Frame, blank, concat, spread
from jobs.landing.generate.institutions import item_habits
from jobs.landing.generate.items import items

if TYPE_CHECKING:
    from jobs.landing.generate.world import World

CHUNK = 40_000  # visits drawn at once: bounds the memory of the random matrix
COURSE_30 = "r_bws r_wheel r_stand"  # honest therapists stop these after 30 days
WARD_WINDOW = {"lab": (6.0, 8.5), "bed": (0.1, 0.6), "nurse": (0.1, 0.6), "visitday": (0.1, 0.6), "drug": (7.0, 10.0)}


def expand(rng: np.random.Generator, world: World, visits: Frame) -> Frame:
    """The honest lines of the visits."""
    inpatient = np.isin(visits["kind"], (INPATIENT, DAY_SURGERY))
    setting = np.where(inpatient, 1, np.where(visits["kind"] == SHOP, 2, 0))
    cell = setting * len(diseases()) + visits["dx"]
    order = np.argsort(cell, kind="stable")
    cuts = np.flatnonzero(np.diff(cell[order])) + 1
    parts = []
    for rows in np.split(order, cuts):
        disease = diseases()[visits["dx"][rows[0]]]
        name = ("out", "inp", "shop")[setting[rows[0]]]
        chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
        parts += [_draw(rng, world, visits, chunk, disease.orders[name], name == "inp") for chunk in chunks]
    return concat(parts)


def _habits(world: World, visits: Frame, rows: np.ndarray, orders: Orders) -> np.ndarray:
    """Factor on the probability of each entry (visits × entries); exclusive entries keep theirs."""
    habit = item_habits()[orders.item]
    factor = world.profile["habit"][visits["inst"][rows]]
    doc = visits["doc"][rows]
    factor = factor * np.where(doc[:, None] >= 0, world.staff.habit[np.maximum(doc, 0)], 1.0)
    result = factor[:, habit]
    shared = np.bincount(orders.draw)[orders.draw] > 1
    result[:, shared | (habit == 0)] = 1.0
    return result


def _draw(rng: np.random.Generator, world: World, visits: Frame, rows: np.ndarray, orders: Orders, ward: bool) -> Frame:
    draw = rng.random((len(rows), int(orders.draw.max()) + 1))[:, orders.draw]
    chosen = (draw >= orders.lo) & (draw < orders.lo + orders.p * _habits(world, visits, rows, orders))
    empty = ~chosen.any(axis=1)
    chosen[empty, int(np.argmax(orders.p))] = True
    visit, entry = np.nonzero(chosen)
    visit = rows[visit]
    return (
        _ward_lines(rng, world, visits, visit, entry, orders)
        if ward
        else _walk_lines(rng, visits, visit, entry, orders)
    )


def _quantities(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """Whole quantities around the mean: small means by chance, hours of monitoring and grams of herbs by a narrow
    bell.
    """
    small = np.floor(mean) + (rng.random(len(mean)) < mean - np.floor(mean))
    small = small + ((mean >= 2) & (mean < 8)) * rng.choice([-1, 0, 0, 0, 0, 0, 1], len(mean))
    bell = np.round(mean * (1 + 0.15 * rng.standard_normal(len(mean))))
    bell = np.where(mean <= 24, np.minimum(bell, 24), bell)
    return np.maximum(1, np.where(mean < 8, small, bell))


def _lines(visit: np.ndarray, item: np.ndarray, quantity: np.ndarray, time: np.ndarray) -> Frame:
    lines = blank(LINE_SCHEMA, len(visit))
    lines["visit"], lines["item"] = visit.astype("i4"), item
    lines["cnt"], lines["time"] = (quantity * UNIT).astype("i4"), time.astype("i8")
    return lines


def _walk_lines(rng: np.random.Generator, visits: Frame, visit: np.ndarray, entry: np.ndarray, orders: Orders) -> Frame:
    begin, end = visits["begin"][visit], visits["end"][visit]
    time = begin + (rng.random(len(visit)) * np.maximum(0, end - begin)).astype(np.int64)
    return _lines(visit, orders.item[entry], _quantities(rng, orders.quantity[entry]), time)


def _days(
    rng: np.random.Generator, visits: Frame, visit: np.ndarray, when: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which days of the stay each order is charged on: (position of the order, day of the stay)."""
    los = np.maximum(1, visits["los"][visit])
    count = np.where(when == WHEN["d"], los, np.where(when == WHEN["s"], np.maximum(1, los - 1), 1))
    count = np.where(when == WHEN["a"], (los - 1) // 3, count)
    owner, turn = spread(count)
    kind, length = when[owner], los[owner]
    day = np.where(kind == WHEN["d"], turn, np.where(kind == WHEN["s"], np.minimum(turn + 1, length - 1), 0))
    day = np.where(kind == WHEN["a"], 2 + turn * 3, day)
    day = np.where(kind == WHEN["o"], np.minimum(1, length - 1), day)
    day = np.where(kind == WHEN["r"], (rng.random(len(owner)) * length).astype(int), day)
    day = np.where(kind == WHEN["x"], length, day)
    return owner, day


def _ward_lines(
    rng: np.random.Generator, world: World, visits: Frame, visit: np.ndarray, entry: np.ndarray, orders: Orders
) -> Frame:
    owner, day = _days(rng, visits, visit, orders.when[entry])
    visit, entry = visit[owner], entry[owner]
    item, when = orders.item[entry], orders.when[entry]
    begin = visits["begin"][visit]
    midnight = begin - begin % DAY
    time = midnight + day * DAY + _ward_clock(rng, item)
    time = np.where(day == 0, np.maximum(time, begin + rng.integers(60, 7200, len(time))), time)
    time = np.minimum(time, midnight + day * DAY + DAY - 30)
    calendar = world.calendar
    keep = time < calendar.epoch + calendar.days * DAY
    weekday = (time // DAY + 3) % 7
    keep &= ~((when == WHEN["s"]) & (weekday == 6))
    habitual = np.isin(item, items().many("bed bed1 regp n1 n2 n3"))
    keep &= habitual | (when != WHEN["d"]) | (rng.random(len(time)) < 0.97)
    keep &= ~(np.isin(item, items().many(COURSE_30)) & (day >= 30) & (rng.random(len(time)) < 0.985))
    lines = _lines(visit, item, _quantities(rng, orders.quantity[entry]), time)
    return lines.take(keep)


def _ward_clock(rng: np.random.Generator, item: np.ndarray) -> np.ndarray:
    """Seconds into the day at which a ward charges an item."""
    low, high = np.full(len(items()), 8.0), np.full(len(items()), 17.5)
    for family, (start, stop) in WARD_WINDOW.items():
        mask = items().in_family(family)
        low[mask], high[mask] = start, stop
    return ((low[item] + rng.random(len(item)) * (high - low)[item]) * 3600).astype(np.int64)
