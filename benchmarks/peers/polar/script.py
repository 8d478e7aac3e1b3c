"""Runs the Polars peer: landing Parquet to evidence and indicators.

Grain: evidence.parquet – detector_id, table, bkkp_sn, violation_amount; provider_month.parquet – as features.
Why: fewer kinds and indicators than the DuckDB script; the report says how many, and ours is timed on just those kinds.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.peers import knowledge
from benchmarks.peers.polar import in_patients, indicators, lines, others, points, restrictions
from models.rules.cards import by_kind
from models.rules.kind import Card

POINTED = {
    "addon_over_main": points.addon_over_main,
    "duplicate_pair": points.duplicate_pair,
    "interval_per_person": points.interval_per_person,
    "panel_members": points.panel_members,
    "quantity_per_line": restrictions.quantity_per_line,
    "restricted_age": restrictions.restricted,
    "restricted_institution_level": restrictions.restricted,
    "restricted_sex": restrictions.restricted,
    "restricted_visit_type": restrictions.restricted,
}
EACH = {
    function.__name__: function
    for function in (
        others.absent_from_bed,
        others.after_death,
        others.bought_while_inpatient,
        in_patients.census_over_beds,
        in_patients.exam_only_stay,
        in_patients.idle_stay,
        others.outside_contract,
        others.over_supply,
        others.overlapping_stays,
        others.rx_without_prescription,
    )
}
COVERED = tuple(sorted({*POINTED, *EACH}))


def run(landing: Path, out: Path, months: tuple[str, str]) -> dict[str, Any]:
    """Runs the script into the empty folder `out`; its seconds, detectors and rows (also as out/peer.json)."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    seconds: dict[str, float] = {}
    began = last = time.monotonic()
    found, known = lines.read(landing, months)
    cards = knowledge.cards_of(COVERED, knowledge.available(landing))
    seconds["claims and lines"], last = round(time.monotonic() - last, 2), time.monotonic()
    evidence = _evidence(others.Known(found, known), cards, seconds)
    last = time.monotonic()
    indicators.provider_month(others.Known(found, known)).write_parquet(out / "provider_month.parquet")
    seconds["indicators"] = round(time.monotonic() - last, 2)
    evidence.write_parquet(out / "evidence.parquet", compression="zstd")
    facts = {
        "version": pl.__version__,
        "seconds": seconds,
        "wall": round(time.monotonic() - began, 2),
        "detectors": [card.detector_id for card in cards],
    }
    (out / "peer.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return facts


def _evidence(known: others.Known, cards: Sequence[Card], seconds: dict[str, float]) -> pl.DataFrame:
    began = time.monotonic()
    own = [card for card in cards if card.kind in POINTED]
    line = known.line
    register = line.group_by("code", name="hilist_name").agg(pl.len().alias("lines"), pl.col("med_chrgitm_type").max())
    domains = line.select("code", "med_chrgitm_type", "domain", name="hilist_name").unique()
    items = register.join(domains, ["code", "name", "med_chrgitm_type"]).sort(
        "lines", "code", "name", descending=[True, False, False]
    )
    resolved = pl.from_arrow(knowledge.point_table(own, items.select("code", "name", "domain", "lines").rows()))
    assert isinstance(resolved, pl.DataFrame)
    item, other = points.sided(line, resolved, own)
    seconds["points"] = round(time.monotonic() - began, 2)
    parts = []
    for kind, held in by_kind(cards).items():
        began = time.monotonic()
        if kind in POINTED:
            mine = [side.filter(pl.col("kind") == kind) for side in (item, other)]
            parts.append(POINTED[kind](mine[0], mine[1], held))
        else:
            parts += [EACH[kind](known, card) for card in held]
        seconds[kind] = round(time.monotonic() - began, 2)
    rows = pl.concat([part.select(*points.RESULT) for part in parts]).filter(pl.col("violation_amount") > 0)
    largest = rows.group_by("detector_id", "bkkp_sn").agg(pl.col("violation_amount").max())
    return largest.with_columns(pl.lit("fee_list_d").alias("table"))
