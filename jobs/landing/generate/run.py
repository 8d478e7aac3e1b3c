"""The public entry: plans an area, makes its shards in up to two processes, writes the landing zone and the truth
beside it.

Why: every shard has its own random stream, so the files do not depend on how many processes made them.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from jobs.catalogue import TABLES
from jobs.landing.generate import dirt as dirt_rows
from jobs.landing.generate import oversight, registers, shard, truth
from jobs.landing.generate import world as plan
from jobs.landing.generate.truth import GenerationSummary, ShardTruth
from jobs.landing.generate.writer import Format, Writer

Progress = Callable[[str, float], None]
SMALL = 600_000  # lines; below this a second process costs more than it saves
MOST_WORKERS = 2
_world: plan.World | None = None


def generate(
    out: Path,
    *,
    lines: int,
    period: tuple[str, str],
    seed: int,
    fmt: Format,
    progress: Progress | None = None,
    workers: int | None = None,
    dirt: float = 0.0005,
) -> GenerationSummary:
    """Write a synthetic pooling area of about `lines` fee lines (±3 %) below `out`, its truth into `<out>_truth`.

    `period` = first and last month (`YYYY-MM`); `dirt` = share of rows spoiled in each way the loader must quarantine.
    The same arguments give the same files whatever `workers` is. Raises ValueError on a bad period, format or size.
    """
    started = time.monotonic()
    if lines < 1_000 or fmt not in ("csv", "parquet"):
        raise ValueError(f"cannot generate {lines} lines as {fmt}: at least 1000 lines, format csv or parquet")
    tell = progress or (lambda _text, _share: None)
    tell("planning the area", 0.0)
    world = plan.build(lines, period, seed)
    _clear(out)
    register = Writer(out, fmt, "0000")
    registers.write(world, register)
    oversight.write(world, register)
    results = _all_shards(world, out, fmt, _workers(lines, workers), tell)
    truth_folder = out.with_name(out.name + "_truth")
    dirty = dirt_rows.spoil(out, fmt, lines, dirt)
    planted, amount = truth.write(truth_folder, world, results, dirty)
    rows = _count_rows(register, results, len(dirty))
    summary = _summary(world, out, rows, planted, amount, len(dirty), time.monotonic() - started)
    truth.write_summary(truth_folder, summary)
    tell("done", 1.0)
    return summary


def _summary(
    world: plan.World, out: Path, rows: dict[str, int], planted: int, amount: float, dirty: int, seconds: float
) -> GenerationSummary:
    return GenerationSummary(
        out=out.name,
        truth=out.name + "_truth",
        lines=rows["fee_list_d"],
        rows=rows,
        institutions=len(world.profile),
        planted_institutions=len({p.institution for p in world.cast.plants}),
        plants=len(world.cast.plants),
        decoys=len(world.cast.roles),
        planted_lines=planted,
        disputed_amount=round(amount, 2),
        dirty_rows=dirty,
        seconds=round(seconds, 1),
    )


def _all_shards(world: plan.World, out: Path, fmt: Format, workers: int, tell: Progress) -> list[ShardTruth]:
    """Make every shard; the results in the order of the shards, whichever was done first."""
    done: dict[int, ShardTruth] = {}
    for number, result in _shards(world, out, fmt, workers):
        done[number] = result
        tell(f"shard {len(done)} of {len(world.shards)}", 0.05 + 0.93 * len(done) / len(world.shards))
    return [done[number] for number in sorted(done)]


def _count_rows(register: Writer, results: list[ShardTruth], dirty: int) -> dict[str, int]:
    """Rows per table over the registers, all shards and the file of spoiled rows."""
    parts = [register.rows, *(r.rows for r in results), {"fee_list_d": dirty}]
    return {name: sum(part.get(name, 0) for part in parts) for name in sorted({n for part in parts for n in part})}


def _workers(lines: int, asked: int | None) -> int:
    if asked is None:
        asked = 1 if lines < SMALL else min(MOST_WORKERS, os.cpu_count() or 1)
    return max(1, min(MOST_WORKERS, asked))


def _clear(out: Path) -> None:
    """Take away the tables an earlier run left; nothing but folders named like a table of the contract is touched."""
    for name in TABLES:
        if (out / name).is_dir():
            shutil.rmtree(out / name)
    out.mkdir(parents=True, exist_ok=True)


def _shards(world: plan.World, out: Path, fmt: Format, workers: int) -> Iterator[tuple[int, ShardTruth]]:
    """Make all shards, largest first; yields each with its number as it is done."""
    if workers == 1:
        for number in range(len(world.shards)):
            yield number, shard.make(world, number, out, fmt)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=_start,
        initargs=(world.lines, (world.calendar.begin, world.calendar.end), world.seed),
    ) as pool:
        tasks = {pool.submit(_make, number, out, fmt): number for number in range(len(world.shards))}
        for task in as_completed(tasks):
            yield tasks[task], task.result()


def _start(lines: int, period: tuple[str, str], seed: int) -> None:
    """In a new process: plan the same area again; cheaper than sending it."""
    global _world  # noqa: PLW0603 – one plan per process
    _world = plan.build(lines, period, seed)


def _make(number: int, out: Path, fmt: Format) -> ShardTruth:
    if _world is None:
        raise RuntimeError("a worker started without its plan")
    return shard.make(_world, number, out, fmt)
