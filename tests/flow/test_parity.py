"""A small landing zone through the embedded engine and through local Spark: the same indicators, the same evidence.

Why: `auto` may take the embedded engine only while both agree. This runs with every test run; `make parity` compares
the whole chain and its list, `make bench` the same over millions of lines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.child import Order
from jobs.landing.generate import generate
from models.rules.cards import load_cards

LINES, PERIOD = 12_000, ("2023-01", "2023-02")
# Local Spark takes minutes for every rule; these kinds stand for the others: pairs, windows over days and persons, sums
# above a cap, prices and reports of other tables, and amounts of every formula.
KINDS = (
    "discounted_repeat", "duplicate_pair", "frequency_cap", "interval_per_person", "over_price", "over_supply",
    "report_missing", "restricted_age",
)  # fmt: skip
KEY = ["detector_id", "table", "bkkp_sn"]
SAID = ["fixmedins_code", "stat_month", "violation_cnt", "violation_amount", "inscp_amt", "note_zh"]


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """The home each engine left: both run at the same time, each on one core."""
    root = tmp_path_factory.mktemp("parity")
    generate(root / "area", lines=LINES, period=PERIOD, seed=11, fmt="parquet", workers=1)
    running = {engine: start(root, engine) for engine in ("sail", "spark")}
    for engine, process in running.items():
        _, said = process.communicate(timeout=900)
        assert process.returncode == 0, f"{engine}: {said[-2000:]}"
    return {engine: root / engine for engine in running}


def start(root: Path, engine: str) -> subprocess.Popen[str]:
    detectors = tuple(card.detector_id for card in load_cards() if card.kind in KINDS)
    place = root / f"{engine}.json"
    Order("raced", root / "area", root / engine, "..".join(PERIOD), root / f"{engine}.marks", engine, detectors).write(
        place
    )
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.child", str(place)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FUNDWATCH_DRIVER_MEMORY": "1024", "FUNDWATCH_CORES": "1", "FUNDWATCH_ENGINE": engine},
    )


def table(home: Path, name: str, by: list[str]) -> pd.DataFrame:
    rows = pd.concat([pd.read_parquet(path) for path in sorted((home / name).rglob("*.parquet"))])
    return rows.sort_values(by).reset_index(drop=True)


def test_both_engines_count_the_same_indicators(homes):
    by = ["stat_month", "fixmedins_code"]
    here, there = (table(home, "features/provider_month", by) for home in homes.values())
    assert len(here) > 50
    pd.testing.assert_frame_equal(here, there[here.columns], check_dtype=False, rtol=1e-9)


def test_both_engines_find_the_same_evidence(homes):
    here, there = (table(home, "scores/evidence", KEY)[[*KEY, *SAID]] for home in homes.values())
    assert here["detector_id"].nunique() >= 8
    assert len(here) > 30
    pd.testing.assert_frame_equal(here, there)
