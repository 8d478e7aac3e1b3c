"""Cards, points and code lists as plain tables: what a hand-written script would be handed by the people who know.

Reads: models/rules/cards, knowledge/points, knowledge/dictionaries; the items that occur, as the script counted them.
Grain: one card per detector; one resolved point per detector, point and item; one domain per item.
Why: the race is about claims, not about who reads YAML faster; rules are the same data for both sides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from jobs.catalogue import TABLES
from jobs.scores.evidence import has_knowledge, missing
from jobs.scores.known_items import LARGEST_REGISTER, resolved
from knowledge import dictionaries
from knowledge.domains import SOURCE, areas_of_domains, domain_of_text
from knowledge.points import load_points
from knowledge.resolve import RESOLVED, Item
from models.rules import load_kind
from models.rules.cards import load_cards
from models.rules.kind import Card

_DATES = {"effective_from", "effective_to"}
_CARD = pa.schema(
    [(name, pa.string()) for name in ("detector_id", "kind", "area", "p")]
    + [("domains", pa.list_(pa.string()))]
    + [
        (name, pa.string())
        for name in ("skip_departments", "skip_diagnoses", "skip_types", "only_types", "visit_types")
    ]
    + [(name, pa.int32()) for name in ("age_from", "age_below")]
)


def landed(landing: Path) -> dict[str, list[Path]]:
    """Parquet files of every contract table that was handed over."""
    found = {name: sorted((landing / name).glob("*.parquet")) for name in TABLES}
    return {name: paths for name, paths in found.items() if paths}


def available(landing: Path) -> dict[str, frozenset[str]]:
    """Columns of every table that was handed over."""
    return {name: frozenset(pq.read_schema(paths[0]).names) for name, paths in landed(landing).items()}


def cards_of(kinds: Iterable[str], handed: Mapping[str, frozenset[str]]) -> list[Card]:
    """Cards of the kinds that can say something about this area: knowledge is there, and so is what they need."""
    wanted, points = set(kinds), load_points()
    return [
        card
        for card in load_cards()
        if card.kind in wanted and has_knowledge(card, points) and missing(card, handed) is None
    ]


def card_table(cards: Sequence[Card]) -> pa.Table:
    """The cards as a table; `p` holds all parameters as JSON, what many kinds share has columns of its own."""
    rows = [
        {
            "detector_id": card.detector_id,
            "kind": card.kind,
            "area": card.area,
            "p": json.dumps(dict(card.params), ensure_ascii=False),
            "domains": card.params.get("domains"),
            "skip_departments": card.params.get("skip_departments"),
            "skip_diagnoses": card.params.get("skip_diagnoses") if _reads_points(card) else None,
            "skip_types": _beginnings(card.params.get("skip_visit_types")),
            "only_types": _beginnings(card.params.get("only_visit_types")),
            "visit_types": _beginnings(_plain_list(card.params.get("visit_types"))),
            "age_from": card.params.get("age_from"),
            "age_below": card.params.get("age_below"),
        }
        for card in cards
    ]
    return pa.Table.from_pylist(rows, schema=_CARD)


def _reads_points(card: Card) -> bool:
    return bool(getattr(load_kind(card.kind), "READS_POINTS", False))


def _plain_list(value: object) -> Sequence[str] | None:
    return value if isinstance(value, list | tuple) else None


def _beginnings(prefixes: Sequence[str] | None) -> str | None:
    return None if prefixes is None else "^(" + "|".join(str(one) for one in prefixes) + ")"


def dictionary_table() -> pa.Table:
    """Every code of every national dictionary: name, code."""
    pairs = [(name, code) for name, codes in dictionaries.with_local({}).items() for code in sorted(codes)]
    return pa.table({"name": [name for name, _ in pairs], "code": [code for _, code in pairs]})


def domain_table(items: Iterable[tuple[str, str, str]]) -> pa.Table:
    """code, name, charge, domain and area of the items that occur."""
    told = [(*item, domain_of_text(*(part.strip() for part in item))) for item in items]
    rows = [(*item, areas_of_domains().get(item[3])) for item in told]
    columns = zip(*rows, strict=True) if rows else [[]] * 5
    names = ("code", "name", "charge", "domain", "area")
    return pa.table({name: pa.array(list(values), pa.string()) for name, values in zip(names, columns, strict=True)})


def point_table(cards: Sequence[Card], register: Iterable[tuple[str, str, str, int]]) -> pa.Table:
    """Points of the cards, resolved to items that occur. `register`: code, name, domain, lines, the most used first."""
    items = [Item(*row) for row in register][:LARGEST_REGISTER]
    rows = resolved(load_points(), [card for card in cards if _reads_points(card)], items)
    fields = [(name, pa.date32() if name in _DATES else _type(name)) for name in RESOLVED]
    return pa.Table.from_pylist([{name: row.get(name) for name in RESOLVED} for row in rows], schema=pa.schema(fields))


def _type(name: str) -> pa.DataType:
    return {"limit_value": pa.float64(), "mutual": pa.bool_()}.get(name, pa.string())


def rehabilitation_diagnoses() -> str:
    """Pattern of main diagnoses for which rehabilitation is usual."""
    listed = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["rehabilitation_diagnoses"]
    return "^(" + "|".join(listed) + ")"
