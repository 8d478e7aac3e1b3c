"""labels/verdict: what analysts concluded of cases, entered from their sheets; joins the inspection results.

Reads: sheets (CSV, XLSX or Parquet) with case_id, verdict, confirmed_amount, concluded_on and, where known, selection,
inspection_id and reviewer; cases/case_list of every period, which says what a case_id is about.
Grain: one row per inspection, institution and area; a later verdict on a case takes the place of the earlier one.
Why: labels decide what models learn, so every row is taken or refused with its reason. An empty verdict is an
unreviewed case and no label; no verdict is ever filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from jobs.catalogue import derived
from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.small import read_small, write_small
from jobs.runtime.storage import ALL, Home
from models.outcome import states

COLUMNS = list(derived("labels", "verdict").names)
OF_CASE = ["case_id", "fixmedins_code", "area", "period_begin", "period_end", "selected_by"]
TWICE = "the case stands in these sheets twice"
SELECTIONS = ("model", "tip", "random", "plan", "media")
READERS: dict[str, Callable[..., pd.DataFrame]] = {".csv": pd.read_csv, ".xlsx": pd.read_excel}


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
    """Takes the verdicts of the sheets into labels/verdict. Raises InputError or ContractError for a sheet as such."""
    listed = cases(home)
    rows = pd.concat([read(sheet) for sheet in sheets], ignore_index=True)
    said = rows[rows["verdict"].notna()]
    joined = said.merge(listed, on="case_id", how="left", validate="many_to_one")
    faults = [_fault(row) for row in joined.to_dict("records")]
    twice = joined["case_id"].duplicated(keep=False)
    faults = [fault or (TWICE if more else None) for fault, more in zip(faults, twice, strict=True)]
    good = joined[[fault is None for fault in faults]]
    refused = [
        {"row": f"{row['sheet']}:{row['row']}", "case_id": str(row["case_id"]), "reason": fault}
        for row, fault in zip(joined.to_dict("records"), faults, strict=True)
        if fault is not None
    ]
    if len(good):
        _keep(home, _labels(good))
    return Entered(len(good), int(rows["verdict"].isna().sum()), refused)


def cases(home: Home) -> pd.DataFrame:
    """Every case ever listed in the home. Raises InputError when there is none."""
    parts = [read_small(home, "cases", "case_list", month, OF_CASE) for month in home.months("cases", "case_list")]
    known = [part for part in parts if part is not None]
    if not known:
        raise InputError("entering verdicts", "this home lists no case.", "Run `fundwatch run` for the period first.")
    return pd.concat(known).drop_duplicates("case_id", keep="last").rename(columns={"selected_by": "listed_by"})


def read(sheet: Path) -> pd.DataFrame:
    """Rows of a sheet as text, with `sheet` and `row` (the first below the heads is 2)."""
    try:
        reader = READERS.get(sheet.suffix.lower())
        found = pd.read_parquet(sheet) if reader is None else reader(sheet, dtype=str)
    except (OSError, ValueError, ImportError) as fault:
        raise InputError(
            f"reading {sheet.name}", f"it is not there or not readable ({type(fault).__name__}).", "Give CSV or XLSX."
        ) from fault
    missing = [name for name in ("case_id", "verdict", "concluded_on") if name not in found]
    if missing:
        raise ContractError(
            f"reading {sheet.name}", f"it lacks {', '.join(missing)}.", "Export the list and add these columns."
        )
    wanted = ["case_id", "verdict", "confirmed_amount", "concluded_on", "selection", "inspection_id", "reviewer"]
    text = found.reindex(columns=wanted).astype(object)
    text = text.map(lambda value: None if pd.isna(value) or not str(value).strip() else str(value).strip())
    return text.assign(sheet=sheet.name, row=range(2, len(text) + 2))


def _fault(row: Mapping[Any, Any]) -> str | None:
    """Why a row may not become a label; None when it may."""
    day = pd.to_datetime(row["concluded_on"], errors="coerce")
    amount = pd.to_numeric(row["confirmed_amount"] or 0, errors="coerce")
    state = states.OF_VERDICT.get(row["verdict"])
    if pd.isna(row["fixmedins_code"]):
        return "no list of this home holds the case"
    if state is None or state == states.UNREVIEWED:
        return f"verdict is none of {', '.join(states.REVIEWED)}"
    if pd.isna(day) or day <= pd.Timestamp(row["period_end"]):
        return "concluded_on is no day after the period"
    if pd.isna(amount) or amount < 0 or (amount > 0 and state != states.CONFIRMED):
        return "confirmed_amount is no amount, or stands beside a verdict that confirms nothing"
    if row["selection"] is not None and row["selection"] not in SELECTIONS:
        return f"selection is none of {', '.join(SELECTIONS)}"
    return None


def _labels(good: pd.DataFrame) -> pd.DataFrame:
    """Rows of labels/verdict; how a case was chosen is taken from its list where the sheet does not say."""
    return good.assign(
        inspection_id=good["inspection_id"].fillna("V-" + good["case_id"]),
        verdict=good["verdict"].map(states.OF_VERDICT),
        selection=good["selection"].fillna(good["listed_by"]),
        confirmed_amount=pd.to_numeric(good["confirmed_amount"]).fillna(0.0).astype(float),
        **{name: pd.to_datetime(good[name]).dt.date for name in ("concluded_on", "period_begin", "period_end")},
    )[COLUMNS]


def _keep(home: Home, fresh: pd.DataFrame) -> None:
    """labels/verdict with these labels; earlier ones on the same institution, area and period give way."""
    before = read_small(home, "labels", "verdict", ALL, COLUMNS)
    whole = fresh if before is None else pd.concat([before, fresh])
    about = ["fixmedins_code", "area", "period_begin", "period_end"]
    whole = whole.drop_duplicates(about, keep="last").sort_values(["concluded_on", "inspection_id"])
    write_small(whole, home, "labels", "verdict", ALL)
