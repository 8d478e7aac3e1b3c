"""DRG/DIP: costs just above the outlier border, severity claimed, and what cannot be judged."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import functions as F

from models.rules import case_payment, grouped_cases
from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import lines
from tests.support.tables import frame, rows

CARDS = {card.detector_id[:6]: card for card in load_cards() if card.kind == "case_payment"}
# No card yet: on real shapes of cost the gate leaves peers silent, so a house is measured by nobody.
LOW = replace(CARDS["DRG-01"], params={**CARDS["DRG-01"].params, "mode": "low", "band": 0.2, "times_beside": 1.5})
CHARGED = """
    bkkp_sn | item | at                  | cnt | inscp
    a1      | bed  | 2023-03-02 09:00:00 | 1   | 40
"""
SETTLED = """
    setl_id | net_medfee | net_inscp
    near    | 3100       | 3000
    usual   | 1200       | 1100
    far     | 9000       | 8000
    dear    | 2200       | 2000
    unknown | 3100       | 3000
    refund  | 3100       | 3000
"""
GROUPED = """
    setl_id | avg_fee | std_fee | base_points | adrg_code | cc_level | rw
    near    | 1000    | 1000    | 900         | ES2       | mcc      | 2.0
    usual   | 1000    | 1000    | 900         | ES2       | none     | 1.0
    far     | 1000    | 1000    | 900         | ES2       | none     | 1.0
    dear    | 1000    | 1000    | 2500        | GB1       | cc       | 3.0
    unknown | 1000    | 1000    |             |           |          | 1.0
    refund  | 1000    | 1000    | 900         | ES2       | mcc      | 2.0
