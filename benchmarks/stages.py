"""Where the seconds of a run go: every table and every kept frame that is written, seen from outside the product.

Reads: the Parquet writes of the measured process, noted as they begin and end with the CPU seconds of that process.
Grain: one entry per step and frame: seconds of wall and of CPU, and whether a rule kind asked for it.
Why: engines work when something is written, so the writes are the stages; the product itself need not be changed to be
watched. Frames written side by side share the CPU seconds they ran together evenly, so that the sum is the truth.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

SCRATCH, FOUND = ".scratch", "found-"
_TOLD = re.compile(r"[.=]|^all$")  # months and unfinished folders: not part of a table's name


@dataclass(frozen=True)
class Event:
    """A write begins or ends: seconds since the epoch, CPU seconds of the process so far."""

    at: float
    cpu: float
    write: int
    name: str
    begins: bool


def listen(log: Path) -> None:
    """From now on every Parquet write of this process is noted in `log`, whichever engine does it."""
    from pyspark.sql import readwriter as classic
    from pyspark.sql.connect import readwriter as connect

    log.unlink(missing_ok=True)
    for writer in (classic.DataFrameWriter, connect.DataFrameWriter):
        setattr(writer, "parquet", _noted(writer.parquet, log))  # noqa: B010 – a method of a library is replaced


def _noted(parquet: Callable[..., Any], log: Path) -> Callable[..., Any]:
    @wraps(parquet)
    def noting(writer: Any, path: str, *more: Any, **named: Any) -> Any:
        write = time.monotonic_ns()
        _note(log, write, path, begins=True)
        try:
            return parquet(writer, path, *more, **named)
        finally:
            _note(log, write, path, begins=False)

    return noting


def _note(log: Path, write: int, path: str, begins: bool) -> None:
    told = [time.time(), time.process_time(), write, frame_name(path), begins]
    with log.open("a", encoding="utf-8") as out:
        out.write(json.dumps(told) + "\n")


def frame_name(path: str) -> str:
    """`…/scores/evidence/.new-months` is scores/evidence; `….scratch/012-found-over_price` is found-over_price."""
    parts = Path(path).parts
    if SCRATCH in parts:
        return re.sub(r"^\d+-", "", parts[parts.index(SCRATCH) + 1])
    named = [part for part in parts if not _TOLD.search(part)]
    return "/".join(named[-2:])


def read(log: Path) -> list[Event]:
    """The events of a finished process, in the order they happened; none where nobody listened."""
    if not log.exists():
        return []
    told = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    return sorted((Event(*one) for one in told), key=lambda event: event.at)


def spent(events: Iterable[Event], marks: Iterable[tuple[float, str, str]]) -> list[dict[str, Any]]:
    """Wall and CPU seconds per step and frame, the dearest first. `marks`: moment, step, 'start' or 'done'."""
    began = [(at, step) for at, step, event in marks if event == "start"]
    sums: dict[tuple[str, str], list[float]] = {}
    for name, at, wall, cpu in _shares(events):
        step = max((one for one in began if one[0] <= at), default=(0.0, ""))[1]
        both = sums.setdefault((step, name), [0.0, 0.0])
        both[0] += wall
        both[1] += cpu
    found = [
        {"step": step, "name": name.removeprefix(FOUND), "kind": name.startswith(FOUND),
         "wall": round(wall, 2), "cpu": round(cpu, 2)}
        for (step, name), (wall, cpu) in sums.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one["cpu"])


def _shares(events: Iterable[Event]) -> Iterator[tuple[str, float, float, float]]:
    """Name, moment, wall and CPU seconds of every stretch between two events, shared evenly by the writes open then."""
    opened: dict[int, str] = {}
    last: Event | None = None
    for event in events:
        for name in opened.values():
            if last is not None:
                yield name, last.at, (event.at - last.at) / len(opened), (event.cpu - last.cpu) / len(opened)
        if event.begins:
            opened[event.write] = event.name
        else:
            opened.pop(event.write, None)
        last = event


def of_step(stages: Iterable[Mapping[str, Any]], step: str, used: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The frames of a step and, last, what it spent beside them: plans, and writes of the process's own."""
    own = [dict(one) for one in stages if one["step"] == step]
    rest = float(used.get("cpu", 0.0)) - sum(one["cpu"] for one in own)
    return [*own, {"step": step, "name": "", "kind": False, "cpu": round(max(rest, 0.0), 2)}]
