"""加收项目: add-ons beyond what their main exams allow."""

from models.rules import addon_over_main
from tests.models.rules.sheet import run

ONE_PER_SCAN = """
    item | other | limit
    3d   | ct    | 1
"""


def test_the_surplus_of_add_ons_is_disputed_the_later_units_first(spark):
    charged = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | ct   | 2023-03-01 09:00:00 | 1   | 220
        a2      | 3d   | 2023-03-01 09:01:00 | 1   | 110
        a3      | 3d   | 2023-03-01 09:02:00 | 2   | 220
    """
    assert run(spark, addon_over_main, charged, ONE_PER_SCAN) == [("a3", 220.0 * 2 / 2)]
    three = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | ct   | 2023-03-01 09:00:00 | 1   | 220
        a2      | 3d   | 2023-03-01 09:01:00 | 3   | 330
    """
    assert run(spark, addon_over_main, three, ONE_PER_SCAN) == [("a2", 330.0 * 2 / 3)]


def test_an_add_on_without_any_main_exam_is_disputed_whole(spark):
    charged = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | 3d   | 2023-03-01 09:00:00 | 1   | 110
    """
    assert run(spark, addon_over_main, charged, ONE_PER_SCAN) == [("a1", 110.0)]
    assert run(spark, addon_over_main, charged, ONE_PER_SCAN, without_main=False) == []


def test_two_scanned_parts_carry_two_add_ons(spark):
    charged = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | ct   | 2023-03-01 09:00:00 | 2   | 440
        a2      | 3d   | 2023-03-01 09:00:00 | 2   | 220
    """
    assert run(spark, addon_over_main, charged, ONE_PER_SCAN) == []


def test_a_late_scan_reconstructed_after_midnight_is_one_service(spark):
    charged = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | ct   | 2023-03-01 23:50:00 | 1   | 220
        a2      | 3d   | 2023-03-02 00:10:00 | 1   | 110
    """
    assert run(spark, addon_over_main, charged, ONE_PER_SCAN) == []
    assert run(spark, addon_over_main, charged, ONE_PER_SCAN, main_within_days=0) == [("a2", 110.0)]
