"""Worked examples of a kind: the very tables its tests run on, with the amounts they must come to.

Reads: tests/models/rules/examples/<kind>.yaml (run by tests/models/rules/test_examples.py).
Grain: one example is a few charged lines, what is known of their items, and the yuan disputed per line.
Why: an example nobody runs is wrong after the next change; these are the tests. A kind without such a file says so.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.tables import cells
from tools.manual.words import Words, document, table

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "models" / "rules" / "examples"


@cache
def examples_of(kind: str) -> dict[str, Any] | None:
    """The examples of a kind; None when it has no file."""
    path = FOLDER / f"{kind}.yaml"
    if not path.exists():
        return None
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def worked(words: Words, kind: str) -> str:
    """The sum of the first example that fires; where a kind has no example file, the sum its words give."""
    found = examples_of(kind) or {"cases": []}
    sums = [text for case in found["cases"] for text in (case.get("disputed") or {}).values()]
    own = document("kinds").get(kind, {})
    return words.say("sum", sum=[*sums, own.get("sum") or words.say(f"sum_{own.get('formula', 1)}")][0])


def section(words: Words, kind: str) -> list[str]:
    """All examples of a kind for the end of a page."""
    head = [f'<a id="example-{kind}"></a>', "", f"### {words.say('examples_of', kind=kind_name(words, kind))}", ""]
    found = examples_of(kind)
    if found is None:
        return [*head, words.say("no_example", kind=kind), ""]
    known = [words.say("known"), "", *_drawn(found["points"]), ""] if found.get("points") else []
    return [*head, *known, *[line for case in found["cases"] for line in _case(words, found, case)]]


def kind_name(words: Words, kind: str) -> str:
    """The Chinese name of a kind, or its English one."""
    entry = document("kinds").get(kind)
    return words.pick(entry["name"]) if entry else kind


def _case(words: Words, found: dict[str, Any], case: dict[str, Any]) -> list[str]:
    lines = [f"**{words.say(case['outcome'])}** – {words.sentence(case[words.language])}", ""]
    if case.get("points"):
        lines += [words.say("known"), "", *_drawn(case["points"]), ""]
    if case.get("without"):
        return [*lines, words.say("result_untold", column=case["without"]), ""]
    lines += [*_drawn(case["lines"]), ""]
    for name, given in (case.get("tables") or found.get("tables") or {}).items():
        lines += [f"`{name}`{words.say('colon')}", "", *_drawn(given["text"]), ""]
    params = case.get("params", found.get("params")) or {}
    if params:
        told = words.listed(f"`{key}` = `{value}`" for key, value in params.items())
        lines += [words.say("with_params", params=told), ""]
    return [*lines, _result(words, case), ""]


def _result(words: Words, case: dict[str, Any]) -> str:
    if case["outcome"] == "not_evaluable":
        return words.say("result_gap", gaps=words.listed(f"{house}: `{code}`" for house, code in case["gaps"].items()))
    if not case.get("disputed"):
        return words.say("result_none")
    return words.say("result", sums=words.listed(f"{line}: {text}" for line, text in case["disputed"].items()))


def _drawn(text: str) -> list[str]:
    header, rows = cells(text)
    return table(header, [[value or "" for value in row] for row in rows])
