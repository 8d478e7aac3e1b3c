"""features/stay: one finished in-patient stay with its bill and the stay before it.

Reads: validated.mdtrt_d, validated.setl_d, validated.fixmedins_b, features.visit.
Grain: one stay, under the month it ended in; open stays are left out until they end.
Why: admissions, re-admissions and examination-only stays are judged on stays, and a stay crosses months.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.window import WindowSpec

from jobs.catalogue import derived
from jobs.features.common import missing_columns, named, with_group, yuan

# Courses that are meant to come back: chemotherapy and radiotherapy, dialysis, tumours, pregnancy, rehabilitation care.
PLANNED = "^(Z51|Z49|Z50|Z54|N18|C|D0|D3[7-9]|D4[0-8]|O)"
EXAMS_ONLY_SHARE = 0.7  # share of the bill that is imaging and laboratory; patent-style screen of exam-only stays
SHORT_DAYS = 4
OPTIONAL = {"chfpdr_code": "string", "adm_dept_codg": "string", "dscg_maindiag_code": "string", "dscg_way": "string"}
PAID_OPTIONAL = {"cash_payamt": "double", "insu_admdvs": "string", "fix_blng_admdvs": "string"}


def build(visits: DataFrame, settlements: DataFrame, institutions: DataFrame, visit_months: DataFrame) -> DataFrame:
    """Finished stays of the visits given. Give the month before as well, or the gap to the stay before is unknown."""
    stays = _finished(visits, institutions)
    billed = stays.join(_bills(settlements), "mdtrt_id", "left").join(_content(visit_months), "mdtrt_id", "left")
    return _with_previous(billed).select(*derived("features", "stay").names)


def _finished(visits: DataFrame, institutions: DataFrame) -> DataFrame:
    grouped = with_group(missing_columns(visits, OPTIONAL), institutions)
    kept = grouped.where((F.col("med_type_group") == "inpatient") & F.col("endtime").isNotNull())
    return kept.select(
        F.date_format("endtime", "yyyy-MM").alias("stat_month"),
        "fixmedins_code",
        "mdtrt_id",
        "psn_no",
        F.to_date("begntime").alias("begin"),
        F.to_date("endtime").alias("end"),
        "stay_days",
        F.col("dscg_maindiag_code").alias("main_diag"),
        named("chfpdr_code").alias("doctor"),
        F.col("adm_dept_codg").alias("dept"),
        "dscg_way",
    )


def _bills(settlements: DataFrame) -> DataFrame:
    # A refund takes the cash back too, so the plain sum over all rows is what was paid in the end.
    paid = missing_columns(settlements, PAID_OPTIONAL)
    outside = F.substring("insu_admdvs", 1, 4) != F.substring("fix_blng_admdvs", 1, 4)
    return paid.groupBy("mdtrt_id").agg(
        yuan("net_medfee").alias("fee"),
        yuan("net_inscp").alias("inscp"),
        yuan("net_fund").alias("fund"),
        F.sum(F.col("cash_payamt").cast("double")).alias("cash"),
        F.max(outside.cast("int")).alias("outside"),
    )


def _content(visit_months: DataFrame) -> DataFrame:
    found = visit_months.where(F.col("med_type_group") == "inpatient").groupBy("mdtrt_id").agg(
        F.sum("inscp").alias("charged"),
        F.sum(F.col("imaging_inscp") + F.col("laboratory_inscp")).alias("examined"),
        F.sum("operations").alias("operations"),
    )  # fmt: skip
    only = (F.col("examined") >= EXAMS_ONLY_SHARE * F.col("charged")) & (F.col("operations") == 0)
    return found.select("mdtrt_id", F.when(F.col("charged") > 0, only.cast("int")).alias("exams_only"))


def _with_previous(stays: DataFrame) -> DataFrame:
    here = Window.partitionBy("psn_no", "fixmedins_code").orderBy("begin", "end", "mdtrt_id")
    anywhere = Window.partitionBy("psn_no").orderBy("begin", "end", "mdtrt_id")
    planned = F.coalesce(F.col("main_diag"), F.lit("")).rlike(PLANNED)
    return stays.withColumns(
        {
            "gap_here": _gap(here),
            "gap_anywhere": _gap(anywhere),
            "planned": planned.cast("int"),
            "zero_cash": F.when(F.col("fee") > 0, (F.col("cash") <= 0).cast("int")),
            "exams_only": F.when(F.col("stay_days") <= SHORT_DAYS, F.col("exams_only")).otherwise(0),
        }
    )


def _gap(window: WindowSpec) -> Column:
    return F.datediff(F.col("begin"), F.lag("end").over(window))
