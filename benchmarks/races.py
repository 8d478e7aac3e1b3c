"""What is measured, each as one record: whole runs, races against a peer, one more month, a cluster, parity.

Grain: one record per measurement (see benchmarks.store); seconds, CPU, memory and bytes per step and in all.
Why: every measurement can be asked for alone, and one that is there is not repeated.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import areas, cluster, compare_rows, deliveries, machine, spark_log, stages
from benchmarks.areas import Area
from benchmarks.peers import knowledge
from benchmarks.probe import Watched
from benchmarks.store import Record, Store
from benchmarks.watching import Failed, Watcher
from jobs.runtime.errors import TemporaryFault
from jobs.runtime.period import parse_period
from jobs.runtime.settings import available_cores, total_memory
from models.rules import KINDS

PEERS = ("duckdb", "polars")


@dataclass(frozen=True)
class Bench:
    """Where it works, where results go, and who is told. `again` = measure although a result is there."""

    work: Path
    results: Path
    tell: Callable[[str], None]
    again: bool = False

    @property
    def store(self) -> Store:
        """The finished measurements."""
        return Store(self.results)

    @property
    def watcher(self) -> Watcher:
        """Starts and watches what is measured."""
        return Watcher(self.work)

    def run(self, area: Area, engine: str) -> Record:
        """The whole `fundwatch run`."""
        return self._measured(f"run-{engine}-{area.label}{_suffix(area)}", area, lambda: self._run(area, engine))

    def race(self, area: Area, peer: str, engine: str = "sail", turn: int = 1) -> Record:
        """The peer against our steps restricted to the detectors the peer computes; results compared row by row.

        `turn`: the how manieth race of the two; every one is kept, since on a shared machine one alone is luck.
        """
        name = f"race-{peer}-{engine}-{area.label}" + (f"-{turn}" if turn > 1 else "")
        return self._measured(name, area, lambda: self._race(area, peer, engine))

    def month(self, area: Area, engine: str) -> Record:
        """The last month handed over to a home that holds all months before it."""
        return self._measured(f"month-{engine}-{area.label}", area, lambda: self._month(area, engine))

    def cluster(self, area: Area) -> Record:
        """The whole run on a standalone master with two workers that share this machine's cores."""
        return self._measured(f"run-cluster-{area.label}", area, lambda: self._cluster(area))

    def parity(self, area: Area, engine: str) -> Record | None:
        """Evidence and list of the embedded engine against another's, row by row; None while one was not run."""
        ours, theirs = (self.kept(f"run-{name}-{area.label}") for name in ("sail", engine))
        if not (ours.exists() and theirs.exists()):
            self.tell(f"parity {area.label}: nothing kept of both engines")
            return None
        told = {"what": "parity", "engine": engine}
        name = f"parity-{engine}-{area.label}"
        return self._measured(name, area, lambda: told | compare_rows.runs(ours, theirs), again=True)

    def kept(self, name: str) -> Path:
        """Where evidence and list of a run stay for comparing, when the rest of its home is gone."""
        return self.work / "kept" / name

    def _measured(self, what: str, area: Area, make: Callable[[], Record], again: bool = False) -> Record:
        on = {"machine": machine.facts()}
        name = f"{what}@{machine.kind(on)}"  # what another machine measured is neither this one's nor written over
        known = None if self.again or again else self.store.get(name)
        if known is not None:
            self.tell(f"{name}: measured on {known['machine']['at']} ({known['machine']['code_version']}), kept")
            return known
        areas.room(self.work, area.lines, areas.WORKED, f"measuring {name} on")
        self.tell(f"{name}: {area.lines:,} lines …")
        about = {
            "name": name, "lines": area.lines, "label": area.label, "period": area.period, "format": area.format,
            "institutions": areas.institutions(area), "landed": areas.files(area.landing),
        }  # fmt: skip
        record = {**about, **on, **make()}
        self.store.put(name, record)
        shutil.rmtree(self.work / "now", ignore_errors=True)
        self.tell(f"{name}: {record['told']}")
        return record

    def _run(self, area: Area, engine: str) -> Record:
        return {
            "what": "run",
            "engine": engine,
            **self._whole(f"run-{engine}-{area.label}{_suffix(area)}", area, engine),
        }

    def _whole(self, name: str, area: Area, engine: str, beside: tuple[int, ...] = ()) -> Record:
        """Figures of a whole run, what its engine tells, what it left; its evidence and list are kept."""
        seen = self.watcher.watched("run", self.watcher.order("run", area, engine), beside=beside)
        place = self.watcher.place("run")
        compare_rows.keep(place / "home", self.kept(name))
        told = spark_log.moved(place / "spark")
        found = stages.spent(stages.read(place / "writes.jsonl"), seen.marks)
        return {
            **_figures(seen), **({"spark": told} if told else {}),
            "stages": [] if told else found,  # a Java beside the process has its own CPU seconds
            "home": areas.layers(place / "home"),
            "evidence": compare_rows.rows_by_detector(place / "home"),
        }  # fmt: skip

    def _race(self, area: Area, peer: str, engine: str) -> Record:
        about = {"what": "race", "peer": peer, "engine": engine}
        known = knowledge.cards_of(KINDS, knowledge.available(area.landing))
        try:
            theirs = self.watcher.watched("peer", self.watcher.order(peer, area, engine, home="peer"))
        except Failed as fault:  # a peer that does not get there is a result
            return {**about, "of_detectors": len(known), "failed": fault.wrong, "told": f"{peer}: {fault.wrong}"}
        facts = compare_rows.peer_facts(self.watcher.place("peer") / "home")
        order = self.watcher.order("raced", area, engine, home="raced", detectors=tuple(facts["detectors"]))
        ours = self.watcher.watched("raced", order)
        mine, other = (self.watcher.place(name) / "home" for name in ("raced", "peer"))
        return {
            **about, "ours": _figures(ours), "theirs": _script(theirs), "parts": facts["seconds"],
            "detectors": facts["detectors"], "of_detectors": len(known),
            "compared": compare_rows.both(mine, other, facts["detectors"]),
            "told": f"ours {ours.whole()['wall']} s, {peer} {_script(theirs)['whole']['wall']} s",
        }  # fmt: skip

    def _month(self, area: Area, engine: str) -> Record:
        months = parse_period(area.period).months
        if len(months) < 2:  # noqa: PLR2004
            raise TemporaryFault(f"adding a month to {area.period}", "it is one month.", "Give an area of several.")
        before, then = deliveries.parted(area.landing, months[-1], self.work / "now" / "deliveries")
        year = Area(area.label, before, f"{months[0]}..{months[-2]}", area.lines)
        first = self.watcher.watched("month", self.watcher.order("run", year, engine, home="month"))
        last = Area(area.label, then, f"{months[-1]}..{months[-1]}", area.lines)
        month = self.watcher.watched("month", self.watcher.order("run", last, engine, home="month"), fresh=False)
        return {"what": "month", "engine": engine, "before": _figures(first), **_figures(month)}

    def _cluster(self, area: Area) -> Record:
        daemons = self.work / "now" / "daemons"
        with cluster.two_workers(daemons, available_cores(), total_memory() // 2) as (master, pids):
            return {
                "what": "run", "engine": "cluster",
                **self._whole(f"run-cluster-{area.label}", area, master, beside=tuple(pids)),
            }  # fmt: skip


def _figures(seen: Watched) -> dict[str, Any]:
    whole = seen.whole()
    return {"whole": whole, "steps": seen.steps(), "told": f"{whole['wall']} s, peak {whole['peak_mib']} MiB"}


def _script(seen: Watched) -> dict[str, Any]:
    """A peer's figures: from the first to the last line of its script, as if it had been handed its cards in files."""
    used = seen.steps()["peer"]
    return {"whole": {**used, "peak_mib": seen.whole()["peak_mib"]}, "steps": {}}


def _suffix(area: Area) -> str:
    return "" if area.format == "parquet" else f"-{area.format.replace('.', '')}"
