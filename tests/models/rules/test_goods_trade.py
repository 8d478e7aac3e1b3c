"""Bought off the platform, sold far dearer than other shops, and too many packages in one sale."""

from __future__ import annotations

from pyspark.sql import functions as F

from models.rules import off_platform, over_markup, over_price, over_quantity
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

Q = "decimal(16,4)"
PURCHASE = f"cnt {Q}, pric decimal(16,6), purc_time timestamp, onln_flag int"
HOUSES = """
    fixmedins_code | fixmedins_type | biznat
    H1             | 1              | 1
    H2             | 1              | 2
    P1             | 2              | 2
"""


def bought(spark, *lines):
    header = "fixmedins_code | med_list_codg | cnt | pric | purc_time | onln_flag\n"
    return frame(spark, header + "\n".join(lines), PURCHASE)


def register(spark, text=HOUSES):
    return frame(spark, text)


OFF = card(
    "off_platform", domains=["consumable"], min_item_share=0.25, min_items=2, min_house_share=0.2, min_deliveries=2
)
USED = """
    bkkp_sn | fixmedins_code | med_list_codg | fee_ocur_time       | net_cnt | net_inscp
    a1      | H1             | C13A          | 2023-02-10 09:00:00 | 2       | 100
    a2      | H1             | C13B          | 2023-02-10 09:00:00 | 1       | 50
    a3      | H2             | C13A          | 2023-02-10 09:00:00 | 2       | 100
    a4      | P1             | C13A          | 2023-02-10 09:00:00 | 2       | 100
"""


def off(spark, *lines):
    return given(charged(spark, USED), purc_d=bought(spark, *lines), fixmedins_b=register(spark))


def test_an_item_mostly_bought_off_the_platform(spark):
    seen = off(
        spark,
        "H1 | C13A | 10 | 50 | 2023-01-05 | 0",
        "H1 | C13A | 10 | 50 | 2023-02-05 | 1",
        "H1 | C13A | 20 | 50 | 2023-03-05 | 0",
        "H1 | C13B | 20 | 50 | 2023-03-05 | 0",
        "H1 | C13B | 20 | 50 | 2023-03-05 | 1",
        "H2 | C13A | 20 | 50 | 2023-01-05 | 1",
        "P1 | C13A | 20 | 50 | 2023-01-05 | 0",
    )
    # 30 of 40 units and 20 of 40; the other hospital and the shop are left alone
    found = rows(off_platform.evaluate(seen, [OFF]), "bkkp_sn", "violation_amount")
    assert found == [("a1", 75.0), ("a2", 25.0)]


def test_one_product_that_is_never_on_the_platform_has_its_filing(spark):
    seen = off(
        spark,
        *[f"H1 | C13A | 10 | 50 | 2023-0{month}-05 | 0" for month in (1, 2, 3)],
        *[f"H1 | C13B | 10 | 50 | 2023-0{month}-05 | 1" for month in (1, 2, 3)],
    )
    assert rows(off_platform.evaluate(seen, [OFF]), "bkkp_sn") == []


def test_emergencies_and_a_house_that_never_says_are_no_habit(spark):
    rare = ["H1 | C13A | 10 | 50 | 2023-01-05 | 0"]
    rare += [f"H1 | C13A | 1 | 50 | 2023-02-{day:02d} | 1" for day in range(1, 9)]
    never = ["H2 | C13A | 10 | 50 | 2023-01-05 | 0", "H2 | C13A | 10 | 50 | 2023-02-05 | 0"]
    seen = off(spark, *rare, *never)
    assert rows(off_platform.evaluate(seen, [OFF]), "bkkp_sn") == []
    blind = rows(off_platform.gaps(seen, [OFF]), "fixmedins_code", "reason_code")
    assert blind == [("H2", "platform_never_told")]
    assert rows(off_platform.gaps(off(spark, *never), [OFF]), "fixmedins_code", "reason_code") == [
        ("H1", "no_stock_reports"),
        ("H2", "platform_never_told"),
    ]


def test_a_public_hospital_may_not_add_to_the_price_of_drugs(spark):
    sold = """
        bkkp_sn | fixmedins_code | med_list_codg | fee_ocur_time       | pric | net_cnt | net_inscp
        a1      | H1             | XA            | 2023-02-10 09:00:00 | 12   | 1       | 12
        a2      | H2             | XA            | 2023-02-10 09:00:00 | 12   | 1       | 12
        a3      | P1             | XA            | 2023-02-10 09:00:00 | 12   | 1       | 12
    """
    paid = [f"{house} | XA | 10 | 10 | 2023-01-05 | 1" for house in ("H1", "H2", "P1")]
    seen = given(charged(spark, sold), purc_d=bought(spark, *paid), fixmedins_b=register(spark))
    zero = card("over_price", against="purchase", domains=["drug_west"], owners=["1"], tolerance=0.03, back_days=180)
    assert rows(over_price.evaluate(seen, [zero]), "bkkp_sn", "violation_amount") == [("a1", 2.0)]


SHOPS = [f"P{n}" for n in range(1, 6)]
MARKUP = card("over_markup", domains=["drug_west"], back_days=180, min_houses=4, times=1.2, other_pack=4.0)


