"""Small validated tables: only the columns a test speaks about are written, the others take plain defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.tables import frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LINE_TYPES = (
    "net_cnt decimal(16,4), net_inscp decimal(16,2), net_fee decimal(16,2), fee_ocur_time timestamp, fee_date date,"
    " prd_days int, fund_share double, age int, visit_begin date, visit_end date"
)
LINE_DEFAULTS: dict[str, str | None] = {
    "line_kind": "charge", "psn_no": "p1", "fixmedins_code": "h1", "net_cnt": "1", "net_inscp": "10", "net_fee": "10",
    "med_list_codg": "001102000010000", "hilist_name": "普通门诊诊查费", "med_chrgitm_type": "02", "list_type": "201",
    "med_type": "11", "insu_admdvs": "320301", "main_diag": "J06.900", "bilg_dr_code": "d1", "prd_days": None,
    "fund_share": "0.5", "fee_ocur_time": "2023-01-05 09:00:00",
}  # fmt: skip


def lines(spark: SparkSession, text: str) -> DataFrame:
    """Validated fee lines; fee_date follows from fee_ocur_time."""
    from pyspark.sql import functions as F

    return frame(spark, text, LINE_TYPES, LINE_DEFAULTS).withColumn("fee_date", F.to_date("fee_ocur_time"))


def visits(spark: SparkSession, text: str) -> DataFrame:
    """Validated visits; stay_days follows from begin and end."""
    from pyspark.sql import functions as F

    defaults: dict[str, str | None] = {
        "psn_no": "p1", "fixmedins_code": "h1", "med_type": "11", "begntime": "2023-01-05", "endtime": None,
        "chfpdr_code": "d1", "adm_dept_codg": None, "dscg_maindiag_code": "J06.900", "dscg_way": "1",
    }  # fmt: skip
    made = frame(spark, text, "begntime timestamp, endtime timestamp", defaults)
    days = F.datediff(F.to_date("endtime"), F.to_date("begntime"))
    return made.withColumn("stay_days", F.when(F.col("endtime").isNotNull(), F.greatest(days, F.lit(1))))


def settlements(spark: SparkSession, text: str) -> DataFrame:
    """Validated settlements."""
    types = (
        "setl_time timestamp, net_medfee decimal(16,2), net_inscp decimal(16,2), net_fund decimal(16,2),"
        " cash_payamt decimal(16,2)"
    )
    defaults: dict[str, str | None] = {
        "setl_kind": "original", "fixmedins_code": "h1", "setl_time": "2023-01-20 10:00:00", "net_medfee": "1000",
        "net_inscp": "1000", "net_fund": "700", "cash_payamt": "300", "insu_admdvs": "320301",
        "fix_blng_admdvs": "320301", "mdtrt_cert_type": "03",
    }  # fmt: skip
    return frame(spark, text, types, defaults)


def institutions(spark: SparkSession, text: str) -> DataFrame:
    """The register of institutions."""
    types = "aprv_bed_cnt int, dr_psncnt int, tecn_psncnt int, reha_psncnt int, phar_psncnt int, begntime date"
    defaults: dict[str, str | None] = {
        "fixmedins_name": "第一人民医院", "fixmedins_type": "1", "medins_type": "general", "hosp_lv": "05", "biznat": "1",
        "fix_blng_admdvs": "320301", "aprv_bed_cnt": None, "dr_psncnt": None, "tecn_psncnt": None, "reha_psncnt": None,
        "phar_psncnt": None, "begntime": None, "prnt_code": None,
    }  # fmt: skip
    return frame(spark, text, types, defaults)


def settled(made: DataFrame) -> DataFrame:
    """The small frame as plain rows: what a step would find on disk, so that a test does not plan the step before it."""
    return made.sparkSession.createDataFrame(made.collect(), made.schema)
