"""Rates of rule hits against peers: a base rate is no clue, a multiple of it is, a handful of lines is not.

Every scenario is a detector of its own, so all of them are judged in one go.
"""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import functions as F

from models.detectors import rates
from tests.models.detectors import world

TYPES = (
    "detector_id string, fixmedins_code string, absolute boolean, forbidden boolean, exposure double, lines bigint, persons bigint,"
    " amount double, house_inscp double, area_inscp double"
)
HOUSES = [f"h{index:02d}" for index in range(12)]
# Twelve honest houses of different size, one to three mistakes in a hundred.
HONEST = {code: (400 + 300 * i, round((0.01 + 0.0018 * i) * (400 + 300 * i))) for i, code in enumerate(HOUSES)}
CLEAN = dict.fromkeys(HOUSES, (1000, 0))
SCENARIOS: dict[str, dict[str, tuple[Any, ...]]] = {
    "honest": HONEST,
    "above": {**HONEST, "x": (2000, 400)},
    "several": {**HONEST, **{f"x{i}": (2000, 400 + i) for i in range(4)}},
    "stray": {**CLEAN, "x": (1000, 7), "y": (1000, 40)},
    "patient": {**HONEST, "x": (2000, 400, {"persons": 2})},
    "money": {
        **HONEST,
        "x": (2000, 400, {"amount": 70.0}),
        "small": (200, 60, {"amount": 70.0, "house_inscp": 60000.0, "area_inscp": 30000.0}),
    },
    # Operations are few and dear: five patients of thirty, where nobody else bills it, are no chance; two may be.
    "dear": {**CLEAN, "x": (30, 5), "y": (30, 2)},
    # Whole courses of treatment: four patients of a small ward, fifteen lines each, where hardly anybody has any.
    "courses": {**CLEAN, "x": (70, 60, {"persons": 4}), "y": (4000, 60, {"persons": 4})},
    # Sloppy as its like: four of two hundred, where two in a hundred are usual.
    "sloppy": {**HONEST, "x": (200, 9)},
    # An item few bill often: a dozen houses with a few chances each are peers enough for the one that bills it always.
    "rare": {**{code: (8, 0) for code in HOUSES}, "x": (120, 90)},
    "wide": {code: (1000, 350 + 10 * i) for i, code in enumerate(HOUSES)},
    "tiny": {**HONEST, "tiny": (6, 2)},
    "alone": {"h00": (1000, 50)},
    # The only hospital with spine surgery: what the price list forbids, always, often, seldom, and to too few.
    "only_one": {"h00": (8, 8, {"forbidden": True})},
    "only_often": {"h00": (16, 5, {"forbidden": True})},
    "only_seldom": {"h00": (100, 5, {"forbidden": True})},
    "only_few": {"h00": (4, 4, {"forbidden": True})},
    "only_usual": {"h00": (8, 8)},
    "impossible": {"h00": (1000, 50, {"absolute": True})},
    "noise": {code: (5000, 15 + i, {"absolute": True}) for i, code in enumerate(HOUSES)},
}


def _row(scenario, code, exposure, lines, more=None):
    given = {
        "absolute": False, "forbidden": False, "persons": lines, "amount": lines * 100.0, "house_inscp": 1e6, "area_inscp": 2e5, **(more or {}),
    }  # fmt: skip
    money = (float(given["amount"]), given["house_inscp"], given["area_inscp"])
    return (scenario, code, given["absolute"], given["forbidden"], float(exposure), lines, given["persons"], *money)


@pytest.fixture(scope="module")
def judged(spark):
    made = [_row(name, code, *counted) for name, houses in SCENARIOS.items() for code, counted in houses.items()]
    counts = spark.createDataFrame(made, TYPES)
    register = world.register(spark, sorted({row[1] for row in made}))
    found = rates.judge(counts, register, keep=world.kept)
    return {(row["detector_id"], row["fixmedins_code"]): row for row in found.collect()}


def _hits(judged, scenario):
    return sorted(code for (name, code), row in judged.items() if name == scenario and row["strength"] > 0)


def test_honest_base_rates_are_no_clue(judged):
    assert _hits(judged, "honest") == []


def test_severity_of_a_large_hospital_is_not_held_against_the_small_ones(spark):
    """One hospital of the third level among twelve of the second: without peers of its own level it is not judged."""
    made = [_row("severe", code, *counted) for code, counted in {**HONEST, "x": (2000, 400)}.items()]
    counts = spark.createDataFrame(made, TYPES)
    second = world.register(spark, HOUSES)
    register = second.unionByName(world.register(spark, ["x"], hosp_lv="02"))

    def strength(frame):
        found = {row["fixmedins_code"]: row for row in rates.judge(frame, register, keep=world.kept).collect()}
        return found["x"]["strength"], found["x"]["why_not"]

    assert strength(counts)[0] > 0
    assert strength(counts.withColumn("same_level", F.lit(True)))[0] == 0


