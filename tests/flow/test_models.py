"""A model's way through the chain: trained, promoted, in the list and its report, compared in the shadow, taken back."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pandas as pd
import pytest

from jobs.orchestration.chain import run_step
from jobs.runtime.small import write_small
from jobs.runtime.storage import ALL
from jobs.training import lifecycle, registered, snapshot

VERSIONS = {"code_version": "c1", "knowledge_version": "k1"}
BEFORE = ["case_id", "rank", "score", "probability", "expected_recovery", "detectors", "model_version"]


def inspect(area) -> None:
    """Everybody was inspected: what the rules or the indicators point at was mostly confirmed, the rest mostly not."""
    taken = snapshot.take(area.request.home, area.request.period)
    rng = np.random.default_rng(3)
    pairs = taken.candidates.assign(extreme=taken.candidates["money"].rank(pct=True))
    chance = np.where(pairs["evidence"] > 0, 0.9, np.where(pairs["extreme"] > 0.7, 0.45, 0.05))
    found = rng.random(len(pairs)) < chance
    amount = np.where(found, (1000 + pairs["recoverable"]) * rng.lognormal(0, 0.4, len(pairs)), 0.0)
    last = pd.Timestamp(area.request.period.last_day)
    verdicts = pairs.assign(
        inspection_id=[f"I{place}" for place in range(len(pairs))],
        period_begin=area.request.period.first_day,
        period_end=area.request.period.last_day,
        concluded_on=(last + pd.to_timedelta(rng.integers(20, 400, len(pairs)), unit="D")).date,
        selection="plan",
        verdict=np.where(found, "confirmed", "legitimate"),
        confirmed_amount=amount.round(2),
        reviewer=None,
    )
    write_small(verdicts, area.request.home, "labels", "verdict", ALL)


def listed_again(area, started: str) -> pd.DataFrame:
    """The list after another run of step cases."""
    from dataclasses import replace

    run_step("cases", replace(area.request, started=started), area.spark, "test")
    return pd.read_parquet(area.latest / "case_list.parquet")


@pytest.fixture
def promoted(copied):
    """A home with a champion (version 1) and a challenger (version 2), promoted with a name where the gate refused."""
    inspect(copied)
    home = copied.request.home
    for when in ("2026-01-06T08:00:00", "2026-01-07T08:00:00"):
        lifecycle.train_and_register(home, when, VERSIONS)
    lifecycle.promote(home, "2026-01-08T08:00:00", 1, "Li Na", "flow test")
    return copied


def test_a_champion_enters_the_list_its_parts_add_up_and_rollback_brings_the_list_back(promoted):
    before = pd.read_parquet(promoted.latest / "case_list.parquet")
    assert before["probability"].isna().all()

    after = listed_again(promoted, "2026-01-09T08:00:00")
    clues = after[after["verdict_hint"] == "clue"]
    assert clues.loc[clues["selected_by"] == "model", "probability"].between(0, 1).all()  # a tip alone is not judged
    assert (after["model_version"].str.contains("fundwatch=1")).all()

    said = pd.read_parquet(promoted.latest / "case_model.parquet").set_index("case_id")
    parts = pd.read_parquet(promoted.latest / "case_model_part.parquet")
    sums = parts.groupby(["case_id", "part"])["value"].sum().unstack()
    odds = np.log(said["probability"] / (1 - said["probability"]))
    assert np.allclose(sums["outcome"].reindex(said.index), odds, atol=1e-3)
    assert np.allclose(
        sums.get("anomaly", pd.Series(dtype=float)).reindex(said.index).fillna(0), said["anomaly"], atol=1e-3
    )
    assert (said["recovery_low"] <= said["recovery"]).all()
    assert (said["recovery"] <= said["recovery_high"]).all()
    product = (said["probability"] * said["recovery"]).round(2)
    assert np.allclose(product, clues.set_index("case_id")["expected_recovery"].reindex(said.index), atol=0.02)

    page = (promoted.latest / "report.html").read_text(encoding="utf-8")
    assert "What the model says" in page
    assert "80 % interval" in page
    facts = json.loads((promoted.latest / "run.json").read_text(encoding="utf-8"))
    assert facts["models"]["versions"] == {"champion": 1, "challenger": 2}
    assert math.isclose(facts["models"]["shadow"]["same_in_top"], 1.0)
    shadow = promoted.request.home.month("scores", "probability_shadow", promoted.request.period.folder)
    assert set(pd.read_parquet(shadow)["model_version"]) == {"2"}

    began = time.process_time()
    lifecycle.rollback(promoted.request.home, "2026-01-10T08:00:00", "Li Na", "over")
    assert time.process_time() - began < 10
    assert registered.the_registry(promoted.request.home).version("champion") is None
    back = listed_again(promoted, "2026-01-11T08:00:00")
    pd.testing.assert_frame_equal(back[BEFORE], before[BEFORE])
    assert "What the model says" not in (promoted.latest / "report.html").read_text(encoding="utf-8")


def test_a_capacity_leaves_places_to_chance_and_says_which(copied):
    from dataclasses import replace

    run_step("cases", replace(copied.request, started="2026-02-01T08:00:00", capacity=5), copied.spark, "test")
    listed = pd.read_parquet(copied.latest / "case_list.parquet")
    drawn = pd.read_parquet(copied.request.home.month("inspections", "selection", copied.request.period.folder))
    clues = int((listed["verdict_hint"] == "clue").sum())
    assert drawn["drawn"].sum() == min(5, clues)
    assert drawn["propensity"].sum() == pytest.approx(min(5, clues))
    lucky = listed[listed["selected_by"] == "random"]
    assert len(lucky) == (1 if clues > 5 else 0)
    assert (lucky["rank"] > 4).all()
