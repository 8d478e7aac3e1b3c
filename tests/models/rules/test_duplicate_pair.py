"""重复收费: of two items only one is payable."""

from models.rules import duplicate_pair
from tests.models.rules.sheet import card, found, inputs, run
from tests.support.tables import rows

PAIR = """
    item       | other
    heart echo | m-mode
"""


def test_the_sub_item_is_disputed_whole_when_the_main_item_stands_on_the_same_day(spark):
    charged = """
        bkkp_sn | item       | at                  | cnt | inscp
        a1      | heart echo | 2023-03-01 09:00:00 | 1   | 180
        a2      | m-mode     | 2023-03-01 15:00:00 | 2   | 80
    """
    assert run(spark, duplicate_pair, charged, PAIR) == [("a2", 80.0)]
    hit = found(spark, duplicate_pair, charged, PAIR)
    assert rows(hit, "paired_bkkp_sn", "violation_cnt", "table") == [("a1", 2.0, "fee_list_d")]


def test_another_day_another_person_or_another_hospital_is_no_duplicate(spark):
    charged = """
        bkkp_sn | item       | at                  | psn | inst | cnt | inscp
        a1      | heart echo | 2023-03-01 09:00:00 | p1  | H1   | 1   | 180
        a2      | m-mode     | 2023-03-02 09:00:00 | p1  | H1   | 1   | 40
        a3      | m-mode     | 2023-03-01 09:00:00 | p2  | H1   | 1   | 40
        a4      | m-mode     | 2023-03-01 09:00:00 | p1  | H2   | 1   | 40
    """
    assert run(spark, duplicate_pair, charged, PAIR) == []


def test_within_a_visit_the_day_does_not_matter(spark):
    charged = """
        bkkp_sn | item | at                  | visit | cnt | inscp
        a1      | op   | 2023-03-01 09:00:00 | m1    | 1   | 2000
        a2      | part | 2023-03-05 09:00:00 | m1    | 1   | 300
        a3      | part | 2023-03-05 09:00:00 | m2    | 1   | 300
    """
    known = """
        item | other | window
        op   | part  | visit
    """
    assert run(spark, duplicate_pair, charged, known) == [("a2", 300.0)]


def test_hours_are_counted_across_midnight_and_need_a_time_of_day(spark):
    charged = """
        bkkp_sn | item  | at                  | psn | inst | cnt | inscp
        a1      | birth | 2023-03-01 23:30:00 | p1  | H1   | 1   | 500
        a2      | heart | 2023-03-02 04:00:00 | p1  | H1   | 1   | 20
        a3      | heart | 2023-03-02 06:00:00 | p1  | H1   | 1   | 20
        b1      | birth | 2023-03-01 00:00:00 | p2  | H2   | 1   | 500
        b2      | heart | 2023-03-01 00:00:00 | p2  | H2   | 1   | 20
    """
    known = """
        item  | other | window
        birth | heart | 6 hours
    """
    assert run(spark, duplicate_pair, charged, known) == [("a2", 20.0)]  # 4.5 hours; 6.5 hours is too late
    blind = duplicate_pair.gaps(inputs(spark, charged, known), [card(duplicate_pair)])
    assert rows(blind, "fixmedins_code", "reason_code") == [("H2", "no_time_of_day")]


def test_between_equals_the_cheaper_then_the_later_then_the_higher_number_is_disputed(spark):
    charged = """
        bkkp_sn | item  | at                  | psn | cnt | inscp
        a1      | upper | 2023-03-01 09:00:00 | p1  | 1   | 200
        a2      | lower | 2023-03-01 09:00:00 | p1  | 1   | 230
        b1      | upper | 2023-03-01 09:00:00 | p2  | 1   | 200
        b2      | lower | 2023-03-01 09:00:00 | p2  | 1   | 200
    """
    both_ways = """
        item  | other | mutual
        upper | lower | true
        lower | upper | true
    """
    assert run(spark, duplicate_pair, charged, both_ways) == [("a1", 200.0), ("b2", 200.0)]
    group = """
        item  | other | point_id
        upper | upper | parts
        upper | lower | parts
        lower | upper | parts
        lower | lower | parts
    """
    assert run(spark, duplicate_pair, charged, group, dispute="cheaper") == [("a1", 200.0), ("b2", 200.0)]


def test_the_same_item_twice_is_not_a_pair(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | upper | 2023-03-01 09:00:00 | 1   | 200
        a2      | upper | 2023-03-01 16:00:00 | 1   | 200
    """
    group = """
        item  | other | point_id
        upper | upper | parts
    """
    assert run(spark, duplicate_pair, charged, group, dispute="cheaper") == []


def test_a_point_holds_in_its_region_and_between_its_dates(spark):
    charged = """
        bkkp_sn | item       | at                  | psn | fix_blng_admdvs | cnt | inscp
        a1      | heart echo | 2023-03-01 09:00:00 | p1  | 320101          | 1   | 180
        a2      | m-mode     | 2023-03-01 09:00:00 | p1  | 320101          | 1   | 40
        b1      | heart echo | 2023-03-01 09:00:00 | p2  | 330100          | 1   | 180
        b2      | m-mode     | 2023-03-01 09:00:00 | p2  | 330100          | 1   | 40
        c1      | heart echo | 2023-06-01 09:00:00 | p3  | 320101          | 1   | 180
        c2      | m-mode     | 2023-06-01 09:00:00 | p3  | 320101          | 1   | 40
    """
    known = """
        item       | other  | region | effective_from | effective_to
        heart echo | m-mode | 320000 | 2023-01-01     | 2023-05-31
    """
    assert run(spark, duplicate_pair, charged, known) == [("a2", 40.0)]


def test_a_point_does_not_hold_where_an_area_speaks_for_itself(spark):
    charged = """
        bkkp_sn | item       | at                  | psn | fix_blng_admdvs | cnt | inscp
        a1      | heart echo | 2023-03-01 09:00:00 | p1  | 320301          | 1   | 180
        a2      | m-mode     | 2023-03-01 09:00:00 | p1  | 320301          | 1   | 40
        b1      | heart echo | 2023-03-01 09:00:00 | p2  | 330100          | 1   | 180
        b2      | m-mode     | 2023-03-01 09:00:00 | p2  | 330100          | 1   | 40
        c1      | heart echo | 2023-03-01 09:00:00 | p3  | 320101          | 1   | 180
        c2      | m-mode     | 2023-03-01 09:00:00 | p3  | 320101          | 1   | 40
    """
    known = """
        item       | other  | region
        heart echo | m-mode | 000000-3203-33
    """
    assert run(spark, duplicate_pair, charged, known) == [("c2", 40.0)]
    assert run(spark, duplicate_pair, charged, known.replace("000000-3203-33", "320000-3203   ")) == [("c2", 40.0)]


def test_exposure_is_the_main_items_lines_by_month(spark):
    charged = """
        bkkp_sn | item       | at                  | cnt | inscp
        a1      | heart echo | 2023-03-01 09:00:00 | 1   | 180
        a2      | heart echo | 2023-04-01 09:00:00 | 1   | 180
        a3      | m-mode     | 2023-03-01 09:00:00 | 1   | 40
    """
    counted = duplicate_pair.exposure(inputs(spark, charged, PAIR), [card(duplicate_pair)])
    assert rows(counted, "fixmedins_code", "stat_month", "exposure") == [("H1", "2023-03", 1.0), ("H1", "2023-04", 1.0)]
