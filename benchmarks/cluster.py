"""A Spark cluster on this machine: a standalone master and two workers from the pip package.

Why: what two workers cost against one local engine with the same cores shows what a cluster's own work costs – plans,
serialisation, shuffles through files and sockets – before any network is in play.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.runtime.errors import TemporaryFault
from jobs.runtime.java import point_spark_to_java

WORKERS = 2
PATIENCE = 60  # seconds


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def two_workers(folder: Path, cores: int, memory_mib: int) -> Iterator[tuple[str, list[int]]]:
    """The address of the master and the pids of all three daemons; they end with the block.

    `cores` and `memory_mib` are shared out evenly. Raises TemporaryFault when the daemons do not come up.
    """
    point_spark_to_java()
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    each = [str(max(1, cores // WORKERS)), f"{memory_mib // WORKERS}m"]
    commands = [["Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port())]]
    commands += [
        ["Worker", "--host", "127.0.0.1", "-c", each[0], "-m", each[1], "--webui-port", str(free_port()), address]
        for _ in range(WORKERS)
    ]
    daemons: list[subprocess.Popen[bytes]] = []
    try:
        for number, command in enumerate(commands):
            daemons.append(_start(folder, f"{command[0].lower()}-{number}", command))
            _until(port if number == 0 else None, daemons[-1])
        time.sleep(5)  # workers register within seconds; tasks wait for them anyway
        yield address, [daemon.pid for daemon in daemons]
    finally:
        for daemon in daemons:
            daemon.terminate()
        for daemon in daemons:
            daemon.wait()


def _start(folder: Path, name: str, command: list[str]) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(sys.executable).with_name("spark-class")
    program = str(beside) if beside.exists() else shutil.which("spark-class") or "spark-class"
    kind = command[0].lower()
    env = {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder / name),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_DAEMON_MEMORY": "512m",
    }
    with (folder / f"{name}.log").open("w") as log:
        return subprocess.Popen(  # noqa: S603
            [program, f"org.apache.spark.deploy.{kind}.{command[0]}", *command[1:]], stdout=log, stderr=log, env=env
        )


def _until(port: int | None, daemon: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and daemon.poll() is None:
        if port is None:
            return
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise TemporaryFault("starting a Spark cluster", "its master does not answer.", "See the logs beside the results.")
