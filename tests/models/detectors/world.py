"""A small area for indicators: a dozen like hospitals, months of plain numbers, and whatever a test adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.detectors import Detector, Inputs, Months, evaluate, load_detectors
from tests.support.tables import frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MONTHS = ("2023-01", "2023-02", "2023-03", "2023-04")
REGISTER_TYPES = "aprv_bed_cnt int, dr_psncnt int, tecn_psncnt int, reha_psncnt int, phar_psncnt int"


def detector(detector_id: str) -> Detector:
    """The detector as it ships."""
    return next(entry for entry in load_detectors() if entry.detector_id == detector_id)


def register(spark: SparkSession, codes: Sequence[str], **columns: Any) -> DataFrame:
    """Institutions that differ in nothing but their code; `columns` are given to all of them."""
    defaults = {
        "fixmedins_name": "人民医院", "fixmedins_type": "1", "medins_type": "general", "hosp_lv": "05", "biznat": "1",
        "fix_blng_admdvs": "320301", "aprv_bed_cnt": "100", "dr_psncnt": "50", "tecn_psncnt": "10", "reha_psncnt": "5",
        "phar_psncnt": None,
    }  # fmt: skip
    text = "fixmedins_code | end\n" + "\n".join(f"{code} | x" for code in codes)
    return frame(spark, text, REGISTER_TYPES, {**defaults, **columns}).drop("end")


def months(
    spark: SparkSession, houses: Mapping[str, Sequence[Mapping[str, float | None]] | Mapping[str, float | None]],
    periods: Sequence[str] = MONTHS,
) -> DataFrame:  # fmt: skip
    """provider_month rows: one mapping for all months of a house, or one per month. Absent columns are 0."""
    each: dict[str, list[Mapping[str, float | None]]] = {
        code: [rows] * len(periods) if isinstance(rows, Mapping) else list(rows) for code, rows in houses.items()
    }
    names = sorted({name for rows in each.values() for row in rows for name in row} | {"visits", "inscp"})
    made = [
        (code, month, *(None if row.get(name, 0.0) is None else float(row.get(name, 0.0) or 0.0) for name in names))
        for code, rows in each.items()
        for month, row in zip(periods, rows, strict=True)
    ]
    ddl = "fixmedins_code string, stat_month string, " + ", ".join(f"{name} double" for name in names)
    return spark.createDataFrame(made, ddl)


def judge(
    spark: SparkSession, detector_id: str, wide: DataFrame, institutions: DataFrame,
    periods: Sequence[str] = MONTHS, available: Mapping[str, frozenset[str]] | None = None, **changed: Any,
) -> DataFrame:  # fmt: skip
    """The one detector judged over the small area."""
    chosen = replace(detector(detector_id), **changed)
    given = {table: frozenset(columns) for table, columns in chosen.needs.items()} if available is None else available
    return evaluate(Inputs(wide, institutions, Months(tuple(periods)), given, (chosen,)))
