"""labels/verdict: what was concluded – by analysts of cases, by inspectors of institutions – taken in or refused.

Reads: sheets of verdicts (`case_id`, see verdict.py) and of inspection results (`inspection_id`, see result.py).
Grain: one row per inspection, institution and area; what was entered later takes the place of what was said before.
Why: labels decide what models learn, so every row is taken or refused with its reason, and nothing is ever filled in.
A table of the extract is replaced with every extract; what was learnt from an inspection must outlive it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from jobs.labels import result, sheet, verdict
from jobs.labels.rows import COLUMNS, Judged
from jobs.runtime.small import read_small, write_small
from jobs.runtime.storage import ALL, Home

ABOUT = ["fixmedins_code", "area", "period_begin", "period_end"]


@dataclass(frozen=True)
class Entered:
    """What became of a sheet's rows: labels taken, rows without a verdict, rows refused with their reason."""

    taken: int
    unreviewed: int
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> str:
        """One sentence."""
        return f"{self.taken} verdicts entered, {self.unreviewed} cases unreviewed, {len(self.refused)} rows refused"


def enter(home: Home, sheets: Sequence[Path]) -> Entered:
    """Takes the rows of the sheets into labels/verdict. Raises InputError or ContractError for a sheet as such."""
    told = [path for path in sheets if verdict.CASE not in (found := sheet.heads(path)) and result.ID in found]
    parts = [result.judge(told)] if told else []
    if others := [path for path in sheets if path not in told]:
        parts.append(verdict.judge(home, others))
    return _taken(home, parts)


def _taken(home: Home, parts: Sequence[Judged]) -> Entered:
    good = pd.concat([part.good for part in parts])
    if len(good):
        _keep(home, good)
    refused = [one for part in parts for one in part.refused]
    return Entered(len(good), sum(part.unreviewed for part in parts), refused)


def _keep(home: Home, fresh: pd.DataFrame) -> None:
    """labels/verdict with these labels; earlier ones on the same institution, area and period give way."""
    before = read_small(home, "labels", "verdict", ALL, COLUMNS)
    whole = fresh if before is None else pd.concat([before, fresh])
    whole = whole.drop_duplicates(ABOUT, keep="last").sort_values(["concluded_on", "inspection_id"])
    write_small(whole, home, "labels", "verdict", ALL)
