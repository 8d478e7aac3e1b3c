"""What inspections concluded, from sheets in the columns of the contract (inspection_result_d), as labels/verdict rows.

Reads: sheets with inspection_id, fixmedins_code, area, period_begin, period_end, concluded_on, selection, verdict,
confirmed_amount.
Grain: one row per area of one inspection.
Why: results arrive on their own, months after the extract they are about, and need no case: an institution may have
been inspected on a tip or by plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from jobs.catalogue import table
from jobs.catalogue.tables import AREAS
from jobs.labels import rows as common
from jobs.labels import sheet
from jobs.runtime.errors import ContractError

ID = "inspection_id"
CONTRACT = table("inspection_result_d")
NEEDED = [column.name for column in CONTRACT.columns]
TWICE = "the area of this inspection stands in these sheets twice"


def judge(sheets: Sequence[Path]) -> common.Judged:
    """The results of the sheets. Raises InputError or ContractError for a sheet as such."""
    rows = pd.concat([read(path) for path in sheets], ignore_index=True)
    said = rows[rows["verdict"].notna()]
    good, refused = common.parted(said, list(CONTRACT.key), _fault, TWICE)
    return common.Judged(common.typed(good), int(rows["verdict"].isna().sum()), refused)


def read(path: Path) -> pd.DataFrame:
    """Rows of a sheet as text."""
    missing = [name for name in NEEDED if name not in sheet.heads(path)]
    if missing:
        raise ContractError(
            f"reading {path.name}", f"it lacks {', '.join(missing)}.", "Hand over every column of inspection_result_d."
        )
    return sheet.text(path, [*NEEDED, "reviewer"])


def _fault(row: Mapping[Any, Any]) -> str | None:
    """Why a row may not become a label; None when it may."""
    empty = [name for name in CONTRACT.key if row[name] is None]
    if empty:
        return f"{empty[0]} is empty"
    if row["area"] not in AREAS:
        return "area is no clinical area of the contract"
    days = [pd.to_datetime(row[name], errors="coerce") for name in ("period_begin", "period_end")]
    if any(pd.isna(day) for day in days) or days[0] > days[1]:
        return "period_begin and period_end are no period"
    return "selection is empty" if row["selection"] is None else common.fault(row)
