"""features/provider_month: what an institution did in one month, as numerators and denominators.

Reads: features.visit, features.stay, features.provider_item_month, validated.setl_d, validated.drg_setl_d,
validated.clnc_exam_rpot_d, validated.fixmedins_b.
Grain: month and institution; wide. A column is null when what it is counted from was not handed over or never happened.
Why: indicators are ratios of two columns summed over months; a mean of monthly ratios would let a quiet month shout.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.features import case_counts, month_counts, month_groups
from jobs.features.common import missing_columns

KEYS = ("stat_month", "fixmedins_code")
DOCTOR_COLUMNS = ("doctors", "doctor_visits", "top_doctor_visits", "doctor_square", "doctor_blank", "doctor_lines")
# Without the column a count of 0 would read as "none"; it is unknown instead.
UNKNOWN_WITHOUT = {
    ("fee_list_d", "bilg_dr_code"): ("doctor_blank", "doctor_lines"),
    ("fee_list_d", "prd_days"): ("supply_days", "supply_inscp"),
    ("setl_d", "cash_payamt"): ("zero_cash_stays", "cash_known_stays"),
    ("setl_d", "mdtrt_cert_type"): ("ecert_setls", "cert_known_setls"),
}


def build(tables: Mapping[str, DataFrame], available: Mapping[str, frozenset[str]]) -> DataFrame:
    """One wide row per institution and month. `tables`: visit, stay, provider_item_month, setl_d, fixmedins_b and,
    when handed over, clnc_exam_rpot_d and drg_setl_d. `available`: table -> columns that really came with the data.
    """
    visits, items = tables["visit"], tables["provider_item_month"]
    parts = [
        month_counts.from_visits(visits, tables["fixmedins_b"]),
        month_counts.from_stays(tables["stay"]),
        month_counts.from_settlements(tables["setl_d"]),
        month_groups.persons(visits),
        month_groups.days(visits),
        month_groups.bundles(visits),
        month_groups.doctors(visits),
        month_groups.shops(visits),
        month_groups.close_sales(visits),
        month_groups.drugs(items),
        month_groups.stay_groups(tables["stay"]),
    ]
    if "clnc_exam_rpot_d" in tables:
        parts.append(month_counts.from_reports(tables["clnc_exam_rpot_d"]))
    if "drg_setl_d" in tables:
        parts.append(case_counts.from_cases(tables["drg_setl_d"], tables["setl_d"]))
    return _unknown(_merge(parts), available)


def _merge(parts: list[DataFrame]) -> DataFrame:
    """Every part has one row per key and its own columns: stacking and taking the one value costs a single shuffle."""
    table = derived("features", "provider_month")
    stacked = reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), parts)
    full = missing_columns(stacked, {column.name: column.type for column in table.columns})
    measures = [name for name in table.names if name not in KEYS]
    found = full.groupBy(*KEYS).agg(*[F.max(F.col(name).cast("double")).alias(name) for name in measures])
    return found.select(*table.names)


def _unknown(frame: DataFrame, available: Mapping[str, frozenset[str]]) -> DataFrame:
    for (table, column), names in UNKNOWN_WITHOUT.items():
        if column not in available.get(table, frozenset((column,))):
            frame = frame.withColumns({name: F.lit(None).cast("double") for name in names})
    return frame