"""


def given(spark) -> RuleInputs:
    money = "net_medfee decimal(16,2), net_inscp decimal(16,2), net_fund decimal(16,2), setl_time timestamp"
    settled = frame(
        spark, SETTLED, money,
        {"psn_no": "p1", "fixmedins_code": "H1", "setl_time": "2023-03-05 10:00:00", "net_fund": "100",
         "setl_kind": "original"},
    )  # fmt: skip
    settled = settled.withColumn("setl_kind", F.when(F.col("setl_id") == "refund", "refund").otherwise("original"))
    types = "avg_fee decimal(16,2), std_fee decimal(16,2), base_points decimal(14,4), rw decimal(12,6)"
    grouped = frame(spark, GROUPED, types, {"paymtd": "drg", "group_code": "ES21"})
    return RuleInputs(lines=lines(spark, CHARGED), tables={"setl_d": settled, "drg_setl_d": grouped})


def test_just_above_the_border_is_pointed_at_and_far_above_is_an_illness(spark):
    found = case_payment.evaluate(given(spark), [CARDS["DRG-01"]])
    assert rows(found, "bkkp_sn", "table") == [("dear", "drg_setl_d"), ("near", "drg_setl_d")]
    amounts = {row["bkkp_sn"]: float(row["violation_amount"]) for row in found.collect()}
    assert amounts == {"near": round(3000 * 2100 / 3100, 2), "dear": round(2000 * 1200 / 2200, 2)}


def costing(spark, houses, paymtd="drg", points=900) -> RuleInputs:
    """Cases of groups with a mean and a standard of 1000 yuan; `houses`: institution -> costs."""
    settled = "setl_id | fixmedins_code | psn_no | net_medfee | net_inscp\n"
    grouped = "setl_id | avg_fee | std_fee | base_points | paymtd\n"
    for house, costs in houses.items():
        for number, cost in enumerate(costs):
            settled += f"{house}-{number} | {house} | p{number} | {cost} | {cost}\n"
            grouped += f"{house}-{number} | 1000 | 1000 | {points or ''} | {paymtd}\n"
    money = "net_medfee decimal(16,2), net_inscp decimal(16,2), net_fund decimal(16,2), setl_time timestamp"
    more = {
        "setl_time": "2023-03-05 10:00:00",
        "net_fund": "100",
        "setl_kind": "original",
        "begndate": None,
        "enddate": None,
    }
    types = "avg_fee decimal(16,2), std_fee decimal(16,2), base_points decimal(14,4)"
    tables = {
        "setl_d": frame(spark, settled, money, more),
        "drg_setl_d": frame(spark, grouped, types, {"group_code": "ES21"}),
    }
    return RuleInputs(lines=lines(spark, CHARGED), tables=tables)


def test_a_referral_centre_has_more_dear_cases_below_the_border_than_above_it(spark):
    steered, referral = [2500, 3050, 3100, 3150], [2300, 2500, 2700, 2900, 3100, 3300, 4000]
    found = case_payment.evaluate(costing(spark, {"S": steered, "R": referral}), [CARDS["DRG-01"]])
    assert rows(found, "bkkp_sn") == [("S-1",), ("S-2",), ("S-3",)]


def test_cheap_cases_pile_up_at_the_low_border_or_thin_out_towards_it(spark):
    lifted, cheap = [380, 410, 420, 430, 500], [300, 410, 450, 480, 500, 520, 540]
    found = case_payment.evaluate(costing(spark, {"L": lifted, "C": cheap}), [LOW])
    # the standard of 1000 instead of some 400 yuan of items: never above what was in scope
    assert rows(found, "bkkp_sn", "violation_amount") == [("L-1", 410.0), ("L-2", 420.0), ("L-3", 430.0)]


def test_a_dip_case_without_points_is_an_outlier_from_twice_the_mean(spark):
    dip = costing(spark, {"S": [1900, 2100, 2200, 3100]}, paymtd="dip", points=None)
    assert rows(case_payment.evaluate(dip, [CARDS["DRG-01"]]), "bkkp_sn") == [("S-1",), ("S-2",)]
    drg = costing(spark, {"S": [1900, 2100, 2200, 3100]}, points=None)
    assert rows(case_payment.evaluate(drg, [CARDS["DRG-01"]]), "bkkp_sn") == []
    assert rows(case_payment.gaps(drg, [CARDS["DRG-01"]]), "fixmedins_code", "reason_code") == [
        ("S", "group_values_unknown")
    ]


def test_cases_without_base_points_are_not_judged_and_refunds_never_happened(spark):
    counted = case_payment.exposure(given(spark), [CARDS["DRG-01"]])
    assert rows(counted, "stat_month", "exposure") == [("2023-03", 4.0)]


def _hospital(code: str, severe_cost: int, severe: int, days: int) -> list[tuple[object, ...]]:
    """Twenty cases of two ADRG: plain ones cost 1000 to 1900 and stay five days, `severe` of them are grouped with CC."""
    found: list[tuple[object, ...]] = []
    for number in range(20):
        is_severe = number < severe
        cost = severe_cost if is_severe else 1000 + 100 * (number % 10)
        stay = days if is_severe else 5
        grade, weight = ("cc", "1.5") if is_severe else ("none", "1.0")
        found.append((f"{code}-{number}", code, cost, stay, ("ES2", "GB1")[number % 2], grade, weight))
    return found


def hospitals(spark, *houses) -> RuleInputs:
    """`houses`: (code, hosp_lv, cost of a severe case, how many of twenty, days they stay)."""
    made = [case for code, _, cost, severe, days in houses for case in _hospital(code, cost, severe, days)]
    settled = "setl_id | psn_no | fixmedins_code | net_medfee | net_inscp | begndate | enddate\n"
    grouped = "setl_id | adrg_code | cc_level | rw\n"
    for key, house, cost, stay, adrg, grade, weight in made:
        settled += f"{key} | p{key} | {house} | {cost} | {cost} | 2023-03-01 | 2023-03-{1 + int(str(stay)):02d}\n"
        grouped += f"{key} | {adrg} | {grade} | {weight}\n"
    money = "net_medfee decimal(16,2), net_inscp decimal(16,2), net_fund decimal(16,2), setl_time timestamp"
    more = {"setl_time": "2023-03-20 10:00:00", "net_fund": "100", "setl_kind": "original"}
    register = "fixmedins_code | hosp_lv | fixmedins_type\n" + "\n".join(f"{one[0]} | {one[1]} | 1" for one in houses)
    tables = {
        "setl_d": frame(spark, settled, f"{money}, begndate date, enddate date", more),
        "drg_setl_d": frame(spark, grouped, "rw decimal(12,6)", {"paymtd": "drg", "group_code": "ES21"}),
        "fixmedins_b": frame(spark, register),
    }
    return RuleInputs(lines=lines(spark, CHARGED), tables=tables)


def test_severe_on_paper_and_plain_in_cost_and_days_is_pointed_at_and_sicker_patients_are_not(spark):
    inputs = hospitals(
        spark,
        ("coded", "02", 1200, 6, 4),  # severity without care
        ("sick", "02", 3000, 12, 9),  # sicker patients: dearer, longer
        ("old", "02", 1200, 6, 12),  # as cheap, but they stay longer
        ("usual", "02", 1800, 2, 6),
    )
    found = case_payment.evaluate(inputs, [CARDS["DRG-02"]])
    assert rows(found.groupBy("fixmedins_code").count(), "fixmedins_code", "count") == [("coded", 6)]
    assert {float(row["violation_amount"]) for row in found.collect()} == {400.0}  # 1200 x (1 - 1.0 / 1.5)


def test_exposure_is_the_cases_weighed_by_how_usual_such_cases_are_elsewhere(spark):
    inputs = hospitals(spark, ("coded", "02", 1200, 6, 4), ("a", "02", 1800, 2, 6), ("b", "02", 1800, 2, 6))
    counted = {
        row["fixmedins_code"]: row["exposure"] for row in case_payment.exposure(inputs, [CARDS["DRG-02"]]).collect()
    }
    # nobody else of the level has such a case: what it has itself never makes it usual
    assert counted["coded"] < 5 < 20 < counted["a"] == counted["b"]


def test_another_level_is_no_yardstick_and_too_few_plain_cases_are_none(spark):
    primary = hospitals(spark, ("alone", "08", 1200, 19, 4), ("big", "02", 1800, 2, 6))
    assert case_payment.evaluate(primary, [CARDS["DRG-02"]]).count() == 0
    assert rows(case_payment.exposure(primary, [CARDS["DRG-02"]]), "fixmedins_code") == [("big",)]


def test_without_the_grouping_nothing_is_judged(spark):
    bare = RuleInputs(lines=lines(spark, CHARGED), tables={})
    assert case_payment.evaluate(bare, list(CARDS.values())).count() == 0
    assert case_payment.exposure(bare, list(CARDS.values())).count() == 0


def test_a_grouping_with_every_column_is_read_as_it_is(spark):
    inputs = given(spark)
    whole = inputs.tables["drg_setl_d"].withColumn("adj_coef", F.lit("1").cast("decimal(10,6)"))
    full = RuleInputs(lines=inputs.lines, tables={**inputs.tables, "drg_setl_d": whole})
    assert set(grouped_cases.OPTIONAL) <= set(whole.columns)
    assert rows(case_payment.evaluate(full, [CARDS["DRG-01"]]), "bkkp_sn") == [("dear",), ("near",)]
