"""What is printed of the evidence: totals per detector, the largest items, the largest lines.

Reads: the case's evidence as it is written, whole cases at a time, in columns.
Grain: totals one row per case and detector; items per case; lines per case and detector.
Why: a page shows some lines and the totals of all; both must come from exactly the lines of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TOP_LINES = 8  # lines printed per detector of a case; all stand in evidence.parquet
LINES_OF_CASE = 24  # lines printed per case: with many detectors each shows fewer, at least FEWEST
FEWEST = 3
TOP_ITEMS = 6
Digest = dict[str, pd.DataFrame]


def digest(tables: Iterable[pa.Table], shown: Sequence[str]) -> Digest:
    """totals, items and lines of the cases `shown`. Consumes `tables`, each sorted by case and largest amount."""
    wanted, found = pa.array(list(shown), pa.string()), []
    for table in tables:
        part = table.filter(pc.is_in(table["case_id"], wanted))
        if part.num_rows:
            found.append({"totals": totals(part), "items": largest_items(part), "lines": largest_lines(part)})
    return {name: _joined([part[name] for part in found], columns) for name, columns in _COLUMNS.items()}


_COLUMNS = {
    "totals": ["case_id", "detector_id", "lines", "persons", "violation_amount"],
    "items": ["case_id", "med_list_codg", "hilist_name", "lines", "violation_amount"],
    "lines": ["case_id", "detector_id"],
}


def totals(table: pa.Table) -> pd.DataFrame:
    """Per case and detector: lines, persons, yuan."""
    grouped = table.group_by(["case_id", "detector_id"]).aggregate(
        [("bkkp_sn", "count"), ("psn_no", "count_distinct"), ("violation_amount", "sum")]
    )
    return grouped.rename_columns(_COLUMNS["totals"]).to_pandas()


def largest_items(table: pa.Table) -> pd.DataFrame:
    """Per case the items with the most disputed yuan, every line once."""
    line = ["case_id", "table", "bkkp_sn", "med_list_codg", "hilist_name"]
    once = table.group_by(line).aggregate([("violation_amount", "max")])
    item = once.group_by(["case_id", "med_list_codg", "hilist_name"]).aggregate(
        [("bkkp_sn", "count"), ("violation_amount_max", "sum")]
    )
    rows = item.rename_columns(_COLUMNS["items"]).to_pandas()
    order = ["case_id", "violation_amount", "med_list_codg", "hilist_name"]
    rows = rows.sort_values(order, ascending=[True, False, True, True])
    return rows.groupby("case_id", sort=False).head(TOP_ITEMS)


def largest_lines(table: pa.Table) -> pd.DataFrame:
    """Per case and detector the lines with the most disputed yuan; the more detectors, the fewer of each."""
    keys = pd.DataFrame({name: np.asarray(_codes(table[name])) for name in ("case_id", "detector_id")})
    detectors = keys.groupby("case_id")["detector_id"].transform("nunique")
    limit = (LINES_OF_CASE // detectors).clip(FEWEST, TOP_LINES)
    place = keys.groupby(["case_id", "detector_id"]).cumcount()
    return table.filter(pa.array((place < limit).to_numpy())).to_pandas()


def _codes(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().dictionary_encode().indices


def _joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
