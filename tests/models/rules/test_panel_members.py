"""组合项目与组成项目: a panel and a test it already contains."""

from models.rules import panel_members
from tests.models.rules.sheet import run

PANEL = """
    item   | other | point_id
    liver  | ALT   | liver
    liver  | AST   | liver
    enzyme | AST   | enzyme
"""


def test_members_of_a_panel_of_the_same_day_are_disputed(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | liver | 2023-03-01 08:00:00 | 1   | 50
        a2      | ALT   | 2023-03-01 08:00:00 | 1   | 6
        a3      | AST   | 2023-03-01 08:00:00 | 1   | 6
    """
    assert run(spark, panel_members, charged, PANEL) == [("a2", 6.0), ("a3", 6.0)]


def test_a_test_measured_again_later_that_day_stays_payable(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | liver | 2023-03-01 08:00:00 | 1   | 50
        a2      | AST   | 2023-03-01 08:05:00 | 1   | 6
        a3      | AST   | 2023-03-01 16:00:00 | 1   | 6
    """
    assert run(spark, panel_members, charged, PANEL) == [("a2", 6.0)]


def test_one_panel_covers_one_of_three_units_on_a_line(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | liver | 2023-03-01 08:00:00 | 1   | 50
        a2      | AST   | 2023-03-01 08:00:00 | 3   | 18
    """
    assert run(spark, panel_members, charged, PANEL) == [("a2", 18.0 * 1 / 3)]


def test_a_member_in_two_panels_is_disputed_once(spark):
    charged = """
        bkkp_sn | item   | at                  | cnt | inscp
        a1      | liver  | 2023-03-01 08:00:00 | 1   | 50
        a2      | enzyme | 2023-03-01 08:00:00 | 1   | 60
        a3      | AST    | 2023-03-01 08:00:00 | 1   | 6
    """
    assert run(spark, panel_members, charged, PANEL) == [("a3", 6.0)]


def test_members_without_their_panel_are_what_honest_wards_order(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | liver | 2023-03-01 08:00:00 | 1   | 50
        a2      | AST   | 2023-03-02 08:00:00 | 1   | 6
    """
    assert run(spark, panel_members, charged, PANEL) == []
