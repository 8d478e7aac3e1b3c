"""Reads the detector cards of rules and cohorts; a misspelt key or a threshold without a reason stops the load.

Grain: one card per detector; a card that lists `areas` stands for one detector per area.
Why: what a detector claims, needs, misses and how it is checked on site is reviewed text; only reviewed text is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.documents import read_yaml
from models.rules.kind import Card

FOLDERS = (Path(__file__).parent / "cards", Path(__file__).parents[1] / "cohorts" / "cards")
AREA_PREFIX = {
    "imaging": "IMG",
    "laboratory": "LAB",
    "rehabilitation": "REH",
    "pharmacy": "PHA",
    "dialysis": "HD",
    "cardiology": "CAR",
    "orthopaedics": "ORT",
    "inpatient": "INP",
    "drg_dip": "DRG",
    "cross_region": "XRG",
    "consumables": "CON",
    "outpatient": "OUT",
}
STAGES = ("before", "during", "after")
_TUPLES = ("points", "scenes", "hosp_lv", "medins_type", "benign")
_ALLOWED = {field.name for field in fields(Card)} - {"detector_id", "area", "why"} | {"id", "area", "areas", "about"}
_REQUIRED = {"id", "kind", "title_zh", "title_en", "version"}


@cache
def load_cards(folders: tuple[Path, ...] = FOLDERS) -> tuple[Card, ...]:
    """All cards, sorted by detector id. Raises ValueError naming file and card on anything that breaks the form."""
    cards: list[Card] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        content = read_yaml(path)
        for raw in content.get("cards") or []:
            cards += read_card(raw, path.name, content.get("area"))
    ids = [card.detector_id for card in cards]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"detector ids stand twice: {twice}")
    return tuple(sorted(cards, key=lambda card: card.detector_id))


def read_card(raw: Mapping[str, Any], file: str, area: str | None = None) -> list[Card]:
    """The cards one YAML entry stands for: one, or one per area of `areas`. ValueError on a wrong or missing key."""
    name = f"{file}:{raw.get('id', '?')}"
    unknown, missing = set(raw) - _ALLOWED, _REQUIRED - set(raw)
    if unknown or missing:
        raise ValueError(f"{name}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}")
    areas = raw.get("areas") or [raw.get("area", area)]
    wrong = [value for value in areas if value not in AREA_PREFIX]
    if wrong or raw.get("stage", "after") not in STAGES:
        raise ValueError(f"{name}: unknown area {wrong} or stage {raw.get('stage')!r}")
    card = _card(raw, name)
    return [replace(card, area=value, detector_id=_id(str(raw["id"]), value, name)) for value in areas]


def _card(raw: Mapping[str, Any], name: str) -> Card:
    params, why = _params(raw.get("params") or {}, name)
    taken = {key: raw[key] for key in raw if key not in {"id", "area", "areas", "about", "params", "needs"}}
    for key in _TUPLES:
        taken[key] = tuple(str(value) for value in taken.get(key) or ())
    needs = {table: tuple(columns) for table, columns in (raw.get("needs") or {}).items()}
    taken["version"] = str(taken["version"])
    return Card(detector_id="", area="", params=params, why=why, needs=needs, **taken)


def _params(raw: Mapping[str, Any], name: str) -> tuple[dict[str, Any], dict[str, str]]:
    params, why = {}, {}
    for key, entry in raw.items():
        if not isinstance(entry, Mapping) or set(entry) != {"value", "why"} or not str(entry["why"]).strip():
            raise ValueError(f"{name}: parameter {key} must be {{value: …, why: …}}")
        params[key], why[key] = entry["value"], str(entry["why"])
    return params, why


def _id(text: str, area: str, name: str) -> str:
    """`*-71-slug` takes the prefix of the area; a plain id must begin with it."""
    prefix = AREA_PREFIX[area]
    made = f"{prefix}{text[1:]}" if text.startswith("*-") else text
    if not made.startswith(f"{prefix}-"):
        raise ValueError(f"{name}: the id of a card of {area} begins with {prefix}-")
    return made


def by_kind(cards: Iterable[Card]) -> dict[str, list[Card]]:
    """Cards grouped by rule kind, kinds in alphabetical order."""
    grouped: dict[str, list[Card]] = {}
    for card in sorted(cards, key=lambda card: (card.kind, card.detector_id)):
        grouped.setdefault(card.kind, []).append(card)
    return grouped
