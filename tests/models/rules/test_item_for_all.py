"""套餐化开单: one item for nearly everybody, measured by patients of the same diagnosis elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.rules import item_for_all
from models.rules.cards import load_cards
from models.rules.kind import Card, RuleInputs
from tests.models.detectors.world import register
from tests.models.rules.sheet import lines

CARD = next(card for card in load_cards() if card.detector_id == "LAB-18-one-test-for-nearly-all")
HOUSES = [f"h{number:02d}" for number in range(40)]


def charged(spark, houses):
    """`houses`: code -> list of (visits, with the test, main diagnosis, month)."""
    made, number = [], 0
    for code, groups in houses.items():
        for visits, tested, diagnosis, month in groups:
            for visit in range(visits):
                number += 1
                at = f"2023-{month:02d}-{visit % 27 + 1:02d} 09:00:00"
                made.append(f"r{number} | reg | {at} | 1 | 10 | v{number} | {code} | {diagnosis} | consult")
                if visit < tested:
                    made.append(f"l{number} | VITD | {at} | 1 | 80 | v{number} | {code} | {diagnosis} | lab")
    header = "bkkp_sn | item | at | cnt | inscp | visit | inst | main_diag | domain"
    table = lines(spark, "\n".join([header, *made])).withColumn("med_type", _outpatient())
    places = register(spark, sorted(houses))
    return RuleInputs(lines=table, tables={"fixmedins_b": places, "mdtrt_d": places})


def _outpatient():
    from pyspark.sql import functions as F

    return F.lit("11")


def ordinary():
    return {code: [(10, 0, "I10", 1), (10, 1, "I10", 2)] for code in HOUSES}


def without_machine():
    return {f"n{number:02d}": [(20, 0, "I10", 1)] for number in range(30)}


def judged(inputs: RuleInputs, card: Card = CARD):
    found = item_for_all.evaluate(inputs, [card]).collect()
    return sorted({row["fixmedins_code"] for row in found}), found


@pytest.fixture(scope="module")
def mixed(spark):
    houses = ordinary() | {
        "batch": [(40, 28, "I10", 1), (40, 28, "I10", 2)],
        "campaign": [(40, 36, "I10", 1), (40, 1, "I10", 2), (40, 1, "I10", 3), (40, 0, "I10", 4)],
        "bones": [(40, 30, "M81", 1), (40, 30, "M81", 2)],
        "own": [(40, 30, "N97", 1), (40, 30, "N97", 2)],
    }
    for number in range(4):  # other houses test osteoporosis just as often
        houses[HOUSES[number]] += [(10, 8, "M81", 1)]
    return judged(charged(spark, houses))


def test_a_dear_test_for_nearly_everybody_stands_out(mixed):
    assert "batch" in mixed[0]
    row = next(row for row in mixed[1] if row["fixmedins_code"] == "batch")
    assert 60 < float(row["violation_amount"]) < 80  # the share above what the diagnosis explains


def test_a_ward_whose_illness_calls_for_it_is_honest(mixed):
    assert "bones" not in mixed[0]


def test_an_illness_seen_nowhere_else_is_not_compared(mixed):
    assert "own" not in mixed[0]


def test_a_campaign_of_one_month_is_no_habit(mixed):
    assert "campaign" not in mixed[0]


def test_a_habit_of_all_houses_is_nobodys_clue(spark):
    assert judged(charged(spark, {code: [(40, 30, "I10", 1)] for code in HOUSES}))[0] == []


def test_the_only_houses_with_the_machine_are_compared_with_each_other(spark):
    equipped = {code: [(40, 12, "I10", 1)] for code in HOUSES[:10]}
    assert judged(charged(spark, equipped | without_machine()))[0] == []


def test_too_few_houses_of_the_level_say_nothing(spark):
    houses = {"batch": [(40, 30, "I10", 1)], "other": [(60, 1, "I10", 1)]}
    assert judged(charged(spark, houses))[0] == []


def test_a_test_ordered_next_to_nowhere_stands_out_at_one_visit_in_eight(spark):
    others = {code: [(10, 1, "I10", 1), (20, 0, "K29", 2), (20, 1, "J18", 1)] for code in HOUSES[:20]}
    rare = {"rare": [(100, 12, "K29", 1), (100, 12, "K29", 2)]}  # nobody tests it for these patients
    careful = {"careful": [(100, 12, "J18", 1), (100, 12, "J18", 2)]}  # others do, less than half as often
    assert judged(charged(spark, others | rare | careful))[0] == ["rare"]


SESSIONS = next(card for card in load_cards() if card.detector_id == "HD-07-perfusion-for-nearly-all")


def general_hospital(code, sessions, perfused):
    """Dialysis sessions of two months among twenty times as many other visits."""
    made = []
    for month in (1, 2):
        for number in range(sessions):
            at, visit = f"2023-{month:02d}-{number % 27 + 1:02d} 09:00:00", f"{code}{month}s{number}"
            made.append(f"{visit}d | HD | {at} | 1 | 300 | {visit} | {code} | N18 | dialysis")
            if number < perfused:
                made.append(f"{visit}p | HP | {at} | 1 | 400 | {visit} | {code} | N18 | dialysis")
        for number in range(100):
            visit = f"{code}{month}o{number}"
            made.append(f"{visit} | reg | 2023-{month:02d}-05 09:00:00 | 1 | 10 | {visit} | {code} | I10 | consult")
    return made


def test_perfusion_is_measured_by_the_sessions_of_a_general_hospital_not_by_its_visits(spark):
    header = "bkkp_sn | item | at | cnt | inscp | visit | inst | main_diag | domain"
    houses = {code: (15, 2) for code in HOUSES[:12]} | {"all": (20, 17), "weekly": (20, 6)}
    made = [
        line for code, (sessions, perfused) in houses.items() for line in general_hospital(code, sessions, perfused)
    ]
    table = lines(spark, "\n".join([header, *made])).withColumn("med_type", _outpatient())
    places = register(spark, sorted(houses))
    inputs = RuleInputs(lines=table, tables={"fixmedins_b": places, "mdtrt_d": places})
    assert judged(inputs, SESSIONS)[0] == ["all"]  # once a week is what is prescribed
    plain = replace(SESSIONS, params={name: value for name, value in SESSIONS.params.items() if name != "among"})
    assert judged(inputs, plain)[0] == []  # among all visits nobody stands out
