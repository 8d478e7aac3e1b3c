"""DRG/DIP: standards computed again, cases paid by item inside the borders, and areas with rules of their own."""

from __future__ import annotations

from models.rules import case_standard
from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import lines
from tests.support.tables import frame, rows

CARDS = {card.detector_id[:6]: card for card in load_cards() if card.kind == "case_standard"}
CHARGED = """
    bkkp_sn | item | at                  | cnt | inscp
    a1      | bed  | 2023-03-02 09:00:00 | 1   | 40
"""
TYPES = (
    "avg_fee decimal(16,2), std_fee decimal(16,2), base_points decimal(14,4), hosp_coef decimal(10,6),"
    " adj_coef decimal(10,6), point_value decimal(14,6), rw decimal(12,6)"
)


def given(spark, grouped: str, settled: str | None = None, **more) -> RuleInputs:
    """`grouped` as rows of drg_setl_d; every case cost 3000 yuan and was paid by case unless `settled` says otherwise."""
    cases = frame(spark, grouped, TYPES, {"paymtd": "drg", "group_code": "ES21", "rw": "1.0", **more})
    bills = settled or "setl_id\n" + "\n".join(row[0] for row in cases.select("setl_id").collect())
    money = "net_medfee decimal(16,2), net_inscp decimal(16,2), net_fund decimal(16,2), setl_time timestamp"
    same = {
        "psn_no": "p1", "fixmedins_code": "H1", "setl_time": "2023-03-05 10:00:00", "net_fund": "100",
        "setl_kind": "original", "net_medfee": "3000", "net_inscp": "3000", "hi_paymtd": "4",
    }  # fmt: skip
    return RuleInputs(
        lines=lines(spark, CHARGED), tables={"setl_d": frame(spark, bills, money, same), "drg_setl_d": cases}
    )


def cases(number: int, std: str = "1500", points: str = "1000", start: int = 0) -> str:
    """Cases of 1000 points, coefficient 1.5, one yuan a point: a standard of 1500 yuan."""
    return "".join(f"c{start + n} | {std} | {points} | 1.5 | | 1.0 |\n" for n in range(number))


HEAD = "setl_id | std_fee | base_points | hosp_coef | adj_coef | point_value | avg_fee\n"
STANDARD, CLASS = CARDS["DRG-05"], CARDS["DRG-06"]


def test_a_standard_above_its_own_columns_and_points_above_those_of_the_group(spark):
    text = HEAD + cases(10) + "more | 1800 | 1000 | 1.5 | | 1.0 |\npoints | 1950 | 1300 | 1.5 | 1 | 1.0 |\n"
    found = case_standard.evaluate(given(spark, text), [STANDARD])
    assert rows(found, "bkkp_sn", "table", "violation_amount") == [
        ("more", "drg_setl_d", 300.0),
        ("points", "drg_setl_d", 450.0),
    ]


def test_rounding_a_lower_standard_and_a_coefficient_of_its_own_are_honest(spark):
    text = HEAD + cases(10) + "cent | 1505 | 1000 | 1.5 | | 1.0 |\nless | 1200 | 1000 | 1.5 | | 1.0 |\n"
    text += "large | 1800 | 1000 | 1.8 | | 1.0 |\n"
    inputs = given(spark, text)
    assert rows(case_standard.evaluate(inputs, [STANDARD]), "bkkp_sn") == []
    assert rows(case_standard.exposure(inputs, [STANDARD]), "exposure") == [(13.0,)]


def test_an_area_with_another_formula_is_not_judged(spark):
    inputs = given(spark, HEAD + cases(10, std="1650") + cases(1, std="3000", start=50))
    assert rows(case_standard.evaluate(inputs, [STANDARD]), "bkkp_sn") == []
    assert rows(case_standard.gaps(inputs, [STANDARD]), "fixmedins_code", "reason_code") == [
        ("H1", "standard_by_another_formula")
    ]


def test_a_dip_standard_is_computed_from_the_score(spark):
    text = "setl_id | std_fee | rw | hosp_coef | adj_coef | point_value\n"
    text += "".join(f"c{n} | 1500 | 1000 | 1.5 | | 1.0\n" for n in range(10)) + "more | 2000 | 1000 | 1.5 | | 1.0\n"
    inputs = given(spark, text, paymtd="dip", avg_fee=None, base_points=None)
    assert rows(case_standard.evaluate(inputs, [STANDARD]), "bkkp_sn", "violation_amount") == [("more", 500.0)]


def test_without_points_coefficient_or_value_nothing_is_computed(spark):
    inputs = given(spark, HEAD + "a | 1500 | | 1.5 | | 1.0 |\nb | 1500 | 1000 | 1.5 | | |\n")
    assert rows(case_standard.evaluate(inputs, [STANDARD]), "bkkp_sn") == []
    assert rows(case_standard.gaps(inputs, [STANDARD]), "fixmedins_code", "reason_code") == [
        ("H1", "group_values_unknown")
    ]


PAID = """
    setl_id  | net_medfee | net_inscp | hi_paymtd
    usual    | 3000       | 2800      | 1
    by_case  | 3000       | 2800      | 4
    dear     | 4600       | 4000      | 1
    cheap    | 500        | 500       | 1
    frugal   | 1200       | 1200      | 1
"""
GROUPED = "setl_id | std_fee | base_points | hosp_coef | adj_coef | point_value | avg_fee\n" + "".join(
    f"{name} | 1500 | 1000 | 1.5 | | 1.0 | 1500\n" for name in ("usual", "by_case", "dear", "cheap", "frugal")
)


def test_a_case_inside_the_borders_that_was_paid_by_item(spark):
    """`dear` (3.07 times) and `cheap` (0.33 times the mean) are outliers; `frugal` cost less than its standard."""
    found = case_standard.evaluate(given(spark, GROUPED, PAID), [CLASS])
    assert rows(found, "bkkp_sn", "violation_amount") == [("usual", 2800 * 1500 / 3000)]


def test_an_unknown_way_of_payment_is_not_judged(spark):
    unpaid = "setl_id | hi_paymtd\nusual |\nfrugal |"
    inputs = given(spark, GROUPED, unpaid)
    assert rows(case_standard.evaluate(inputs, [CLASS]), "bkkp_sn") == []
    assert rows(case_standard.gaps(inputs, [CLASS]), "fixmedins_code", "reason_code") == [
        ("H1", "payment_mode_unknown")
    ]
