"""Which faults say that the engine is gone, and what a driver is told on a laptop and on a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.runtime import engine
from jobs.runtime.settings import Settings, read_settings


class Py4JNetworkError(Exception):
    pass


@pytest.mark.parametrize(
    ("fault", "gone"),
    [
        (Py4JNetworkError("Error while sending or receiving"), True),
        (ConnectionRefusedError(111, "Connection refused"), True),
        (RuntimeError("Job 7 cancelled because SparkContext was shut down"), True),
        (RuntimeError("Job aborted: task 0 failed 4 times: ExecutorLostFailure (executor 1 exited)"), True),
        (RuntimeError("<_InactiveRpcError: status = StatusCode.UNAVAILABLE>"), True),
        (RuntimeError("[DIVIDE_BY_ZERO] Division by zero"), False),
        (AttributeError("no such function"), False),
        (ValueError("UNRESOLVED_COLUMN: cnt"), False),
    ],
)
def test_a_dead_engine_is_told_from_a_faulty_question(fault, gone):
    assert engine.lost(fault) is gone


@pytest.fixture
def told(monkeypatch):
    seen: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(engine, "_classic", lambda master, settings, extra: seen.setdefault(master, extra))
    return seen


def test_only_a_laptop_binds_its_driver_to_itself_and_only_a_cluster_sizes_executors(told):
    sizes = Settings("x", cores=2, driver_memory=1024, scratch=Path("/s"), executor_memory=8192)
    for name in ("spark", "local[1]", "spark://m:7077", "yarn"):
        engine.open_engine(name, sizes)
    assert set(told) == {"local[2]", "local[1]", "spark://m:7077", "yarn"}
    assert all(("spark.driver.host" in extra) == name.startswith("local") for name, extra in told.items())
    assert [told[name].get("spark.executor.memory") for name in ("local[2]", "yarn")] == [None, "8192m"]


def test_the_memory_of_executors_is_the_clusters_unless_the_office_says(told):
    assert read_settings({}).executor_memory is None
    assert read_settings({"FUNDWATCH_EXECUTOR_MEMORY": "10240"}).executor_memory == 10240
    engine.open_engine("yarn", Settings("x", 2, 1024, None))
    assert "spark.executor.memory" not in told["yarn"]
