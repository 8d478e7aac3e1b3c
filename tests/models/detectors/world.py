"""A small area for indicators: a dozen like hospitals, months of plain numbers, and whatever a test adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.detectors import Detector, Inputs, Months, evaluate, load_detectors
from tests.support.tables import frame
from tests.support.validated import settled

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
    spark: SparkSession,
    houses: Mapping[str, Mapping[str, float] | Sequence[Mapping[str, float]]],
    periods: Sequence[str] = MONTHS,
    columns: Iterable[str] = (),
) -> DataFrame:
    """provider_month rows: one mapping for all months of a house, or one per month. Absent columns are 0."""
    each = {code: [rows] * len(periods) if isinstance(rows, Mapping) else list(rows) for code, rows in houses.items()}
    names = sorted({name for rows in each.values() for row in rows for name in row} | {"visits", "inscp", *columns})
    made = [
        (code, month, *(float(row.get(name, 0.0)) for name in names))
        for code, rows in each.items()
        for month, row in zip(periods, rows, strict=True)
    ]
    ddl = "fixmedins_code string, stat_month string, " + ", ".join(f"{name} double" for name in names)
    return spark.createDataFrame(made, ddl)


def judge_all(
    spark: SparkSession,
    asked: Sequence[str],
    wide: DataFrame,
    institutions: DataFrame,
    periods: Sequence[str] = MONTHS,
    available: Mapping[str, frozenset[str]] | None = None,
) -> DataFrame:
    """The detectors asked for, judged over the small area; every table they need counts as given by default."""
    chosen = tuple(detector(name) for name in asked)
    needs = {table: frozenset(columns) for one in chosen for table, columns in one.needs.items()}
    given = needs if available is None else available
    return evaluate(Inputs(wide, institutions, Months(tuple(periods)), given, chosen, keep=kept))


def kept(name: str, frame: DataFrame) -> DataFrame:
    """A keeper for tests: computes the frame once, as the step does by writing it."""
    return settled(frame)
