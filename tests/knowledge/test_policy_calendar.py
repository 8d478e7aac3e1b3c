"""The policy calendar: dated, placed, sourced."""

from __future__ import annotations

import pytest

from jobs.catalogue import AREAS
from knowledge.policy_calendar import load_calendar


def test_every_entry_is_dated_and_names_known_areas_only():
    entries = load_calendar()
    assert entries
    assert list(entries) == sorted(entries, key=lambda entry: (entry.day, entry.region))
    assert {area for entry in entries for area in entry.areas} <= set(AREAS)


def test_a_province_holds_below_it_and_the_nation_everywhere():
    places = {entry.region: entry.place for entry in load_calendar()}
    assert (places["000000"], places["440000"]) == ("", "44")


def test_an_entry_without_source_is_refused(tmp_path):
    broken = tmp_path / "calendar.yaml"
    broken.write_text('entries: [{date: "2023-01-01", region: "000000", what_zh: x, what_en: x}]', encoding="utf-8")
    with pytest.raises(ValueError, match="needs a source"):
        load_calendar(broken)
