"""Stacks of cards at a counter, and the queues that look like them."""

from __future__ import annotations

from models.rules import swiping_cluster
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

PEOPLE = ["anna", "bert", "cora", "dora", "emil"]
SAME_PERSONS = card("swiping_cluster", mode="same_persons", persons=5, gap_minutes=3, min_days=2, max_run=60)
SAME_BASKET = card(
    "swiping_cluster", mode="same_basket", persons=5, gap_minutes=3, min_days=2, max_run=60, min_items=2, min_share=0.5,
    max_shops=3,
)  # fmt: skip


def queue(day, people, item="X1", shop="P1", minutes=1, start=8):
    return [
        f"{shop}{day}{who}{item} | {shop} | {who} | 2023-01-{day:02d} {start:02d}:{at * minutes:02d}:00 | {item}"
        for at, who in enumerate(people)
    ]


def found(spark, rows_of_text, which=SAME_PERSONS):
    lines = charged(
        spark, "bkkp_sn | fixmedins_code | psn_no | fee_ocur_time | med_list_codg\n" + "\n".join(rows_of_text)
    )
    shops = frame(spark, "fixmedins_code | fixmedins_type\nP1 | 2\nP2 | 2\nP3 | 2\nP4 | 2\nP5 | 2\nH1 | 1")
    return swiping_cluster.evaluate(given(lines, fixmedins_b=shops), [which])


def test_the_same_cards_on_two_days(spark):
    cards = queue(5, PEOPLE) + queue(9, PEOPLE, item="X2") + queue(9, ["zoe"], start=15)
    hits = rows(found(spark, cards), "psn_no", "violation_amount")
    assert hits == [(who, 100.0) for who in PEOPLE for _ in range(2)]


def test_honest_queues(spark):
    others = ["f1", "f2", "f3", "f4", "f5"]
    opening = queue(5, PEOPLE) + queue(9, others)  # other people every morning
    once = queue(6, PEOPLE, shop="P2")  # one morning only
    slow = queue(5, PEOPLE, shop="P3", minutes=9) + queue(9, PEOPLE, shop="P3", minutes=9)
    family = queue(5, PEOPLE[:4], shop="P4") + queue(9, PEOPLE[:4], shop="P4")
    ward = queue(5, PEOPLE, shop="H1") + queue(9, PEOPLE, shop="H1")
    baskets = [
        line
        for day in (5, 9)
        for at, who in enumerate(PEOPLE)
        for line in [
            f"P5{day}{who} | P5 | {who} | 2023-01-{day:02d} 08:0{at}:00 | X{at}",
            f"P5{day}{who}y | P5 | {who} | 2023-01-{day:02d} 12:0{at}:00 | Y{day}{at}",
        ]
    ]
    lines = opening + once + slow + family + ward + baskets
    # P5: the same persons one after the other with different goods; their sums differ too
    text = [f"{line} | {40 + number}" for number, line in enumerate(lines)]
    frame_of = charged(
        spark, "bkkp_sn | fixmedins_code | psn_no | fee_ocur_time | med_list_codg | net_inscp\n" + "\n".join(text)
    )
    shops = frame(spark, "fixmedins_code | fixmedins_type\nP1 | 2\nP2 | 2\nP3 | 2\nP4 | 2\nP5 | 2\nH1 | 1")
    assert rows(swiping_cluster.evaluate(given(frame_of, fixmedins_b=shops), [SAME_PERSONS]), "bkkp_sn") == []


def basket(day, people, shop="P1", start=8):
    """Two items in one visit of everybody."""
    return [
        f"{shop}{day}{who}{item} | {shop} | {who} | 2023-01-{day:02d} {start:02d}:0{at}:00 | {item} | {shop}{day}{who}{start}"
        for at, who in enumerate(people)
        for item in ("X1", "X2")
    ]


def test_the_same_basket_with_new_cards(spark):
    header = "bkkp_sn | fixmedins_code | psn_no | fee_ocur_time | med_list_codg | mdtrt_id\n"
    others = ["f1", "f2", "f3", "f4", "f5"]
    shops = frame(spark, "fixmedins_code | fixmedins_type\n" + "\n".join(f"P{n} | 2" for n in range(1, 8)))

    def hits(lines):
        return swiping_cluster.evaluate(
            given(charged(spark, header + "\n".join(lines)), fixmedins_b=shops), [SAME_BASKET]
        )

    runs = basket(5, PEOPLE) + basket(9, others)
    assert hits(runs).count() == (5 + 5) * 2
    promoted = runs + [line for n in range(2, 7) for line in basket(7, ["guest"], shop=f"P{n}")]
    assert hits(promoted).count() == 0  # the package is bought in six shops


def test_dates_without_time(spark):
    lines = charged(
        spark, "bkkp_sn | fixmedins_code | fee_ocur_time\na | P1 | 2023-01-05\nb | P2 | 2023-01-05 09:00:00"
    )
    inputs = given(lines)
    assert rows(swiping_cluster.gaps(inputs, [SAME_PERSONS]), "fixmedins_code", "reason_code") == [
        ("P1", "no_time_of_day")
    ]
