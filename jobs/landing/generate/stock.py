"""Purchases, stock counts and sales of the institutions that report stock.

Grain: `sel_d` one row per sale or issue, `purc_d` one per delivery (or return), `inv_d` one per count.
Why: opening + purchases − all sales = closing for honest institutions, so a shortage means something.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.landing.generate import text
from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import UNIT, Draft
from jobs.landing.generate.frame import Frame, concat
from jobs.landing.generate.items import items

SELF_PAID = {True: 0.3, False: 0.04}  # self-paid sales per claimed sale: shops, hospitals
SUPPLIERS = ("国润医药配送", "华东联合药业", "康源医药物流", "瑞祥器械商贸", "和泰供应链", "中盛医疗科技")
MARGIN = 1.22  # a shop's price over its purchase price; hospitals sell at cost
COUNT_ERROR = 0.004


def _goods(draft: Draft, lines: Frame) -> Frame:
    """Claimed movements of goods of reporting institutions, refunds negative."""
    inst = draft.visits["inst"][lines["visit"]]
    rows = items().goods()[lines["item"]] & draft.world.profile["stock"][inst] & ~lines["void"]
    moves = lines.take(rows)
    moves["inst"] = inst[rows]
    return moves


def sales(draft: Draft, lines: Frame) -> tuple[dict[str, pa.Array], Frame]:
    """The sales table, and all movements (claimed and self-paid) for the balance."""
    claimed = _goods(draft, lines)
    shop = draft.world.profile["pharmacy"][claimed["inst"]]
    rate = np.where(shop, SELF_PAID[True], SELF_PAID[False])
    paid = claimed.take(
        (draft.rng.random(len(claimed)) < rate) & (claimed["cnt"] > 0) & ~claimed["unbought"] & (claimed["mark"] < 0)
    )
    end = draft.world.calendar.epoch + draft.world.calendar.days * DAY
    paid["time"] = np.minimum(paid["time"] + draft.rng.integers(-3 * DAY, 3 * DAY, len(paid)), end - 60)
    paid["time"] = np.maximum(paid["time"], draft.world.calendar.epoch)
    paid["settlement"] = np.full(len(paid), -1)
    paid["trace"] = np.zeros(len(paid), dtype=np.int64)
    claimed["own"], paid["own"] = np.zeros(len(claimed), dtype=bool), np.ones(len(paid), dtype=bool)
    moves = concat([claimed, paid])
    own, visit = moves["own"], moves["visit"]
    boxes = np.abs(moves["cnt"].astype(np.int64)) // UNIT
    table = {
        "sel_sn": text.ids("sale", draft.number(np.arange(len(moves)))),
        "fixmedins_code": text.pick(moves["inst"], draft.world.profile["code"]),
        "med_list_codg": text.pick(moves["item"], items().code),
        "setl_id": text.ids("settlement", draft.number(moves["settlement"])),
        "psn_no": text.nulled(draft.person_column(visit), own),
        "cnt": text.quantity(moves["cnt"]),
        "pric": text.price(moves["price"]),
        "mdtrt_setl_type": text.pick(own.astype(int), ["1", "2"]),
        "drug_trac_codg": text.trace_codes(moves["trace"], boxes),
        "trdn_flag": text.flag(moves["split"]),
        "rxno": text.ids("order", np.where(draft.has_order(moves) & ~own, draft.number(visit), -1)),
        "sel_time": text.moment(moves["time"]),
    }
    return table, moves


def balance(draft: Draft, moves: Frame) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Purchases that cover what was really handed out, and the monthly counts that follow from them."""
    calendar = draft.world.calendar
    months = len(calendar.months)
    month = calendar.month[np.clip(draft.day_of(moves["time"]), 0, calendar.days - 1)]
    cell, back = np.unique(moves["inst"].astype(np.int64) * len(items()) + moves["item"], return_inverse=True)
    out = np.zeros((len(cell), months))
    real = ~moves["unbought"]
    np.add.at(out, (back[real], month[real]), moves["cnt"][real] / UNIT)
    inst, item = cell // len(items()), (cell % len(items())).astype(np.int64)
    target = np.ceil(np.maximum(out, 0).mean(axis=1) * 0.5) + 2
    stock = np.empty((len(cell), months + 1))
    bought = np.empty((len(cell), months))
    stock[:, 0] = target + draft.rng.integers(0, 4, len(cell))
    for m in range(months):
        bought[:, m] = np.maximum(0, np.ceil(out[:, m] + target - stock[:, m]))
        stock[:, m + 1] = stock[:, m] + bought[:, m] - out[:, m]
    return _purchases(draft, inst, item, bought), _counts(draft, inst, item, stock)


