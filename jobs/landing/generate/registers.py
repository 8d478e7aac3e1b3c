"""The registers of the area, written once: institutions, staff, equipment, persons, suspensions, price caps, filings.

Reads: the plan of the area alone. Grain: as the contract says.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.landing.generate import text
from jobs.landing.generate.draft import stream
from jobs.landing.generate.items import items
from jobs.landing.generate.kinds import kinds
from jobs.landing.generate.people_text import roles, staff_codes
from jobs.landing.generate.persons import CITY, DISTRICTS, OUTSIDE
from jobs.landing.generate.staff import DEPT_INDEX
from jobs.landing.generate.volumes import family_weight, workload
from jobs.landing.generate.world import World
from jobs.landing.generate.writer import Writer

BED_USE = 0.82  # share of beds an ordinary hospital fills
# Machines: families counted, units one machine makes in a working day, working hours.
MACHINES = {
    "ct": (("ct",), 70.0, 12.0),
    "mr": (("mr",), 28.0, 12.0),
    "dr": (("dr",), 110.0, 10.0),
    "us": (("us",), 45.0, 9.0),
    "dialysis": (("hd",), 2.6, 14.0),
    "analyzer": (("lab",), 900.0, 16.0),
}
CAPS = (
    "c_stent",
    "c_ball",
    "c_joint",
    "c_hipj",
    "c_pscrew",
    "c_cage",
    "amlo",
    "ator",
    "clop",
    "rosu",
    "c_lens",
    "c_plate",
    "c_screw",
)


def write(world: World, writer: Writer) -> None:
    """Write every register."""
    writer.write("fixmedins_b", institutions(world))
    writer.write("fixmedins_paus_d", pauses(world))
    writer.write("equip_b", equipment(world))
    writer.write("dr_info_b", doctors(world))
    writer.write("psn_info_b", insured(world))
    writer.write("volume_price_d", caps(world))
    writer.write("out_appy_d", filings(world))


def _beds(world: World) -> np.ndarray:
    """Approved beds: enough for the planned stays and their swings, too few where a scheme overfills the house."""
    days = np.bincount(world.stays["inst"], world.stays["los"], len(world.profile))
    census = days / world.calendar.days
    beds = np.where(days > 0, np.ceil(census / BED_USE + 2.5 * np.sqrt(census)) + 2, 0)
    crowded = world.cast.trait_rate("few_beds", len(world.profile))
    return np.where(crowded > 0, np.maximum(1, np.floor(census * (0.95 - 0.5 * crowded))), beds).astype(int)


def institutions(world: World) -> dict[str, pa.Array]:
    """`fixmedins_b`."""
    profile, n, rng = world.profile, len(world.profile), stream(world.seed, "registers")
    count = world.staff.count
    shop = profile["pharmacy"]
    technicians = count[:, [DEPT_INDEX["img"], DEPT_INDEX["lab"], DEPT_INDEX["rehab"]]].sum(axis=1)
    doctors_ = count.sum(axis=1) - technicians - count[:, DEPT_INDEX["shop"]]
    chains = [f"C{CITY}{i + 1:05d}" for i in range(int(profile["chain"].max()) + 2)]
    started = np.datetime64("2012-01-01") + rng.integers(0, 3000, n)
    index = np.arange(n)
    return {
        "fixmedins_code": text.words(profile["code"]),
        "fixmedins_name": text.words(profile["name"]),
        "fixmedins_type": text.pick(shop.astype(int), ["1", "2"]),
        "uscc": text.labelled("91TEST", index + 10**11),
        "hosp_lv": text.pick(index, list(profile["hosp_lv"])),
        "medins_type": text.pick(profile["kind"], [k.medins_type for k in kinds()]),
        "biznat": text.pick(index, list(profile["biznat"])),
        "fix_blng_admdvs": text.pick(profile["district"], DISTRICTS),
        "prnt_code": text.pick(profile["chain"], chains),
        "aprv_bed_cnt": text.number(_beds(world), shop),
        "dr_psncnt": text.number(doctors_, shop),
        "tecn_psncnt": text.number(technicians, shop),
        "reha_psncnt": text.number(count[:, DEPT_INDEX["rehab"]], shop),
        "phar_psncnt": text.number(np.where(shop, rng.integers(1, 4, n), np.maximum(1, doctors_ // 8))),
        "lnt": text.decimal(np.round((118.2 + profile["district"] * 0.06 + rng.normal(0, 0.03, n)) * 10**6), 10, 6, 6),
        "lat": text.decimal(
            np.round((33.4 + profile["district"] % 3 * 0.05 + rng.normal(0, 0.03, n)) * 10**6), 10, 6, 6
        ),
        "begntime": text.date(started),
        "endtime": text.date(np.full(n, np.datetime64("2027-12-31"))),
        "vali_flag": text.flag(np.ones(n)),
    }


def pauses(world: World) -> dict[str, pa.Array]:
    """`fixmedins_paus_d`; a suspension that outlasts the period has no end yet."""
    place, first, last = world.pauses.T
    begin = world.calendar.first + first
    return {
        "fixmedins_code": text.pick(place, world.profile["code"]),
        "begntime": text.date(begin),
        "endtime": text.date(world.calendar.first + last, last >= world.calendar.days),
    }


def equipment(world: World) -> dict[str, pa.Array]:
    """`equip_b`: machines for the work expected, with the usual reserve."""
    rng = stream(world.seed, "equipment")
    few = world.cast.trait_rate("few_machines", len(world.profile)) > 0
    place, kind, units, hours = [], [], [], []
    for number, (families, per_day, open_hours) in enumerate(MACHINES.values()):
        load = workload(world.profile, world.planned, world.calendar, family_weight(*families))
        have = np.flatnonzero(load > (0.02 if number == 4 else 0.15))
        count = np.ceil(load[have] / per_day * 1.35 + 0.25)
        short = few[have] & (number == 0)
        place.append(have)
        kind.append(np.full(len(have), number))
        units.append(np.where(short, 1, count))
        hours.append(np.where(short, 6.0, open_hours) + rng.integers(0, 3, len(have)) * 0.5 * ~short)
    inst = np.concatenate(place)
    return {
        "fixmedins_code": text.pick(inst, world.profile["code"]),
        "equip_type": text.pick(np.concatenate(kind), list(MACHINES)),
        "unit_cnt": text.number(np.concatenate(units)),
        "daily_hours": text.decimal(np.round(np.concatenate(hours) * 100), 6, 2, 2),
    }


def doctors(world: World) -> dict[str, pa.Array]:
    """`dr_info_b`: the staff, and one former doctor of each institution."""
    rng, staff = stream(world.seed, "doctors"), world.staff
    n, former = len(staff.institution), np.arange(len(world.profile))
    former = former[~world.profile["pharmacy"]]
    row = np.r_[np.arange(n), n + former]
    kind = np.r_[roles(world), np.full(len(former), "doctor")]
    left = world.calendar.first - rng.integers(40, 400, len(row))
    return {
        "dr_code": text.pick(row, staff_codes(world)),
        "main_fixmedins_code": text.pick(np.r_[staff.institution, former], world.profile["code"]),
        "dr_type": text.words(kind),
        "mul_prac_flag": text.flag(rng.random(len(row)) < 0.06),
        "nemp_time": text.date(left, row < n),
    }


def insured(world: World) -> dict[str, pa.Array]:
    """`psn_info_b`: the insured of the area (visitors are registered at home)."""
    people = world.persons
    who = np.arange(people.locals_)
    dead = people.death[who] >= 0
    return {
        "psn_no": text.person_ids(who),
        "gend": text.pick(people.female[who].astype(int), ["1", "2"]),
        "brdy": text.date(people.born[who]),
        "surv_stas": text.pick((~dead).astype(int), ["0", "1"]),
        "die_date": text.date(world.calendar.first + people.death[who], ~dead),
        "emp_no": text.labelled("EMP", people.employer[who] + 100_000, people.employer[who] < 0),
        "resd_admdvs": text.pick(people.district[who], DISTRICTS),
    }


def caps(world: World) -> dict[str, pa.Array]:
    """`volume_price_d`: ceilings of selected goods; half of them city-wide, half for the province."""
    item = items().many(" ".join(CAPS))
    n = len(item)
    begin = world.calendar.first - 200
    return {
        "med_list_codg": text.pick(item, items().code),
        "admdvs": text.pick(np.arange(n) % 2, [CITY, "320000"]),
        "price_cap": text.price(items().price[item] * 12 // 10),
        "cap_type": text.pick(np.arange(n) % 3, ["selected", "ceiling", "control_target"]),
        "begndate": text.date(np.full(n, begin)),
        "enddate": text.date(np.full(n, begin), np.ones(n, dtype=bool)),
    }


def filings(world: World) -> dict[str, pa.Array]:
    """`out_appy_d`: most visitors filed their treatment here; some locals filed theirs elsewhere."""
    rng, people = stream(world.seed, "filings"), world.persons
    visitors = np.arange(people.locals_, len(people))
    visitors = visitors[(rng.random(len(visitors)) < 0.85) & ~np.isin(visitors, world.unfiled)]
    travellers = rng.choice(people.locals_, size=max(10, people.locals_ // 200), replace=False)
    who = np.r_[visitors, travellers]
    where = np.r_[np.zeros(len(visitors), dtype=int), 1 + rng.integers(0, len(OUTSIDE), len(travellers))]
    begin = world.calendar.first - rng.integers(5, 300, len(who))
    return {
        "psn_no": text.person_ids(who),
        "out_admdvs": text.pick(where, [CITY, *OUTSIDE]),
        "begndate": text.date(begin),
        "enddate": text.date(begin + 730, rng.random(len(who)) < 0.3),
    }
