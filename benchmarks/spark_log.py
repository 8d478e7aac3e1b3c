"""Bytes a Spark engine read and shuffled, from its event log.

Reads: the event log (JSON lines) that SPARK_CONF_DIR asked for.
Grain: sums over all tasks of the application.
Why: /proc counts what a process asks of files; only the engine knows how much of that crossed between tasks.
"""

from __future__ import annotations

import json
from pathlib import Path

CONF = """spark.eventLog.enabled true
spark.eventLog.compress false
spark.eventLog.rolling.enabled false
spark.eventLog.dir file://{folder}
spark.ui.enabled false
{more}
"""


def configure(folder: Path, more: str = "") -> dict[str, str]:
    """Writes spark-defaults.conf into `folder`; the environment that makes Spark read it."""
    (folder / "events").mkdir(parents=True, exist_ok=True)
    text = CONF.format(folder=(folder / "events").resolve(), more=more)
    (folder / "spark-defaults.conf").write_text(text, encoding="utf-8")
    return {"SPARK_CONF_DIR": str(folder.resolve())}


def moved(folder: Path) -> dict[str, int]:
    """Bytes read from files, written to shuffles, fetched over the network and spilt; empty without a log."""
    sums = {"input": 0, "shuffle_written": 0, "shuffle_remote": 0, "spilt": 0}
    logs = [path for path in (folder / "events").glob("*") if path.is_file()]
    for path in logs:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith('{"Event":"SparkListenerTaskEnd"'):
                    _add(sums, json.loads(line).get("Task Metrics") or {})
    return sums if logs else {}


def _add(sums: dict[str, int], metrics: dict) -> None:
    sums["input"] += metrics.get("Input Metrics", {}).get("Bytes Read", 0)
    sums["shuffle_written"] += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
    sums["shuffle_remote"] += metrics.get("Shuffle Read Metrics", {}).get("Remote Bytes Read", 0)
    sums["spilt"] += metrics.get("Disk Bytes Spilled", 0)
