"""What verdicts of analysts and results of inspections have in common: the words allowed, the rules of day and amount.

Why: one row is a label by the same rules whoever concluded it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.catalogue import derived
from models.outcome import states

COLUMNS = list(derived("labels", "verdict").names)
DAYS = ("concluded_on", "period_begin", "period_end")
SELECTIONS = ("model", "tip", "random", "plan", "media")
Fault = Callable[[Mapping[Any, Any]], "str | None"]


@dataclass(frozen=True)
class Judged:
    """Rows that became labels, how many said nothing, and the refused ones with sheet, row, what and why."""

    good: pd.DataFrame
    unreviewed: int
    refused: list[dict[str, Any]]


def fault(row: Mapping[Any, Any]) -> str | None:
    """Why a row may not become a label whatever it is about; None when it may."""
    day = pd.to_datetime(row["concluded_on"], errors="coerce")
    amount = pd.to_numeric(row["confirmed_amount"] or 0, errors="coerce")
    state = states.OF_VERDICT.get(row["verdict"])
    if state is None or state == states.UNREVIEWED:
        return f"verdict is none of {', '.join(states.REVIEWED)}"
    if pd.isna(day) or day <= pd.Timestamp(row["period_end"]):
        return "concluded_on is no day after the period"
    if pd.isna(amount) or amount < 0 or (amount > 0 and state != states.CONFIRMED):
        return "confirmed_amount is no amount, or stands beside a verdict that confirms nothing"
    if row["selection"] is not None and row["selection"] not in SELECTIONS:
        return f"selection is none of {', '.join(SELECTIONS)}"
    return None


def parted(rows: pd.DataFrame, key: list[str], why: Fault, twice: str) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Rows that may become labels, and the refused ones; a `key` told more than once is refused, not chosen from."""
    again = rows[key].duplicated(keep=False)
    faults = [why(row) or (twice if more else None) for row, more in zip(rows.to_dict("records"), again, strict=True)]
    refused = [
        {"row": f"{row['sheet']}:{row['row']}", key[0]: str(row[key[0]]), "reason": told}
        for row, told in zip(rows.to_dict("records"), faults, strict=True)
        if told is not None
    ]
    return rows[[told is None for told in faults]], refused


def typed(good: pd.DataFrame) -> pd.DataFrame:
    """The rows of labels/verdict: the house's word for the verdict, yuan, days."""
    return good.assign(
        verdict=good["verdict"].map(states.OF_VERDICT),
        confirmed_amount=pd.to_numeric(good["confirmed_amount"]).fillna(0.0).astype(float),
        **{name: pd.to_datetime(good[name]).dt.date for name in DAYS},
    )[COLUMNS]
