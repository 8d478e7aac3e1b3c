"""A generated month through the real DAG in one process, from its landing folder to the released list."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

KEY = {"area": "320300", "month": "2023-01"}

pytestmark = pytest.mark.stack


def airflow(*arguments: str) -> str:
    told = subprocess.run([sys.executable, "-m", "airflow", *arguments], capture_output=True, text=True, check=False)
    assert told.returncode == 0, f"{told.stdout}\n{told.stderr}"[-6000:]
    return told.stdout + told.stderr


def test_a_month_runs_from_its_landing_folder_to_the_released_list(airflow_home, monkeypatch, tmp_path):
    from jobs.landing.generate import generate
    from jobs.orchestration.arrival import Places, seal

    places = Places(tmp_path / "landing", tmp_path / "homes")
    folder = places.landing / KEY["area"] / KEY["month"]
    generate(folder, lines=3_000, period=(KEY["month"], KEY["month"]), seed=11, fmt="parquet", workers=1)
    seal(folder)
    monkeypatch.setenv("FUNDWATCH_LANDING", str(places.landing))
    monkeypatch.setenv("FUNDWATCH_HOMES", str(places.homes))
    monkeypatch.setenv("FUNDWATCH_ENGINE", "sail")
    airflow("db", "migrate")
    airflow("dags", "test", "score_month", "--conf", json.dumps(KEY), "--mark-success-pattern", "approve")
    latest = places.homes / KEY["area"] / "runs" / "latest"
    told = json.loads((latest / "run.json").read_text())
    assert told["period"] == "2023-01..2023-01" and latest.resolve().name == told["run_id"]
    assert (latest / "report.html").stat().st_size > 0
