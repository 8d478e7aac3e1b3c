"""Rows the loader must quarantine, one kind per reason of the conventions, in a last file of `fee_list_d`.

Grain: copies of real lines with a serial of their own, each spoiled in one way (a duplicate keeps its serial).
Why: dirt lies apart and is listed in the truth, so a loader can be held to every single row. Typed Parquet cannot hold
an unreadable number, date or row; those kinds appear in CSV only.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from jobs.landing.generate.text import PREFIX

TABLE = "fee_list_d"
SPACE = 999 * 10**8  # serials no shard uses
Row = dict[str, Any]


def _set(**values: Any) -> Callable[[Row], None]:
    def spoil_row(row: Row) -> None:
        row.update(values)

    return spoil_row


def _negate(row: Row) -> None:
    for name in ("cnt", "det_item_fee_sumamt", "inscp_amt"):
        row[name] = f"-{row[name]}" if isinstance(row[name], str) else -row[name]
    row["init_feedetl_sn"] = None


def _same(_row: Row) -> None:
    """A duplicate is a copy and nothing else."""


ANY_FORMAT: dict[str, Callable[[Row], None]] = {
    "duplicate_key": _same,
    "missing_key": _set(bkkp_sn=None),
    "unknown_institution": _set(fixmedins_code="H99999999999"),
    "negative_without_original": _negate,
    "nul_byte": _set(hilist_name="血细胞\x00分析"),
    "over_long_field": _set(hilist_name="长" * 4_100),
    "unknown_code": _set(med_chrgitm_type="77"),
    "missing_required": _set(hilist_name=None),
    "orphan": _set(mdtrt_id="329100299900000000"),
}
CSV_ONLY: dict[str, Callable[[Row], None]] = {
    "bad_number": _set(pric="12元5"),
    "impossible_date": _set(fee_ocur_time="2023-02-30 10:00:00"),
    "truncated_row": _same,
    "unreadable_row": _same,
}


def spoil(out: Path, fmt: Literal["csv", "parquet"], lines: int, share: float) -> list[dict[str, str]]:
    """Append spoiled rows, `share` of the lines over all reasons; returns what was spoiled for the truth."""
    reasons = {**ANY_FORMAT, **(CSV_ONLY if fmt == "csv" else {})}
    each = max(1, round(lines * share / len(reasons))) if share > 0 else 0
    source = sorted((out / TABLE).glob("part-*"))[0] if each else None
    if source is None:
        return []
    sample = _sample(source, fmt, each * len(reasons))
    name = f"part-9999.{'parquet' if fmt == 'parquet' else 'csv.gz'}"
    rows: list[Row] = []
    listed: list[dict[str, str]] = []
    for number, reason in enumerate(list(reasons) * each):
        row = dict(sample[number % len(sample)])
        if reason != "duplicate_key":
            row["bkkp_sn"] = str(PREFIX["line"] + SPACE + number)
        serial = row["bkkp_sn"]
        reasons[reason](row)
        rows.append({**row, "_reason": reason})
        listed.append(
            {
                "table": TABLE,
                "reason": reason,
                "key": serial if reason != "missing_key" else "",
                "file": f"{TABLE}/{name}",
            }
        )
    (_write_csv if fmt == "csv" else _write_parquet)(out / TABLE / name, rows, source)
    return listed


def _sample(source: Path, fmt: str, count: int) -> list[Row]:
    """Ordinary charged lines to spoil."""
    if fmt == "parquet":
        table = next(pq.ParquetFile(source).iter_batches(batch_size=max(2_000, count * 2)))
        rows = pa.Table.from_batches([table]).to_pylist()
    else:
        options = pa_csv.ConvertOptions(
            column_types={n: pa.string() for n in _header(source)}, strings_can_be_null=False
        )
        rows = pa_csv.read_csv(source, convert_options=options).slice(0, max(2_000, count * 2)).to_pylist()
    return [r for r in rows if not r["init_feedetl_sn"] and str(r["vali_flag"]) == "1" and r["setl_id"]][:count]


def _header(source: Path) -> list[str]:
    with gzip.open(source, "rt", encoding="utf-8") as handle:
        return next(csv.reader(handle))


def _write_parquet(path: Path, rows: list[Row], source: Path) -> None:
    schema = pq.read_schema(source)
    table = pa.Table.from_pylist([{k: v for k, v in row.items() if k != "_reason"} for row in rows], schema=schema)
    pq.write_table(table, path, store_schema=False, store_decimal_as_integer=True)


def _write_csv(path: Path, rows: list[Row], source: Path) -> None:
    header = _header(source)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        cells = ["" if row[name] is None else row[name] for name in header]
        if row["_reason"] == "truncated_row":
            cells = cells[:11]
        elif row["_reason"] == "unreadable_row":
            cells = [*cells, "多", "余", "列"]
        writer.writerow(cells)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=4, fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode("utf-8"))
