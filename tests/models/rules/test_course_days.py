"""限疗程: treatment days beyond the course."""

from models.rules import course_days
from tests.models.rules.sheet import run

TWO_DAYS = """
    item  | limit | window
    train | 2     | course
"""


def test_days_beyond_the_course_are_disputed_wherever_they_are_billed(spark):
    charged = """
        bkkp_sn | item  | at                  | inst | visit | cnt | inscp
        a1      | train | 2023-03-01 08:00:00 | H1   | m1    | 1   | 45
        a2      | train | 2023-03-01 15:00:00 | H1   | m1    | 1   | 45
        a3      | train | 2023-03-02 08:00:00 | H1   | m1    | 1   | 45
        a4      | train | 2023-03-20 08:00:00 | H2   | m2    | 2   | 90
    """
    assert run(spark, course_days, charged, TWO_DAYS) == [("a4", 90.0)]  # two sessions of a day are one day


def test_a_long_pause_begins_a_new_course(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | train | 2023-01-01 08:00:00 | 1   | 45
        a2      | train | 2023-01-02 08:00:00 | 1   | 45
        a3      | train | 2023-05-01 08:00:00 | 1   | 45
        a4      | train | 2023-05-02 08:00:00 | 1   | 45
        a5      | train | 2023-05-03 08:00:00 | 1   | 45
    """
    assert run(spark, course_days, charged, TWO_DAYS, new_course_after_days=90) == [("a5", 45.0)]


def test_visits_and_years_are_counted_apart(spark):
    charged = """
        bkkp_sn | item  | at                  | visit | cnt | inscp
        a1      | train | 2022-12-30 08:00:00 | m1    | 1   | 45
        a2      | train | 2022-12-31 08:00:00 | m1    | 1   | 45
        a3      | train | 2023-01-01 08:00:00 | m1    | 1   | 45
        a4      | train | 2023-01-02 08:00:00 | m2    | 1   | 45
    """
    assert run(spark, course_days, charged, TWO_DAYS.replace("course", "visit ")) == [("a3", 45.0)]
    assert run(spark, course_days, charged, TWO_DAYS.replace("course", "year  ")) == []


def test_two_forms_of_one_treatment_share_the_course(spark):
    known = """
        item   | limit | window | group_id
        manual | 2     | course | hand
        device | 2     | course | hand
    """
    charged = """
        bkkp_sn | item   | at                  | cnt | inscp
        a1      | manual | 2023-03-01 08:00:00 | 1   | 25
        a2      | device | 2023-03-02 08:00:00 | 1   | 25
        a3      | device | 2023-03-03 08:00:00 | 1   | 25
    """
    assert run(spark, course_days, charged, known) == [("a3", 25.0)]


def test_elapsed_days_run_by_the_calendar_and_not_by_treatment(spark):
    known = """
        item  | limit | window | unit
        train | 10    | course | elapsed days
    """
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | train | 2023-03-01 08:00:00 | 1   | 45
        a2      | train | 2023-03-10 08:00:00 | 1   | 45
        a3      | train | 2023-03-11 08:00:00 | 1   | 45
        a4      | train | 2023-08-01 08:00:00 | 1   | 45
    """
    assert run(spark, course_days, charged, known) == [("a3", 45.0)]  # day 11; August is a new course
    assert run(spark, course_days, charged, known.replace("elapsed ", "")) == []
