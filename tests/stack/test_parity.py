"""Cluster equals laptop: one month on the embedded engine, local Spark, a Spark cluster and Spark Connect, one list."""

from __future__ import annotations

import pytest

from tests.stack.month import land, run_month, same_list
from tests.stack.native import Stack, answers

pytestmark = pytest.mark.stack
CLUSTER = "spark://spark-master:7077"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = Stack(tmp_path_factory.mktemp("parity"), FUNDWATCH_DRIVER_MEMORY="2048", FUNDWATCH_EXECUTOR_MEMORY="1024")
    land(made.root)
    try:
        made.start("spark-master")
        made.healthy("spark-master")
        for name in ("spark-worker-1", "spark-worker-2"):
            made.start(name)
            made.healthy(name)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def laptop(stack):
    return run_month(stack, "sail", "sail")


@pytest.fixture
def connect(stack):
    """The server of the file, on the cluster."""
    stack.start("spark-connect")
    stack.until("spark-connect", lambda: answers(int(stack.ports["15002"])))
    yield f"sc://127.0.0.1:{stack.ports['15002']}"
    stack.kill("spark-connect")


def compare(stack, laptop, engine, home):
    there, seconds = run_month(stack, engine, home)
    print(f"PARITY {home}: {same_list(laptop[0], there)}; {seconds} s beside {laptop[1]} s on the embedded engine")


def test_spark_connect(stack, laptop, connect):
    compare(stack, laptop, connect, "connect")


def test_a_cluster(stack, laptop):
    compare(stack, laptop, stack.native(CLUSTER), "cluster")


def test_local_spark(stack, laptop):
    compare(stack, laptop, "spark", "spark")
