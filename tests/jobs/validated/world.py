"""A small landed extract drawn as text, and what the step made of it.

    done = validate(spark, home, ["2023-01"], fee_list_d='''
        bkkp_sn | cnt
        a1      | 2
    ''')

Every table has sensible defaults, so a table shows only what the test is about. `_file` and `_row` may be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.catalogue import table
from jobs.runtime.storage import Home
from jobs.validated import ValidatedReport, build
from tests.support.tables import cells

LINE = {
    "setl_id": "s1", "mdtrt_id": "v1", "psn_no": "p1", "fixmedins_code": "H1", "fee_ocur_time": "2023-01-10 09:00:00",
    "med_list_codg": "002103000010000", "hilist_name": "CT", "med_chrgitm_type": "03", "cnt": "1", "pric": "100",
    "det_item_fee_sumamt": "100", "inscp_amt": "100", "vali_flag": "1",
}  # fmt: skip
SETTLEMENT = {
    "mdtrt_id": "v1", "psn_no": "p1", "gend": "1", "brdy": "1980-06-01", "insutype": "310", "insu_admdvs": "430100",
    "fixmedins_code": "H1", "fix_blng_admdvs": "430100", "med_type": "11", "begndate": "2023-01-10",
    "enddate": "2023-01-10", "setl_time": "2023-01-10 12:00:00", "medfee_sumamt": "100", "inscp_amt": "100",
    "fund_pay_sumamt": "70", "psn_pay": "30", "refd_setl_flag": "0", "vali_flag": "1",
}  # fmt: skip
VISIT = {
    "psn_no": "p1", "fixmedins_code": "H1", "med_type": "11", "begntime": "2023-01-10 08:00:00",
    "endtime": "2023-01-10 18:00:00", "vali_flag": "1",
}  # fmt: skip
INSTITUTION = {"fixmedins_name": "One", "fixmedins_type": "1", "fix_blng_admdvs": "430100", "vali_flag": "1"}
DEFAULTS: dict[str, dict[str, str]] = {
    "fee_list_d": LINE,
    "setl_d": SETTLEMENT,
    "mdtrt_d": VISIT,
    "fixmedins_b": INSTITUTION,
}
STANDARD = {
    "fixmedins_b": "fixmedins_code\nH1",
    "mdtrt_d": "mdtrt_id\nv1",
    "setl_d": "setl_id\ns1",
    "fee_list_d": "bkkp_sn\na1",
}


@dataclass(frozen=True)
class Validated:
    """What the step left behind, as plain dicts."""

    home: Home
    report: ValidatedReport

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All validated rows of a table."""
        return _read(self.home, "validated", name)

    def row(self, name: str, key: str) -> dict[str, Any]:
        """The one row with this key."""
        (found,) = [row for row in self.rows(name) if row[table(name).key[0]] == key]
        return found

    def column(self, name: str, column: str) -> dict[str, Any]:
        """One column by key; decimals as floats."""
        found = {row[table(name).key[0]]: row[column] for row in self.rows(name)}
        return {key: float(v) if hasattr(v, "is_signed") else v for key, v in found.items()}

    def refused(self, name: str) -> dict[str, str]:
        """Reason by key as written."""
        return {row["key_text"]: row["reason"] for row in _read(self.home, "quarantine", name)}

    def refusals(self, name: str) -> list[dict[str, Any]]:
        """All quarantined rows of a table."""
        return _read(self.home, "quarantine", name)

    def warnings(self, name: str) -> dict[str, str]:
        """Warnings by key, for rows that have any."""
        return {row[table(name).key[0]]: row["_note"] for row in self.rows(name) if row["_note"]}


def validate(
    spark: Any,
    folder: Path,
    months: list[str] | None = None,
    local: Mapping[str, frozenset[str]] | None = None,
    **tables: str | None,
) -> Validated:
    """Lands the given tables (standard ones where not given, none where None) and runs the step."""
    home = Home(folder)
    for name, text in {**STANDARD, **tables}.items():
        if text is not None:
            land(home, name, text)
    return Validated(home, build(spark, home, months or ["2023-01"], local or {}, {}))


def land(home: Home, name: str, text: str) -> None:
    """Writes raw rows of one table, month by month, as the raw step leaves them."""
    header, rows = cells(text)
    months: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows, start=1):
        # `-` stands for a blank cell where the default is something else
        given = {key: None if cell == "-" else cell for key, cell in zip(header, row, strict=True) if cell is not None}
        full: dict[str, Any] = {**DEFAULTS.get(name, {}), "_file": f"{name}.csv", "_row": number, **given}
        full["_row"] = int(full["_row"])
        months.setdefault(given.get("_month") or month_of(name, full), []).append(full)
    for month, found in months.items():
        write(home, name, month, found)


def write(home: Home, name: str, month: str, rows: list[dict[str, Any]], part: int = 0) -> None:
    """One raw file."""
    names = [column.name for column in table(name).kept]
    columns = {column: pa.array([row.get(column) for row in rows], pa.string()) for column in [*names, "_file"]}
    columns["_row"] = pa.array([row["_row"] for row in rows], pa.int64())
    folder = home.month("raw", name, month)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"part-{part:05d}.parquet")


def month_of(name: str, row: dict[str, Any]) -> str:
    """The month the raw step puts a row in."""
    column = table(name).month_column
    if column is None:
        return "all"
    text = (row.get(column) or "").replace("-", "")
    return f"{text[:4]}-{text[4:6]}" if text[:6].isdigit() and "01" <= text[4:6] <= "12" else "unknown"


def raw_rows(home: Home, name: str) -> list[dict[str, Any]]:
    """All raw rows of a table."""
    return _read(home, "raw", name)


def _read(home: Home, layer: str, name: str) -> list[dict[str, Any]]:
    found = []
    for month in home.months(layer, name):
        for path in sorted(home.month(layer, name, month).glob("*.parquet")):
            found += [{**row, "_month": month} for row in pq.ParquetFile(path).read().to_pylist()]
    return found
