"""The same landing zone on the other engine gives the same list: ids, ranks and amounts."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

pytestmark = pytest.mark.engines  # minutes of JVM start-up and warm-up: `make parity`

STABLE = ["case_id", "rank", "fixmedins_code", "area", "verdict_hint", "detectors"]
MONEY = ["score", "suspected_amount", "fund_loss", "excess_amount", "expected_recovery"]


def test_local_spark_and_the_embedded_engine_agree(area, tmp_path):
    other = "spark" if os.environ.get("FUNDWATCH_ENGINE", "sail") == "sail" else "sail"
    command = ["run", "--landing", area.landing, "--home", tmp_path, "--period", area.request.period, "--engine", other]
    done = subprocess.run(
        [sys.executable, "-m", "fundwatch.main", *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FUNDWATCH_DRIVER_MEMORY": "1024", "FUNDWATCH_CORES": "2"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    here, there = (
        pd.read_parquet(home / "runs" / "latest" / "case_list.parquet") for home in (area.request.home.root, tmp_path)
    )
    pd.testing.assert_frame_equal(here[STABLE], there[STABLE])
    pd.testing.assert_frame_equal(here[MONEY], there[MONEY], rtol=1e-6)
