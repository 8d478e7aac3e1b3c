"""The watch list as the report prints it: rises nothing explains, and where most money goes.

Why: the meeting that reads the list of institutions also asks which drugs, devices and tests moved; a rise a policy
explains must stand beside the ones it does not, or it is asked about again.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from jobs.cases.report.view import records
from jobs.cases.words import AREAS, name_of

Row = dict[str, Any]
SHOWN = 20  # items of each table: what one page holds; all of them stand in the workbook


def watch(watched: pd.DataFrame | None) -> dict[str, list[Row]]:
    """`leads`: unexplained rises, largest first; `largest`: items by spend; both empty where no list was made."""
    if watched is None or not len(watched):
        return {"leads": [], "largest": []}
    rising = watched[watched["lead"].astype(bool)].sort_values(["rise", "med_list_codg"], ascending=[False, True])
    largest = watched.sort_values(["inscp", "med_list_codg"], ascending=[False, True])
    return {"leads": _rows(rising), "largest": _rows(largest)}


def _rows(items: pd.DataFrame) -> list[Row]:
    return [{**row, "area": name_of(AREAS, row["area"])} for row in records(items.head(SHOWN))]
