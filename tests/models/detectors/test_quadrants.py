"""Case mix and surplus together: which house stands in a quadrant worth a question, and which honest one does not."""

from __future__ import annotations

from typing import Any

import pytest

from models.detectors import load_detectors
from models.detectors.beside import SUFFIX
from tests.models.detectors import world

HEAVY, LIGHT, POINTS = (
    "DRG-81-drg-heavy-and-in-surplus", "DRG-82-drg-light-and-in-surplus", "DRG-83-dip-heavy-and-in-surplus",
)  # fmt: skip
ASKED = (HEAVY, LIGHT, POINTS)


def _cases(weight: float, paid: float, cases: float = 60.0) -> dict[str, float]:
    """A month: `cases` of a mean `weight`, whose standards are `paid` times their cost of 4000 yuan per weight."""
    cost = cases * weight * 4000.0
    money = {"drg_cost": cost, "drg_standard": cost * paid, "drg_inscp": cost}
    return {"visits": cases, "inscp": cost, "drg_cases": cases, "drg_weight": cases * weight, **money}


LIKE = {f"like{i:02d}": _cases(0.95 + 0.01 * i, 0.94 + 0.01 * (i * 5 % 12)) for i in range(12)}
OTHERS: dict[str, Any] = {
    "upcoding": _cases(1.25, 1.4),  # coded heavier than it costs
    "mild": _cases(0.7, 1.4),  # light cases, paid as if they were not
    "gravely_ill": _cases(1.5, 1.0),  # heavier cases that cost what they weigh
    "thrifty": _cases(1.02, 1.4),  # the usual cases, at less cost
    "dear": _cases(1.5, 0.7),
    "small": _cases(1.25, 1.4, cases=8.0),
}


@pytest.fixture(scope="module")
def judged(spark):
    houses = LIKE | OTHERS | {"primary": _cases(1.25, 1.4)}
    institutions = world.register(spark, [*LIKE, *OTHERS]).unionByName(world.register(spark, ["primary"], hosp_lv="08"))
    columns = {name for asked in ASKED for name in world.detector(asked).columns}
    found = world.judge_all(spark, ASKED, world.months(spark, houses, columns=columns), institutions)
    return {(row["fixmedins_code"], row["detector_id"]): row for row in found.collect()}


def test_heavy_and_light_cases_in_surplus_are_hits_and_tell_both_figures(judged):
    hits = sorted((code, name) for (code, name), row in judged.items() if row["outcome"] == "hit")
    assert hits == [("mild", LIGHT), ("upcoding", HEAVY)]
    row = judged["upcoding", HEAVY]
    assert (round(row["value"], 2), round(row["beside_value"], 2)) == (1.4, 1.25)
    assert 0.9 < row["beside_median"] < 1.1
    assert 0 < row["excess_amount"] <= row["amount"]


@pytest.mark.parametrize("code", ["gravely_ill", "thrifty", "dear"])
def test_sicker_patients_alone_and_low_cost_alone_are_no_hit(judged, code):
    assert [judged[code, name]["outcome"] for name in (HEAVY, LIGHT)] == ["no_hit", "no_hit"]


def test_another_level_is_no_peer_few_cases_are_no_rate_and_no_scores_are_no_business(judged):
    assert judged["primary", HEAVY]["reason_code"] == "no_peers"
    assert judged["small", HEAVY]["reason_code"] == "low_volume"
    assert judged["upcoding", POINTS]["reason_code"] == "no_volume"


def test_without_the_grouping_or_its_standards_nothing_is_judged(spark):
    wide = world.months(spark, LIKE, columns={name for asked in ASKED for name in world.detector(asked).columns})
    institutions = world.register(spark, list(LIKE))
    for available, reason in (
        ({"setl_d": frozenset({"setl_time"})}, "missing_table:drg_setl_d"),
        ({"setl_d": frozenset({"setl_time"}), "drg_setl_d": frozenset({"rw"})}, "missing_column:drg_setl_d.std_fee"),
    ):
        found = world.judge_all(spark, ASKED, wide, institutions, available=available)
        assert {row["reason_code"] for row in found.select("reason_code").distinct().collect()} == {reason}


def test_no_declared_id_looks_like_a_companion():
    assert not [one.detector_id for one in load_detectors() if one.detector_id.endswith(SUFFIX)]
