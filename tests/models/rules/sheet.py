"""How rule tests are written: fee lines, points and cards as a supervisor would put them on paper.

Lines: `bkkp_sn | item | at | cnt | inscp` and any other column of validated fee_list_d; `item` is code and name at once,
a blank psn_no, mdtrt_id or institution is always the same one. Points: `item | other | limit | ...`.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from knowledge.resolve import RESOLVED_DDL
from models.rules.kind import Card, RuleInputs
from tests.support.tables import cells, frame, rows

LINE_TYPES = {
    "fee_ocur_time": "timestamp", "fee_date": "date", "visit_begin": "date", "visit_end": "date", "age": "int",
    "pric": "decimal(16,6)", "net_cnt": "decimal(16,4)", "net_inscp": "decimal(16,2)", "fund_share": "double",
}  # fmt: skip
LINE_DEFAULTS = {
    "psn_no": "p1", "mdtrt_id": "m1", "fixmedins_code": "H1", "med_type": "21", "gend": "1", "age": "50",
    "visit_begin": None, "visit_end": None, "main_diag": None, "dscg_way": "1", "adm_dept_codg": None,
    "bilg_dept_codg": None, "acord_dept_codg": None, "fund_share": "0.7", "net_cnt": "1", "fix_blng_admdvs": "320100",
    "insutype": None,
}  # fmt: skip
SHORT = {"at": "fee_ocur_time", "cnt": "net_cnt", "inscp": "net_inscp", "psn": "psn_no", "visit": "mdtrt_id",
         "inst": "fixmedins_code"}  # fmt: skip


def lines(spark: SparkSession, text: str) -> DataFrame:
    """Validated charge lines from a table; the price is inscp / cnt unless a column says otherwise."""
    header, _ = cells(text)
    named = [SHORT.get(name, name) for name in header]
    table = frame(spark, text)
    for short, name in SHORT.items():
        if short in header:
            table = table.withColumnRenamed(short, name)
    for name, value in LINE_DEFAULTS.items():
        given = F.col(name) if name in named else F.lit(None)
        table = table.withColumn(name, F.coalesce(given, F.lit(value)) if value else given.cast("string"))
    table = table.withColumn("med_list_codg", F.col("item")).withColumn("hilist_name", F.col("item"))
    if "fee_date" not in named:
        table = table.withColumn("fee_date", F.substring("fee_ocur_time", 1, 10))
    typed = [F.col(name).cast(LINE_TYPES.get(name, "string")).alias(name) for name in table.columns if name != "pric"]
    table = table.select(*typed, *([F.col("pric").cast("decimal(16,6)")] if "pric" in named else []))
    if "pric" not in named:
        table = table.withColumn("pric", (F.col("net_inscp") / F.col("net_cnt")).cast("decimal(16,6)"))
    return table


def points(spark: SparkSession, text: str) -> DataFrame:
    """Resolved points of one detector X-01; `item`, `other`, `limit`, `unit` stand for the long column names."""
    names = {"item": "item_code", "other": "other_code", "limit": "limit_value", "unit": "limit_unit"}
    table = frame(spark, text)
    for short, name in names.items():
        if short in table.columns:
            table = table.withColumnRenamed(short, name)
    defaults = {"detector_id": "X-01", "area": "imaging", "point_id": None, "region": "000000"}
    given = set(table.columns)
    made = []
    for part in RESOLVED_DDL.split(","):
        name, kind = part.split()
        value = F.col(name) if name in given else F.lit(defaults.get(name))
        if name == "point_id" and name not in given:
            value = F.concat_ws("+", "item_code", F.col("other_code") if "other_code" in given else F.lit(""))
        made.append(value.cast(kind).alias(name))
    return table.select(*made)


def card(module: ModuleType, **params: Any) -> Card:
    """The card of detector X-01."""
    return Card("X-01", module.NAME, "imaging", "测试", "test", "1.0", params=params)


def run(spark: SparkSession, module: ModuleType, charged: str, known: str, **params: Any) -> list[tuple[Any, ...]]:
    """(bkkp_sn, violation_amount) of the hits: what the kind disputes of the charged lines under the known points."""
    return rows(found(spark, module, charged, known, **params), "bkkp_sn", "violation_amount")


def found(spark: SparkSession, module: ModuleType, charged: str, known: str, **params: Any) -> DataFrame:
    """The hits as a frame."""
    return module.evaluate(inputs(spark, charged, known), [card(module, **params)])


def inputs(spark: SparkSession, charged: str, known: str, **tables: DataFrame) -> RuleInputs:
    """What a kind is given."""
    return RuleInputs(lines=lines(spark, charged), tables=tables, points=points(spark, known))
