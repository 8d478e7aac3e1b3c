"""What points would have found in months that lie there, told per batch and kind."""

from __future__ import annotations

from jobs.scores.evidence import RuleBook
from jobs.scores.trial import attempt, per_batch
from knowledge.points import Point
from models.rules.kind import Card
from tests.models.rules.sheet import lines
from tests.support.tables import frame

NEEDS = {"fee_list_d": ("psn_no", "inscp_amt")}
GLOBS = ("starter/*", "national/*", "area/*")
PAIRS = Card("IMG-72-pairs", "duplicate_pair", "imaging", "组合", "pairs", "1", needs=NEEDS, points=GLOBS)
LATE = Card("OUT-72-pairs", "duplicate_pair", "outpatient", "组合", "pairs", "1", needs=NEEDS, points=GLOBS)
CAP = Card("IMG-71-cap", "frequency_cap", "imaging", "上限", "cap", "1", needs={"mdtrt_d": ("begntime",)}, points=GLOBS)
CHARGED = """
    bkkp_sn | item              | at                  | psn | inst | fix_blng_admdvs | cnt | inscp | line_kind
    a1      | 002203020030000   | 2023-03-01 09:00:00 | p1  | H1   | 320100          | 1   | 180   | charge
    a2      | 002203020040000   | 2023-03-01 09:00:00 | p1  | H1   | 320100          | 1   | 40    | charge
    a3      | 002203020030000   | 2023-03-02 09:00:00 | p2  | H2   | 330100          | 1   | 180   | charge
    a4      | 002203020040000   | 2023-03-02 09:00:00 | p2  | H2   | 330100          | 1   | 40    | charge
    b1      | 003701000010000   | 2023-03-02 09:00:00 | p2  | H2   | 330100          | 1   | 9     | charge
"""
MAIN, SUB = "002203020030000", "002203020040000"


def pair(batch: str, name: str, **change) -> Point:
    return Point(**({"kind": "duplicate_pair", "point_id": f"national/{batch}/{name}", "item_code": MAIN, "batch": batch,
                     "other_code": SUB, "window": "day", "source": "test row 1"} | change))  # fmt: skip


def tried(spark, *points: Point, cards=(PAIRS, LATE, CAP)):
    fees = lines(spark, CHARGED)
    fees = fees.withColumn("med_chrgitm_type", fees["psn_no"].substr(1, 0)).withColumn("inscp_amt", fees["net_inscp"])
    houses = frame(spark, "fixmedins_code | fixmedins_type | fix_blng_admdvs\nH1 | 1 | 320100\nH2 | 1 | 330100")
    book = RuleBook(months=("2023-03",), cards=cards, points=points)
    return attempt({"fee_list_d": fees, "fixmedins_b": houses}, book)


def test_lines_yuan_and_institutions_per_batch_and_a_line_once_in_the_total(spark):
    local = pair("7b", "z", region="320000")
    trial = tried(spark, pair("7", "x"), pair("7", "y", item_code="003999", other_code="003998"), local)
    assert [(row["batch"], row["points"], row["occurring"], row["lines"], row["amount"], row["institutions"])
            for row in trial.rows] == [("7", 2, 1, 2, 80.0, 2), ("7b", 1, 1, 1, 40.0, 1)]  # fmt: skip
    assert trial.total == {"lines": 2, "amount": 80.0, "institutions": 2}


def test_what_cannot_be_judged_and_what_nobody_reads_is_said(spark):
    cap = pair("8", "c", kind="frequency_cap", other_code="", limit_value=1.0, limit_unit="times")
    unread = pair("9", "u", item_code=MAIN, other_code="003701000010000")  # an item of an area without such a card
    trial = tried(spark, cap, unread, cards=(PAIRS, CAP))
    assert trial.blind == ({"kind": "frequency_cap", "reason": "missing:mdtrt_d"},)
    assert [(row["batch"], row["occurring"], row["unread"], row["lines"]) for row in trial.rows] == [
        ("8", 1, 0, 0), ("9", 1, 1, 0)
    ]  # fmt: skip


def test_points_no_card_of_the_house_speaks_of_find_nothing(spark):
    trial = tried(spark, pair("7", "x", kind="restricted_sex"), cards=(PAIRS,))
    assert trial.total == {"lines": 0, "amount": 0.0, "institutions": 0}
    assert [(row["kind"], row["points"], row["unread"]) for row in trial.rows] == [("restricted_sex", 1, 1)]


def test_a_card_is_split_by_the_batches_of_its_points():
    points = [pair("7", "x"), pair("[8]", "y"), pair("7", "z", point_id="area/320300/7/z")]
    made = per_batch([PAIRS], points)
    assert [card.detector_id for card in made] == ["IMG-72-pairs|7", "IMG-72-pairs|[8]"]
    from jobs.scores.known_items import wanted

    assert [[wanted(card).takes(point) for point in points] for card in made] == [
        [True, False, True],
        [False, True, False],
    ]
