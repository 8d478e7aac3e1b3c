"""Cost shifting around stays paid by case: the houses whose patients simply come often, and the ones that shift."""

from __future__ import annotations

from models.rules import cost_shifting
from models.rules.kind import RuleInputs
from tests.support.charged import card, charged
from tests.support.tables import frame, rows

PARAMS = {
    "window": 7, "times_far": 2.0, "times_unpaid": 1.5, "unpaid_stays": 2, "usual_share": 0.2, "usual_stays": 2,
    "skip_visit_types": ["14"], "skip_diagnoses": "^(Z51|C)",
}  # fmt: skip
CARD = card("cost_shifting", "drg_dip", **PARAMS)


def around(spark, visits, modes="1:4 2:4 3:4", diag="J18.900", charge="03", **tables) -> RuleInputs:
    """Three persons in H1 from 10 to 16 March; `visits`: person and day of March (or April from 32 on) of a charge."""
    paid = dict(part.split(":") for part in modes.split())
    stays = "mdtrt_id | psn_no | fixmedins_code | begntime | endtime | dscg_maindiag_code\n"
    stays += "\n".join(f"stay{n} | p{n} | H1 | 2023-03-10 | 2023-03-16 | J18.900" for n in paid)
    types = "begntime timestamp, endtime timestamp"
    known = frame(spark, stays, types, {"med_type": "21", "dscg_way": "1", "die_date": None})
    bills = "setl_id | mdtrt_id | net_medfee | hi_paymtd\n"
    bills += "\n".join(f"s{n} | stay{n} | 900 | {'' if mode == '-' else mode}" for n, mode in paid.items())
    text = "bkkp_sn | psn_no | fee_ocur_time | main_diag | med_chrgitm_type | med_list_codg\n"
    for number, (person, day) in enumerate(visits):
        date = f"2023-03-{day:02d}" if day < 32 else f"2023-04-{day - 31:02d}"
        text += f"{person}@{day} | {person} | {date} 09:00:00 | {diag} | {charge} | item{number}\n"
    text += "held | x | 2023-03-01 09:00:00 | K29.500 | 03 | other\n"
    lines = charged(spark, text, fixmedins_code="H1", med_type="11")
    return RuleInputs(lines, {"mdtrt_d": known, "setl_d": frame(spark, bills, "net_medfee decimal(16,2)"), **tables})


def found(inputs: RuleInputs) -> list[str]:
    return [line for (line,) in rows(cost_shifting.evaluate(inputs, [CARD]), "bkkp_sn")]


def test_patients_who_come_only_around_the_stay(spark):
    inputs = around(spark, [("p1", 8), ("p2", 18), ("p3", 13), ("p3", 2)])
    # 13 March lies inside the stay; 2 March is one of the other times
    assert found(inputs) == ["p1@8", "p2@18", "p3@13"]
    assert rows(cost_shifting.exposure(inputs, [CARD]), "stat_month", "exposure") == [("2023-03", 3.0)]


def test_a_house_whose_patients_come_all_the_time_is_left_alone(spark):
    often = [("p1", 8), ("p2", 18), ("p1", 1), ("p1", 26), ("p2", 30), ("p3", 35)]
    # two visits in fourteen days near the stays, four in twenty-eight days further off: no more often
    assert found(around(spark, often)) == []


def test_a_house_that_does_the_same_around_stays_paid_by_item_is_left_alone(spark):
    visits = [("p1", 8), ("p2", 8), ("p3", 8), ("p4", 8)]
    assert found(around(spark, visits, "1:4 2:4 3:1 4:1")) == []
    assert found(around(spark, visits[:2], "1:4 2:4 3:1 4:1")) == ["p1@8", "p2@8"]


def test_a_grouping_says_by_itself_that_a_stay_is_paid_by_case(spark):
    cases = frame(spark, "setl_id | group_code\ns1 | ES21")
    inputs = around(spark, [("p1", 8), ("p2", 8)], "1:- 2:-", drg_setl_d=cases)
    assert found(inputs) == ["p1@8"]
    assert rows(cost_shifting.gaps(inputs, [CARD]), "fixmedins_code") == []


def test_an_item_that_stays_of_the_illness_usually_hold_belongs_to_it_under_any_diagnosis(spark):
    inputs = around(spark, [("p1", 8), ("p2", 18)], diag="I10.x00")
    assert found(inputs) == []
    ward = charged(
        spark,
        """
        bkkp_sn | mdtrt_id | main_diag | med_chrgitm_type | med_list_codg
        w1      | stay1    | J18.900   | 03               | item0
        w2      | stay2    | J18.900   | 03               | another
        """,
        fixmedins_code="H1", med_type="21", fee_ocur_time="2023-03-11 09:00:00",
    )  # fmt: skip
    held = RuleInputs(inputs.lines.unionByName(ward), inputs.tables)
    assert found(held) == ["p1@8"]  # item0 stands in one of the two stays for pneumonia; item1 in none
