"""A small area in which everything is as it should be: one good row per table, from the catalogue.

A test changes what it is about and leaves the rest alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from expectations.from_catalogue import expected_columns, lineage
from expectations.suite import catalogue_table
from jobs.catalogue import Table

PERSON = "0123456789ABCDEF0123456789ABCDEF"
BY_TYPE = {"int": 1, "bigint": 1, "bool01": 1, "double": 0.5, "date": "2023-01-05", "timestamp": "2023-01-05 10:30:00"}
BY_NAME: dict[str, Any] = {
    "psn_no": PERSON,
    "line_kind": "charge",
    "setl_kind": "original",
    "med_type": "11",
    "med_list_codg": "002103000010000",
    "visit_begin": "2023-01-04",
    "visit_end": "2023-01-06",
    "begndate": "2023-01-04",
    "enddate": "2023-01-05",
    "begntime": "2023-01-04 08:00:00",
    "endtime": "2023-01-06 09:00:00",
    "period_begin": "2023-01-01",
    "period_end": "2023-06-30",
    "concluded_on": "2023-08-01",
    "brdy": "1960-01-01",
    "die_date": "2023-01-06",
    "age": 63,
    "pric": 10,
    "cnt": 2,
    "net_cnt": 2,
    "det_item_fee_sumamt": 20,
    "inscp_amt": 20,
    "net_inscp": 20,
    "net_fee": 20,
    "medfee_sumamt": 30,
    "fund_pay_sumamt": 18,
    "net_fund": 18,
    "hifp_pay": 18,
    "psn_pay": 12,
    "acct_pay": 5,
    "cash_payamt": 7,
    "insu_admdvs": "320300",
    "drug_trac_codg": "81234567890123456789",
    "dscg_maindiag_code": "I10.x00",
    "diag_code": "I10.x00",
    "diag_type": "1",
    "oprn_oprt_code": "00.66",
    "refd_setl_flag": 0,
    "init_setl_id": None,
    "init_feedetl_sn": None,
    "fixmedins_type": "1",
    "surv_stas": "0",
    "lnt": 117.2,
    "lat": 34.3,
    "paymtd": "drg",
    "area": "imaging",
    "outcome": "hit",
    "family": "rule",
    "strength": 2,
    "violation_amount": 10,
    "fund_loss": 5,
    "suspected_amount": 10,
    "selected_by": "model",
    "verdict_hint": "clue",
    "stat_month": "2023-01",
    "med_type_group": "outpatient",
    "fund": 9,
    "inscp": 20,
    "lines": 4,
}


def good_row(table: Table, layer: str) -> dict[str, Any]:
    """One row nobody could object to; dates and numbers as text where the engine casts them."""
    return {c.name: _value(table, c.name, c.type) for c in expected_columns(table, layer)} | _lineage(table, layer)


def _value(table: Table, name: str, kind: str) -> Any:
    if table.layer == "cases" and name == "lines":
        return None
    default = BY_TYPE.get(kind, 1 if kind.startswith("decimal") else f"{name}-1")
    return BY_NAME.get(name, default)


def _lineage(table: Table, layer: str) -> dict[str, Any]:
    return dict.fromkeys(lineage(table, layer), "1")


def engine_type(kind: str) -> str:
    """Type of the engine for a type of the catalogue."""
    return "int" if kind == "bool01" else kind


def good(
    spark: SparkSession, layer: str, name: str, changes: Sequence[Mapping[str, Any]] = ({},), keep: Sequence[str] = ()
) -> DataFrame:
    """One row per entry of `changes`, each the good row with these values instead; `keep` names extra text columns."""
    table = catalogue_table(layer, name)
    assert table is not None
    types = {c.name: engine_type(c.type) for c in expected_columns(table, layer)}
    types |= {"_file": "string", "_row": "bigint"} if lineage(table, layer) else {}
    types |= dict.fromkeys(keep, "string")
    rows = [{**good_row(table, layer), **change} for change in changes]
    unknown = {column for row in rows for column in row} - set(types)
    assert not unknown, f"{layer}.{name} has no {unknown}"
    ddl = ", ".join(f"`{column}` string" for column in types)
    texts = [tuple(None if row.get(c) is None else str(row.get(c)) for c in types) for row in rows]
    made = spark.createDataFrame(texts, ddl)
    return made.select(*[F.col(f"`{c}`").cast(kind).alias(c) for c, kind in types.items()])


def unique_keys(table: Table, rows: int) -> list[dict[str, Any]]:
    """Changes that give each of `rows` rows a key of its own where the key is text."""
    texts = [name for name in table.key if table.column(name).type == "string"]
    return [{texts[0]: f"k{number}"} if texts else {} for number in range(rows)]
