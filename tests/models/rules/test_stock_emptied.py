"""Empty shelves: a shop short in nearly everything, and the shops that only look like it."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from models.rules import stock_emptied
from tests.models.rules.test_stock_balance import cash, counts, purchases, register
from tests.support.charged import card, charged, given
from tests.support.tables import rows

CARD = card(
    "stock_emptied", needs={"purc_d": ("cnt",), "inv_d": ("cnt",), "sel_d": ("cnt",)}, domains=["drug_west"],
    tolerance=0.05, short_items=3, times_surplus=3, late_days=45, min_month_share=0.75, min_coverage=0.8,
    min_price_share=0.5,
)  # fmt: skip
ITEMS = ("XA", "XB", "XC", "XD")
MONTHS = (1, 2, 3)
ENDS = {1: "2023-01-31", 2: "2023-02-28", 3: "2023-03-31"}


def shop(spark, sold=12, counted=None, skip=None):
    """Every month each item: 10 bought, `sold` settled, and 10 on the shelf at the end of the month."""
    lines = "\n".join(
        f"{item}{month} | P1 | {item} | 2023-{month:02d}-15 09:00:00 | {sold} | {sold * 10}"
        for item in ITEMS for month in MONTHS
    )  # fmt: skip
    bought = [
        f"{item}{month} | P1 | {item} | 10 | 7 | 2023-{month:02d}-05 | "
        for item in ITEMS for month in MONTHS if (item, month) != skip
    ]  # fmt: skip
    shelf = counted or (lambda item, month: 10)
    ends = [f"P1 | {item} | {day} | {shelf(item, month)}" for item in ITEMS for month, day in ENDS.items()]
    tables = {
        "purc_d": purchases(spark, bought),
        "inv_d": counts(spark, [*(f"P1 | {item} | 2023-01-01 | 10" for item in ITEMS), *ends]),
        "sel_d": cash(spark, "c1 | P1 | XA | 0 | 10 |    | 2 | 2023-02-01"),
        "fixmedins_b": register(spark).withColumn("fixmedins_type", F.lit("2")),
    }
    header = "bkkp_sn | fixmedins_code | med_list_codg | fee_ocur_time | net_cnt | net_inscp\n"
    return given(charged(spark, header + lines), **tables)


def disputed(inputs):
    return rows(stock_emptied.evaluate(inputs, [CARD]), "bkkp_sn", "violation_cnt", "violation_amount")


def test_a_little_short_everywhere_month_after_month(spark):
    # each item: 36 settled, 10 + 30 - 10 = 30 there, 6 missing; all four items the same, the latest sale first
    assert disputed(shop(spark)) == [(f"{item}3", 6.0, 60.0) for item in ITEMS]


@pytest.mark.parametrize(
    "honest",
    [
        pytest.param({"sold": 10}, id="in balance"),
        pytest.param({"counted": lambda item, month: 10 if item < "XC" else 2}, id="as many left over as short"),
        pytest.param({"counted": lambda item, month: 8 if month < 3 else 4}, id="goods went off the shelf"),
    ],
)
def test_honest_shops(spark, honest):
    assert disputed(shop(spark, **honest)) == []


def test_one_month_of_uploads_missing_is_no_habit(spark):
    short_in_march = shop(spark, counted=lambda item, month: 10 if month == 3 else 8 - 2 * (month - 1))
    # January and February are in balance (10 + 10 - 12 = 8, 8 + 10 - 12 = 6), all that is missing is missing in March
    assert disputed(short_in_march) == []


def test_without_purchases_nothing_is_told(spark):
    blind = shop(spark)
    silent = given(blind.lines, **{**blind.tables, "purc_d": blind.tables["purc_d"].where("cnt < 0")})
    assert disputed(silent) == []
    assert rows(stock_emptied.gaps(silent, [CARD]), "fixmedins_code", "reason_code") == [("P1", "no_stock_reports")]


def test_sales_without_a_scanned_box_come_first(spark):
    given_shop = shop(spark)
    box = F.when(F.col("bkkp_sn").endswith("1"), F.lit("")).otherwise(F.lit("81000000000000000001"))
    scanned = given(given_shop.lines.withColumn("drug_trac_codg", box), **given_shop.tables)
    assert disputed(scanned) == [(f"{item}1", 6.0, 60.0) for item in ITEMS]


def test_a_hospital_keeps_its_goods_on_wards(spark):
    given_shop = shop(spark)
    hospital = given_shop.tables["fixmedins_b"].withColumn("fixmedins_type", F.lit("1"))
    assert disputed(given(given_shop.lines, **{**given_shop.tables, "fixmedins_b": hospital})) == []
