"""A watched process: its steps, its children's memory and CPU, and a full disk."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

psutil = pytest.importorskip("psutil")

from benchmarks import areas  # noqa: E402
from benchmarks.probe import watch  # noqa: E402
from jobs.runtime.errors import InputError  # noqa: E402

BUSY = """
import subprocess, sys, time
from pathlib import Path
from benchmarks.probe import mark
marks = Path(sys.argv[1])
mark(marks, "work", "start")
child = subprocess.Popen([sys.executable, "-c", "held = bytearray(80 << 20)\\nimport time\\ntime.sleep(2)"])
end = time.process_time() + 0.7
while time.process_time() < end: pass
child.wait()
mark(marks, "work", "done")
"""


def test_memory_and_cpu_of_the_whole_tree_are_seen_by_step(tmp_path: Path) -> None:
    seen = watch([sys.executable, "-c", BUSY, str(tmp_path / "m")], tmp_path / "m", tmp_path / "log")
    assert seen.code == 0, (tmp_path / "log").read_text()
    work = seen.steps()["work"]
    assert work["peak_mib"] >= 80  # held by the child alone
    assert seen.whole()["cpu"] >= 0.5
    assert seen.whole()["wall"] >= work["wall"] > 0


def test_a_disk_too_small_is_told_before_anything_is_generated(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="GiB free"):
        areas.room(tmp_path, 10**15, 40, "generating")


def test_sizes_are_named_as_people_say_them() -> None:
    assert [areas.label(count) for count in (1_995_485, 60_000_000, 19_881)] == ["2m", "60m", "20k"]
