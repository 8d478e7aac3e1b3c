"""The worked examples of the manual: every kind that has some says, line by line, what it disputes and what it does not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobs.scores.evidence import missing
from models.cohorts import COHORTS
from models.rules import KINDS, load_kind
from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from tests.models.rules import sheet
from tests.support import charged
from tests.support.tables import frame, rows
from tests.support.validated import settled

FILES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
SUM = re.compile(r"^[0-9.+×÷()− ]+$")
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (path.stem, content, case)
    for path in FILES
    for content in [yaml.safe_load(path.read_text(encoding="utf-8"))]
    for case in content["cases"]
]


def named(cases):
    """The cases as parameters, named by their kind and outcome."""
    return [pytest.param(*case, id=f"{case[0]}-{case[2]['outcome']}") for case in cases]


JUDGED = named(case for case in CASES if "lines" in case[2])
UNTOLD = named(case for case in CASES if "without" in case[2])


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
    points = case.get("points") or content.get("points")
    made = charged.charged if content.get("form") == "charge" else sheet.lines
    lines = settled(made(spark, case["lines"]))  # a plan that names its lines ten times must not carry them ten times
    return RuleInputs(lines, tables, points and sheet.points(spark, points), kept=keeper())


def keeper():
    """Frames a kind uses again are computed once, as in a run."""
    memo: dict[str, Any] = {}

    def kept(name, make):
        if name not in memo:
            memo[name] = settled(make())
        return memo[name]

    return kept


@pytest.mark.parametrize(("kind", "content", "case"), JUDGED)
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


@pytest.mark.parametrize(("kind", "content", "case"), UNTOLD)
def test_what_a_kind_cannot_do_without_is_needed_by_its_cards(kind, content, case):
    """An area that does not hand the column over gets an answer from none of the kind's cards."""
    table, column = case["without"].split(".")
    cards = [card for card in load_cards() if card.kind == kind]
    assert cards
    for card in cards:
        told = {name: frozenset(columns) for name, columns in card.needs.items()}
        assert missing(card, told) is None
        assert missing(card, {**told, table: told.get(table, frozenset()) - {column}}) == f"missing:{case['without']}"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(COHORTS)))
def test_every_kind_shows_when_it_fires_when_it_is_silent_and_when_it_cannot_tell(kind):
    told = {case["outcome"] for name, _, case in CASES if name == kind}
    assert told == {"fires", "silent", "not_evaluable"}, kind
