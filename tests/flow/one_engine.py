"""Landing to indicators and evidence of a few kinds on one engine, in a process of its own: `one_engine.py ORDER.json`.

Why: one process holds one engine; local Spark takes minutes for every rule, so these kinds stand for the others: pairs,
windows over days and persons, sums above a cap, prices and reports of other tables, and amounts of every formula.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

KINDS = (
    "discounted_repeat", "duplicate_pair", "frequency_cap", "interval_per_person", "over_price", "over_supply",
    "report_missing", "restricted_age",
)  # fmt: skip


def main() -> None:
    from jobs.orchestration.chain import run_step
    from jobs.orchestration.request import RunRequest
    from jobs.orchestration.scoring import Keeper, validated_tables
    from jobs.runtime.engine import open_engine
    from jobs.runtime.period import parse_period
    from jobs.runtime.settings import read_settings
    from jobs.runtime.storage import Home, write_months
    from jobs.scores import evidence
    from models.rules.cards import load_cards

    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    request = RunRequest(
        home=Home(Path(told["home"])), period=parse_period(told["period"]), started="2026-01-05T08:00:00",
        landing=Path(told["landing"]), engine=told["engine"],
    )  # fmt: skip
    engine = open_engine(told["engine"], read_settings())
    keeper = Keeper(engine.spark, request.home)
    try:
        for step in ("raw", "validated", "features"):
            run_step(step, request, engine.spark, engine.name)
        cards = tuple(card for card in load_cards() if card.kind in KINDS)
        book = evidence.RuleBook(months=tuple(request.period.months), cards=cards, keep=keeper.keep)
        found = evidence.build(validated_tables(engine.spark, request.home, request.period), book)
        write_months(found.evidence, request.home, "scores", "evidence", request.period.months, "stat_month")
    finally:
        keeper.drop()
        engine.close()


if __name__ == "__main__":
    main()
