"""Whom the list sends inspectors to: its top, and a few drawn at random from below, each with the chance it had.

Reads: the ranked cases of a period and how many can be inspected.
Grain: one row per listed clue.
Why: a list that only ever sends people to its own top learns nothing of what it overlooks, and its labels cannot be
weighed. A tenth of the places goes to chance – the share that served customs best (arXiv 2010.14282) – and the chance
every clue had is written down, so that its label later weighs as many cases as it stands for. The draw is a keyed order
of the cases: a re-run draws the same ones.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

SHARE = 0.1
FEWEST = 5  # places below which none is given away
CLUE, MODEL, RANDOM = "clue", "model", "random"


def draw(cases: pd.DataFrame, capacity: int) -> pd.DataFrame:
    """`cases`: case_id, rank, verdict_hint, selected_by. Returns case_id, drawn 0/1, selected_by, propensity 0 < p ≤ 1.

    Only clues are drawn. Where every clue has a place nothing is left to chance and every propensity is 1.
    """
    clues = cases[cases["verdict_hint"] == CLUE].sort_values("rank", ignore_index=True)
    by_chance = places(len(clues), capacity)
    top = min(capacity, len(clues)) - by_chance
    below = clues.index >= top
    order = pd.Series([_key(one) for one in clues["case_id"]], index=clues.index)
    lucky = set(order[below].sort_values().index[:by_chance])
    chosen = clues.index.isin(list(lucky))
    chance = by_chance / max(1, len(clues) - top)
    told = clues[["case_id"]].assign(
        drawn=(~below | chosen).astype(int),
        selected_by=np.where(chosen, RANDOM, clues["selected_by"]),
        propensity=np.where(below, chance, 1.0),
    )
    return told[told["propensity"] > 0].reset_index(drop=True)


def places(clues: int, capacity: int) -> int:
    """Places left to chance: a tenth, at least one, none where all clues have a place or hardly any is there."""
    if clues <= capacity or capacity < FEWEST:
        return 0
    return max(1, round(capacity * SHARE))


def _key(case_id: str) -> str:
    return hashlib.sha256(f"draw|{case_id}".encode()).hexdigest()
