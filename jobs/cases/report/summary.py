"""The report's overview: figures, areas, what could not be judged, validation, data faults, how a score is made.

Why: what was not seen is part of the result; a reader must meet it in the same document as the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from jobs.cases.report.view import Material, records
from jobs.cases.words import AREAS, QUARANTINE, WARNINGS, name_of
from jobs.catalogue import TABLES
from models import ranking

Row = dict[str, Any]


def figures(cases: pd.DataFrame, evidence_lines: int, shown: int) -> Row:
    """Totals of the list; yuan are summed over clues only."""
    clues = cases[cases["verdict_hint"] == "clue"]
    return {
        "cases": len(cases),
        "clues": len(clues),
        "data_quality": len(cases) - len(clues),
        "institutions": int(clues["fixmedins_code"].nunique()),
        "suspected": float(clues["suspected_amount"].sum()),
        "fund_loss": float(clues["fund_loss"].sum()),
        "expected": float(clues["expected_recovery"].sum()),
        "excess": float(clues["excess_amount"].sum()),
        "lines": evidence_lines,
        "shown": min(shown, len(cases)),
    }


def by_area(cases: pd.DataFrame) -> list[Row]:
    """Clues per area, largest expected recovery first."""
    return [{**row, "name": AREAS[row["area"]]} for row in _grouped(cases, "area")]


def by_district(cases: pd.DataFrame) -> list[Row]:
    """Clues per area the institutions belong to, largest expected recovery first."""
    return [{**row, "name": name_of({}, row["fix_blng_admdvs"])} for row in _grouped(cases, "fix_blng_admdvs")]


def _grouped(cases: pd.DataFrame, by: str) -> list[Row]:
    clues = cases[cases["verdict_hint"] == "clue"]
    grouped = clues.groupby(by).agg(
        cases=("case_id", "size"), suspected=("suspected_amount", "sum"), expected=("expected_recovery", "sum")
    )
    rows = records(grouped.reset_index().sort_values(["expected", "cases", by], ascending=[False, False, True]))
    largest = max([row["expected"] for row in rows] or [0.0]) or 1.0
    return [{**row, "share": row["expected"] / largest} for row in rows]


def not_judged(material: Material) -> list[Row]:
    """Detector × reason → institutions that could not be judged, most first; how many were judged beside."""
    findings = material.findings
    judged = findings[findings["outcome"].isin(["hit", "no_hit"])].groupby("detector_id").size()
    open_rows = findings[findings["outcome"].isin(["not_evaluable", "error"])]
    reason = open_rows["reason_code"].fillna(open_rows["outcome"])
    counted = (
        open_rows.groupby([open_rows["area"], open_rows["detector_id"], reason]).size().reset_index(name="institutions")
    )
    rows = records(counted.sort_values(["institutions", "area", "detector_id"], ascending=[False, True, True]))
    return [
        {
            **row,
            "area": name_of(AREAS, row["area"]),
            "text": material.text(row["detector_id"]),
            "judged": int(judged.get(row["detector_id"], 0)),
        }
        for row in rows
    ]


def validation(tables: Mapping[str, Any], warnings: Mapping[str, Mapping[str, int]]) -> list[Row]:
    """Rows in, accepted and quarantined by reason per table, all months together."""
    rows = []
    for name, months in tables.items():
        reasons: Counter[str] = Counter()
        for counts in months.values():
            reasons.update(counts["rows_quarantined"])
        rows.append(
            {
                "table": name,
                "title": TABLES[name].meaning_zh if name in TABLES else name,
                "title_en": TABLES[name].meaning_en if name in TABLES else name,
                "rows_in": sum(counts["rows_in"] for counts in months.values()),
                "accepted": sum(counts["rows_accepted"] for counts in months.values()),
                "quarantined": sum(reasons.values()),
                "reasons": [(name_of(QUARANTINE, code), count) for code, count in reasons.most_common() if count],
                "warnings": [
                    (name_of(WARNINGS, code), count) for code, count in warnings.get(name, {}).items() if count
                ],
            }
        )
    return sorted(rows, key=lambda row: -row["rows_in"])


def faults(material: Material) -> list[Row]:
    """Data faults that explain signals: how many institutions and detectors each concerns, and the yuan held back."""
    hits = material.findings[(material.findings["outcome"] == "hit") & material.findings["data_fault"].notna()]
    grouped = hits.groupby("data_fault").agg(
        institutions=("fixmedins_code", "nunique"),
        detectors=("detector_id", "nunique"),
        amount=("suspected_amount", "sum"),
    )
    return records(grouped.sort_values("institutions", ascending=False).reset_index())


def area_wide(material: Material) -> list[Row]:
    """Habits of most institutions of the area: no case of anybody, a matter for rules and training."""
    habits = material.findings[material.findings["reason_code"] == "area_wide"]
    grouped = habits.groupby(["area", "detector_id"]).agg(
        institutions=("fixmedins_code", "nunique"), amount=("suspected_amount", "sum")
    )
    rows = records(grouped.reset_index().sort_values(["institutions", "detector_id"], ascending=[False, True]))
    return [{**row, "area": AREAS[row["area"]], "text": material.text(row["detector_id"])} for row in rows]


def method() -> Row:
    """The declared weights, so that every score of the list can be worked out by hand."""
    return {
        "strengths": [(level, rung) for level, rung in ranking.STRENGTHS.items()],
        "tips": list(ranking.TIPS.values()),
        "families": ranking.FAMILIES,
        "opens": ranking.OPENS,
        "repeated": ranking.REPEATED,
        "explained": ranking.EXPLAINED,
        "faulty": ranking.FAULTY,
        "excess": ranking.EXCESS_SHARE,
        "version": ranking.VERSION,
    }
