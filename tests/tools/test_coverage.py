"""Every published pattern has detectors or a reason, and every detector answers to a pattern."""

from __future__ import annotations

import re

import pytest

from models.rules.cards import AREA_PREFIX
from tools.manual import LANGUAGES
from tools.manual.coverage import detectors, named, of_system, page, patterns, seen_by
from tools.manual.words import document

PATTERNS = sorted(patterns())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_names_detectors_that_exist_or_says_why_none_can(pattern):
    entry = patterns()[pattern]
    assert set(entry) <= {"what", "by", "not"}
    assert all(entry["what"])
    assert len(entry["what"]) == 2
    assert entry.get("by") or entry.get("not")
    for reference in entry.get("by", []):
        found = named(reference)
        assert len(found) == 1 or ("*" in reference and found), (reference, found)


def test_every_detector_looks_for_some_pattern():
    told = {name for pattern in PATTERNS for name in seen_by(pattern)}
    assert sorted(set(detectors()) - told) == []


def test_the_lists_of_the_handbook_are_walked_to_their_ends():
    most = {"IMG": 17, "LAB": 21, "REH": 14, "HD": 8, "CAR": 6, "ORT": 5, "INP": 11, "PHA": 17}
    for prefix, last in most.items():
        assert {f"{prefix}-{number:02d}" for number in range(1, last + 1)} <= set(PATTERNS)
    assert {name.rpartition("-")[0] for name in PATTERNS} == set(AREA_PREFIX.values()) | {"GEN"}


def test_every_system_is_answered():
    for name, system in document("coverage")["systems"].items():
        assert of_system(system["see"]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_every_pattern_once(language):
    text = page(language)
    for pattern in PATTERNS:
        assert len(re.findall(rf"^\| {pattern} \|", text, re.MULTILINE)) == 1
    assert "None" not in text
