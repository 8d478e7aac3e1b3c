"""What supervision already knows: tips (some unfounded) and the results of past inspections.

Grain: one row per tip; one row per past inspection, institution and area.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.catalogue import AREAS
from jobs.landing.generate import text
from jobs.landing.generate.draft import stream
from jobs.landing.generate.world import World
from jobs.landing.generate.writer import Writer

SOURCES = ("hotline", "letter", "media", "police", "other_department")
SELECTIONS = ("model", "tip", "random", "plan", "media")
VERDICTS = ("fraud", "violation", "compliant", "data_quality")
TIPPED = 0.3  # planted institutions somebody reported


def write(world: World, writer: Writer) -> None:
    """Write `tip_d` and `inspection_result_d`."""
    writer.write("tip_d", tips(world))
    writer.write("inspection_result_d", inspections(world))


def tips(world: World) -> dict[str, pa.Array]:
    """Tips: some planted institutions, as many others for nothing."""
    rng = stream(world.seed, "tips")
    guilty = [(p.institution, AREAS.index(p.scheme.area)) for p in world.cast.plants if rng.random() < TIPPED]
    idle = [
        (int(i), int(rng.integers(0, len(AREAS))))
        for i in rng.choice(len(world.profile), size=max(3, len(guilty)), replace=False)
    ]
    rows = guilty + idle
    n = len(rows)
    place, area = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    known = rng.random(n)
    verified = np.where(np.arange(n) < len(guilty), np.where(known < 0.25, 1, 0), np.where(known < 0.45, 2, 0))
    return {
        "tip_id": text.labelled("TIP", np.arange(n) + 10_001),
        "fixmedins_code": text.pick(place, world.profile["code"]),
        "area": text.pick(np.where(rng.random(n) < 0.85, area, -1), AREAS),
        "tip_date": text.date(world.calendar.first + rng.integers(0, world.calendar.days, n)),
        "source": text.pick(rng.choice(5, n, p=[0.6, 0.2, 0.05, 0.05, 0.1]), SOURCES),
        "verified": text.pick(verified, ["open", "confirmed", "unfounded"]),
    }


def inspections(world: World) -> dict[str, pa.Array]:
    """Inspections of the year before the period: a sample of everybody, planted institutions more often."""
    rng, n = stream(world.seed, "inspections"), len(world.profile)
    plants = {p.institution: p for p in world.cast.plants}
    chance = np.full(n, 0.09)
    chance[list(plants)] = 0.35
    place = np.flatnonzero(rng.random(n) < chance)
    m = len(place)
    guilty = np.isin(place, list(plants))
    area = rng.integers(0, len(AREAS), m)
    area[guilty] = [AREAS.index(plants[int(i)].scheme.area) for i in place[guilty]]
    found = rng.random(m) < np.where(guilty, 0.8, 0.18)
    verdict = np.where(found, np.where(rng.random(m) < 0.15, 0, 1), np.where(rng.random(m) < 0.12, 3, 2))
    amount = np.where(found, world.profile["weight"][place] * world.lines * 30 * rng.lognormal(0, 0.8, m) * 0.03, 0)
    begin = np.datetime64(world.calendar.begin, "M") - 18
    days = begin.astype("datetime64[D]")
    return {
        "inspection_id": text.labelled("INS", np.arange(m) + 20_001),
        "fixmedins_code": text.pick(place, world.profile["code"]),
        "area": text.pick(area, AREAS),
        "period_begin": text.date(np.full(m, days)),
        "period_end": text.date(np.full(m, (begin + 12).astype("datetime64[D]") - 1)),
        "concluded_on": text.date(days + 380 + rng.integers(0, 120, m)),
        "selection": text.pick(rng.choice(5, m, p=[0.3, 0.15, 0.35, 0.18, 0.02]), SELECTIONS),
        "verdict": text.pick(verdict, VERDICTS),
        "confirmed_amount": text.money(np.round(amount * 100)),
    }
