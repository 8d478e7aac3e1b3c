"""Rates of rule hits against peers: a base rate is no clue, a multiple of it is, a handful of lines is not."""

from __future__ import annotations

import pytest

from models.detectors import rates
from tests.models.detectors import world
from tests.support.tables import rows

TYPES = (
    "detector_id string, fixmedins_code string, absolute boolean, exposure double, lines bigint, persons bigint,"
    " amount double, house_inscp double, area_inscp double"
)


def _row(code, exposure, lines, *, detector="IMG-01", persons=None, amount=None, absolute=False, house=1e6, area=2e5):
    known = lines if persons is None else persons
    return (
        detector,
        code,
        absolute,
        float(exposure),
        lines,
        known,
        float(lines * 100 if amount is None else amount),
        house,
        area,
    )


def _judged(spark, made, **register):
    counts = spark.createDataFrame(made, TYPES)
    return rates.judge(counts, world.register(spark, sorted({row[1] for row in made}), **register))


# Twelve honest houses whose mistakes are one to three in a hundred, of different size.
HONEST = [
    _row(f"h{index:02d}", 400 + 300 * index, round((0.01 + 0.0018 * index) * (400 + 300 * index)))
    for index in range(12)
]


def test_honest_base_rates_are_no_clue(spark):
    assert rows(_judged(spark, HONEST).where("hit"), "fixmedins_code") == []


def test_a_multiple_of_the_peers_rate_is(spark):
    found = _judged(spark, [*HONEST, _row("x", 2000, 400)]).where("hit").collect()
    assert [row["fixmedins_code"] for row in found] == ["x"]
    row = found[0]
    assert row["rate"] == pytest.approx(0.2)
    assert 0.01 < row["usual"] < 0.03
    assert row["usual"] < row["limit"] < 0.2
    assert row["peers"] == 12
    assert row["strength"] >= 3


def test_several_of_them_do_not_set_the_norm(spark):
    found = _judged(spark, [*HONEST, *(_row(f"x{i}", 2000, 400 + i) for i in range(4))])
    assert len(rows(found.where("hit"), "fixmedins_code")) == 4


def test_a_handful_of_stray_lines_is_no_clue_even_where_nobody_else_has_any(spark):
    clean = [_row(f"h{index:02d}", 1000, 0) for index in range(12)]
    found = _judged(spark, [*clean, _row("x", 1000, 7), _row("y", 1000, 40)])
    assert rows(found.where("lines > 0"), "fixmedins_code", "hit", "why_not") == [
        ("x", False, "few_lines"),
        ("y", True, None),
    ]


def test_one_patient_is_no_pattern(spark):
    found = _judged(spark, [*HONEST, _row("x", 2000, 400, persons=2)]).where("fixmedins_code = 'x'")
    assert rows(found, "hit", "why_not") == [(False, "few_lines")]


def test_a_trifle_is_immaterial_but_less_is_asked_of_a_small_house(spark):
    found = _judged(
        spark,
        [*HONEST, _row("x", 2000, 400, amount=700), _row("small", 200, 60, amount=700, house=60000, area=30000)],
    )
    assert rows(found.where("fixmedins_code in ('x', 'small')"), "fixmedins_code", "hit", "why_not") == [
        ("small", True, None),
        ("x", False, "immaterial"),
    ]


def test_a_habit_of_the_whole_area_is_nobodys_case(spark):
    made = [_row(f"h{index:02d}", 1000, 350 + 10 * index) for index in range(12)]
    found = _judged(spark, made)
    assert rows(found.select("hit", "why_not").distinct(), "hit", "why_not") == [(False, "area_wide")]


def test_little_exposure_cannot_be_judged(spark):
    found = _judged(spark, [*HONEST, _row("tiny", 6, 2)]).where("fixmedins_code = 'tiny'")
    assert rows(found, "hit", "unfit", "strength") == [(False, "low_volume", 0)]


def test_without_peers_only_the_impossible_is_judged(spark):
    found = _judged(spark, [_row("a", 1000, 50), _row("b", 1000, 50, detector="PHA-05", absolute=True)])
    assert rows(found, "detector_id", "hit", "unfit") == [("IMG-01", True, "no_peers"), ("PHA-05", True, None)] or rows(
        found, "detector_id", "unfit", "strength"
    ) == [("IMG-01", "no_peers", 0), ("PHA-05", None, 3)]


def test_the_impossible_that_happens_everywhere_is_noise(spark):
    made = [_row(f"h{index:02d}", 5000, 15 + index, absolute=True) for index in range(12)]
    assert rows(_judged(spark, made).where("hit"), "fixmedins_code") == []
