"""Carries what was measured to a nation: 3.8 billion lines, 420,000 institutions, on 64 and on 256 cores.

Reads: records of whole runs (wall, CPU, bytes) and of local Spark's event log (bytes shuffled).
Why: a plan for a cluster is bought before it is measured; so every figure says which formula and which measurement it
comes from, and one that was not measured is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.arithmetic import exponent, projected, ratio
from benchmarks.store import Record

LINES, INSTITUTIONS = 3_800_000_000, 420_000
CORES = (64, 256)
# Assumed, not measured: what a data centre of ordinary build gives each core.
NETWORK = 10e9 / 8 / 16  # bytes/s: 10 Gbit/s shared by the 16 cores of a node
DISK = 1.5e9 / 16  # bytes/s: one NVMe of 1.5 GB/s per node of 16 cores
SERIAL_STEPS = ("cases",)  # written by one process whatever the cluster
PARTITION = 200 << 20  # bytes of a shuffle partition: fits an executor core several times
NODE_CORES = 16
MIN_EXPONENT = 1.0  # small areas show fixed costs; the nation must not be carried by them


@dataclass(frozen=True)
class Projection:
    """Hours on a number of cores, by what they are spent on; the largest names the bottleneck."""

    cores: int
    compute: float
    network: float | None
    disk: float | None
    serial: float

    @property
    def hours(self) -> float:
        """Compute and transfers overlap, so the slowest of them counts; what one process does comes on top."""
        return max(self.compute, self.network or 0.0, self.disk or 0.0) + self.serial

    @property
    def bottleneck(self) -> str:
        """What the time is spent on most."""
        shares = {
            "compute": self.compute, "network": self.network or 0.0, "disks": self.disk or 0.0,
            "the step one process does": self.serial,
        }  # fmt: skip
        return max(shares, key=lambda name: shares[name])


def plan(records: Iterable[Record]) -> dict[str, Any] | None:
    """The figures of docs/scale.md from the largest Spark run that was measured; None without one."""
    runs = [run for run in records if run["what"] == "run" and run["format"] == "parquet"]
    spark = [run for run in runs if run["engine"] == "spark"]
    if not spark:
        return None
    base = max(spark, key=lambda run: run["lines"])
    growth = exponent([(run["lines"], _parallel(run)) for run in spark])
    used = max(growth or MIN_EXPONENT, MIN_EXPONENT)
    moved = base.get("spark") or {}
    shuffled = _carried(moved.get("shuffle_written"), base)
    return {
        "base": base,
        "growth": growth,
        "used": used,
        "shuffled": shuffled,
        "shuffle_per_line": ratio(moved.get("shuffle_written"), base["lines"]),
        "read": _carried(moved.get("input"), base),
        "serial": sum(base["steps"].get(step, {}).get("wall", 0.0) for step in SERIAL_STEPS),
        "partitions": None if shuffled is None else int(shuffled // PARTITION) + 1,
        "projections": [_projection(base, used, shuffled, cores) for cores in CORES],
        "cluster_ratio": _cluster_ratio(runs),
        "lines": LINES,
        "institutions": INSTITUTIONS,
        "node_cores": NODE_CORES,
        "network": NETWORK,
        "disk": DISK,
    }


def _parallel(run: Record) -> float:
    """Wall seconds of the steps a cluster shares."""
    return sum(used["wall"] for step, used in run["steps"].items() if step not in SERIAL_STEPS)


def _carried(count: float | None, base: Record) -> float | None:
    return None if count is None else count * LINES / base["lines"]


def _projection(base: Record, growth: float, shuffled: float | None, cores: int) -> Projection:
    compute = projected(_parallel(base), base["lines"], LINES, growth, base["machine"]["cores"], cores)
    serial = sum(base["steps"].get(step, {}).get("wall", 0.0) for step in SERIAL_STEPS)
    return Projection(
        cores,
        compute / 3600,
        None if shuffled is None else 2 * shuffled / (cores * NETWORK) / 3600,  # written and fetched
        None if shuffled is None else 2 * shuffled / (cores * DISK) / 3600,
        serial * INSTITUTIONS / (base["institutions"] or INSTITUTIONS) / 3600,
    )


def _cluster_ratio(runs: Iterable[Record]) -> float | None:
    """Two workers over local Spark on the same cores: what being a cluster costs."""
    pairs = {(run["engine"], run["label"]): run["whole"]["wall"] for run in runs}
    found = [
        ratio(seconds, pairs.get(("spark", label))) for (kind, label), seconds in pairs.items() if kind == "cluster"
    ]
    known = [value for value in found if value is not None]
    return sum(known) / len(known) if known else None