def _purchases(draft: Draft, inst: np.ndarray, item: np.ndarray, bought: np.ndarray) -> dict[str, pa.Array]:
    calendar, rng, profile = draft.world.calendar, draft.rng, draft.world.profile
    cell, month = np.nonzero(bought > 0)
    n = len(cell)
    amount = bought[cell, month]
    returned = np.flatnonzero(rng.random(n) < 0.006)  # bought one too many, sent it back
    first = np.array([int(np.flatnonzero(calendar.month == m)[0]) for m in range(len(calendar.months))])
    # deliveries come before most of the month's sales
    time = calendar.epoch + (first[month] + rng.integers(0, 4, n)) * DAY + rng.integers(8 * 3600, 17 * 3600, n)
    amount[returned] += 1
    cell, time = np.r_[cell, cell[returned]], np.r_[time, time[returned] + 2 * DAY]
    amount, n = np.r_[amount, np.full(len(returned), -1.0)], n + len(returned)
    place, good = inst[cell], item[cell]
    listed = items().price[good]
    shop = profile["pharmacy"][place]
    paid = np.round(np.where(shop, listed / MARGIN, listed) * rng.normal(1.0, 0.004, n).clip(0.98, 1.0) / 100) * 100
    platform, online, gift = _terms(draft, place, good, paid)
    return {
        "purc_sn": text.ids("purchase", draft.number(np.arange(n))),
        "fixmedins_code": text.pick(place, profile["code"]),
        "med_list_codg": text.pick(good, items().code),
        "spler_name": text.pick((place * 3 + good) % len(SUPPLIERS), SUPPLIERS),
        "manu_lotnum": text.labelled("LOT", 230_000 + (good * 37 + time // (DAY * 30)) % 9_000),
        "cnt": text.quantity(np.round(amount * UNIT)),
        "pric": text.price(paid),
        "plaf_pric": text.price(platform),
        "onln_flag": text.flag(online),
        "prod_geay_flag": text.flag(gift),
        "purc_time": text.moment(time),
    }


def _terms(
    draft: Draft, place: np.ndarray, good: np.ndarray, paid: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Platform price, bought on the platform?, booked as a gift? – honest unless a planted trait says otherwise."""
    roles, n, size = draft.world.cast, len(draft.world.profile), len(place)
    device = np.array([f.startswith("cons") for f in items().family])[good]
    gift = draft.rng.random(size) < np.where(device, 0.002 + roles.trait_rate("gifts", n)[place], 0.001)
    dear = device & (draft.rng.random(size) < roles.trait_rate("over_platform", n)[place])
    platform = np.where(dear, np.round(paid * 0.7 / 100) * 100, paid)
    online = draft.rng.random(size) > np.where(device, 0.02 + roles.trait_rate("off_platform", n)[place], 0.03)
    paid[gift] = 0
    return platform, online, gift


def _counts(draft: Draft, inst: np.ndarray, item: np.ndarray, stock: np.ndarray) -> dict[str, pa.Array]:
    """Counts on the first day and at every month's end; some are skipped, a few are off by one."""
    calendar, rng = draft.world.calendar, draft.rng
    ends = [int(np.flatnonzero(calendar.month == m)[-1]) for m in range(len(calendar.months))]
    days = np.array([0, *ends])
    shape = stock.shape
    skipped = rng.random(shape) < 0.05
    skipped[:, [0, -1]] = False
    cell, turn = np.nonzero(~skipped)
    counted = stock[cell, turn] - (rng.random(len(cell)) < COUNT_ERROR)
    return {
        "fixmedins_code": text.pick(inst[cell], draft.world.profile["code"]),
        "med_list_codg": text.pick(item[cell], items().code),
        "inv_date": text.date(calendar.first + days[turn]),
        "cnt": text.quantity(np.round(np.maximum(counted, 0) * UNIT)),
    }
