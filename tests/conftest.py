"""One engine for the whole test session; cheap settings, because every test frame is small."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from jobs.runtime.settings import Settings, switch_telemetry_off

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

switch_telemetry_off()


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """The session everything in the tests runs on: FUNDWATCH_ENGINE=sail (default, starts in seconds) or spark.

    `make parity` runs the whole chain on the other engine and compares the lists.
    """
    from jobs.runtime.engine import open_engine

    settings = Settings(engine=os.environ.get("FUNDWATCH_ENGINE", "sail"), cores=2, driver_memory=1024, scratch=None)
    engine = open_engine(settings.engine, settings)
    if settings.engine != "sail":
        engine.spark.conf.set("spark.sql.shuffle.partitions", "1")  # a test frame never needs a second partition
        engine.spark.conf.set("spark.sql.adaptive.enabled", "false")
    yield engine.spark
    engine.close()
