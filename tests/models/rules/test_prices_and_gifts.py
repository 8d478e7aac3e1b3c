"""超限价、加价与赠送: what goods may cost."""

from __future__ import annotations

from models.rules import gifts_charged, over_price
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import card, lines
from tests.support.tables import frame, rows

CHARGED = """
    bkkp_sn | item    | at                  | cnt | inscp | domain     | fix_blng_admdvs
    cheap   | C0801-A | 2023-03-02 09:00:00 | 1   | 900   | consumable | 320301
    dear    | C0801-A | 2023-03-02 09:00:00 | 2   | 2400  | consumable | 320301
    early   | C0801-A | 2022-12-02 09:00:00 | 1   | 1200  | consumable | 320301
    drug    | C0801-A | 2023-03-02 09:00:00 | 1   | 1200  | drug_west  | 320301
"""
GIFTS = {"min_gift_share": 0.05, "min_gifts": 2, "min_deliveries": 2, "min_delivery_share": 0.02, "back_days": 90}
TYPES = "price_cap decimal(16,6), begndate date, enddate date"


def judged(module, spark, tables, charged=CHARGED, **params):
    given = RuleInputs(lines=lines(spark, charged), tables=tables)
    made = card(module, domains=["consumable"], **params)
    return given, [made]


def hit(module, given, cards):
    return rows(module.evaluate(given, cards), "bkkp_sn", "violation_amount")


def test_above_the_closest_cap_in_force(spark):
    caps = frame(
        spark,
        """
        med_list_codg | admdvs | price_cap | begndate   | enddate
        C0801-A       | 320000 | 700       | 2023-01-01 |
        C0801-A       | 320300 | 1000      | 2023-01-01 |
        C0801-A       | 330000 | 100       | 2023-01-01 |
        """,
        TYPES,
    )
    asked = judged(over_price, spark, {"volume_price_d": caps}, against="cap", tolerance=0.01)
    assert hit(over_price, *asked) == [("dear", 400.0)]  # 900 is below the city's cap, December before it
    assert rows(over_price.exposure(*asked), "stat_month", "exposure") == [("2023-03", 2.0)]


def purchases(spark, text):
    return frame(spark, text, "cnt decimal(16,4), pric decimal(16,6), plaf_pric decimal(16,6), purc_time timestamp,"
                 " prod_geay_flag int", {"fixmedins_code": "H1", "plaf_pric": None, "prod_geay_flag": "0"})  # fmt: skip


def test_above_the_dearest_recent_purchase_only(spark):
    bought = purchases(
        spark,
        """
        purc_sn | med_list_codg | cnt | pric | purc_time
        p1      | C0801-A       | 9   | 880  | 2023-02-01 09:00:00
        p2      | C0801-A       | 9   | 900  | 2023-01-01 09:00:00
        """,
    )
    asked = judged(over_price, spark, {"purc_d": bought}, against="purchase", tolerance=0.03, back_days=180)
    assert hit(over_price, *asked) == [("dear", 600.0), ("early", 300.0)]


def test_old_stock_at_its_old_price_is_honest(spark):
    bought = purchases(
        spark,
        """
        purc_sn | med_list_codg | cnt | pric | purc_time
        p1      | C0801-A       | 9   | 1200 | 2022-11-01 09:00:00
        p2      | C0801-A       | 9   | 900  | 2023-03-01 09:00:00
        """,
    )
    asked = judged(over_price, spark, {"purc_d": bought}, against="purchase", tolerance=0.03, back_days=180)
    assert hit(over_price, *asked) == []


def test_what_is_sold_after_the_gift_carries_its_share_of_the_window(spark):
    bought = purchases(
        spark,
        """
        purc_sn | med_list_codg | cnt | pric | purc_time           | prod_geay_flag
        p1      | C0801-A       | 15  | 900  | 2023-02-01 09:00:00 | 0
        p2      | C0801-A       | 5   | 0    | 2023-02-20 09:00:00 | 1
        p3      | C0801-A       | 20  | 900  | 2023-03-10 09:00:00 | 0
        p4      | C0801-A       | 1   | 0    | 2023-09-01 09:00:00 | 1
        p5      | C0801-A       | 9   | 900  | 2023-09-01 09:00:00 | 0
        """,
    )
    sold = """
        bkkp_sn | item    | at                  | cnt | inscp | domain
        before  | C0801-A | 2023-02-10 09:00:00 | 1   | 900   | consumable
        same    | C0801-A | 2023-02-20 15:00:00 | 1   | 900   | consumable
        after   | C0801-A | 2023-03-02 09:00:00 | 2   | 1800  | consumable
        mixed   | C0801-A | 2023-03-20 09:00:00 | 1   | 900   | consumable
        late    | C0801-A | 2023-09-05 09:00:00 | 1   | 900   | consumable
    """
    asked = judged(gifts_charged, spark, {"purc_d": bought}, charged=sold, **GIFTS)
    assert hit(gifts_charged, *asked) == [("after", 450.0), ("late", 90.0), ("mixed", 112.5), ("same", 225.0)]


def test_one_delivery_on_the_house_is_no_habit(spark):
    bought = purchases(
        spark,
        """
        purc_sn | med_list_codg | cnt | pric | purc_time           | prod_geay_flag
        p1      | C0801-A       | 15  | 900  | 2023-02-01 09:00:00 | 0
        p2      | C0801-A       | 5   | 0    | 2023-02-01 09:00:00 | 1
        """,
    )
    assert hit(gifts_charged, *judged(gifts_charged, spark, {"purc_d": bought}, **GIFTS)) == []


def test_the_platform_has_one_price_at_a_time(spark):
    bought = purchases(
        spark,
        """
        purc_sn | med_list_codg | cnt | pric | plaf_pric | purc_time
        p1      | C0801-A       | 9   | 1200 | 1200      | 2022-11-01 09:00:00
        p2      | C0801-A       | 9   | 1200 | 900       | 2023-02-01 09:00:00
        """,
    )
    asked = judged(over_price, spark, {"purc_d": bought}, against="platform", tolerance=0.03, back_days=180)
    assert hit(over_price, *asked) == [("dear", 600.0)]


def test_one_sample_is_no_gift(spark):
    bought = purchases(
        spark,
        """
        purc_sn | med_list_codg | cnt | pric | purc_time           | prod_geay_flag
        p1      | C0801-A       | 39  | 900  | 2023-02-01 09:00:00 | 0
        p2      | C0801-A       | 1   | 0    | 2023-02-01 09:00:00 | 1
        """,
    )
    few = GIFTS | {"min_gift_share": 0.02, "min_deliveries": 1}
    assert hit(gifts_charged, *judged(gifts_charged, spark, {"purc_d": bought}, **few)) == []


def test_a_house_without_purchases_is_not_evaluable(spark):
    bought = purchases(
        spark,
        """
        purc_sn | fixmedins_code | med_list_codg | cnt | pric | purc_time
        p1      | H9             | C0801-A       | 39  | 900  | 2023-02-01 09:00:00
        """,
    )
    asked = judged(over_price, spark, {"purc_d": bought}, against="purchase", tolerance=0.03, back_days=180)
    assert rows(over_price.gaps(*asked), "fixmedins_code", "reason_code") == [("H1", "no_stock_reports")]
    asked = judged(gifts_charged, spark, {"purc_d": bought}, **GIFTS)
    assert rows(gifts_charged.gaps(*asked), "fixmedins_code", "reason_code") == [("H1", "no_stock_reports")]
