"""Refunds: whole bills, single lines, and bills written anew; some fall in a later month.

Grain: appends refund rows (negative) and re-billed rows to lines and settlements.
Why: a chain that counts a refunded line is wrong about everybody; the area must hold enough of every form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import INPATIENT, Draft
from jobs.landing.generate.frame import Frame, concat

PARTIAL = 0.35  # of the refunds
REBILLED = 0.4  # of the whole refunds
VOID = 0.0008  # of the lines: entered and cancelled before settling


@dataclass
class Bill:
    """The money side of a shard. In `lines`: `settlement`, `init` are positions; `gone` = taken back later; `void` =
    vali_flag 0.
    """

    lines: Frame
    settlements: Frame


def take_back(draft: Draft, lines: Frame, settlements: Frame) -> Bill:
    """Choose the bills that are refunded and append what that leaves in the tables."""
    refunded, whole, when = _choose(draft, settlements)
    negative, back = _refund_lines(draft, lines, refunded, whole)
    lines["gone"][negative] = True
    kept = np.flatnonzero(np.isin(refunded, lines["visit"][negative]))
    refunded, whole, when = refunded[kept], whole[kept], when[kept]
    again = refunded[whole & (draft.rng.random(len(refunded)) < REBILLED) & (when + 3600 < _end(draft))]
    n = len(settlements)
    new_of = np.full(n, -1, dtype=np.int64)
    new_of[refunded] = n + np.arange(len(refunded))
    anew_of = np.full(n, -1, dtype=np.int64)
    anew_of[again] = n + len(refunded) + np.arange(len(again))
    moment = np.zeros(n, dtype=np.int64)
    moment[refunded] = when
    minus = _negative(lines.take(negative), negative, back, new_of, moment)
    plus = lines.take(negative[anew_of[lines["visit"][negative]] >= 0])
    plus["settlement"] = anew_of[plus["visit"]]
    plus["time"] = moment[plus["visit"]] + 900
    plus["gone"] = np.zeros(len(plus), dtype=bool)
    void = _void(draft, lines)
    all_lines = concat([lines, minus, plus, void])
    all_lines["void"] = np.arange(len(all_lines)) >= len(all_lines) - len(void)
    bills = concat([settlements, _refund_bills(settlements, minus, refunded, when), _again(settlements, again, moment)])
    return Bill(all_lines, bills)


def _end(draft: Draft) -> int:
    return draft.world.calendar.epoch + draft.world.calendar.days * DAY


def _choose(draft: Draft, settlements: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the refunded settlements, whether whole, and when; those after the period never reach the
    extract.
    """
    visits, rng = draft.visits, draft.rng
    rate = draft.world.profile["refunds"][visits["inst"]] * np.where(visits["kind"] == INPATIENT, 0.35, 1.0)
    rows = np.flatnonzero(visits["settled"] & (rng.random(len(visits)) < rate))
    lag = rng.choice(3, size=len(rows), p=[0.6, 0.28, 0.12])
    wait = np.where(
        lag == 0,
        rng.integers(120, 5 * 3600, len(rows)),
        np.where(lag == 1, rng.integers(1, 11, len(rows)) * DAY, rng.integers(15, 50, len(rows)) * DAY),
    )
    when = settlements["time"][rows] + wait
    inside = when < _end(draft)
    return rows[inside], rng.random(int(inside.sum())) > PARTIAL, when[inside]


def _refund_lines(draft: Draft, lines: Frame, refunded: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the lines taken back, and the share of each (1, or a part of its quantity)."""
    state = np.zeros(len(draft.visits), dtype=np.int8)
    state[refunded] = np.where(whole, 2, 1)
    of_line = state[lines["visit"]]
    rows = np.flatnonzero((of_line == 2) | ((of_line == 1) & (draft.rng.random(len(lines)) < 0.4)))
    part = (
        (of_line[rows] == 1)
        & (lines["cnt"][rows] >= 20_000)
        & (lines["trace"][rows] == 0)
        & (draft.rng.random(len(rows)) < 0.4)
    )
    return rows, np.where(part, 0.5, 1.0)


def _negative(lines: Frame, rows: np.ndarray, back: np.ndarray, new_of: np.ndarray, moment: np.ndarray) -> Frame:
    minus = lines.copy()
    minus["init"] = rows.astype(np.int64)
    minus["settlement"] = new_of[minus["visit"]]
    minus["time"] = moment[minus["visit"]]
    units = np.where(back < 1, np.floor(minus["cnt"] / 20_000) * 10_000, minus["cnt"])
    ratio = units / minus["cnt"]
    minus["cnt"] = (-units).astype("i4")
    minus["amount"] = np.round(-minus["price"] * units / 1_000_000).astype(np.int64)
    minus["scope"] = np.where(ratio == 1, -minus["scope"], np.round(-minus["scope"] * ratio)).astype(np.int64)
    minus["mark"] = np.full(len(minus), -1, dtype="i2")
    minus["gone"] = np.zeros(len(minus), dtype=bool)
    return minus


def _refund_bills(settlements: Frame, minus: Frame, refunded: np.ndarray, when: np.ndarray) -> Frame:
    """One negative settlement per refund; payers give back in the proportion they paid."""
    bills = settlements.take(refunded)
    owner = np.searchsorted(refunded, minus["visit"])
    total = np.round(np.bincount(owner, minus["amount"], len(refunded))).astype(np.int64)
    scope = np.round(np.bincount(owner, minus["scope"], len(refunded))).astype(np.int64)
    share = np.divide(scope, bills["scope"], out=np.zeros(len(bills)), where=bills["scope"] > 0)
    bills["pooled"], bills["other"] = (
        np.round(bills["pooled"] * share).astype(np.int64),
        np.round(bills["other"] * share).astype(np.int64),
    )
    person = total - bills["pooled"] - bills["other"]
    bills["account"] = np.maximum(person, np.round(bills["account"] * share).astype(np.int64))
    bills["total"], bills["scope"], bills["person"], bills["cash"] = total, scope, person, person - bills["account"]
    bills["init"], bills["time"], bills["refund"] = refunded.astype(np.int64), when, np.ones(len(bills), dtype=bool)
    return bills


def _again(settlements: Frame, again: np.ndarray, moment: np.ndarray) -> Frame:
    bills = settlements.take(again)
    bills["time"] = moment[again] + 1200
    return bills


def _void(draft: Draft, lines: Frame) -> Frame:
    rows = np.flatnonzero(draft.rng.random(len(lines)) < VOID)
    void = lines.take(rows)
    void["mark"] = np.full(len(void), -1, dtype="i2")
    return void
