"""What is handed to a measured process, and what Spark's event log tells of it."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import spark_log
from benchmarks.child import Order


def task(read: int, shuffled: int, fetched: int) -> str:
    metrics = {
        "Input Metrics": {"Bytes Read": read},
        "Shuffle Write Metrics": {"Shuffle Bytes Written": shuffled},
        "Shuffle Read Metrics": {"Remote Bytes Read": fetched, "Local Bytes Read": 99},
        "Disk Bytes Spilled": 1,
    }
    return json.dumps({"Event": "SparkListenerTaskEnd", "Task Metrics": metrics}, separators=(",", ":"))


def test_bytes_are_added_over_all_tasks(tmp_path: Path) -> None:
    spark_log.configure(tmp_path)
    other = '{"Event":"SparkListenerJobStart","Task Metrics":{"Disk Bytes Spilled":7}}'
    (tmp_path / "events" / "local-1").write_text("\n".join([task(10, 20, 30), other, task(1, 2, 3)]) + "\n")
    assert spark_log.moved(tmp_path) == {"input": 11, "shuffle_written": 22, "shuffle_remote": 33, "spilt": 2}


def test_an_engine_that_writes_no_log_tells_nothing(tmp_path: Path) -> None:
    assert spark_log.moved(tmp_path) == {}


def test_spark_is_told_where_to_write_its_log(tmp_path: Path) -> None:
    assert spark_log.configure(tmp_path, "spark.executor.cores 1") == {"SPARK_CONF_DIR": str(tmp_path)}
    text = (tmp_path / "spark-defaults.conf").read_text()
    assert f"spark.eventLog.dir file://{tmp_path}/events" in text
    assert "spark.executor.cores 1" in text


def test_an_order_comes_back_as_it_was_written(tmp_path: Path) -> None:
    order = Order("raced", tmp_path / "a", tmp_path / "h", "2023-01..2023-03", tmp_path / "m", "sail", ("IMG-01",), 512)
    order.write(tmp_path / "order.json")
    assert Order.read(tmp_path / "order.json") == order
    assert order.months == ("2023-01", "2023-03")


def test_only_begin_and_end_of_a_step_are_marked(tmp_path: Path) -> None:
    order = Order("run", tmp_path, tmp_path, "2023-01..2023-01", tmp_path / "m")
    for event in ("start", "half of it", "done 12 rows"):
        order.notify("raw", event)
    assert [json.loads(line)[1:] for line in (tmp_path / "m").read_text().splitlines()] == [
        ["raw", "start"],
        ["raw", "done"],
    ]
