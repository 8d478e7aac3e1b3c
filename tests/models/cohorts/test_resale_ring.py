"""Rounds through the shops of a town."""

from __future__ import annotations

from dataclasses import replace

from models.cohorts import resale_ring
from tests.models.cohorts.company import given, shipped, shown
from tests.support.charged import charged
from tests.support.tables import frame, rows

CARD = shipped("PHA-92-resale-ring")
INSULIN, OTHER = "XA10AEG034B002010105519", "XC10AAR027A001010203522"
HEAD = "bkkp_sn | fixmedins_code | psn_no | fee_ocur_time | med_list_codg | hilist_name | prd_days\n"
RING = ["anna", "bert", "cora", "dora"]


def bought(day, who, shop, days=60, item=INSULIN):
    return f"{day}{who}{shop}{item[:4]} | {shop} | {who} | 2023-02-{day:02d} 10:00:00 | {item} | 甘精胰岛素 | {days}"


def rounds(people, days, shops=("P1", "P2", "P3"), supply=60):
    return [bought(day, who, shop, supply) for day in days for who in people for shop in shops]


def run(spark, lines):
    shops = frame(spark, "fixmedins_code | fixmedins_type\nP1 | 2\nP2 | 2\nP3 | 2\nH1 | 1")
    return given(charged(spark, HEAD + "\n".join(lines)), fixmedins_b=shops)


def test_a_ring_of_four_in_three_shops(spark):
    honest = [bought(3, "anna", "P1", 30, OTHER), *[bought(d, "zoe", "P1", 30) for d in (1, 27)]]
    inputs = run(spark, [*rounds(RING, (3, 17)), *honest])
    hits = resale_ring.evaluate(inputs, [CARD])
    assert hits.count() == 4 * 2 * 3
    assert set(rows(hits, "fixmedins_code")) == {("P1",), ("P2",), ("P3",)}
    groups = resale_ring.groups(inputs, [CARD])
    assert shown(groups, "drug") == {"甘精胰岛素": (24, 4, 2, 2400.0)}
    assert set(shown(groups, "person")) == set(RING)
    assert len(set(rows(groups.nodes, "cohort_id"))) == 1
    assert sorted(rows(groups.edges, "edge_kind")) == [("bought_at",)] * 12 + [("sold",)] * 3


def test_honest_rounds(spark):
    couple = rounds(["ida", "jon"], (2, 9))
    shortage = rounds([f"s{n}" for n in range(6)], (4, 11), shops=("P1", "P2"), supply=15)  # half here, half there
    carer = [
        bought(day, f"h{n}", "P1", 84) for day in (5, 19) for n in range(8)
    ]  # a home, one shop, long prescriptions
    once = rounds([f"o{n}" for n in range(5)], (6,))
    alone = [bought(day, f"a{n}", shop, 60) for n in range(5) for day in (n + 1, n + 15) for shop in ("P1", "P2")]
    ward = rounds([f"w{n}" for n in range(5)], (7, 21), shops=("H1",))
    assert resale_ring.evaluate(run(spark, [*couple, *shortage, *carer, *once, *alone, *ward]), [CARD]).count() == 0


def test_a_hub_drug_does_not_join_a_town(spark):
    town = [f"t{n:02d}" for n in range(12)]
    small = replace(CARD, params={**CARD.params, "max_block": 10})
    assert resale_ring.evaluate(run(spark, rounds(town, (3, 17))), [small]).count() == 0


def test_two_rings_stay_two(spark):
    other = ["paul", "quin", "rosa", "sven"]
    inputs = run(spark, [*rounds(RING, (3, 17)), *rounds(other, (5, 19)), *rounds(["anna", "paul"], (25,))])
    assert len(set(rows(resale_ring.groups(inputs, [CARD]).nodes, "cohort_id"))) == 2


def test_without_days_of_supply(spark):
    inputs = run(spark, [bought(3, "anna", "P1", ""), bought(3, "bert", "P2", 7)])
    assert rows(resale_ring.gaps(inputs, [CARD]), "fixmedins_code", "reason_code") == [("P1", "no_supply_days")]
