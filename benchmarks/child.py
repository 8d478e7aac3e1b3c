"""What is watched: one whole run, one run of chosen detectors, or a peer – each in a process of its own.

Why: a process of its own starts with cold engines and empty memory, like a user's. The whole run is the very function
the command line calls; the race runs the same steps with the cards of the detectors the peer computes, and no other.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import stages
from benchmarks.probe import mark
from jobs.orchestration.request import RunRequest
from jobs.runtime.period import parse_period
from jobs.runtime.settings import read_settings, switch_telemetry_off
from jobs.runtime.storage import Home

RACED_STEPS = ("raw", "validated", "features")


@dataclass(frozen=True)
class Order:
    """What to do, handed over as a JSON file."""

    what: str
    landing: Path
    home: Path
    period: str
    marks: Path
    engine: str = "sail"
    detectors: tuple[str, ...] = ()
    memory_mib: int = 4096

    @property
    def writes(self) -> Path:
        """Where the writes of a run are noted (benchmarks.stages)."""
        return self.marks.with_name("writes.jsonl")

    @classmethod
    def read(cls, path: Path) -> Order:
        """The order in a file."""
        told = json.loads(path.read_text(encoding="utf-8"))
        paths = {name: Path(told[name]) for name in ("landing", "home", "marks")}
        return cls(**{**told, **paths, "detectors": tuple(told.get("detectors", ()))})

    def write(self, path: Path) -> None:
        """Writes the order."""
        path.write_text(json.dumps({**self.__dict__}, default=str), encoding="utf-8")

    @property
    def months(self) -> tuple[str, str]:
        """First and last month."""
        period = parse_period(self.period)
        return period.begin, period.end

    def notify(self, step: str, event: str) -> None:
        """Listener of the chain: begins and ends of steps go to the marks."""
        word = event.partition(" ")[0]
        if word in ("start", "done"):
            mark(self.marks, step, word)

    def request(self) -> RunRequest:
        """The run as the command line would ask for it."""
        return RunRequest(
            home=Home(self.home),
            period=parse_period(self.period),
            started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            landing=self.landing,
            engine=self.engine,
        )


def whole(order: Order) -> None:
    """`fundwatch run`."""
    from typing import cast

    from fundwatch.progress import Progress
    from fundwatch.run import execute

    execute(order.request(), cast("Progress", order.notify))


def raced(order: Order) -> None:
    """Landing to evidence and indicators with the cards of `order.detectors`: what the peers compute, no more."""
    from jobs.orchestration.chain import run_step
    from jobs.runtime.engine import open_engine

    request = order.request()
    engine = open_engine(order.engine, read_settings())
    try:
        for step in RACED_STEPS:
            run_step(step, request, engine.spark, engine.name, order.notify)
        order.notify("evidence", "start")
        _evidence(order, request, engine.spark)
        order.notify("evidence", "done")
    finally:
        engine.close()


def _evidence(order: Order, request: RunRequest, spark: Any) -> None:
    from jobs.orchestration.scoring import Keeper, rule_book, validated_tables
    from jobs.runtime.storage import write_months
    from jobs.scores import evidence
    from models.rules.cards import load_cards

    keeper = Keeper(spark, request.home)
    cards = tuple(card for card in load_cards() if card.detector_id in set(order.detectors))
    book = rule_book(keeper, request.period.months, cards=cards)
    try:
        found = evidence.build(validated_tables(spark, request.home, request.period), book)
        write_months(found.evidence, request.home, "scores", "evidence", request.period.months, "stat_month")
    finally:
        keeper.drop()


def duck(order: Order) -> None:
    """The DuckDB peer. Cards and their modules are loaded before its clock starts: it is handed them."""
    from benchmarks.peers import duck as peer
    from benchmarks.peers import knowledge

    knowledge.cards_of(peer.COVERED, {})
    order.notify("peer", "start")
    peer.run(order.landing, order.home, order.months, read_settings().cores, order.memory_mib)
    order.notify("peer", "done")


def polars(order: Order) -> None:
    """The Polars peer, with its knowledge loaded before its clock starts."""
    from benchmarks.peers import knowledge
    from benchmarks.peers import polar as peer

    knowledge.cards_of(peer.COVERED, {})
    order.notify("peer", "start")
    peer.run(order.landing, order.home, order.months)
    order.notify("peer", "done")


WHAT = {"run": whole, "raced": raced, "duckdb": duck, "polars": polars}


def main() -> None:
    """`python -m benchmarks.child ORDER.json`."""
    switch_telemetry_off()
    order = Order.read(Path(sys.argv[1]))
    first_to_go()
    if order.what in ("run", "raced"):
        stages.listen(order.writes)
    WHAT[order.what](order)


def first_to_go() -> None:
    """Where memory runs out, the kernel ends what is measured and nobody else's work."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main()
