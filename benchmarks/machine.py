"""What was measured on: cores, memory, kernel, versions; and which measurements may be held against each other.

Why: seconds without the machine are gossip, and seconds of two machines are no comparison.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jobs.orchestration.version import code_version
from jobs.runtime.settings import available_cores, total_memory

PACKAGES = ("pyspark", "pysail", "pyarrow", "duckdb", "polars")


def facts() -> dict[str, Any]:
    """The machine and the versions, with the moment (UTC) and how busy the machine was before."""
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "cores": available_cores(),
        "memory_gib": round(total_memory() / 1024, 1),
        "cpu": _cpu(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "code_version": code_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def kind(record: Mapping[str, Any]) -> str:
    """The kind of machine a record was measured on, as part of a file's name: `2-amd-epyc`, cores and processor."""
    told = record["machine"]
    return re.sub("[^a-z0-9]+", "-", f"{told['cores']} {told['cpu']}".lower()).strip("-")


def alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """True when two records were measured on the same kind of machine."""
    return kind(one) == kind(other)


def of_the_largest(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records of the kind of machine the one with most lines was measured on: growth is told over these."""
    held = list(records)
    largest = max(held, key=lambda record: record["lines"], default=None)
    return [record for record in held if largest is not None and alike(record, largest)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return named[0] if named else platform.machine()
