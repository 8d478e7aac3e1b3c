"""What is measured, each as one record: whole runs, races against a peer, one more month, a cluster.

Grain: one record per measurement (see benchmarks.store); seconds, CPU, memory and bytes per step and in all.
Why: every measurement can be asked for alone, and one that is there is not repeated.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import areas, cluster, compare_rows, machine, spark_log
from benchmarks.areas import Area
from benchmarks.child import Order
from benchmarks.peers import knowledge
from benchmarks.probe import Watched, watch
from benchmarks.store import Record, Store
from jobs.runtime.errors import FundwatchError, TemporaryFault
from jobs.runtime.period import parse_period
from jobs.runtime.settings import available_cores, total_memory
from models.rules import KINDS

PEERS = ("duckdb", "polars")
PEER_MEMORY = 0.6  # share of the machine's memory a peer may hold before it must spill


@dataclass(frozen=True)
class Bench:
    """Where it works, where results go, and who is told. `again` = measure although a result is there."""

    work: Path
    tell: Callable[[str], None]
    again: bool = False

    @property
    def store(self) -> Store:
        """The finished measurements."""
        return Store(self.work / "results")

    def run(self, area: Area, engine: str) -> Record:
        """The whole `fundwatch run`."""
        return self._measured(f"run-{engine}-{area.label}{_suffix(area)}", area, lambda: self._run(area, engine))

    def race(self, area: Area, peer: str, engine: str = "sail") -> Record:
        """The peer against our steps restricted to the detectors the peer computes; results compared row by row."""
        return self._measured(f"race-{peer}-{engine}-{area.label}", area, lambda: self._race(area, peer, engine))

    def month(self, area: Area, engine: str) -> Record:
        """The last month added to a home that holds all months before it."""
        return self._measured(f"month-{engine}-{area.label}", area, lambda: self._month(area, engine))

    def cluster(self, area: Area) -> Record:
        """The whole run on a standalone master with two workers that share this machine's cores."""
        return self._measured(f"run-cluster-{area.label}", area, lambda: self._cluster(area))

    def _measured(self, name: str, area: Area, make: Callable[[], Record]) -> Record:
        known = None if self.again else self.store.get(name)
        if known is not None:
            self.tell(f"{name}: measured on {known['machine']['at']}, kept")
            return known
        areas.room(self.work, area.lines, areas.WORKED, f"measuring {name} on")
        self.tell(f"{name}: {area.lines:,} lines …")
        about = {
            "name": name, "lines": area.lines, "label": area.label, "period": area.period, "format": area.format,
            "institutions": areas.institutions(area),
        }  # fmt: skip
        record = {**about, "machine": machine.facts(), **make()}
        self.store.put(name, record)
        shutil.rmtree(self.work / "now", ignore_errors=True)
        self.tell(f"{name}: {record['told']}")
        return record

    def _run(self, area: Area, engine: str) -> Record:
        seen = self._watched("run", self._order("run", area, engine))
        evidence = compare_rows.rows_by_detector(self._place("run") / "home")
        return {"what": "run", "engine": engine, **_figures(seen), **self._moved("run"), "evidence": evidence}

    def _race(self, area: Area, peer: str, engine: str) -> Record:
        theirs = self._watched("peer", self._order(peer, area, engine, home="peer"))
        facts = compare_rows.peer_facts(self._place("peer") / "home")
        order = self._order("raced", area, engine, home="raced", detectors=tuple(facts["detectors"]))
        ours = self._watched("raced", order)
        compared = compare_rows.both(self._place("raced") / "home", self._place("peer") / "home", facts["detectors"])
        known = knowledge.cards_of(KINDS, knowledge.available(area.landing))
        return {
            "what": "race", "peer": peer, "engine": engine, "ours": _figures(ours), "theirs": _script(theirs),
            "parts": facts["seconds"], "detectors": facts["detectors"], "of_detectors": len(known),
            "compared": compared, "told": f"ours {ours.whole()['wall']} s, {peer} {_script(theirs)['whole']['wall']} s",
        }  # fmt: skip

    def _month(self, area: Area, engine: str) -> Record:
        months = parse_period(area.period).months
        if len(months) < 2:  # noqa: PLR2004
            raise TemporaryFault(f"adding a month to {area.period}", "it is one month.", "Give an area of several.")
        before = Area(area.label, area.landing, f"{months[0]}..{months[-2]}", area.lines)
        first = self._watched("month", self._order("run", before, engine, home="month"))
        last = Area(area.label, area.landing, f"{months[-1]}..{months[-1]}", area.lines)
        then = self._watched("month", self._order("run", last, engine, home="month"), fresh=False)
        return {"what": "month", "engine": engine, "before": _figures(first), **_figures(then)}

    def _cluster(self, area: Area) -> Record:
        memory = total_memory() // 2
        with cluster.two_workers(self._place("cluster") / "daemons", available_cores(), memory) as (master, daemons):
            seen = self._watched("cluster", self._order("run", area, master, home="cluster"), beside=tuple(daemons))
        return {"what": "run", "engine": "cluster", **_figures(seen), **self._moved("cluster")}

    def _place(self, name: str) -> Path:
        return self.work / "now" / name

    def _order(self, what: str, area: Area, engine: str, home: str = "run", detectors: tuple[str, ...] = ()) -> Order:
        place = self._place(home)
        memory = int(total_memory() * PEER_MEMORY)
        return Order(
            what, area.landing.resolve(), place / "home", area.period, place / "marks.jsonl", engine, detectors, memory
        )

    def _watched(self, name: str, order: Order, fresh: bool = True, beside: tuple[int, ...] = ()) -> Watched:
        place = self._place(name)
        if fresh:
            shutil.rmtree(place / "home", ignore_errors=True)
        (place / "home").parent.mkdir(parents=True, exist_ok=True)
        order.write(place / "order.json")
        env = {**os.environ, **self._spark(place, order.engine)}
        command = [sys.executable, "-m", "benchmarks.child", str(place / "order.json")]
        seen = watch(command, order.marks, place / "log", env, beside)
        if seen.code:
            kept = self.store.root.parent / f"failed-{name}.log"
            shutil.copy(place / "log", kept)
            told = (place / "log").read_text(encoding="utf-8").strip().splitlines()[-1:]
            raise Failed(f"measuring {order.what} ({order.engine})", f"it ended with {told}.", f"The log is {kept}.")
        return seen

    def _spark(self, place: Path, engine: str) -> Mapping[str, str]:
        if engine == "sail":
            return {}
        cores, memory = max(1, available_cores() // cluster.WORKERS), total_memory() // 4
        shared = f"spark.executor.cores {cores}\nspark.executor.memory {memory - 512}m\n"
        return spark_log.configure(place / "spark", shared if engine.startswith("spark://") else "")

    def _moved(self, name: str) -> dict[str, Any]:
        found = spark_log.moved(self._place(name) / "spark")
        return {"spark": found} if found else {}


class Failed(FundwatchError):
    """A measured program did not end well."""

    exit_code = 20


def _figures(seen: Watched) -> dict[str, Any]:
    whole = seen.whole()
    return {"whole": whole, "steps": seen.steps(), "told": f"{whole['wall']} s, peak {whole['peak_mib']} MiB"}


def _script(seen: Watched) -> dict[str, Any]:
    """A peer's figures: from the first to the last line of its script, as if it had been handed its cards in files."""
    used = seen.steps()["peer"]
    return {"whole": {**used, "peak_mib": seen.whole()["peak_mib"]}, "steps": {}}


def _suffix(area: Area) -> str:
    return "" if area.format == "parquet" else f"-{area.format.replace('.', '')}"
