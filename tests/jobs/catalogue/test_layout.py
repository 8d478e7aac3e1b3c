"""A layout changes with the columns of its layer and with nothing else."""

from __future__ import annotations

import re

import pytest

from jobs.catalogue import layout as module
from jobs.catalogue.derived_tables import FEE_LINE_CONTEXT
from jobs.catalogue.layout import NUMBERS, layout
from jobs.catalogue.model import columns

ADDED = columns("age_days | int | | 日龄 | age in days")


def test_raw_holds_text_as_it_came_and_the_others_what_they_declare():
    assert layout("raw") == str(NUMBERS["raw"])
    assert all(re.fullmatch(r"\d+-[0-9a-f]{8}", layout(layer)) for layer in ("validated", "features", "scores"))
    assert len({layout(layer) for layer in NUMBERS}) == len(NUMBERS)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        pytest.param((*FEE_LINE_CONTEXT, *ADDED), True, id="a column more"),
        pytest.param(FEE_LINE_CONTEXT[1:], True, id="a column less"),
        pytest.param(FEE_LINE_CONTEXT, False, id="the same columns"),
    ],
)
def test_a_column_of_validated_lines_changes_validated_alone(monkeypatch, changed, differs):
    before = {layer: layout(layer) for layer in NUMBERS}
    monkeypatch.setitem(module._CONTEXT, "fee_list_d", changed)
    after = {layer: layout(layer) for layer in NUMBERS}
    assert (after.pop("validated") != before.pop("validated")) is differs and after == before


def test_a_number_raised_by_hand_changes_its_layer(monkeypatch):
    before = layout("scores")
    monkeypatch.setitem(module.NUMBERS, "scores", NUMBERS["scores"] + 1)
    assert layout("scores") != before
