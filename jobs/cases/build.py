"""Builds the list of a period into the run's folder: list, evidence, levels, findings, report.

Reads: scores/finding, scores/evidence, scores/cohort_node and cohort_edge, validated/fixmedins_b, validated/tip_d,
scores/probability, and what the watch list reads.
Grain: one case per institution and area.
Why: everything a person later opens stands in one folder; nothing in it needs the home folder any more.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from jobs.cases import evidence, groups, inputs, modelled, watch_list
from jobs.cases.case_list import KEY, case_list, drawn, with_ids, written_out
from jobs.cases.context import RunContext
from jobs.cases.evidence_digest import digest
from jobs.cases.files import write_list, write_parquet
from jobs.cases.publish import staging
from jobs.cases.report.write import write_report
from jobs.cases.texts import shipped
from jobs.catalogue import derived
from jobs.runtime.period import Period
from jobs.runtime.storage import Home, move_in, read
from knowledge.frames import small_frame
from models import ranking


def build(spark: SparkSession, home: Home, period: Period, context: RunContext) -> Path:
    """Writes the artefacts of the run (all but data_docs and run.json) and cases/case_list; returns their folder.

    Raises InputError when the period has no findings.
    """
    folder = staging(home, context.run_id)
    findings = inputs.findings(home, period)
    pq.write_table(findings, folder / "findings.parquet", compression="zstd")
    judged = findings.filter(pc.is_in(findings["outcome"], pa.array(["hit", "no_hit"]))).to_pandas()
    scored = inputs.probabilities(home, period)
    levels = with_ids(ranking.levels(judged, inputs.tips(home), scored), period)
    lines = _lines(spark, home, period, levels)
    amounts = _amounts(lines, levels)
    ranked = ranking.rank(levels, amounts, scored)
    register = inputs.register(home)
    cases = drawn(case_list(ranked, levels, _of_levels(judged, levels), register, period, context), context.capacity)
    behind = groups.of_cases(home, period, levels, register)
    said = modelled.of_cases(cases, scored, {**shipped(), **context.texts})
    with_rows = cases[["case_id", "rank"]].merge(amounts[["case_id", "rows"]], on="case_id", validate="one_to_one")
    rows = evidence.write(lines, with_rows, folder / "evidence.parquet")
    digested = digest(rows, written_out(cases, context.shown))
    write_parquet(levels, "case_level", folder / "case_level.parquet")
    write_parquet(behind.nodes, "cohort_node", folder / "cohort_node.parquet")
    write_parquet(behind.edges, "cohort_edge", folder / "cohort_edge.parquet")
    write_parquet(said.cases, "case_model", folder / "case_model.parquet")
    write_parquet(said.parts, "case_model_part", folder / "case_model_part.parquet")
    watched = watch_list.build(spark, home, period)
    write_list(cases, folder, behind, watched)
    write_report(folder, cases, levels, findings, digested, period, context, behind, said, watched)
    _keep(home, period, folder)
    return folder


def _lines(spark: SparkSession, home: Home, period: Period, levels: pd.DataFrame) -> DataFrame:
    """Evidence lines of the period that stand in a case; a period without any evidence has none."""
    declared = derived("scores", "evidence").ddl
    found = read(spark, home, "scores", "evidence", period.months)
    selection = levels[[*KEY, "detector_id", "case_id"]]
    return evidence.lines_of(
        found if found is not None else small_frame(spark, [], declared),
        _frame(spark, selection, "fixmedins_code string, area string, detector_id string, case_id string"),
    )


def _amounts(lines: DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """fixmedins_code, area, case_id, rows, suspected_amount, fund_loss: one row per case that has lines."""
    cases = levels[[*KEY, "case_id"]].drop_duplicates()
    return cases.merge(evidence.amounts(lines).toPandas(), on="case_id", validate="one_to_one")


def _of_levels(judged: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """The findings the levels were made of."""
    return judged.merge(levels[[*KEY, "detector_id"]], on=[*KEY, "detector_id"], validate="one_to_one")


def _frame(spark: SparkSession, rows: pd.DataFrame, ddl: str) -> DataFrame:
    return small_frame(spark, [tuple(row) for row in rows.astype(object).itertuples(index=False)], ddl)


def _keep(home: Home, period: Period, folder: Path) -> None:
    """The published tables of the period as the cases layer, for steps that start from the list."""
    for name in ("case_list", "case_level", "cohort_node", "cohort_edge", "case_model", "case_model_part"):
        fresh = home.table("cases", name) / f".new-{period.folder}"
        fresh.mkdir(parents=True, exist_ok=True)
        pq.write_table(pq.read_table(folder / f"{name}.parquet"), fresh / "part-0.parquet", compression="zstd")
        move_in(fresh, home, "cases", name, period.folder)
