"""The share of persons insured elsewhere, rising at one house while it stands still or rises alike at its peers."""

from __future__ import annotations

import pytest

from tests.models.detectors import world

RISING = "XRG-83-outside-share-rising"
PERIODS = tuple(f"2023-0{month}" for month in range(1, 7))


def _half_year(early: float, late: float, visits: float = 500.0) -> list[dict[str, float]]:
    shares = [early] * 3 + [late] * 3
    return [
        {"visits": visits, "inscp": visits * 300, "insured_known_visits": visits,
         "outside_visits": visits * share, "outside_inscp": visits * share * 300}
        for share in shares
    ]  # fmt: skip


# Everywhere the holidays bring some more of them.
LIKE = {f"like{i:02d}": _half_year(0.05 + 0.005 * i, (0.05 + 0.005 * i) * (1.1 + 0.02 * i)) for i in range(12)}
OTHERS = {
    "fetched": _half_year(0.05, 0.25),
    "centre": _half_year(0.5, 0.55),  # a referral centre: many, but always
    "tiny": _half_year(0.05, 0.25, visits=20.0),
    "blind": [{"visits": 500.0, "inscp": 150000.0}] * 6,  # nobody's place of insurance is known
}


@pytest.fixture(scope="module")
def judged(spark):
    wide = world.months(spark, LIKE | OTHERS, PERIODS, world.detector(RISING).columns)
    found = world.judge_all(spark, [RISING], wide, world.register(spark, [*LIKE, *OTHERS]), PERIODS)
    return {row["fixmedins_code"]: row for row in found.collect()}


def test_only_the_house_whose_share_multiplied_is_a_hit(judged):
    assert [code for code, row in judged.items() if row["outcome"] == "hit"] == ["fetched"]
    assert judged["centre"]["outcome"] == "no_hit"


def test_a_few_strangers_and_unknown_places_are_not_evaluable(judged):
    assert (judged["tiny"]["outcome"], judged["tiny"]["reason_code"]) == ("not_evaluable", "low_volume")
    assert judged["blind"]["outcome"] == "not_evaluable"
