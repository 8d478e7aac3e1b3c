"""Writes report.html: one file, no network, the same bytes for the same list.

Why: it is opened in closed networks, printed for meetings and kept with the case file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jinja2
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.cases import words
from jobs.cases.case_list import written_out
from jobs.cases.context import RunContext
from jobs.cases.groups import CaseGroups, no_groups
from jobs.cases.modelled import CaseModel, no_model
from jobs.cases.report import summary
from jobs.cases.report.groups import group_views
from jobs.cases.report.modelled import model_views
from jobs.cases.report.view import Material, case_views, records
from jobs.cases.report.watched import watch
from jobs.cases.texts import shipped, write_texts
from jobs.runtime.period import Period

TEMPLATES = Path(__file__).parents[1] / "templates"
MOST = 300  # cases written out in full, whatever the capacity: beyond it the page is too heavy to open


def write_report(
    folder: Path,
    cases: pd.DataFrame,
    levels: pd.DataFrame,
    findings: pa.Table,
    detail: Mapping[str, pd.DataFrame],
    period: Period,
    context: RunContext,
    groups: CaseGroups | None = None,
    said: CaseModel | None = None,
    watched: pd.DataFrame | None = None,
) -> Path:
    """Renders the report of a list into `folder`; returns its path."""
    used = findings["detector_id"].unique().to_pylist() + levels["detector_id"].tolist()
    texts = write_texts({**shipped(), **context.texts}, used, folder)
    material = Material(cases, levels, findings.to_pandas(), detail, texts, period.months)
    shown = written_out(cases, min(context.shown, MOST))
    lines = pq.ParquetFile(folder / "evidence.parquet").metadata.num_rows
    page = (
        environment()
        .get_template("report.html.j2")
        .render(
            period=period,
            context=context,
            figures=summary.figures(cases, lines, len(shown)),
            areas=summary.by_area(cases),
            districts=summary.by_district(cases),
            rows=records(cases),
            views=case_views(material, shown),
            all_groups=group_views(groups or no_groups(), records(cases), texts),
            all_models=model_views(said or no_model(), set(shown)),
            not_judged=summary.not_judged(material),
            validation=summary.validation(context.tables, context.warnings),
            faults=summary.faults(material),
            area_wide=summary.area_wide(material),
            watched=watch(watched),
            method=summary.method(),
        )
    )
    target = folder / "report.html"
    target.write_text(page, encoding="utf-8")
    return target


def environment() -> jinja2.Environment:
    """Jinja with escaping on, an error for every unknown name, and the house's words and number formats."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(words=words, name_of=words.name_of)
    made.filters.update(
        wan=words.wan,
        number=words.number,
        measured=words.measured,
        yuan=lambda value: f"{value:,.2f}",
        count=lambda value: f"{value:,.0f}",
        raw_file=lambda name: (TEMPLATES / name).read_text(encoding="utf-8"),
    )
    return made
