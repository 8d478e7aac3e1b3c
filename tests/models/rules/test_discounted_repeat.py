"""应折价项目: further parts at full price."""

from models.rules import discounted_repeat
from tests.models.rules.sheet import run

HALF = """
    item    | point_id | group_id | limit
    abdomen | parts    | us       | 50
    pelvis  | parts    | us       | 50
    thyroid | surface  | surface  | 50
"""


def test_of_two_parts_at_full_price_half_of_the_cheaper_is_disputed(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | abdomen | 2023-03-01 09:00:00 | 1   | 120
        a2      | pelvis  | 2023-03-01 09:00:00 | 1   | 110
    """
    assert run(spark, discounted_repeat, charged, HALF) == [("a2", 110 * (100 - 50) / 100)]


def test_three_units_on_one_line_hold_two_further_parts(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | abdomen | 2023-03-01 09:00:00 | 3   | 360
    """
    assert run(spark, discounted_repeat, charged, HALF) == [("a1", 360 * 2 / 3 * (100 - 50) / 100)]


def test_a_discount_already_given_is_respected(spark):
    in_the_price = """
        bkkp_sn | item    | at                  | psn | cnt | inscp
        a1      | abdomen | 2023-03-01 09:00:00 | p1  | 1   | 120
        a2      | pelvis  | 2023-03-01 09:00:00 | p1  | 1   | 55
        b1      | pelvis  | 2023-03-02 09:00:00 | p2  | 1   | 110
    """
    assert run(spark, discounted_repeat, in_the_price, HALF) == []
    in_the_quantity = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | abdomen | 2023-03-01 09:00:00 | 1   | 120
        a2      | pelvis  | 2023-03-01 09:00:00 | 0.5 | 55
    """
    assert run(spark, discounted_repeat, in_the_quantity, HALF) == []


def test_another_organ_system_or_another_day_is_no_further_part(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | abdomen | 2023-03-01 09:00:00 | 1   | 120
        a2      | thyroid | 2023-03-01 09:00:00 | 1   | 100
        a3      | pelvis  | 2023-03-02 09:00:00 | 1   | 110
    """
    assert run(spark, discounted_repeat, charged, HALF) == []


def test_several_phases_of_one_scan_are_no_repeat_of_each_other(spark):
    known = """
        item     | point_id | group_id | limit
        plain    | plain    | chest    | 50
        enhanced | enhanced | chest    | 50
    """
    phases = """
        bkkp_sn | item     | at                  | psn | cnt | inscp
        a1      | enhanced | 2023-03-01 09:00:00 | p1  | 1   | 420
        a2      | enhanced | 2023-03-01 09:10:00 | p1  | 1   | 420
        b1      | enhanced | 2023-03-01 09:00:00 | p2  | 1   | 420
        b2      | plain    | 2023-03-01 09:10:00 | p2  | 1   | 230
    """
    assert run(spark, discounted_repeat, phases, known, between_points=True) == [("b2", 230 * (100 - 50) / 100)]
