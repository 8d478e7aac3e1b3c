"""限频次: more units than a day or a visit can hold."""

from models.rules import frequency_cap
from tests.models.rules.sheet import card, inputs, run
from tests.support.tables import rows

HOURS = """
    item    | limit | unit  | window
    monitor | 24    | hours | day
"""
ONCE = """
    item | limit | unit  | window
    bed  | 1     | times | day
"""


def test_hours_beyond_a_day_are_disputed(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | monitor | 2023-03-01 08:00:00 | 24  | 96
        a2      | monitor | 2023-03-01 20:00:00 | 12  | 48
    """
    assert run(spark, frequency_cap, charged, HOURS) == [("a2", 48.0 * 12 / 12)]
    one_line = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | monitor | 2023-03-01 08:00:00 | 30  | 120
    """
    assert run(spark, frequency_cap, one_line, HOURS) == [("a1", 120.0 * (30 - 24) / 30)]


def test_a_full_day_of_monitoring_is_payable(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | monitor | 2023-03-01 08:00:00 | 24  | 96
        a2      | monitor | 2023-03-02 08:00:00 | 24  | 96
    """
    assert run(spark, frequency_cap, charged, HOURS) == []


def test_a_day_booked_late_may_carry_the_day_before(spark):
    charged = """
        bkkp_sn | item | at                  | visit_begin | cnt | inscp
        a1      | bed  | 2023-03-01 08:00:00 | 2023-03-01  | 1   | 40
        a2      | bed  | 2023-03-03 08:00:00 | 2023-03-01  | 2   | 80
        a3      | bed  | 2023-03-04 08:00:00 | 2023-03-01  | 2   | 80
    """
    assert run(spark, frequency_cap, charged, ONCE) == [("a3", 80.0 * 1 / 2)]
    assert run(spark, frequency_cap, charged, ONCE, catch_up_days=0) == [("a2", 80.0 / 2), ("a3", 80.0 / 2)]


def test_a_ward_that_posts_a_whole_stay_on_one_day_has_billed_no_day_twice(spark):
    charged = """
        bkkp_sn | item | at                  | visit_begin | visit_end  | med_type | med_chrgitm_type | cnt | inscp
        a1      | bed  | 2023-03-12 08:00:00 | 2023-03-01  | 2023-03-12 | 21       | 01               | 11  | 440
    """
    assert run(spark, frequency_cap, charged, ONCE) == []
    more_than_its_days = charged.replace("| 11  | 440", "| 13  | 520")
    assert run(spark, frequency_cap, more_than_its_days, ONCE) == [("a1", round(520 * (13 - 2) / 13, 2))]
    spread = """
        bkkp_sn | item | at                  | visit_begin | visit_end  | med_type | med_chrgitm_type | cnt | inscp
        a1      | bed  | 2023-03-02 08:00:00 | 2023-03-01  | 2023-03-12 | 21       | 01               | 1   | 40
        a2      | bed  | 2023-03-03 08:00:00 | 2023-03-01  | 2023-03-12 | 21       | 01               | 3   | 120
    """
    assert run(spark, frequency_cap, spread, ONCE) == [("a2", 80.0)]


def test_a_change_of_ward_bills_two_kinds_of_bed_each_once(spark):
    charged = """
        bkkp_sn | item    | at                  | visit_begin | cnt | inscp
        a1      | bed     | 2023-03-01 08:00:00 | 2023-03-01  | 1   | 40
        a2      | icu bed | 2023-03-01 20:00:00 | 2023-03-01  | 1   | 80
    """
    beds = """
        item    | point_id | limit | window
        bed     | beds     | 1     | day
        icu bed | beds     | 1     | day
    """
    assert run(spark, frequency_cap, charged, beds) == []
    assert run(spark, frequency_cap, charged, beds, per="point") == [("a2", 80.0)]


def test_a_visit_may_hold_three_assessments(spark):
    charged = """
        bkkp_sn | item   | at                  | visit | cnt | inscp
        a1      | assess | 2023-03-01 08:00:00 | m1    | 2   | 120
        a2      | assess | 2023-03-20 08:00:00 | m1    | 2   | 120
        a3      | assess | 2023-03-25 08:00:00 | m2    | 1   | 60
    """
    known = """
        item   | limit | unit  | window
        assess | 3     | times | visit
    """
    assert run(spark, frequency_cap, charged, known) == [("a2", 120.0 * 1 / 2)]


def test_exposure_counts_the_lines_of_the_capped_items(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | monitor | 2023-03-01 08:00:00 | 24  | 96
        a2      | other   | 2023-03-01 08:00:00 | 1   | 96
    """
    counted = frequency_cap.exposure(inputs(spark, charged, HOURS), [card(frequency_cap)])
    assert rows(counted, "detector_id", "fixmedins_code", "stat_month", "exposure") == [("X-01", "H1", "2023-03", 1.0)]
