"""Starts what is measured in a process of its own, watches it, and says why it failed when it did.

Grain: one order, one process, one folder under `now`.
Why: the figures of a process that died are worthless, but that it died, and of what, is a result like any other.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cluster, spark_log
from benchmarks.areas import Area
from benchmarks.child import Order
from benchmarks.probe import Watched, watch
from jobs.runtime.errors import FundwatchError
from jobs.runtime.settings import available_cores, total_memory

PEER_MEMORY = 0.6  # share of the machine's memory a peer may hold before it must spill
MOST_MEMORY = 0.85  # share of the machine's memory at which a measured program is ended
KILLED = -9


class Failed(FundwatchError):
    """A measured program did not end well; `wrong` says of what."""

    exit_code = 20


@dataclass(frozen=True)
class Watcher:
    """Runs orders below `work`."""

    work: Path

    def place(self, name: str) -> Path:
        """Folder of one process: its order, marks, log and home."""
        return self.work / "now" / name

    def order(self, what: str, area: Area, engine: str, home: str = "run", detectors: tuple[str, ...] = ()) -> Order:
        """What a process is asked to do."""
        place = self.place(home)
        memory = int(total_memory() * PEER_MEMORY)
        return Order(
            what, area.landing.resolve(), place / "home", area.period, place / "marks.jsonl", engine, detectors, memory
        )

    def watched(self, name: str, order: Order, fresh: bool = True, beside: tuple[int, ...] = ()) -> Watched:
        """Runs the order to its end. Raises Failed with the reason; its log is kept beside the results."""
        place = self.place(name)
        if fresh:
            shutil.rmtree(place / "home", ignore_errors=True)
        place.mkdir(parents=True, exist_ok=True)
        order.write(place / "order.json")
        env = {**os.environ, **_spark(place, order.engine)}
        command = [sys.executable, "-m", "benchmarks.child", str(place / "order.json")]
        limit = int(total_memory() * MOST_MEMORY)
        seen = watch(command, order.marks, place / "log", env, beside, limit)
        if seen.code or seen.over is not None:
            kept = self.work / f"failed-{name}-{order.what}.log"
            shutil.copy(place / "log", kept)
            raise Failed(
                f"measuring {order.what} ({order.engine})", f"{why(seen, place / 'log')}.", f"The log is {kept}."
            )
        return seen


def why(seen: Watched, log: Path) -> str:
    """Why a process failed, in a few words: memory, or the last line it said."""
    took, peak = f"after {seen.ended - seen.began:,.0f} s", seen.whole()["peak_mib"]
    if seen.over is not None or seen.code == KILLED:
        return f"out of memory {took}: it took {seen.over or peak:,} MiB"
    said = log.read_text(encoding="utf-8").strip().splitlines()[-1:]
    return f"ended {took} with {' '.join(said)[:200] or f'code {seen.code}'}"


def _spark(place: Path, engine: str) -> Mapping[str, str]:
    if engine == "sail":
        return {}
    cores, memory = max(1, available_cores() // cluster.WORKERS), total_memory() // 4
    shared = f"spark.executor.cores {cores}\nspark.executor.memory {memory - 512}m\n"
    return spark_log.configure(place / "spark", shared if engine.startswith("spark://") else "")
