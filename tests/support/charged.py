"""Fee lines and cards for the tests of rule kinds: a text table names what matters, the rest is an ordinary charge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.rules.kind import Card, RuleInputs
from tests.support.tables import frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

QUANTITY, MONEY = "decimal(16,4)", "decimal(16,2)"
TYPES: dict[str, str] = {
    "bkkp_sn": "string",
    "setl_id": "string",
    "mdtrt_id": "string",
    "psn_no": "string",
    "fixmedins_code": "string",
    "fee_ocur_time": "timestamp",
    "med_list_codg": "string",
    "hilist_name": "string",
    "list_type": "string",
    "med_chrgitm_type": "string",
    "cnt": QUANTITY,
    "pric": "decimal(16,6)",
    "bilg_dr_code": "string",
    "acord_dr_code": "string",
    "rx_drord_no": "string",
    "rx_flag": "int",
    "prd_days": "int",
    "etip_flag": "int",
    "drug_trac_codg": "string",
    "trdn_flag": "int",
    "net_cnt": QUANTITY,
    "net_fee": MONEY,
    "net_inscp": MONEY,
    "med_type": "string",
    "visit_begin": "date",
    "visit_end": "date",
    "main_diag": "string",
    "dscg_way": "string",
    "hi_paymtd": "string",
    "fund_share": "double",
}
ORDINARY: dict[str, Any] = {
    "fixmedins_code": "P1",
    "psn_no": "anna",
    "med_list_codg": "XC08CAA111A001010100001",
    "hilist_name": "硝苯地平",
    "med_chrgitm_type": "09",
    "med_type": "41",
    "net_cnt": "1",
    "net_inscp": "100",
    "fund_share": "0.7",
}


def charged(spark: SparkSession, text: str, **ordinary: Any) -> DataFrame:
    """Validated charge lines. Unnamed columns take `ordinary` or ORDINARY; `mdtrt_id` and `setl_id` follow the line."""
    from pyspark.sql import functions as F

    given = frame(spark, text)
    values = {**ORDINARY, **ordinary}
    found = given
    for name in TYPES:
        if name not in given.columns:
            found = found.withColumn(name, F.lit(values.get(name)))
        elif name in values and name not in ("drug_trac_codg",):
            found = found.withColumn(name, F.coalesce(F.col(name), F.lit(values[name])))
    follows = {
        "mdtrt_id": F.coalesce("mdtrt_id", F.concat(F.lit("v-"), "bkkp_sn")),
        "cnt": F.coalesce("cnt", "net_cnt"),
        "net_fee": F.coalesce("net_fee", "net_inscp"),
    }
    found = found.withColumns(follows)
    found = found.withColumn("setl_id", F.coalesce("setl_id", F.concat(F.lit("s-"), "mdtrt_id")))
    typed = found.select(*[F.col(name).cast(kind).alias(name) for name, kind in TYPES.items()])
    return typed.withColumn("fee_date", F.to_date("fee_ocur_time"))


def card(kind: str, area: str = "pharmacy", needs: dict[str, tuple[str, ...]] | None = None, **params: Any) -> Card:
    """A card with the given thresholds, called `T`."""
    return Card("T", kind, area, "测试", "test", "1.0", params, needs or {})


def given(lines: DataFrame, **tables: DataFrame) -> RuleInputs:
    """What a kind is given."""
    return RuleInputs(lines, tables)
