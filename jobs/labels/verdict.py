"""What analysts concluded of cases, from their sheets, as rows of labels/verdict.

Reads: sheets with case_id, verdict, confirmed_amount, concluded_on and, where known, selection, inspection_id and
reviewer; cases/case_list of every period, which says what a case_id is about.
Grain: one row per case told.
Why: an empty verdict is an unreviewed case and no label; no verdict is ever filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from jobs.labels import rows as common
from jobs.labels import sheet
from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.small import read_small
from jobs.runtime.storage import Home

CASE = "case_id"
NEEDED = (CASE, "verdict", "concluded_on")
WANTED = [CASE, "verdict", "confirmed_amount", "concluded_on", "selection", "inspection_id", "reviewer"]
OF_CASE = [CASE, "fixmedins_code", "area", "period_begin", "period_end", "selected_by"]
TWICE = "the case stands in these sheets twice"


def judge(home: Home, sheets: Sequence[Path]) -> common.Judged:
    """The verdicts of the sheets. Raises InputError or ContractError for a sheet as such."""
    listed = cases(home)
    rows = pd.concat([read(path) for path in sheets], ignore_index=True)
    said = rows[rows["verdict"].notna()]
    joined = said.merge(listed, on=CASE, how="left", validate="many_to_one")
    good, refused = common.parted(joined, [CASE], _fault, TWICE)
    return common.Judged(_labels(good), int(rows["verdict"].isna().sum()), refused)


def cases(home: Home) -> pd.DataFrame:
    """Every case ever listed in the home. Raises InputError when there is none."""
    parts = [read_small(home, "cases", "case_list", month, OF_CASE) for month in home.months("cases", "case_list")]
    known = [part for part in parts if part is not None]
    if not known:
        raise InputError("entering verdicts", "this home lists no case.", "Run `fundwatch run` for the period first.")
    return pd.concat(known).drop_duplicates(CASE, keep="last").rename(columns={"selected_by": "listed_by"})


def read(path: Path) -> pd.DataFrame:
    """Rows of a sheet as text."""
    missing = [name for name in NEEDED if name not in sheet.heads(path)]
    if missing:
        raise ContractError(
            f"reading {path.name}", f"it lacks {', '.join(missing)}.", "Export the list and add these columns."
        )
    return sheet.text(path, WANTED)


def _fault(row: Mapping[Any, Any]) -> str | None:
    """Why a row may not become a label; None when it may."""
    return "no list of this home holds the case" if pd.isna(row["fixmedins_code"]) else common.fault(row)


def _labels(good: pd.DataFrame) -> pd.DataFrame:
    """Rows of labels/verdict; how a case was chosen is taken from its list where the sheet does not say."""
    return common.typed(
        good.assign(
            inspection_id=good["inspection_id"].fillna("V-" + good[CASE]),
            selection=good["selection"].fillna(good["listed_by"]),
        )
    )
