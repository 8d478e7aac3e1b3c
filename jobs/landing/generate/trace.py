"""Trace codes of drug boxes: consecutive serials per institution and drug, split boxes, the odd wrong scan.

Why: a code names one box; only a box sold in parts, a refund or an error may show it twice among honest institutions.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.draft import DAY_SURGERY, INPATIENT, UNIT, Draft
from jobs.landing.generate.frame import rank_within
from jobs.landing.generate.items import items

PRODUCT = 101_000  # first product number
SERIALS = 90_000  # serials kept for each institution and drug
FORGOTTEN = 0.012  # boxes sold without a scan
WRONG_SCAN = 0.0004


def assign(draft: Draft) -> None:
    """Give the drug boxes of scanning institutions their codes; wards hand out single doses without codes."""
    lines, visits, profile = draft.lines, draft.visits, draft.world.profile
    inst = visits["inst"][lines["visit"]]
    ward = np.isin(visits["kind"][lines["visit"]], (INPATIENT, DAY_SURGERY))
    boxed = items().in_family("drug")[lines["item"]] & ~ward & profile["trace"][inst]
    rows = np.flatnonzero(boxed & (draft.rng.random(len(lines)) > FORGOTTEN))
    rows = rows[np.argsort(lines["time"][rows], kind="stable")]
    cell = inst[rows].astype(np.int64) * len(items()) + lines["item"][rows]
    boxes = np.maximum(1, lines["cnt"][rows].astype(np.int64) // UNIT)
    serial = _running(cell, boxes) % SERIALS
    lines["trace"][rows] = (
        (PRODUCT + lines["item"][rows].astype(np.int64)) * 10**9 + inst[rows].astype(np.int64) * SERIALS + serial
    )
    _split_boxes(draft, rows, cell)
    slips = rows[draft.rng.random(len(rows)) < WRONG_SCAN]
    for row, other in zip(slips, np.roll(slips, 1), strict=True):
        if lines["item"][row] == lines["item"][other] and inst[row] == inst[other]:
            lines["trace"][row] = lines["trace"][other]


def _running(cell: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Number of boxes of the same cell before each row."""
    order = np.argsort(cell, kind="stable")
    total = np.cumsum(boxes[order]) - boxes[order]
    first = np.r_[True, cell[order][1:] != cell[order][:-1]] if len(cell) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, total, 0)) if len(cell) else total
    running = np.empty(len(cell), dtype=np.int64)
    running[order] = total - start
    return running


def _split_boxes(draft: Draft, rows: np.ndarray, cell: np.ndarray) -> None:
    """Two buyers share one box: both lines carry half a box and the same code."""
    lines = draft.lines
    rate = draft.world.profile["split_boxes"][draft.inst_of(rows)]
    single = (lines["cnt"][rows] == UNIT) & (lines["mark"][rows] < 0) & (draft.rng.random(len(rows)) < rate)
    rows, cell = rows[single], cell[single]
    order = np.lexsort((lines["time"][rows], cell))
    rows, cell = rows[order], cell[order]
    turn = rank_within(cell)
    second = np.flatnonzero(turn % 2 == 1)
    halves = np.r_[rows[second], rows[second - 1]]
    lines["split"][halves] = True
    lines["cnt"][halves] = UNIT // 2
    lines["trace"][rows[second]] = lines["trace"][rows[second - 1]]
