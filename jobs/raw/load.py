"""Brings a landing folder into the raw layer: one pass, spread over the engine's workers, moved in month by month.

Reads: the files of a landing plan.
Grain: `raw/<table>` one row per row of a file that can be read; `quarantine/<table>` one per row that cannot.
Why: the engines cannot read the dirty CSV areas hand over (encodings, quotes, broken rows, row numbers), Arrow can; the
engine only spreads the work. Nothing appears under its final name before every file was read to its end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
from pyspark.sql import SparkSession

from jobs.catalogue import table as contract_table
from jobs.catalogue.landing_plan import LandingPlan
from jobs.catalogue.raw_report import RawReport
from jobs.raw.handed import digests
from jobs.raw.lookup import load_lookup, takes_of
from jobs.raw.pseudonym import Pseudonyms
from jobs.raw.task import Task, make_tasks, pack
from jobs.raw.worker import ALL, BROKEN_FILE, Worker
from jobs.raw.write import TEMPORARY
from jobs.runtime.errors import InputError
from jobs.runtime.landing_files import BrokenFile
from jobs.runtime.log import get_logger
from jobs.runtime.settings import available_cores
from jobs.runtime.storage import UNKNOWN, Home, move_in, write_whole
from jobs.runtime.unchanged import Unchanged

log = get_logger("raw")
RAW = "raw"
FRESH = ".new-load"
REPORT = "report.json"
COUNTS = "table string, month string, reason string, rows long, file string, note string"
COUNT_SCHEMA = pa.schema(
    [(name, pa.int64() if name == "rows" else pa.string()) for name in (part.split()[0] for part in COUNTS.split(", "))]
)
WRITTEN = "accepted"
WORTH_A_PROCESS = 64 << 20  # bytes of a bin; smaller ones are read before a process has started


def load(
    plan: LandingPlan,
    home: Home,
    spark: SparkSession,
    salt: bytes,
    months: Sequence[str] = (),
    tables: Sequence[str] | None = None,
    slots: int = 0,
    code: str | None = None,
) -> RawReport:
    """Loads the planned tables (all, or the named ones) into raw/ and quarantine/ and says what came in.

    `months`: months of the period; those without a row in the landing folder end up empty. Months outside stay as an
    earlier load left them. `slots`: how many workers share the files (0 = two per core of this machine). `code`: the
    program's version; with it, tables without months that lie there from the very same files stay as they are.
    Raises InputError naming every file that turned out broken; the home folder is then as it was.
    """
    names = [planned.name for planned in plan.tables if tables is None or planned.name in tables]
    handed = {} if code is None else digests(plan, names, salt, code)
    entries = Unchanged(home, RAW)
    kept = _kept(entries, handed)
    loaded = [name for name in names if name not in kept]
    fresh = home.root / "raw" / FRESH
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        tasks = [task for task in make_tasks(plan, names) if task.table not in kept]
        counts = _count_rows(spark, tasks, plan, loaded, fresh, salt, slots or 2 * available_cores())
        _raise_broken(plan, [row for row in counts if row["reason"] == BROKEN_FILE])
        report = _report(plan, counts, names)
        entries.forget([*loaded, *plan.missing])
        touched = _move_in(fresh, home, report, loaded, plan, months, tables is None)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _save(report, home, touched)
    entries.note({name: handed[name] for name in loaded if name in handed}, dict.fromkeys(loaded, ""))
    _tell(report)
    return report


def _kept(entries: Unchanged, handed: Mapping[str, str]) -> set[str]:
    """Tables that lie there from the very files handed over now, and are counted in the report."""
    known = read_report(entries.home)
    same = {name for name, digest in handed.items() if entries.told(name, digest) is not None}
    kept = same & set(known.tables) if known else set()
    if kept:
        log.info("as they were, not loaded again: %s", ", ".join(sorted(kept)))
    return kept


def _count_rows(
    spark: SparkSession, tasks: list[Task], plan: LandingPlan, names: list[str], fresh: Path, salt: bytes, slots: int
) -> list[dict[str, Any]]:
    if not tasks:
        return []
    bins = pack(tasks, slots)
    work = _work(bins, plan, names, str(fresh), salt)
    counted = spark.range(0, len(bins), 1, len(bins)).mapInArrow(work, COUNTS)
    return counted.toArrow().to_pylist()


def _work(
    bins: list[list[Task]], plan: LandingPlan, names: list[str], fresh: str, salt: bytes
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker runs: the tasks of the bins it is given. The salt travels in here, never in a query's text."""
    lookups = [(lookup, takes) for lookup in plan.lookups if (takes := takes_of(plan, names).get(lookup.name))]
    driver = os.getpid()

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for at in batch.column(0).to_pylist():
                inside = os.getpid() == driver and sum(task.size for task in bins[at]) >= WORTH_A_PROCESS
                yield (_apart if inside else _run_bin)(bins[at], lookups, fresh, salt)

    return work


