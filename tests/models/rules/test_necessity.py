"""What an illness calls for, what an examination yields, how often a part is scanned: the cards with their own points."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from knowledge.points import load_points
from models.rules import load_kind
from models.rules.cards import load_cards
from tests.models.rules.sheet import inputs
from tests.support.tables import frame, rows

CARDS = {card.detector_id[:6]: card for card in load_cards()}
LIST = """
    setl_id | diag_code | diag_type | maindiag_flag
    s1      | K29.500   | 1         | 1
    s1      | I10.x00   | 2         | 0
    s2      | K80.000   | 1         | 1
    s2      | M54.502   | 2         | 0
"""


def judged(spark, card, charged: str, points: str, **tables):
    """(bkkp_sn, amount) under the card's own exceptions; a comma stands for the pipe inside a point's params."""
    made = inputs(spark, charged, points, **tables)
    known = made.known().withColumn("detector_id", F.lit(card.detector_id))
    known = known.withColumn("params", F.regexp_replace("params", ",", "|"))
    sheet = type(made)(made.lines, made.tables, known)
    return rows(load_kind(card.kind).evaluate(sheet, [card]), "bkkp_sn", "violation_amount"), sheet


def own_points(prefix: str):
    return [point for point in load_points() if point.point_id.startswith(prefix)]


def test_therapy_without_a_diagnosis_that_calls_for_it(spark):
    needed = next(point.params for point in own_points("REH-06/exercise")).replace("|", ",")
    charged = """
        bkkp_sn | item  | at                  | setl_id | inst | cnt | inscp
        a1      | train | 2023-03-01 08:00:00 | s1      | H1   | 1   | 36
        a2      | train | 2023-03-01 08:00:00 | s2      | H1   | 1   | 36
        a3      | train | 2023-03-01 08:00:00 | s3      | H2   | 1   | 36
    """
    points = f"""
        item  | params
        train | {needed}
    """
    card = CARDS["REH-06"]
    found, sheet = judged(spark, card, charged, points, setl_list_diag_d=frame(spark, LIST))
    assert found == [("a1", 36.0)]  # s2 has a bad back beside its gallstones
    assert rows(load_kind(card.kind).gaps(sheet, [card]), "fixmedins_code", "reason_code") == [
        ("H2", "no_diagnosis_list")
    ]


@pytest.mark.parametrize("diagnosis", ["I63.900", "J44.100", "S72.000", "Z50.100", "G82.200", "I21.900", "J96.000"])
def test_patients_of_other_wards_who_are_honestly_trained(diagnosis):
    starts = tuple(next(point.params for point in own_points("REH-06/exercise")).split("|"))
    assert diagnosis.startswith(starts)


FILMS = """
    item | limit | unit          | window | group_id
    film | 4     | per procedure | day    | film
    scan |       | procedure     | day    | film
"""


def test_films_beyond_the_examinations_and_without_one(spark):
    charged = """
        bkkp_sn | item | at                  | psn | cnt | inscp
        a1      | scan | 2023-03-01 08:00:00 | p1  | 2   | 400
        a2      | film | 2023-03-01 08:10:00 | p1  | 8   | 80
        b1      | scan | 2023-03-01 08:00:00 | p2  | 1   | 200
        b2      | film | 2023-03-01 08:10:00 | p2  | 10  | 100
        c1      | film | 2023-03-01 08:10:00 | p3  | 5   | 50
        d1      | scan | 2023-03-01 23:50:00 | p4  | 1   | 200
        d2      | film | 2023-03-02 00:10:00 | p4  | 3   | 30
    """
    found, _ = judged(spark, CARDS["IMG-05"], charged, FILMS)
    assert found == [("b2", 60.0), ("c1", 50.0)]  # 100 x (10 - 4) / 10; printed after midnight is honest


AGAIN = """
    item  | limit | group_id
    chest | 7     | ct-chest
"""


@pytest.mark.parametrize(
    ("diagnosis", "department", "disputed"),
    [("J18.900", "A03", [("a3", 180.0)]), ("I63.900", "A03", []), ("J18.900", "A28", [])],
)
def test_the_third_scan_of_a_part_within_a_week(spark, diagnosis, department, disputed):
    charged = f"""
        bkkp_sn | item  | at                  | inst | main_diag   | adm_dept_codg | cnt | inscp
        a1      | chest | 2023-03-01 08:00:00 | H1   | {diagnosis} | {department}  | 1   | 180
        a2      | chest | 2023-03-03 08:00:00 | H1   | {diagnosis} | {department}  | 1   | 180
        a3      | chest | 2023-03-05 08:00:00 | H2   | {diagnosis} | {department}  | 1   | 180
        a4      | chest | 2023-03-20 08:00:00 | H1   | {diagnosis} | {department}  | 1   | 180
    """
    assert judged(spark, CARDS["IMG-22"], charged, AGAIN)[0] == disputed


@pytest.mark.parametrize("prefix", ["REH-06/", "IMG-05/", "IMG-22/"])
def test_the_cards_have_points(prefix):
    assert own_points(prefix)
