"""Opens the engine: local Spark, a Spark master, Spark Connect or the embedded engine; the rest sees a SparkSession.

Why: one factory, so that the same code runs on a laptop and on a cluster and its settings are explained in one place.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import SparkSession

from jobs.runtime.errors import TemporaryFault, UsageError
from jobs.runtime.java import point_spark_to_java
from jobs.runtime.log import get_logger
from jobs.runtime.settings import Settings

log = get_logger("engine")

# Metaspace: room for generated classes, each growth is a full collection. Tier4: compiled again only when called ten
# times as often as usual, most plans run once. Huge methods: a stage that judges a line is one, else it is interpreted.
JVM = (
    "-XX:+UseParallelGC -Dlog4j2.level=error -XX:MetaspaceSize=512m -XX:-DontCompileHugeMethods"
    " -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000"
)
COMMON = {
    "spark.sql.session.timeZone": "UTC",  # claims carry local wall-clock time; UTC keeps it as it is written
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Else every column expression looks up where it was written: thousands of times, on local Spark through the JVM.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}
CLASSIC = {  # every driver of Spark's own, whatever executes
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.maxConcurrentOutputFileWriters": "48",  # a write cut by month needs no sort: a year stays open at once
    # Sizes are guessed from compressed files, ten times smaller than in memory: registers and points are far below it.
    "spark.sql.autoBroadcastJoinThreshold": str(8 << 20),
    # A run is a thousand jobs: nobody looks at the figures of the past ones, whose plans would fill the driver.
    "spark.sql.ui.retainedExecutions": "2",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.ui.retainedTasks": "100",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1024",  # months are explicit; no job to list them
    # Whatever sorts, groups or is broadcast begins with a page: Spark's own guess of 64 MiB is zeroed for ten rows too.
    "spark.buffer.pageSize": "4m",
    "spark.broadcast.blockSize": "512k",  # the same of every task that is sent, 4 MiB by itself
    # Generated classes are asked for again as long as a step lasts; a hundred of them is not one rule kind.
    "spark.sql.codegen.cache.maxEntries": "2000",
    # Every job tells its plan as text to listeners nobody reads: a short one will do.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.maxMetadataStringLength": "10",
    "spark.sql.debug.maxToStringFields": "3",
    # No checksum file beside every file: Parquet is complete only with its footer, and the month is moved in whole.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.driver.extraJavaOptions": JVM,
    # An executor that is busy or collecting garbage must not be given up, nor a laptop hang without its only one.
    "spark.executor.heartbeatInterval": "60s",
    "spark.network.timeout": "900s",
    "spark.log.level": "ERROR",
}
LOCAL = {
    # What plans and broadcasts hold needs room beside the data, or the collector never rests.
    "spark.memory.fraction": "0.5",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
EMBEDDED = {  # what the embedded engine's library finds in the environment when it is loaded
    "RUST_LOG": "error",  # its start-up chatter is for its own developers
    # Milliseconds before its allocator gives memory back (its large pools: four times it). By itself a second, and
    # the next query has every page cleared again: a tenth of a run over twenty million lines.
    "MIMALLOC_PURGE_DELAY": "10000",
}
# Names and messages of PySpark 4.1, gRPC and Python's sockets: gateway, context, workers or server are no more.
GONE = (
    "Py4JNetworkError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "BrokenPipeError",
    "SparkContext was shut down",
    "stopped SparkContext",
    "ExecutorLostFailure",
    "Master removed our application",
    "StatusCode.UNAVAILABLE",
    "failed to connect to all addresses",
    "INVALID_HANDLE.SESSION",
)
CLUSTER = {
    # The home lies on a shared volume: no executor is nearer to a file than another, waiting for one is time lost.
    "spark.locality.wait": "0s",
    "spark.executor.extraJavaOptions": JVM,
    # A worker that dies takes its shuffle files along; four tries of a stage are for that, and the step for the rest.
    "spark.task.maxFailures": "4",
}
# Spark compiles a program for every stage of a plan: with few lines that costs more than walking through the rows one
# by one. At 48,485 lines it is a third of the CPU seconds of the step scores. At half a million, features cost the
# same either way, and validated, which computes most for a line, a quarter more: hence less.
FEW_LINES = 200_000
FEW = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
MANY = {
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
}


@dataclass
class Engine:
    """An open engine. `name` goes into run.json; close() gives its memory back."""

    name: str
    spark: SparkSession
    _closers: list[Callable[[], Any]] = field(default_factory=list)

    def close(self) -> None:
        """Stops the session and whatever was started for it."""
        for closer in self._closers:
            closer()


def lost(fault: BaseException) -> bool:
    """True when a fault says that the engine itself is gone, and nothing about what it was asked.

    Whoever isolates faulty questions must not take a dead engine for one: the step is worth another try.
    """
    told = f"{type(fault).__name__}: {fault}"
    return any(sign in told for sign in GONE)


def open_engine(name: str, settings: Settings) -> Engine:
    """Opens the engine `auto | spark | spark://… | yarn | k8s://… | sc://… | sail`.

    Raises UsageError for another name, TemporaryFault when the engine does not answer.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    try:
        return _open(name, settings)
    except UsageError:
        raise
    except Exception as fault:
        raise TemporaryFault(
            f"opening the engine {name}",
            f"it does not answer ({type(fault).__name__}).",
            "Run `fundwatch doctor`, then try again.",
        ) from fault


