"""Data docs of a run: one page per table and an index, readable without a network, failed expectations first.

Reads: the validation results of Great Expectations (over profiles: counts by month, nothing of a person).
Why: the library's own site loads styles, fonts and scripts from five addresses on the internet and is unreadable in a
closed network. Its renderers make the content here; the page around it is `data_docs_page.j2`, with its style inside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationValidationResult
from great_expectations.render import RenderedDocumentContent, RenderedSectionContent
from great_expectations.render.renderer import ValidationResultsColumnSectionRenderer
from great_expectations.render.view import DefaultJinjaPageView

from expectations.outcome import Checked, Result, key_of
from expectations.suite import catalogue_table

HERE = Path(__file__).parent
RESULTS = "results.json"
_ORDER = {"failed": 0, "not_evaluable": 1, "held": 2}
TITLES = {
    "failed": "未通过 · failed",
    "not_evaluable": "无法判定 · could not be evaluated",
    "held": "通过 · held",
}


class _View(DefaultJinjaPageView):
    """The library's page view with the house's own page around it."""

    _template = "data_docs_page.j2"


def write(pages: Sequence[Checked], out: Path, run_name: str) -> Path:
    """Writes one page per table and the index over all tables held in this run so far. Returns the index."""
    out.mkdir(parents=True, exist_ok=True)
    view = _View(custom_styles_directory=str(HERE), custom_views_directory=str(HERE))
    for page in pages:
        (out / f"{page.name}.html").write_text(_page(view, page, run_name), encoding="utf-8")
    tables = _tables(out, pages)
    (out / RESULTS).write_text(json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8")
    index = out / "index.html"
    index.write_text(_index(view, tables, run_name), encoding="utf-8")
    return index


def _page(view: _View, page: Checked, run_name: str) -> str:
    breaches = sorted((r for r in page.results if r.status == "failed"), key=lambda r: r.severity)
    return view.render(
        _document(page),
        title=page.name,
        meaning=_meaning(page.name),
        run_name=run_name,
        counts=_counts(page.results),
        breaches=breaches,
    )


def _meaning(name: str) -> str:
    """What a table is, in both languages; empty for one the catalogue does not know."""
    table = catalogue_table(*name.split(".", 1))
    return f"{table.meaning_zh} · {table.meaning_en}" if table else ""


def _tables(out: Path, pages: Iterable[Checked]) -> dict[str, list[dict[str, Any]]]:
    """Results by table: those an earlier step of the run left here, and the new ones."""
    kept = out / RESULTS
    tables: dict[str, list[dict[str, Any]]] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    return tables | {page.name: [asdict(result) for result in page.results] for page in pages}


def _counts(results: Iterable[Result]) -> dict[str, int]:
    found = dict.fromkeys(TITLES, 0)
    for result in results:
        found[result.status] += 1
    return {TITLES[status]: n for status, n in found.items()}


def _document(page: Checked) -> RenderedDocumentContent:
    by_key = {(r.name, r.severity): r for r in page.results}
    order = {key: position for position, key in enumerate(by_key)}
    sections = []
    for status, title in TITLES.items():
        chosen = [
            _plain(found, result)
            for found in page.validation.results
            if (result := by_key[key_of(found)]).status == status
        ]
        chosen.sort(key=lambda found: (key_of(found)[1], order[key_of(found)]))  # critical before warning
        if chosen:
            sections.append(_section(status, title, chosen))
    return RenderedDocumentContent(
        renderer_type="ValidationResultsPageRenderer",
        page_title=page.name,
        expectation_suite_name=page.name,
        sections=sections,
        utm_medium="none",
    )


def _plain(found: ExpectationValidationResult, result: Result) -> ExpectationValidationResult:
    """A result fit to be rendered: it shows what was seen by month, or why nothing was; no message of an exception."""
    seen = "; ".join(f"{month}: {value}" for month, value in result.observed.items())
    found.exception_info = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    found.result = {"observed_value": " ".join(part for part in (seen, result.detail, result.reason) if part)}
    return found


def _section(status: str, title: str, chosen: list[ExpectationValidationResult]) -> RenderedSectionContent:
    section = ValidationResultsColumnSectionRenderer().render(chosen)
    section.section_name = status  # class of the section: the library knows ✓ and ✗, the style adds ? for not evaluable
    for block in section.content_blocks:
        if getattr(block, "header", None):
            block.header = title
    return section


def _index(view: _View, tables: dict[str, list[dict[str, Any]]], run_name: str) -> str:
    rows = [
        {
            "name": name,
            "meaning": _meaning(name),
            "results": sorted((r for r in results if r["status"] == "failed"), key=lambda r: r["severity"]),
            **{status: sum(r["status"] == status for r in results) for status in _ORDER},
            "critical": sum(r["status"] == "failed" and r["severity"] == "critical" for r in results),
        }
        for name, results in tables.items()
    ]
    rows.sort(key=lambda row: (-row["critical"], -row["failed"], row["name"]))
    return view.env.get_template("data_docs_index.j2").render(rows=rows, run_name=run_name)