def test_a_house_of_its_own_kind_is_not_measured_by_other_kinds(spark):
    """One hospital of traditional medicine among twelve general ones, where only its like may be compared."""
    made = [_row("own", code, *counted) for code, counted in {**HONEST, "x": (2000, 400)}.items()]
    counts = spark.createDataFrame(made, TYPES).withColumn("same_kind", F.lit(True))
    register = world.register(spark, HOUSES).unionByName(world.register(spark, ["x"], medins_type="tcm"))
    found = {row["fixmedins_code"]: row for row in rates.judge(counts, register, keep=world.kept).collect()}
    assert (found["x"]["strength"], found["x"]["unfit"]) == (0, "no_peers")


def test_stays_whose_lines_hang_together_are_counted_by_patient(spark):
    """Each honest house has up to two such stays of twenty lines: by lines they differ wildly, by patients not at all."""
    stays = {code: (60, 20 * (index % 3), index % 3) for index, code in enumerate(HOUSES)}
    rows = [_row("stays", code, n, lines, {"persons": k}) for code, (n, lines, k) in stays.items()]
    rows.append(_row("stays", "x", 40, 320, {"persons": 16}))
    counts = spark.createDataFrame(rows, TYPES)
    register = world.register(spark, sorted({row[1] for row in rows}))
    by_person = rates.judge(counts.withColumn("by_person", F.lit(True)), register, keep=world.kept)
    found = {row["fixmedins_code"]: row for row in by_person.collect()}
    assert [code for code, row in found.items() if row["strength"] > 0] == ["x"]
    assert found["x"]["rate"] == 16 / 40


def test_a_multiple_of_the_peers_rate_is(judged):
    assert _hits(judged, "above") == ["x"]
    row = judged["above", "x"]
    assert row["rate"] == pytest.approx(0.2)
    assert 0.01 < row["usual"] < 0.03
    assert row["usual"] < row["limit"] < 0.2
    assert (row["peers"], row["strength"] >= 3) == (12, True)


def test_several_of_them_do_not_set_the_norm(judged):
    assert _hits(judged, "several") == ["x0", "x1", "x2", "x3"]


def test_few_persons_count_where_chance_cannot_bring_them(judged):
    assert (_hits(judged, "dear"), judged["dear", "y"]["why_not"]) == (["x"], "few_lines")
    assert _hits(judged, "sloppy") == []


def test_lines_of_one_person_are_one_chance(judged):
    # four of about five patients are no accident, four of two or three hundred may be
    assert (_hits(judged, "courses"), judged["courses", "y"]["why_not"]) == (["x"], "few_lines")


def test_peers_with_few_chances_each_are_peers_together(judged):
    assert _hits(judged, "rare") == ["x"]
    assert judged["rare", "x"]["peers"] == 12


@pytest.mark.parametrize(
    ("scenario", "strength"), [("only_one", 2), ("only_often", 1), ("only_seldom", 0), ("only_few", 0)]
)
def test_what_the_price_list_forbids_is_forbidden_to_the_only_house_too(judged, scenario, strength):
    assert judged[scenario, "h00"]["strength"] == strength


def test_what_only_peers_can_make_strange_is_not_judged_without_them(judged):
    assert (judged["only_usual", "h00"]["strength"], judged["only_usual", "h00"]["unfit"]) == (0, "no_peers")


def test_a_handful_of_stray_lines_is_no_clue_even_where_nobody_else_has_any(judged):
    assert _hits(judged, "stray") == ["y"]
    assert judged["stray", "x"]["why_not"] == "few_lines"


def test_one_patient_is_no_pattern(judged):
    assert (_hits(judged, "patient"), judged["patient", "x"]["why_not"]) == ([], "few_lines")


def test_a_trifle_is_immaterial_but_less_is_asked_of_a_small_house(judged):
    assert (_hits(judged, "money"), judged["money", "x"]["why_not"]) == (["small"], "immaterial")


def test_a_habit_of_the_whole_area_is_nobodys_case(judged):
    assert _hits(judged, "wide") == []
    assert {judged["wide", code]["why_not"] for code in HOUSES} == {"area_wide"}


def test_little_exposure_cannot_be_judged(judged):
    assert (judged["tiny", "tiny"]["unfit"], judged["tiny", "tiny"]["strength"]) == ("low_volume", 0)


def test_without_peers_only_the_impossible_is_judged(judged):
    assert (judged["alone", "h00"]["unfit"], judged["alone", "h00"]["strength"]) == ("no_peers", 0)
    assert (judged["impossible", "h00"]["unfit"], judged["impossible", "h00"]["strength"]) == (None, 3)


def test_the_impossible_that_happens_everywhere_is_noise(judged):
    assert _hits(judged, "noise") == []


def test_a_habit_is_told_by_the_rate_the_card_gives(spark):
    """Stays are few and lines many: a few in a hundred stays at every house are no habit of the area."""
    counts = spark.createDataFrame([_row("stays", code, 1000, 30 + i, {}) for i, code in enumerate(HOUSES)], TYPES)
    register = world.register(spark, list(HOUSES))
    told = {}
    for own in (None, 0.2):
        rated = counts.withColumn("wide_rate", F.lit(own).cast("double"))
        found = rates.judge(rated, register, keep=world.kept)
        told[own] = {row["why_not"] for row in found.select("why_not").distinct().collect()}
    assert told == {None: {"area_wide"}, 0.2: {None}}
