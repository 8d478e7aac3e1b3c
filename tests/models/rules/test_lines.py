"""What kinds share over lines: exposures count a line once, and groups are chosen whole or not at all."""

from pyspark.sql import functions as F

from models.rules import frequency_cap
from models.rules.lines import line_exposure, matched_lines, only_groups
from tests.models.rules.sheet import card, inputs
from tests.support.tables import frame, rows

CHARGED = """
    bkkp_sn | item | at                  | inst | cnt | inscp
    a1      | ct   | 2023-03-01 08:00:00 | H1   | 1   | 100
    a2      | ct   | 2023-03-31 08:00:00 | H1   | 1   | 100
    a3      | mr   | 2023-04-01 08:00:00 | H1   | 1   | 100
    a4      | mr   | 2023-04-01 08:00:00 | H2   | 1   | 100
    a5      | bed  | 2023-04-01 08:00:00 | H2   | 1   | 100
"""
TWICE = """
    item | limit | window
    ct   | 1     | day
    ct   | 3     | visit
    mr   | 1     | day
"""
UNITS = """
    day        | units | who
    2023-03-01 | 2     | p1
    2023-03-02 | 2     | p1
    2023-03-01 | 3     | p2
    2023-03-02 | 1     | p2
    2023-03-01 | 9     |
"""


def test_a_line_in_two_points_of_a_detector_is_one_line_of_exposure(spark):
    matched = matched_lines(inputs(spark, CHARGED, TWICE), [card(frequency_cap)])
    assert matched.count() == 6  # a1 and a2 stand in two points
    assert rows(line_exposure(matched), "fixmedins_code", "stat_month", "exposure") == [
        ("H1", "2023-03", 2.0),
        ("H1", "2023-04", 1.0),
        ("H2", "2023-04", 1.0),
    ]


def test_groups_are_chosen_by_all_their_rows_or_by_those_of_one_day(spark):
    given = frame(spark, UNITS)
    many = F.sum(F.col("units").cast("int"))
    assert rows(only_groups(given, ["who"], many >= 4).select("who").distinct(), "who") == [("p1",), ("p2",)]
    one_day = only_groups(given, ["who"], many >= 3, ["day"])
    assert rows(one_day, "who", "day", "units") == [("p2", "2023-03-01", "3"), ("p2", "2023-03-02", "1")]


def test_rows_without_a_key_belong_to_no_group(spark):
    nobody = only_groups(frame(spark, UNITS), ["who"], F.sum(F.col("units").cast("int")) >= 9)
    assert nobody.count() == 0
