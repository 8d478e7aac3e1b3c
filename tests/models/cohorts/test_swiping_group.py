"""A company of cards that goes from shop to shop, and the companies that are none."""

from __future__ import annotations

from dataclasses import replace

from models.cohorts import swiping_group
from tests.models.cohorts.company import given, shipped, shown
from tests.support.charged import charged
from tests.support.tables import frame, rows

CARD = shipped("PHA-91-swiping-group")
STACK = ["anna", "bert", "cora", "dora", "emil"]
HEAD = "bkkp_sn | fixmedins_code | psn_no | fee_ocur_time | med_list_codg | net_inscp\n"


def queue(day, people, shop="P1", item="X1", start=8, each=100):
    """People one minute after the other, the same item; a list of amounts makes the sums differ."""
    amounts = each if isinstance(each, list) else [each] * len(people)
    return [
        f"{shop}{day}{start}{who} | {shop} | {who} | 2023-01-{day:02d} {start:02d}:{at:02d}:00 | {item} | {amount}"
        for at, (who, amount) in enumerate(zip(people, amounts, strict=True))
    ]


def run(spark, lines):
    shops = frame(spark, "fixmedins_code | fixmedins_type\nP1 | 2\nP2 | 2\nH1 | 1")
    return given(charged(spark, HEAD + "\n".join(lines)), fixmedins_b=shops)


def tour(people=STACK, days=(3, 8, 15, 22), **how):
    return [line for n, day in enumerate(days) for line in queue(day, people, shop=f"P{1 + n % 2}", **how)]


def test_a_stack_of_cards_in_two_shops(spark):
    inputs = run(spark, [*tour(), *queue(9, ["anna"], start=15), *queue(10, ["zoe", "yan"])])
    hits = swiping_group.evaluate(inputs, [CARD])
    assert rows(hits, "psn_no", "violation_amount") == [(who, 100.0) for who in STACK for _ in range(4)]
    groups = swiping_group.groups(inputs, [CARD])
    assert shown(groups, "institution") == {"P1": (10, 5, 2, 1000.0), "P2": (10, 5, 2, 1000.0)}
    assert set(shown(groups, "person")) == set(STACK)
    assert groups.edges.count() == 2 * 5
    assert {held for (held,) in rows(groups.nodes.where("node_kind = 'institution'"), "held")} == {1}


def test_the_group_keeps_its_name_in_another_order(spark):
    lines = tour()
    names = [
        set(rows(swiping_group.groups(run(spark, order), [CARD]).nodes, "cohort_id"))
        for order in (lines, list(reversed(lines)))
    ]
    assert names[0] == names[1]
    assert len(names[0]) == 1


def test_honest_companies(spark):
    own = [31, 62, 17, 48, 25]
    couple = tour(["ida", "jon"], item="X2")
    family = tour(["f1", "f2", "f3", "f4"], start=14, each=90)
    flu_shots = queue(5, [f"w{n}" for n in range(9)], item="VAC")  # a workplace on one day
    doses = [line for day in (2, 12, 28) for line in queue(day, [f"v{n}" for n in range(6)], item="HEPB")]
    carer = [  # a home fetched by one carer: everybody has an order of his own
        line for n, day in enumerate((4, 11, 18, 25))
        for line in (f"{one}" for at in range(5) for one in queue(day, [f"h{at}"], item=f"X{at}", start=9, each=own[at]))
    ]  # fmt: skip
    bus = [  # market day: the same village each time, everybody buys something else
        line for day in (6, 13, 20, 27)
        for line in (one for at in range(5) for one in queue(day, [f"b{at}"], item=f"Y{day}{at}", start=10, each=day + at))
    ]  # fmt: skip
    inputs = run(spark, [*couple, *family, *flu_shots, *doses, *carer, *bus])
    assert rows(swiping_group.evaluate(inputs, [CARD]), "bkkp_sn") == []


def test_the_canteens_shop_does_not_join_the_works(spark):
    # Eleven colleagues, five of them each noon, chosen so that everybody meets everybody on four of his ten days.
    crews = [[f"c{(start + step) % 11}" for step in (1, 3, 4, 5, 9)] for start in range(11)]
    lines = [line for day, crew in enumerate(crews * 2, start=1) for line in queue(day, crew, start=12, item="TEA")]
    assert swiping_group.evaluate(run(spark, lines), [CARD]).count() == 0
    careless = replace(CARD, params={**CARD.params, "min_together": 0.4})
    assert swiping_group.evaluate(run(spark, lines), [careless]).count() == len(lines)


def test_a_crowd_is_no_group(spark):
    crowd = [f"c{n}" for n in range(8)]
    small = replace(CARD, params={**CARD.params, "max_persons": 7})
    assert swiping_group.evaluate(run(spark, tour(crowd)), [small]).count() == 0


def test_dates_without_time_cannot_be_judged(spark):
    lines = charged(
        spark, "bkkp_sn | fixmedins_code | fee_ocur_time\na | P1 | 2023-01-05\nb | P2 | 2023-01-05 09:00:00"
    )
    assert rows(swiping_group.gaps(given(lines), [CARD]), "fixmedins_code", "reason_code") == [("P1", "no_time_of_day")]
