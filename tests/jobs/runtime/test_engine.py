"""Which faults say that the engine is gone, and what a driver is told on a laptop and on a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
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


@pytest.fixture
def opened(monkeypatch):
    """What `auto` opened, without opening it."""
    seen: list[str] = []
    monkeypatch.setattr(engine, "_sail", lambda: seen.append("sail"))
    monkeypatch.setattr(engine, "_connect", lambda address, *_: seen.append(address))
    monkeypatch.setattr(engine, "_classic", lambda master, *_: seen.append(master))
    return seen


def test_auto_is_the_embedded_engine_on_one_machine(opened):
    engine.open_engine("auto", read_settings({"FUNDWATCH_CORES": "2"}))
    assert opened == ["sail"]


def test_auto_is_the_connect_server_a_machine_is_configured_for(opened):
    engine.open_engine("auto", read_settings({"SPARK_REMOTE": "sc://lake:15002"}))
    assert opened == ["sc://lake:15002"]


@pytest.mark.parametrize("address", ["spark://m:7077", "yarn", "k8s://https://api", "sc://lake:15002"])
def test_an_address_that_is_named_is_opened_and_nothing_else(opened, address):
    settings = read_settings({"FUNDWATCH_ENGINE": address})
    engine.open_engine(settings.engine, settings)
    assert opened == [address]


def test_auto_falls_back_to_local_spark_with_one_line(opened, monkeypatch, caplog):
    def broken() -> None:
        raise ImportError("no wheel for this machine")

    monkeypatch.setattr(engine, "_sail", broken)
    with caplog.at_level("WARNING", logger="fundwatch.engine"):
        engine.open_engine("auto", read_settings({"FUNDWATCH_CORES": "2"}))
    assert opened == ["local[2]"]
    assert [record.getMessage() for record in caplog.records] == [
        "the embedded engine does not start (ImportError); going on with local Spark"
    ]


@pytest.mark.parametrize(("given", "used"), [({}, "10000"), ({"MIMALLOC_PURGE_DELAY": "250"}, "250")])
def test_the_embedded_engine_holds_its_memory_between_queries_unless_told_otherwise(given, used):
    program = "from jobs.runtime import engine; engine.open_engine('sail', None).close()"
    environment = {name: value for name, value in os.environ.items() if name not in engine.EMBEDDED}
    told = subprocess.run(
        [sys.executable, "-c", program], env={**environment, **given, "MIMALLOC_VERBOSE": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"option 'purge_delay': {used}" in told.stderr


class Session:
    """A session that takes settings, or, like a server with settings of its own, refuses them."""

    def __init__(self, refuses: bool = False) -> None:
        self.told: dict[str, str] = {}
        self.refuses, self.conf = refuses, self

    def set(self, key: str, value: str) -> None:
        if self.refuses:
            raise RuntimeError(f"CANNOT_MODIFY_CONFIG: {key}")
        self.told[key] = value


@pytest.mark.parametrize(
    ("lines", "whole_stage", "mode"),
    [
        (0, "false", "NO_CODEGEN"),
        (engine.FEW_LINES, "false", "NO_CODEGEN"),
        (engine.FEW_LINES + 1, "true", "FALLBACK"),
        (None, "true", "FALLBACK"),
    ],
)
def test_only_a_plan_that_meets_many_lines_is_worth_a_program(lines, whole_stage, mode):
    session = Session()
    for before in (None, 1):  # whatever the session was told before
        engine.suit(session, before)
        engine.suit(session, lines)
        assert session.told == {
            "spark.sql.codegen.wholeStage": whole_stage,
            "spark.sql.codegen.factoryMode": mode,
        }


def test_an_engine_that_refuses_a_setting_is_left_alone():
    engine.suit(Session(refuses=True), 1)


def test_executors_are_told_of_the_machine_what_the_driver_is_told(told):
    engine.open_engine("spark://m:7077", read_settings({}))
    assert told["spark://m:7077"]["spark.executor.extraJavaOptions"] == engine.CLASSIC["spark.driver.extraJavaOptions"]
