"""出院当日全额收取治疗: a full day of treatment on the day of discharge."""

from models.rules import edge_day
from tests.models.rules.sheet import run

THERAPY = """
    item
    exercise
    balance
"""
STAY = """
    bkkp_sn | item     | at                  | visit_begin | visit_end  | cnt | inscp
    a1      | exercise | 2023-03-01 09:00:00 | 2023-03-01  | 2023-03-03 | 1   | 45
    a2      | balance  | 2023-03-01 10:00:00 | 2023-03-01  | 2023-03-03 | 1   | 25
    a3      | exercise | 2023-03-02 09:00:00 | 2023-03-01  | 2023-03-03 | 1   | 45
    a4      | balance  | 2023-03-02 10:00:00 | 2023-03-01  | 2023-03-03 | 1   | 25
    a5      | exercise | 2023-03-03 09:00:00 | 2023-03-01  | 2023-03-03 | 1   | 45
"""
PROGRAMME = STAY + "    a6      | balance  | 2023-03-03 10:00:00 | 2023-03-01  | 2023-03-03 | 1   | 25\n"


def test_the_whole_programme_on_the_last_day_is_disputed(spark):
    assert run(spark, edge_day, PROGRAMME, THERAPY) == [("a5", 45.0), ("a6", 25.0)]


def test_one_morning_session_before_going_home_is_honest(spark):
    assert run(spark, edge_day, STAY, THERAPY) == []


def test_a_stay_of_a_single_day_and_an_open_stay_are_not_judged(spark):
    one_day = """
        bkkp_sn | item     | at                  | visit | visit_begin | visit_end  | cnt | inscp
        a1      | exercise | 2023-03-01 09:00:00 | m1    | 2023-03-01  | 2023-03-01 | 1   | 45
        b1      | exercise | 2023-03-01 09:00:00 | m2    | 2023-03-01  |            | 1   | 45
    """
    assert run(spark, edge_day, one_day, THERAPY) == []
