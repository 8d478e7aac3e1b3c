"""Watches one process and all its children: memory, CPU seconds and bytes moved, step by step.

Reads: /proc of the processes (smaps_rollup, stat, io); the marks the process writes when a step begins and ends.
Grain: one sample a second; one Usage per step and one for the whole.
Why: an engine may live in the process, in a Java beside it or in workers; only the whole tree tells what a run costs.
PSS shares what processes share, so that the sum is memory really taken.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

EVERY = 1.0  # seconds between samples
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """The whole tree at one moment (seconds since the epoch): memory, CPU and bytes since the beginning."""

    at: float
    pss: int
    cpu: float
    read: int
    written: int


@dataclass
class Watched:
    """What was seen of a finished process."""

    code: int
    began: float
    ended: float
    samples: list[Sample]
    marks: list[tuple[float, str, str]]
    over: int | None = None  # MiB at which it was ended because it may not take more

    def usage(self, begin: float, end: float) -> dict[str, Any]:
        """Wall and CPU seconds, peak PSS (MiB), bytes read and written between two moments."""
        before = [sample for sample in self.samples if sample.at <= begin] or self.samples[:1]
        inside = [sample for sample in self.samples if begin <= sample.at <= end]
        first, last = (before or inside)[-1:], (inside or before)[-1:]
        if not first or not last:
            return {"wall": round(end - begin, 2)}
        return {
            "wall": round(end - begin, 2),
            "cpu": round(last[0].cpu - first[0].cpu, 1),
            "peak_mib": max(sample.pss for sample in inside or last) >> 20,
            "read": last[0].read - first[0].read,
            "written": last[0].written - first[0].written,
        }

    def whole(self) -> dict[str, Any]:
        """The usage from start to end; counted from nothing, not from the first sample."""
        return {
            "wall": round(self.ended - self.began, 2),
            "cpu": round(self.samples[-1].cpu, 1) if self.samples else None,
            "peak_mib": max((sample.pss for sample in self.samples), default=0) >> 20,
            "read": self.samples[-1].read if self.samples else None,
            "written": self.samples[-1].written if self.samples else None,
        }

    def steps(self) -> dict[str, dict[str, Any]]:
        """The usage of every step that began and ended."""
        began = {step: at for at, step, event in self.marks if event == "start"}
        return {step: self.usage(began[step], at) for at, step, event in self.marks if event == "done"}


@dataclass
class _Tree:
    """CPU and bytes of processes that ended meanwhile stay counted."""

    root: psutil.Process
    more: Sequence[psutil.Process] = ()
    _last: dict[tuple[int, float], tuple[float, int, int]] = field(default_factory=dict)

    def sample(self) -> Sample:
        pss = 0
        for process in self._processes():
            try:
                key = (process.pid, process.create_time())
                pss += _pss(process.pid)
                self._last[key] = (_cpu(process.pid), *_bytes(process.pid))
            except (OSError, psutil.Error, ValueError):  # it ended between being listed and being read
                continue
        cpu, read, written = (sum(column) for column in zip(*self._last.values(), strict=True))
        return Sample(time.time(), pss, cpu, int(read), int(written))

    def _processes(self) -> Iterator[psutil.Process]:
        for root in (self.root, *self.more):
            try:
                yield root
                yield from root.children(recursive=True)
            except psutil.Error:
                continue


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    return 0


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _bytes(pid: int) -> tuple[int, int]:
    """Bytes asked of and handed to files, cached or not: what an engine moves, whatever the page cache spares it."""
    told = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text(encoding="utf-8").splitlines())
    return int(told["rchar"]), int(told["wchar"])


def watch(
    command: Sequence[str],
    marks: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    beside: Sequence[int] = (),
    limit_mib: int | None = None,
) -> Watched:
    """Runs a command to its end, watching it and the processes `beside` it (pids of a cluster's daemons).

    The command's output goes to `log`; `marks` is where it writes its steps (JSON lines). What takes more than
    `limit_mib` is ended before the machine has no memory left for anybody.
    """
    over = None
    marks.unlink(missing_ok=True)
    with log.open("w", encoding="utf-8") as out:
        began = time.time()
        process = subprocess.Popen(list(command), stdout=out, stderr=out, env=None if env is None else dict(env))  # noqa: S603
        tree = _Tree(psutil.Process(process.pid), [psutil.Process(pid) for pid in beside])
        samples = []
        try:
            while process.poll() is None:
                samples.append(tree.sample())
                if limit_mib is not None and samples[-1].pss >> 20 > limit_mib:
                    over = samples[-1].pss >> 20
                    break
                time.sleep(EVERY)
        finally:
            _end(process, at_once=over is not None)
    return Watched(process.returncode, began, time.time(), samples, list(_read(marks)), over)


def _end(process: subprocess.Popen[bytes], at_once: bool) -> None:
    """Ends what still runs, with all it started; `at_once` without a chance to tidy up."""
    if process.poll() is not None:
        return
    started = psutil.Process(process.pid).children(recursive=True)
    for one in (process, *started):
        with suppress(psutil.Error, ProcessLookupError):
            one.kill() if at_once else one.terminate()
    process.wait()


def mark(path: Path, step: str, event: str) -> None:
    """What the watched process writes: a step begins or ends now."""
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps([time.time(), step, event]) + "\n")


def _read(path: Path) -> Iterator[tuple[float, str, str]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            at, step, event = json.loads(line)
            yield float(at), str(step), str(event)
