"""Words of the detectors, taken from the cards that ship with the product and written beside the list.

Why: the report and the terminal explain a clue without the code at hand, years later, as it was when it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path

from jobs.cases.context import DetectorText
from models.anomaly.rungs import DETECTOR as ANOMALY_DETECTOR
from models.detectors.model import load_detectors
from models.ranking import TIP_DETECTOR
from models.rules.cards import load_cards

FILE = "detectors.json"
_NAMES = [field.name for field in fields(DetectorText)]
TIP = DetectorText(
    title_zh="举报线索",
    title_en="Tip",
    blind_spots_zh="举报人信息不进入本系统，真实性由核实环节判断",
    blind_spots_en="who gave it is not known here; whether it is true is for those who verify it",
)

ANOMALY = DetectorText(
    title_zh="同组异常（模型）",
    title_en="Anomaly among peers (model)",
    blind_spots_zh="只说明少见，不指向费用行；规模与病种组合已扣除，仍可能有正当原因",
    blind_spots_en="says rare, points at no line; size and case mix are taken off, yet an honest reason may remain",
)


def shipped() -> dict[str, DetectorText]:
    """Words of every detector the product ships."""
    rules = {card.detector_id: _text(card) for card in load_cards()}
    indicators = {detector.detector_id: _text(detector) for detector in load_detectors()}
    return {TIP_DETECTOR: TIP, ANOMALY_DETECTOR: ANOMALY, **rules, **indicators}


def _text(card: object) -> DetectorText:
    return DetectorText(**{name: str(getattr(card, name, "") or "") for name in _NAMES})


def write_texts(known: Mapping[str, DetectorText], used: Iterable[str], folder: Path) -> dict[str, DetectorText]:
    """Writes the words of the detectors used in a run; one without words is called by its id."""
    kept = {name: known.get(name, DetectorText(name, name)) for name in sorted(set(used))}
    plain = {name: asdict(text) for name, text in kept.items()}
    (folder / FILE).write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    return kept


def read_texts(folder: Path) -> dict[str, DetectorText]:
    """The words written beside a list."""
    path = folder / FILE
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: DetectorText(**text) for name, text in found.items()}
