"""The small tables a list is made of: findings, register of institutions, tips, probabilities.

Reads: scores/finding, validated/fixmedins_b, validated/tip_d, scores/probability.
Why: they have a row per institution, not per line, so they are read into memory and the engine is left to the lines.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.catalogue import Table, derived, table
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.storage import ALL, Home

ARROW = {
    "string": pa.string(),
    "int": pa.int32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def schema_of(declared: Table) -> pa.Schema:
    """Arrow schema of a derived table, in declared order."""
    return pa.schema([(column.name, ARROW[column.type]) for column in declared.columns])


def findings(home: Home, period: Period) -> pa.Table:
    """scores/finding of the period, sorted. Raises InputError when the step before has not run."""
    declared = derived("scores", "finding")
    found = _read(home.month("scores", "finding", period.folder), schema_of(declared))
    if found is None:
        raise InputError(
            f"building the list of {period}",
            "there is no finding of that period.",
            f"Run `fundwatch step scores --home {home.root}` for the same period first.",
        )
    return found.sort_by([(name, "ascending") for name in ("area", "detector_id", "fixmedins_code")])


def register(home: Home) -> pd.DataFrame:
    """Institutions: code, name, type, level, area they belong to; empty when none was handed over."""
    wanted = ["fixmedins_code", "fixmedins_name", "fixmedins_type", "hosp_lv", "fix_blng_admdvs"]
    return _strings(home, "fixmedins_b", wanted).drop_duplicates("fixmedins_code")


def tips(home: Home) -> pd.DataFrame:
    """Tips: institution, area, day, source kept out; how far they were verified."""
    return _strings(home, "tip_d", ["fixmedins_code", "area", "tip_date", "verified"])


def probabilities(home: Home, period: Period) -> pd.DataFrame | None:
    """What the promoted model says of each institution and area (scores/probability); None without one."""
    found = _read(home.month("scores", "probability", period.folder), schema_of(derived("scores", "probability")))
    return None if found is None else found.to_pandas()


def cohorts(home: Home, period: Period, name: str) -> pd.DataFrame | None:
    """scores/cohort_node or scores/cohort_edge of the period in people's types; None when the step wrote none."""
    plain = [field for field in schema_of(derived("cases", name)) if field.name != "case_id"]
    found = _read(home.month("scores", name, period.folder), pa.schema(plain))
    return None if found is None else found.to_pandas()


def _strings(home: Home, name: str, columns: list[str]) -> pd.DataFrame:
    known = [column for column in columns if column in table(name).names]
    found = _read(home.month("validated", name, ALL), pa.schema([(column, pa.string()) for column in known]))
    return pd.DataFrame(columns=columns, dtype=object) if found is None else found.to_pandas()


def _read(folder: Path, schema: pa.Schema) -> pa.Table | None:
    """Files of a folder, cast to `schema`; a column no file holds is empty. None when there is no file."""
    files = sorted(folder.glob("*.parquet"))
    if not files:
        return None
    return pa.concat_tables([conform(pq.read_table(path), schema) for path in files])


def conform(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """`found` with exactly the columns and types of `schema`."""
    arrays = [
        found[field.name].cast(field.type, safe=False)
        if field.name in found.column_names
        else _empty(found, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)


def _empty(found: pa.Table, kind: pa.DataType) -> pa.Array:
    return pa.nulls(found.num_rows, kind)
