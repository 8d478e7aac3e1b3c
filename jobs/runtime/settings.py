"""Settings of the environment: memory, cores, engine. Thresholds and the catalogue live elsewhere.

Why: everything that depends on the machine is read here, once, from FUNDWATCH_* variables, and passed on as values.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
TELEMETRY_OFF = {
    "SCARF_ANALYTICS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Settings:
    """What this machine offers. `driver_memory` in MiB; `scratch` is where an engine may spill (None = its default).

    `executor_memory`: MiB of each executor on a cluster's workers (None = the cluster's default). `remote`: the Spark
    Connect address this machine is configured for, in Spark's own variable SPARK_REMOTE; the engine `auto` takes it.
    """

    engine: str
    cores: int
    driver_memory: int
    scratch: Path | None
    executor_memory: int | None = None
    remote: str | None = None


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment; what is not set is derived from the machine (half its memory, all its cores)."""
    env = dict(os.environ) if environ is None else environ
    scratch = env.get("FUNDWATCH_SCRATCH")
    return Settings(
        engine=env.get("FUNDWATCH_ENGINE", "auto"),
        cores=int(env.get("FUNDWATCH_CORES", 0)) or available_cores(),
        driver_memory=int(env.get("FUNDWATCH_DRIVER_MEMORY", 0)) or min(6144, max(1024, total_memory() // 4)),
        scratch=Path(scratch) if scratch else None,
        executor_memory=int(env.get("FUNDWATCH_EXECUTOR_MEMORY", 0)) or None,
        remote=env.get("SPARK_REMOTE") or None,
    )


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def total_memory() -> int:
    """Memory of the machine in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB


def switch_telemetry_off() -> None:
    """Called before any library that phones home is imported."""
    for name, value in TELEMETRY_OFF.items():
        os.environ.setdefault(name, value)
