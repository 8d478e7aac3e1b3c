"""One small generated area, run once from landing zone to published list; the flow tests look at what came out."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobs.orchestration.chain import run_chain
from jobs.orchestration.request import RunRequest
from jobs.runtime.period import Period
from jobs.runtime.storage import Home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PERIOD = Period("2023-01", "2023-03")
LINES = 20_000


@dataclass
class Area:
    """A landing zone, the home it was run into and what the run said."""

    landing: Path
    request: RunRequest
    outcome: dict[str, Any]
    spark: SparkSession

    @property
    def latest(self) -> Path:
        return self.request.home.root / "runs" / "latest"

    def again(self, started: str, home: Path | None = None, **changes: Any) -> dict[str, Any]:
        """Runs the chain once more at another moment; returns what it said."""
        place = Home(home) if home else self.request.home
        return run_chain(replace(self.request, started=started, home=place, **changes), self.spark, "test")


@pytest.fixture(scope="session")
def area(spark, tmp_path_factory):
    from jobs.landing.generate import generate

    root = tmp_path_factory.mktemp("flow")
    landing = root / "area"
    generate(landing, lines=LINES, period=(PERIOD.begin, PERIOD.end), seed=5, fmt="csv", workers=1)
    request = RunRequest(home=Home(root / "home"), period=PERIOD, started="2026-01-05T08:00:00", landing=landing)
    return Area(landing, request, run_chain(request, spark, "test"), spark)


@pytest.fixture
def copied(area, tmp_path):
    """The area in a home of its own, for tests that break something."""
    home = tmp_path / "home"
    shutil.copytree(area.request.home.root, home, symlinks=True)
    return replace(area, request=replace(area.request, home=Home(home)))
