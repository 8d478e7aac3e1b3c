"""计费天数超住院天数: more bed days than the stay has."""

from models.rules import days_over_stay
from tests.models.rules.sheet import card, inputs, run
from tests.support.tables import rows

BEDS = """
    item    | limit | group_id
    bed     | 1     | bed
    icu bed | 1     | bed
"""


def test_units_above_the_days_of_the_stay_are_disputed(spark):
    charged = """
        bkkp_sn | item | at                  | visit_begin | visit_end  | cnt | inscp
        a1      | bed  | 2023-03-02 08:00:00 | 2023-03-01  | 2023-03-04 | 2   | 80
        a2      | bed  | 2023-03-04 08:00:00 | 2023-03-01  | 2023-03-04 | 3   | 120
    """
    assert run(spark, days_over_stay, charged, BEDS) == [("a2", 120.0 * 2 / 3)]  # 5 units, 3 days
    assert run(spark, days_over_stay, charged, BEDS, tolerance_days=1) == [("a2", 120.0 * 1 / 3)]


def test_a_stay_of_one_day_has_one_bed_day(spark):
    charged = """
        bkkp_sn | item | at                  | visit_begin | visit_end  | cnt | inscp
        a1      | bed  | 2023-03-01 08:00:00 | 2023-03-01  | 2023-03-01 | 1   | 40
    """
    assert run(spark, days_over_stay, charged, BEDS) == []


def test_the_day_of_a_move_may_bill_both_beds(spark):
    charged = """
        bkkp_sn | item    | at                  | visit_begin | visit_end  | cnt | inscp
        a1      | icu bed | 2023-03-02 08:00:00 | 2023-03-01  | 2023-03-04 | 2   | 160
        a2      | bed     | 2023-03-03 08:00:00 | 2023-03-01  | 2023-03-04 | 2   | 80
    """
    assert run(spark, days_over_stay, charged, BEDS) == []
    assert run(spark, days_over_stay, charged, BEDS, moves=False) == [("a2", 80.0 * 1 / 2)]


def test_open_stays_cannot_be_judged(spark):
    charged = """
        bkkp_sn | item | at                  | visit_begin | visit_end | cnt | inscp
        a1      | bed  | 2023-03-01 08:00:00 | 2023-03-01  |           | 9   | 360
    """
    assert run(spark, days_over_stay, charged, BEDS) == []
    blind = days_over_stay.gaps(inputs(spark, charged, BEDS), [card(days_over_stay)])
    assert rows(blind, "fixmedins_code", "reason_code") == [("H1", "no_closed_stay")]
