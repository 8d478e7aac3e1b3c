"""Carries what was measured to a nation: 3.8 billion lines, 420,000 institutions, on 64 and on 256 cores.

Reads: records of whole runs (wall, CPU, peak memory, bytes) and of local Spark's event log (bytes shuffled and spilt).
Why: a plan for a cluster is bought before it is measured; so every figure says which formula and which measurement it
comes from, and one that was not measured is not guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks import machine
from benchmarks.arithmetic import exponent, projected, ratio
from benchmarks.store import Record

LINES, INSTITUTIONS = 3_800_000_000, 420_000
CORES = (64, 256)
AREA_LINES = 12_000_000  # a pooling area of middle size: some three hundred of them are the nation
# Assumed, not measured: what a data centre of ordinary build gives each core.
NETWORK = 10e9 / 8 / 16  # bytes/s: 10 Gbit/s shared by the 16 cores of a node
DISK = 1.5e9 / 16  # bytes/s: one NVMe of 1.5 GB/s per node of 16 cores
SERIAL_STEPS = ("cases",)  # written by one process whatever the cluster
PARTITION = 200 << 20  # bytes of a shuffle partition: fits an executor core several times
NODE_CORES = 16
EXECUTOR_CORES = 4
MIN_EXPONENT = 1.0  # small areas show fixed costs; the nation must not be carried by them
GIB = 1 << 30


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

    @property
    def cores_for_an_hour(self) -> int | None:
        """Cores on which the shared part leaves room in one hour for what one process does; None when none do."""
        left = 1.0 - self.serial
        slowest = max(self.compute, self.network or 0.0, self.disk or 0.0)
        return math.ceil(self.cores * slowest / left) if left > 0 else None


def plan(records: Iterable[Record]) -> dict[str, Any] | None:
    """The figures of docs/scale.md from the largest local Spark run that was measured; None without one."""
    runs = [run for run in records if run["what"] == "run" and run["format"] == "parquet"]
    spark = [run for run in runs if run["engine"] == "spark"]
    if not spark:
        return None
    base = max(spark, key=lambda run: run["lines"])
    growth = exponent([(run["lines"], _parallel(run)) for run in machine.of_the_largest(spark)])
    used, borrowed = _exponent_used(growth, runs)
    moved = base.get("spark") or {}
    shuffled = _carried(moved.get("shuffle_written"), base)
    return {
        "base": base,
        "growth": growth,
        "used": used,
        "borrowed": borrowed,
        "shuffled": shuffled,
        "shuffle_per_line": ratio(moved.get("shuffle_written"), base["lines"]),
        "spilt_per_line": ratio(moved.get("spilt"), base["lines"]),
        "read": _carried(moved.get("input"), base),
        "serial": sum(base["steps"].get(step, {}).get("wall", 0.0) for step in SERIAL_STEPS),
        "area": _area(moved.get("shuffle_written"), base),
        "projections": [_projection(base, used, shuffled, cores) for cores in CORES],
        "cluster_ratio": _cluster_ratio(runs),
        "lines": LINES,
        "institutions": INSTITUTIONS,
    }


def embedded(records: Iterable[Record]) -> dict[str, Any] | None:
    """The nation as independent areas on the embedded engine, a node of its own each, from the largest run measured."""
    runs = [run for run in records if run["what"] == "run" and run["format"] == "parquet" and run["engine"] == "sail"]
    if not runs:
        return None
    base = max(runs, key=lambda run: run["lines"])
    growth = exponent([(run["lines"], run["whole"]["wall"]) for run in machine.of_the_largest(runs)])
    used = max(growth or MIN_EXPONENT, MIN_EXPONENT)
    cores = base["machine"]["cores"]
    each = projected(base["whole"]["wall"], base["lines"], AREA_LINES, used, cores, cores)
    areas = math.ceil(LINES / AREA_LINES)
    memory = [(run["lines"], run["whole"]["peak_mib"] / 1024) for run in runs]
    return {
        "base": base, "growth": growth, "used": used, "area_lines": AREA_LINES, "areas": areas, "area_seconds": each,
        "slot_cores": cores, "slot_gib": max(gib for _, gib in memory), "memory": memory,
        "nodes": [_side_by_side(total, areas, each, cores, max(gib for _, gib in memory)) for total in CORES],
    }  # fmt: skip


def _side_by_side(total: int, areas: int, each: float, cores: int, gib: float) -> dict[str, Any]:
    """Areas run in slots of `cores`: hours until the last is done, and the memory all slots hold at once."""
    slots = max(1, total // cores)
    return {"cores": total, "slots": slots, "hours": math.ceil(areas / slots) * each / 3600, "gib": slots * gib}


def _exponent_used(growth: float | None, runs: list[Record]) -> tuple[float, str | None]:
    """The exponent carried on, and the engine it is borrowed from where Spark was measured at one size only."""
    if growth is not None:
        return max(growth, MIN_EXPONENT), None
    embedded_runs = machine.of_the_largest(run for run in runs if run["engine"] == "sail")
    other = exponent([(run["lines"], _parallel(run)) for run in embedded_runs])
    return max(other or MIN_EXPONENT, MIN_EXPONENT), "sail" if other is not None else None


def _parallel(run: Record) -> float:
    """Wall seconds of the steps a cluster shares."""
    return sum(used["wall"] for step, used in run["steps"].items() if step not in SERIAL_STEPS)


def _carried(count: float | None, base: Record) -> float | None:
    return None if count is None else count * LINES / base["lines"]


def _area(shuffled: float | None, base: Record) -> dict[str, Any]:
    """What a run over one pooling area shuffles, and the partitions and executor memory that follow."""
    if shuffled is None:
        return {"shuffled": None, "partitions": None, "executor_gib": None}
    whole = shuffled * AREA_LINES / base["lines"]
    # The many shuffles of a run come one after the other; were all bytes one shuffle, this many parts would do.
    partitions = max(2 * NODE_CORES, math.ceil(whole / PARTITION))
    held = EXECUTOR_CORES * max(PARTITION, whole / partitions) * 4  # sorted and hashed rows take about four times
    return {"shuffled": whole, "partitions": partitions, "executor_gib": max(8, math.ceil(held / 0.5 / GIB))}


def _projection(base: Record, growth: float, shuffled: float | None, cores: int) -> Projection:
    compute = projected(_parallel(base), base["lines"], LINES, growth, base["machine"]["cores"], cores)
    serial = sum(base["steps"].get(step, {}).get("wall", 0.0) for step in SERIAL_STEPS)
    # Every area writes its own list: the one-process steps of areas that run side by side share the cluster.
    areas = max(1, cores // NODE_CORES)
    return Projection(
        cores,
        compute / 3600,
        None if shuffled is None else 2 * shuffled / (cores * NETWORK) / 3600,  # written and fetched
        None if shuffled is None else 2 * shuffled / (cores * DISK) / 3600,
        serial * INSTITUTIONS / (base["institutions"] or INSTITUTIONS) / areas / 3600,
    )


def _cluster_ratio(runs: Iterable[Record]) -> float | None:
    """Two workers over local Spark on the same cores: what being a cluster costs."""
    held = list(runs)
    found = [
        ratio(one["whole"]["wall"], local["whole"]["wall"])
        for one in held
        for local in held
        if (one["engine"], local["engine"]) == ("cluster", "spark")
        and one["label"] == local["label"]
        and machine.alike(one, local)
    ]
    known = [value for value in found if value is not None]
    return sum(known) / len(known) if known else None
