"""The book of indicators: every one declared whole, every threshold with its reason, every column there."""

from __future__ import annotations

import pytest
import yaml

from jobs.catalogue import AREAS, TABLES, derived
from models.detectors import load_detectors
from models.detectors.model import DEFAULTS, FOLDER, THRESHOLDS, read_detector, read_thresholds
from models.rules.cards import load_cards

DETECTORS = load_detectors()
GOOD = {
    "id": "IMG-99-x", "title_zh": "甲", "title_en": "a", "version": "1.0", "statistic": "ratio", "num": "exams",
    "den": "visits",
}  # fmt: skip


def _defaults():
    return read_thresholds(yaml.safe_load((FOLDER / DEFAULTS).read_text(encoding="utf-8"))["thresholds"], DEFAULTS)


def test_indicators_were_loaded_and_every_area_they_must_cover_has_four():
    counted = {area: sum(1 for detector in DETECTORS if detector.area == area) for area in AREAS}
    assert all(counted[area] >= 4 for area in ("imaging", "laboratory", "rehabilitation", "pharmacy", "inpatient"))


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.detector_id)
def test_an_indicator_reads_declared_columns_and_gives_reasons(detector):
    assert set(detector.columns) <= set(derived("features", "provider_month").names)
    assert set(detector.thresholds) == set(THRESHOLDS)
    assert all(detector.why[name].strip() for name in THRESHOLDS)
    assert detector.how_to_check_zh
    assert detector.how_to_check_en
    for table, columns in detector.needs.items():
        assert set(columns) <= set(TABLES[table].names)


def test_no_id_is_both_an_indicator_and_a_rule():
    assert not {detector.detector_id for detector in DETECTORS} & {card.detector_id for card in load_cards()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"nmu": "exams"}, "unknown keys"),
        ({"id": "LAB-99-x"}, "another area"),
        ({"statistic": "median"}, "not allowed"),
        ({"den": []}, "without denominator"),
        ({"thresholds": {"z": {"value": 3}}}, "why"),
        ({"thresholds": {"zz": {"value": 3, "why": "x"}}}, "one of"),
    ],
)
def test_a_broken_declaration_is_refused_with_its_name(change, told):
    with pytest.raises(ValueError, match=told) as refused:
        read_detector({**GOOD, **change}, "imaging.yaml", "imaging", _defaults())
    assert "imaging.yaml" in str(refused.value)


def test_the_words_for_people_never_name_a_verdict():
    for detector in DETECTORS:
        text = " ".join(str(value) for value in vars(detector).values())
        assert not any(word in text.lower() for word in ("骗", "欺诈", "fraud")), detector.detector_id
