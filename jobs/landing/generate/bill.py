"""Prices, amounts and settlements: what each line costs, what the fund pays, what is taken back later.

Grain: `Bill.lines` one row per charged or refunded line, `Bill.settlements` one row per settlement; money in whole fen.
Why: the identities of the national tables hold here by construction: lines add up to their settlement, payers add up
to the bill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import CHRONIC, DAY_SURGERY, EMERGENCY, INPATIENT, OUTPATIENT, SHOP, UNIT, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import SERVICE_FAMILIES, items
from jobs.landing.generate.refunds import Bill, take_back

REFORM_CUT = 0.85  # a price reform lowers CT prices by this factor on one day, at public institutions
DEDUCTIBLE = np.array([800, 500, 250]) * 100  # fen, by price level
INPATIENT_RATIO = np.array([[0.85, 0.88, 0.92], [0.60, 0.70, 0.80]])  # employee, resident × price level
WALK_IN_RATIO = np.array([[0.50, 0.60, 0.70], [0.20, 0.35, 0.50]])
CHRONIC_RATIO = np.array([[0.75, 0.80, 0.85], [0.60, 0.65, 0.70]])
CATASTROPHIC = 20_000 * 100  # fen; above it a second fund adds to the pooled one


@dataclass
class Amounts:
    """Per line: unit price (1/10 000 yuan), its ceiling, amount and in-scope amount (fen)."""

    price: np.ndarray
    ceiling: np.ndarray
    amount: np.ndarray
    scope: np.ndarray


def amounts(draft: Draft) -> Amounts:
    """Price every line from the list of its institution's level."""
    world, lines = draft.world, draft.lines
    inst = draft.visits["inst"][lines["visit"]]
    item = lines["item"]
    listed = items().price_by_level()[world.profile["price_level"][inst], item].astype(np.float64)
    service = np.isin(items().family, list(SERVICE_FAMILIES))[item]
    ct = items().in_family("ct", "ctadd")[item]
    reformed = ct & (world.profile["biznat"][inst] == "1") & (draft.day_of(lines["time"]) >= world.reform_day)
    listed = np.where(reformed, np.round(listed * REFORM_CUT / 1000) * 1000, listed)
    shop = np.where(world.profile["pharmacy"][inst], world.profile["shop_price"][inst], 1.0)
    price = np.round(listed * shop * lines["markup"] / 100).astype(np.int64) * 100  # prices in whole fen
    amount = np.round(price * (lines["cnt"].astype(np.int64) / UNIT) / 100).astype(np.int64)
    self_made = draft.rng.random(len(item)) < 0.0008
    scope = np.round(amount * np.where(self_made, 0.0, items().scope[item])).astype(np.int64)
    return Amounts(price, np.where(service, listed, 0).astype(np.int64), amount, scope)


def settle(draft: Draft) -> Bill:
    """Settle the visits, then take back what is refunded."""
    money = amounts(draft)
    visits, n = draft.visits, len(draft.visits)
    visit = draft.lines["visit"]
    total = np.round(np.bincount(visit, money.amount, n)).astype(np.int64)
    scope = np.round(np.bincount(visit, money.scope, n)).astype(np.int64)
    pooled, other = _fund(draft, scope)
    settlements = Frame(
        {
            "visit": np.arange(n),
            "total": total,
            "scope": scope,
            "pooled": pooled,
            "other": other,
            "time": _settled_at(draft),
            "init": np.full(n, -1),
            "refund": np.zeros(n, dtype=bool),
        }
    )
    _personal_part(draft, settlements)
    lines = Frame(
        {
            **draft.lines.columns,
            "price": money.price,
            "ceiling": money.ceiling,
            "amount": money.amount,
            "scope": money.scope,
            "settlement": np.where(visits["settled"][visit], visit, -1).astype(np.int64),
            "init": np.full(len(visit), -1),
            "gone": np.zeros(len(visit), dtype=bool),
        }
    )
    return take_back(draft, lines, settlements)


def _settled_at(draft: Draft) -> np.ndarray:
    visits = draft.visits
    delay = np.where(
        np.isin(visits["kind"], (INPATIENT, DAY_SURGERY)),
        draft.rng.integers(600, 4 * 3600, len(visits)),
        draft.rng.integers(20, 900, len(visits)),
    )
    late = draft.rng.random(len(visits)) < 0.01  # uploaded and settled some days later
    delay = np.where(late & (visits["kind"] == INPATIENT), delay + draft.rng.integers(1, 6, len(visits)) * DAY, delay)
    return visits["end"] + np.where(visits["kind"] == SHOP, 30, delay)


def _fund(draft: Draft, scope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pooled fund and other funds, in fen: share by scheme, level and kind of visit above the deductible."""
    visits, world = draft.visits, draft.world
    scheme = np.where(world.persons.employee[visits["person"]], 0, 1)
    level = world.profile["price_level"][visits["inst"]]
    kind = visits["kind"]
    ward = np.isin(kind, (INPATIENT, DAY_SURGERY))
    base = np.maximum(0, scope - np.where(ward, DEDUCTIBLE[level], 0))
    ratio = np.where(np.isin(kind, (OUTPATIENT, EMERGENCY)), WALK_IN_RATIO[scheme, level], 0.0)
    ratio = np.where(kind == CHRONIC, CHRONIC_RATIO[scheme, level], ratio)
    ratio = np.where(ward, INPATIENT_RATIO[scheme, level], ratio)
    pooled_shop = draft.rng.random(len(kind)) < np.where(scheme == 0, 0.6, 0.35)
    ratio = np.where(
        kind == SHOP, np.where(pooled_shop | visits["pinned"], np.where(scheme == 0, 0.6, 0.5), 0.0), ratio
    )
    ratio = ratio * np.where(
        world.persons.outside[visits["person"]] >= 0, 0.85, 1.0
    )  # treated elsewhere: a lower share
    pooled = np.round(base * ratio).astype(np.int64)
    other = np.where(ward & (scope > CATASTROPHIC), np.round((scope - CATASTROPHIC) * (1 - ratio) * 0.6), 0).astype(
        np.int64
    )
    return pooled, other


def _personal_part(draft: Draft, settlements: Frame) -> None:
    """Personal account first (employees), cash for the rest; a rounding slip of one fen now and then."""
    visits = draft.visits
    person = settlements["total"] - settlements["pooled"] - settlements["other"]
    balance = np.where(
        draft.world.persons.employee[visits["person"]], draft.rng.gamma(1.2, 60_000, len(visits)), 0
    ).astype(np.int64)
    account = np.minimum(person, np.where(draft.rng.random(len(visits)) < 0.85, balance, 0))
    cash = person - account
    aided = visits["cashless"] & (cash > 0)
    settlements["other"] = settlements["other"] + np.where(aided, cash, 0)
    cash, person = np.where(aided, 0, cash), np.where(aided, account, person)
    slip = np.where(draft.rng.random(len(visits)) < 0.004, 1, 0)
    settlements["person"], settlements["account"], settlements["cash"] = person + slip, account, cash
