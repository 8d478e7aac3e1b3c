"""The worked examples of the manual: every kind that has some says, line by line, what it disputes and what it does not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from models.rules import load_kind
from models.rules.kind import RuleInputs
from tests.models.rules import sheet
from tests.support import charged
from tests.support.tables import frame, rows

FILES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
SUM = re.compile(r"^[0-9.+×÷()− ]+$")
CASES = [
    pytest.param(path.stem, content, case, id=f"{path.stem}-{case['outcome']}")
    for path in FILES
    for content in [yaml.safe_load(path.read_text(encoding="utf-8"))]
    for case in content["cases"]
]


def worth(text: str) -> float:
    """The amount a sum such as `120 × (30 − 24) ÷ 30 = 24` comes to; both sides must agree."""
    sides = [side.strip() for side in text.split("=")]
    assert all(SUM.match(side) for side in sides), text
    first, *others = [eval(side.translate(str.maketrans("×÷−", "*/-"))) for side in sides]  # noqa: S307 – digits only
    assert all(abs(first - other) < 0.005 for other in others), text
    return round(first, 2)


def given(spark, content, case) -> RuleInputs:
    tables = {
        name: frame(spark, table["text"], table.get("types", ""))
        for name, table in (case.get("tables") or content.get("tables") or {}).items()
    }
    if content.get("form") == "charge":
        return RuleInputs(charged.charged(spark, case["lines"]), tables)
    points = case.get("points") or content.get("points")
    return RuleInputs(sheet.lines(spark, case["lines"]), tables, points and sheet.points(spark, points))


def test_there_are_examples():
    assert len(FILES) >= 15


@pytest.mark.parametrize(("kind", "content", "case"), CASES)
def test_an_example_comes_to_what_the_manual_says(spark, kind, content, case):
    module = load_kind(kind)
    inputs = given(spark, content, case)
    made = sheet.card(module, **(case.get("params", content.get("params")) or {}))
    cards = [replace(made, area=content.get("area", made.area))]
    found = module.evaluate(inputs, cards)
    expected = {line: worth(text) for line, text in (case.get("disputed") or {}).items()}
    assert dict(rows(found, "bkkp_sn", "violation_amount")) == expected
    assert bool(expected) == (case["outcome"] == "fires")
    if case["outcome"] == "not_evaluable":
        assert dict(rows(module.gaps(inputs, cards), "fixmedins_code", "reason_code")) == case["gaps"]
