"""限周期: the same item again too soon for a person, whoever bills it."""

from models.rules import interval_per_person
from tests.models.rules.sheet import found, run
from tests.support.tables import rows

FIFTEEN_DAYS = """
    item    | limit | group_id
    hba1c   | 15    | hba1c
    hba1c-i | 15    | hba1c
"""


def test_the_too_early_event_is_disputed_where_it_was_billed(spark):
    charged = """
        bkkp_sn | item    | at                  | inst | visit | cnt | inscp
        a1      | hba1c   | 2023-03-01 08:00:00 | H1   | m1    | 1   | 60
        a2      | hba1c-i | 2023-03-11 08:00:00 | H2   | m2    | 1   | 55
        a3      | hba1c   | 2023-03-26 08:00:00 | H1   | m3    | 1   | 60
    """
    hit = found(spark, interval_per_person, charged, FIFTEEN_DAYS)
    assert rows(hit, "bkkp_sn", "fixmedins_code", "violation_amount", "paired_bkkp_sn") == [("a2", "H2", 55.0, "a1")]


def test_exactly_the_interval_is_payable_and_another_person_is_another_story(spark):
    charged = """
        bkkp_sn | item  | at                  | psn | cnt | inscp
        a1      | hba1c | 2023-03-01 08:00:00 | p1  | 1   | 60
        a2      | hba1c | 2023-03-16 08:00:00 | p1  | 1   | 60
        a3      | hba1c | 2023-03-05 08:00:00 | p2  | 1   | 60
    """
    assert run(spark, interval_per_person, charged, FIFTEEN_DAYS) == []


def test_a_ward_that_receives_a_transfer_may_test_on_arrival(spark):
    charged = """
        bkkp_sn | item  | at                  | inst | visit | dscg_way | cnt | inscp
        a1      | hba1c | 2023-03-01 08:00:00 | H1   | m1    | 2        | 1   | 60
        a2      | hba1c | 2023-03-04 08:00:00 | H2   | m2    | 1        | 1   | 60
    """
    assert run(spark, interval_per_person, charged, FIFTEEN_DAYS) == []


def test_twice_on_one_day_at_the_same_second_disputes_the_higher_number(spark):
    charged = """
        bkkp_sn | item    | at                  | cnt | inscp
        a1      | hba1c   | 2023-03-01 08:00:00 | 1   | 60
        a2      | hba1c-i | 2023-03-01 08:00:00 | 1   | 55
    """
    assert run(spark, interval_per_person, charged, FIFTEEN_DAYS) == [("a2", 55.0)]


def test_a_card_may_allow_several_events_within_the_days(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | hba1c | 2023-03-01 08:00:00 | 1   | 60
        a2      | hba1c | 2023-03-03 08:00:00 | 1   | 60
        a3      | hba1c | 2023-03-05 08:00:00 | 1   | 60
    """
    assert run(spark, interval_per_person, charged, FIFTEEN_DAYS, events=2) == [("a3", 60.0)]
