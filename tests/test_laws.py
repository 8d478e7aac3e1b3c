"""Laws of the house that no single test of a function can hold: read off the source itself.

Why: code on claim lines must run on every engine alike and must never bring lines to the driver. A breach shows only on
large data or on the other engine; here it shows at once, by file and line.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ON_LINES = (
    "models/rules",
    "models/cohorts",
    "models/detectors",
    "models/benign",
    "jobs/validated",
    "jobs/features",
    "jobs/scores",
)
# Not on every engine, or line by line in Python, or held in memory without anybody asking for it.
NEVER = {
    "udf",
    "pandas_udf",
    "applyInPandas",
    "rdd",
    "sparkContext",
    "cache",
    "persist",
    "toPandas",
    "try_divide",
    "map_from_arrays",
}
# What is brought to the driver there is as small as a price list or a table of sums, and its size is bounded.
MAY_COLLECT = {"jobs/scores/known_items.py", "jobs/scores/trial.py"}


def sources() -> list[Path]:
    return sorted(path for folder in ON_LINES for path in (ROOT / folder).rglob("*.py"))


def attributes(code: str) -> Iterator[tuple[int, str]]:
    """Line and name of every attribute that is asked for: `frame.collect` -> collect."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


def breaches(code: str, may_collect: bool) -> list[str]:
    banned = NEVER if may_collect else NEVER | {"collect", "toLocalIterator"}
    return [f"line {line}: {name}" for line, name in attributes(code) if name in banned]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_code_on_lines_keeps_to_what_all_engines_do_and_brings_no_line_to_the_driver(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    assert breaches(path.read_text(encoding="utf-8"), place in MAY_COLLECT) == []


def test_the_law_sees_a_breach() -> None:
    assert breaches("rows = frame.where(x).collect()", may_collect=False) == ["line 1: collect"]
    assert breaches("rows = frame.where(x).collect()", may_collect=True) == []
    assert breaches("frame.cache()\nF.udf(str)", may_collect=True) == ["line 1: cache", "line 2: udf"]