def suit(spark: SparkSession, lines: int | None) -> None:
    """Tells an open session how many fee lines it is about to meet (None: nobody knows yet); rows are the same anyhow.

    An engine that does not know these settings keeps its own ways.
    """
    for key, value in (FEW if lines is not None and lines <= FEW_LINES else MANY).items():
        _try_conf(spark, key, value)


def _open(name: str, settings: Settings) -> Engine:
    if name == "auto":
        return _auto(settings)
    if name == "spark":
        return _classic(f"local[{settings.cores}]", settings, LOCAL)
    if name.startswith("sc://"):
        return _connect(name, [], CLASSIC | _sized(settings))
    if name == "sail":
        return _sail()
    if name.startswith("local"):
        return _classic(name, settings, LOCAL)
    if name == "yarn" or name.startswith(("spark://", "k8s://")):
        return _classic(name, settings, CLUSTER | _executors(settings))
    raise UsageError(
        f"--engine {name}",
        "there is no such engine.",
        "Use auto, spark, sail, sc://HOST:PORT or a Spark master address.",
    )


def _auto(settings: Settings) -> Engine:
    """The Connect server the machine is configured for, else the embedded engine (docs/decisions/0005).

    Local Spark where the embedded engine does not start.
    """
    if settings.remote and settings.remote.startswith("sc://"):
        return _open(settings.remote, settings)
    try:
        return _sail()
    except Exception as fault:
        log.warning("the embedded engine does not start (%s); going on with local Spark", type(fault).__name__)
        return _classic(f"local[{settings.cores}]", settings, LOCAL)


def _classic(master: str, settings: Settings, extra: dict[str, str]) -> Engine:
    point_spark_to_java()
    # The embedded engine leaves this word behind, here and for children: local Spark would look for a server.
    os.environ.pop("SPARK_CONNECT_MODE_ENABLED", None)
    builder = SparkSession.builder.master(master).appName("fundwatch")
    for key, value in {**COMMON, **CLASSIC, **_sized(settings), **extra}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    return Engine(master, spark, [spark.stop])


def _sized(settings: Settings) -> dict[str, str]:
    sized = {
        "spark.driver.memory": f"{settings.driver_memory}m",
        # Few, large shuffle partitions: adaptive execution splits what grows, empty tasks cost most.
        "spark.sql.shuffle.partitions": str(settings.cores * 4),
    }
    if settings.scratch:
        sized["spark.local.dir"] = str(settings.scratch)
    return sized


def _executors(settings: Settings) -> dict[str, str]:
    """What a worker gives an executor: Spark's own gigabyte unless the office says what its workers offer."""
    return {"spark.executor.memory": f"{settings.executor_memory}m"} if settings.executor_memory else {}


def _connect(address: str, closers: list[Callable[[], Any]], more: dict[str, str] | None = None) -> Engine:
    spark = SparkSession.builder.remote(address).getOrCreate()
    for key, value in {**COMMON, **(more or {})}.items():
        if key in COMMON or key.startswith("spark.sql."):  # the rest is the server's own
            _try_conf(spark, key, value)
    return Engine(address, spark, [spark.stop, *closers])


def _try_conf(spark: SparkSession, key: str, value: str) -> None:
    try:
        spark.conf.set(key, value)
    except Exception:  # a server may refuse a static setting; the defaults of Spark 4 are the same
        log.debug("engine keeps its own %s", key)


def _sail() -> Engine:
    os.environ.update({**EMBEDDED, **os.environ})
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    engine = _connect(f"sc://127.0.0.1:{port}", [server.stop])
    return Engine("sail", engine.spark, engine._closers)