def _apart(tasks: list[Task], lookups: list[Any], fresh: str, salt: bytes) -> pa.RecordBatch:
    """The same in a process of its own: an engine inside ours has all its workers share one interpreter, in which only
    one of them at a time may look at a value of Python.
    """
    afresh = get_context("spawn")  # a fork would inherit locks of other threads
    with ProcessPoolExecutor(1, afresh, initializer=_end_with_parent) as process:
        return process.submit(_run_bin, tasks, lookups, fresh, salt).result()


def _end_with_parent() -> None:
    """From now on this process ends when the one that started it is gone, even killed: what is left of a load must not
    go on writing where the next one writes.
    """
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _run_bin(tasks: list[Task], lookups: list[Any], fresh: str, salt: bytes) -> pa.RecordBatch:
    rows: list[dict[str, Any]] = []
    try:
        held = {plan.name: load_lookup(plan, takes) for plan, takes in lookups}
    except BrokenFile as fault:
        return _batch([_broken("", str(fault))])
    worker = Worker(Path(fresh), held, Pseudonyms(salt))
    for task in tasks:
        try:
            counts = worker.run(task)
        except BrokenFile as fault:
            rows.append(_broken(task.table, str(fault)))
            continue
        for (table, month, reason, file), number in counts.items():
            rows.append(dict(table=table, month=month, reason=reason or WRITTEN, rows=number, file=file, note=None))
    return _batch(rows)


def _broken(table: str, note: str) -> dict[str, Any]:
    return {"table": table, "month": "", "reason": BROKEN_FILE, "rows": 0, "file": "", "note": note}


def _batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=COUNT_SCHEMA)


def _raise_broken(plan: LandingPlan, broken: list[dict[str, Any]]) -> None:
    if broken:
        listed = "".join(f"\n  - {note}" for note in sorted({row["note"] for row in broken}))
        raise InputError(
            f"reading the landing folder {Path(plan.landing).name}",
            f"files that cannot be read to their end:{listed}",
            "\nHand them over again; the home folder is as it was.",
        )


def _report(plan: LandingPlan, counts: list[dict[str, Any]], names: list[str]) -> RawReport:
    planned = [plan.table(name) for name in names]
    report = RawReport(
        mapping=plan.mapping,
        tables={name: {} for name in names},
        available={held.name: held.available for held in planned},
        unmapped={held.name: held.unmapped for held in planned if held.unmapped},
        extra=dict(plan.extra),
        missing=plan.missing,
        dictionaries=dict(plan.dictionaries),
        notes=plan.notes,
    )
    for row in sorted(counts, key=lambda row: (row["table"], row["month"], row["reason"])):
        report.count(row["table"], row["month"], None if row["reason"] == WRITTEN else row["reason"], row["rows"])
    return report


def _move_in(
    fresh: Path, home: Home, report: RawReport, names: list[str], plan: LandingPlan, months: Sequence[str], whole: bool
) -> set[tuple[str, str]]:
    """Puts every month in its place; returns the (table, month) pairs that now hold what this load brought."""
    touched: set[tuple[str, str]] = set()
    for stray in fresh.rglob(f".*{TEMPORARY}"):
        stray.unlink()
    for name in [*names, *(plan.missing if whole else ())]:
        monthly = contract_table(name).month_column is not None
        for layer in ("raw", "quarantine"):
            home.table(layer, name).mkdir(parents=True, exist_ok=True)
        for month in {*report.tables.get(name, ()), *((*months, UNKNOWN) if monthly else (ALL,))}:
            for layer in ("raw", "quarantine"):
                folder = fresh / layer / name / f"month={month}"
                if folder.is_dir() or home.month(layer, name, month).exists():
                    move_in(folder if folder.is_dir() else None, home, layer, name, month)
            touched.add((name, month))
    return touched


def _save(report: RawReport, home: Home, touched: set[tuple[str, str]]) -> None:
    place = home.root / "raw" / REPORT
    if place.exists():
        report.keep_untouched(RawReport.from_json(place.read_text(encoding="utf-8")), touched)
    write_whole(place, report.to_json())


def _tell(report: RawReport) -> None:
    for table, columns in report.unmapped.items():
        log.warning("%s: not handed over: %s", table, ", ".join(columns))
    told: dict[tuple[str, ...], list[str]] = {}
    for file, columns in report.extra.items():
        told.setdefault(columns, []).append(file)
    for columns, files in told.items():
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        log.warning("%s%s: columns ignored: %s", files[0], more, ", ".join(columns))


def read_report(home: Home) -> RawReport | None:
    """What the loads of this home folder brought in, None before the first."""
    place = home.root / "raw" / REPORT
    return RawReport.from_json(place.read_text(encoding="utf-8")) if place.exists() else None