def shops(spark, prices, silent=()):
    lines = "\n".join(
        f"{shop} | {shop} | XA | 2023-02-10 09:00:00 | {price} | 1 | {price}" for shop, price in prices.items()
    )
    header = "bkkp_sn | fixmedins_code | med_list_codg | fee_ocur_time | pric | net_cnt | net_inscp\n"
    paid = [f"{shop} | XA | 10 | 10 | 2023-01-05 | 1" for shop in prices if shop not in silent]
    known = register(spark, "fixmedins_code | fixmedins_type\n" + "\n".join(f"{shop} | 2" for shop in prices))
    return given(charged(spark, header + lines), purc_d=bought(spark, *paid), fixmedins_b=known)


def test_a_mark_up_far_beyond_other_shops(spark):
    dear = shops(spark, {"P1": 12, "P2": 13, "P3": 12, "P4": 13, "P5": 20})
    # bought at 10 everywhere: the usual mark-up is 30 %, the fence 1.2 x 1.3; what is above the usual is disputed
    assert rows(over_markup.evaluate(dear, [MARKUP]), "bkkp_sn", "violation_amount") == [("P5", 7.0)]


def test_shops_that_differ_a_little_other_packs_and_shops_without_purchases(spark):
    assert rows(over_markup.evaluate(shops(spark, dict.fromkeys(SHOPS, 13) | {"P5": 15}), [MARKUP]), "bkkp_sn") == []
    assert rows(over_markup.evaluate(shops(spark, dict.fromkeys(SHOPS, 13) | {"P5": 130}), [MARKUP]), "bkkp_sn") == []
    blind = shops(spark, dict.fromkeys(SHOPS, 13) | {"P5": 40}, silent=["P5"])
    assert rows(over_markup.evaluate(blind, [MARKUP]), "bkkp_sn") == []
    assert rows(over_markup.gaps(blind, [MARKUP]), "fixmedins_code", "reason_code") == [("P5", "no_stock_reports")]


PACKS = card(
    "over_quantity", where="pharmacy", domains=["drug_west"], usual_share=0.8, times=3.0, min_sales=10, min_houses=2, chronic_days=14,
    long_days=84,
)  # fmt: skip


def counter(spark, days, *large):
    header = "bkkp_sn | fixmedins_code | psn_no | med_list_codg | fee_ocur_time | prd_days | net_cnt | net_inscp\n"
    usual = [f"u{n} | P{n % 3} | p{n} | XA | 2023-02-01 09:00:00 | {days} | {1 + n % 2} | 20" for n in range(12)]
    return given(charged(spark, header + "\n".join([*usual, *large])))


def test_a_pile_of_boxes_for_one_person(spark):
    pile = counter(
        spark,
        5,
        "a1 | P1 | q | XA | 2023-02-05 09:00:00 | 20 | 6 | 60",
        "a2 | P1 | q | XA | 2023-02-05 09:05:00 | 10 | 2 | 20",
        "a3 | P1 | r | XA | 2023-02-05 09:00:00 | 20 | 5 | 50",
    )
    # eight at once, two are usual: three quarters of both lines; five are less than three times two
    assert rows(over_quantity.evaluate(pile, [PACKS]), "bkkp_sn", "violation_amount") == [("a1", 45.0), ("a2", 15.0)]


def test_a_long_prescription_and_a_drug_hardly_sold_are_left_alone(spark):
    long_course = "a1 | P1 | q | XA | 2023-02-05 09:00:00 | 84 | 8 | 80"
    assert rows(over_quantity.evaluate(counter(spark, 28, long_course), [PACKS]), "bkkp_sn") == []
    beyond = counter(spark, 28, long_course.replace("84", "120"))
    assert rows(over_quantity.evaluate(beyond, [PACKS]), "bkkp_sn") == [("a1",)]
    rare = "a1 | P1 | q | XB | 2023-02-05 09:00:00 | 84 | 80 | 80"
    seen = counter(spark, 5, rare)
    assert rows(over_quantity.evaluate(seen, [PACKS]), "bkkp_sn") == []
    assert rows(over_quantity.exposure(seen, [PACKS]).agg(F.sum("exposure").alias("n")), "n") == [(12.0,)]


def test_the_fifth_stent_of_one_stay(spark):
    header = "bkkp_sn | fixmedins_code | psn_no | mdtrt_id | med_type | med_list_codg | fee_ocur_time | net_cnt | net_inscp\n"
    usual = [
        f"u{n} | H{n % 3} | p{n} | m{n} | 21 | C0203 | 2023-02-01 09:00:00 | {1 + n % 2} | 1000" for n in range(12)
    ]
    many = [
        "a1 | H1 | q | s1 | 21 | C0203 | 2023-02-05 09:00:00 | 3 | 3000",
        "a2 | H1 | q | s1 | 21 | C0203 | 2023-02-07 09:00:00 | 2 | 2000",
        "a3 | H1 | r | s2 | 21 | C0203 | 2023-02-05 09:00:00 | 3 | 3000",
        "a4 | H1 | t | s3 | 11 | C0203 | 2023-02-05 09:00:00 | 9 | 9000",
    ]
    stays = given(charged(spark, header + "\n".join([*usual, *many])))
    devices = card(
        "over_quantity", where="inpatient", domains=["vascular_device"], usual_share=0.75, times=2.0, min_sales=10,
        min_houses=3,
    )  # fmt: skip
    # five in one stay where two are usual; three are a heavy case, and an out-patient line is no stay
    hits = rows(over_quantity.evaluate(stays, [devices]), "bkkp_sn", "violation_amount")
    assert hits == [("a1", 1800.0), ("a2", 1200.0)]
