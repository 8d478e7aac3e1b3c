"""The facts as Prometheus text.

Why: one collector that tells what was just gathered; there is nothing to count between two scrapes, and a gauge that
no longer exists (an area taken away) disappears by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jobs.operations.facts import Facts
from jobs.operations.judge import ACT, LATE, notices

Sample = tuple[Iterable[str], float]


class _Told(Collector):
    """A collector of one reading."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def collect(self) -> Iterator[Metric]:
        yield from _office(self.facts)
        yield from _runs(self.facts)
        yield from _content(self.facts)
        yield from _timetable(self.facts)


def text(facts: Facts) -> bytes:
    """The facts in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Told(facts))
    return generate_latest(registry)


def _gauge(name: str, meaning: str, labels: list[str], samples: Iterable[Sample]) -> Metric:
    family = GaugeMetricFamily(f"fundwatch_{name}", meaning, labels=labels)
    for values, figure in samples:
        family.add_metric(list(values), float(figure))
    return family


def _each(facts: Facts, of: str) -> Iterator[Sample]:
    """How many of something each area has."""
    return (((one.area,), len(getattr(one, of))) for one in facts.areas)


def _office(facts: Facts) -> Iterator[Metric]:
    yield _gauge("service_up", "1 = the service answers", ["service"], (((n,), up) for n, up in facts.services.items()))
    if facts.workers is not None:
        yield _gauge("spark_workers", "Spark workers alive", [], [((), facts.workers)])
    disks = facts.disks
    yield _gauge("disk_free_bytes", "free bytes of the disk", ["place"], (((one.place,), one.free) for one in disks))
    yield _gauge("disk_bytes", "size of the disk in bytes", ["place"], (((one.place,), one.total) for one in disks))
    champions = (((name,), version) for name, version in facts.champions.items())
    yield _gauge("champion_version", "model version the registry names champion", ["model"], champions)
    if facts.backup is not None:
        yield _gauge("backup_age_seconds", "age of the newest backup", [], [((), _age(facts, facts.backup))])
    count = Counter((one.area, one.level) for one in notices(facts))
    keys = [(area, level) for area in ("", *(one.area for one in facts.areas)) for level in (ACT, LATE)]
    yield _gauge("notices", "things to see to; area empty = office", ["area", "level"], ((k, count[k]) for k in keys))


def _runs(facts: Facts) -> Iterator[Metric]:
    found = [(one.area, one.latest) for one in facts.areas if one.latest]
    finished = [((area,), run.finished.timestamp()) for area, run in found]
    yield _gauge("last_run_timestamp_seconds", "when the released list was finished", ["area"], finished)
    yield _gauge("last_run_age_seconds", "its age", ["area"], (((a,), _age(facts, run.finished)) for a, run in found))
    labels = ["area", "run_id", "period", "engine", "code_version", "knowledge_version"]
    info = [((a, r.run_id, r.period, r.engine, r.code_version, r.knowledge_version), 1.0) for a, r in found]
    yield _gauge("last_run_info", "which run is released; always 1", labels, info)
    scored = [((area,), float(run.champion)) for area, run in found if run.champion is not None]
    yield _gauge("last_run_champion_version", "model version it was scored with", ["area"], scored)


def _content(facts: Facts) -> Iterator[Metric]:
    ran = [one for one in facts.areas if one.latest]
    cases = [((one.area, *key), number) for one in ran for key, number in one.cases.items()]
    meaning = "cases of the released list; cells below 5 institutions stand under `other`"
    yield _gauge("cases", meaning, ["area", "clinical_area", "verdict_hint"], cases)
    yield _gauge("rows_in", "rows landed for it", ["area"], (((one.area,), one.rows.rows_in) for one in ran))
    yield _gauge("rows_accepted", "rows that passed", ["area"], (((one.area,), one.rows.accepted) for one in ran))
    refused = [((one.area, reason), rows) for one in ran for reason, rows in one.rows.quarantined.items()]
    yield _gauge("rows_quarantined", "rows held back, by reason", ["area", "reason"], refused)
    yield _gauge("detectors", "detectors that ran for it", ["area"], (((one.area,), one.detectors) for one in ran))
    blind = [((one.area, reason), number) for one in ran for reason, number in one.unjudged.items()]
    yield _gauge("detectors_not_evaluable", "detectors that could judge nobody", ["area", "reason"], blind)


def _timetable(facts: Facts) -> Iterator[Metric]:
    steps = [(one.area, name, step) for one in facts.areas for name, step in one.steps.items()]
    taken = [((area, name), step.seconds) for area, name, step in steps]
    yield _gauge("step_seconds", "seconds the last attempt of a step took", ["area", "step"], taken)
    failed = [((area, name), float(step.outcome != "done")) for area, name, step in steps]
    yield _gauge("step_failed", "1 = the last attempt of a step failed", ["area", "step"], failed)
    yield _gauge("months_waiting", "months landed but not scored", ["area"], _each(facts, "waiting"))
    yield _gauge("months_incomplete", "months still being copied", ["area"], _each(facts, "incomplete"))
    yield _gauge("drafts_waiting", "drafted lists nobody released", ["area"], _each(facts, "drafts"))
    yield _gauge("layers_outdated", "layers written by another version", ["area"], _each(facts, "outdated"))


def _age(facts: Facts, when: datetime) -> float:
    return (facts.now - when).total_seconds()
