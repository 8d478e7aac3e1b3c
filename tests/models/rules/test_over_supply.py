"""Days of supply against days that passed."""

from __future__ import annotations

from models.rules import over_supply
from tests.support.charged import card, charged, given
from tests.support.tables import rows

DRUGS = ["drug_west", "drug_tcm"]
CARD = card("over_supply", domains=DRUGS, generic_chars=10, max_days_in_hand=100, longest_supply=366)


def found(spark, text, which=CARD):
    hits = over_supply.evaluate(given(charged(spark, text)), [which])
    return rows(hits, "bkkp_sn", "fixmedins_code", "violation_cnt", "violation_amount")


def test_supply_piles_up_over_all_providers(spark):
    text = """
        bkkp_sn | psn_no | fixmedins_code | fee_ocur_time       | prd_days | net_cnt | net_inscp
        a       | anna   | P1             | 2023-01-01 09:00:00 | 60       | 2       | 60
        b       | anna   | P2             | 2023-01-01 10:00:00 | 60       | 2       | 60
        c       | anna   | P3             | 2023-01-21 10:00:00 | 30       | 1       | 30
        d       | anna   | P3             | 2023-03-02 10:00:00 | 30       | 1       | 30
    """
    # b: 60 + 60 in hand = 120, 20 beyond 100; c: 120 - 20 passed + 30 = 130, all 30 beyond; d: 130 - 40 + 30 = 120, 20
    assert found(spark, text) == [
        ("b", "P2", round(2 * 20 / 60, 4), 60 * 20 / 60),
        ("c", "P3", 1.0, 30.0),
        ("d", "P3", round(20 / 30, 4), 20.0),
    ]


def test_honest_purchases_stay_silent(spark):
    text = """
        bkkp_sn | psn_no | mdtrt_id | fee_ocur_time       | prd_days | med_type | med_list_codg
        jan     | anna   |          | 2023-01-01 09:00:00 | 30       | 41       |
        early   | anna   |          | 2023-01-25 09:00:00 | 30       | 41       |
        feb     | anna   |          | 2023-02-20 09:00:00 | 30       | 41       |
        long    | bert   |          | 2023-01-01 09:00:00 | 84       | 11       |
        two1    | cora   | v1       | 2023-01-01 09:00:00 | 60       | 11       |
        two2    | cora   | v1       | 2023-01-01 09:00:00 | 60       | 11       |
        ward1   | dora   |          | 2023-01-01 09:00:00 | 90       | 21       |
        ward2   | dora   |          | 2023-01-02 09:00:00 | 90       | 21       |
        drug1   | emil   |          | 2023-01-01 09:00:00 | 90       | 41       | XC08CAA111A001010100001
        drug2   | emil   |          | 2023-01-01 09:00:00 | 90       | 41       | XA10BAA222A001010100001
        absurd  | fred   |          | 2023-01-01 09:00:00 | 30000    | 41       |
    """
    assert found(spark, text) == []


def test_without_days_of_supply(spark):
    text = """
        bkkp_sn | fixmedins_code | fee_ocur_time       | prd_days
        a       | P1             | 2023-01-01 09:00:00 |
        b       | P2             | 2023-01-01 09:00:00 | 7
    """
    inputs = given(charged(spark, text))
    assert rows(over_supply.gaps(inputs, [CARD]), "fixmedins_code", "reason_code") == [("P1", "no_supply_days")]
    assert rows(over_supply.exposure(inputs, [CARD]), "fixmedins_code", "exposure") == [("P2", 1.0)]


def test_order_of_rows_does_not_matter(spark):
    text = "bkkp_sn | fee_ocur_time | prd_days | net_inscp\n" + "\n".join(
        f"l{n} | 2023-01-0{1 + n % 3} 09:00:00 | {30 + n} | {n}0" for n in range(1, 8)
    )
    lines = charged(spark, text)
    straight = over_supply.evaluate(given(lines), [CARD])
    shuffled = over_supply.evaluate(given(lines.orderBy("prd_days").repartition(4, "prd_days")), [CARD])
    assert rows(straight, "bkkp_sn", "violation_amount") == rows(shuffled, "bkkp_sn", "violation_amount")
