"""限数量: more units on one line than a service can have."""

from models.rules import quantity_per_line
from tests.models.rules.sheet import run

THREE_VIEWS = """
    item | limit
    dr   | 3
"""


def test_the_units_above_the_limit_are_disputed(spark):
    charged = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | dr   | 2023-03-01 08:00:00 | 5   | 350
        a2      | dr   | 2023-03-01 09:00:00 | 3   | 210
    """
    assert run(spark, quantity_per_line, charged, THREE_VIEWS) == [("a1", 350.0 * (5 - 3) / 5)]
