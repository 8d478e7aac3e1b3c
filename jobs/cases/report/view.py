"""What the report prints of a case: its row, levels, detectors with drawings, benign checks, gaps, evidence.

Why: the template lays out and the view decides; nothing is computed in a template.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.cases.context import DetectorText
from jobs.cases.reasons import number
from jobs.cases.report import charts
from jobs.cases.words import RESULTS, name_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Material:
    """Everything the view reads. Frames keep the columns of their tables; `months` are those of the period."""

    cases: pd.DataFrame
    levels: pd.DataFrame
    findings: pd.DataFrame
    detail: Mapping[str, pd.DataFrame]
    texts: Mapping[str, DetectorText]
    months: Sequence[str]

    def text(self, detector: str) -> DetectorText:
        """Words of a detector."""
        return self.texts.get(detector, DetectorText(detector, detector))


def case_views(material: Material, shown: int) -> list[Row]:
    """The first `shown` cases, each with all that is printed of it."""
    cases = records(material.cases.head(shown))
    ids = {case["case_id"] for case in cases}
    levels = _by(records(material.levels[material.levels["case_id"].isin(ids)]), "case_id")
    pairs = {(case["fixmedins_code"], case["area"]) for case in cases}
    own = _by([row for row in records(_of(material.findings, pairs))], "fixmedins_code", "area")
    peers = _peer_values(material.findings, [row for rows in own.values() for row in rows])
    totals = _by(records(material.detail["totals"]), "case_id", "detector_id")
    lines = _by(records(material.detail["lines"]), "case_id", "detector_id")
    items = _by(records(material.detail["items"]), "case_id")
    views = []
    for case in cases:
        findings = own.get((case["fixmedins_code"], case["area"]), [])
        detectors = [
            _detector(level, findings, peers, totals, lines, material) for level in levels.get(case["case_id"], [])
        ]
        views.append(
            {
                "case": case,
                "detectors": detectors,
                "billed": items.get(case["case_id"], []),
                "benign": _once([check for row in detectors for check in row["benign"]]),
                "gaps": [{**row, "text": material.text(row["detector_id"])} for row in findings if _open(row)],
                "faults": [
                    {**row, "text": material.text(row["detector_id"])} for row in findings if _faulty(row, case)
                ],
                "reasons": list(zip(split(case["reasons_zh"], "zh"), split(case["reasons_en"], "en"), strict=False)),
            }
        )
    return views


def _detector(
    level: Row,
    findings: Sequence[Row],
    peers: Mapping[tuple[str, str], list[float]],
    totals: Mapping[Any, list[Row]],
    lines: Mapping[Any, list[Row]],
    material: Material,
) -> Row:
    """One level of a case: words, numbers, drawings, benign checks and its largest lines."""
    finding = next((row for row in findings if row["detector_id"] == level["detector_id"]), None)
    key, text = (level["case_id"], level["detector_id"]), material.text(level["detector_id"])
    shown = {"level": level, "text": text, "finding": finding, "strip": "", "months": "", "benign": []}
    shown["totals"] = next(iter(totals.get(key, [])), None)
    shown["lines"] = lines.get(key, [])
    if finding is None:
        return shown
    values = peers.get((finding["detector_id"], finding["peer_group"] or ""), [])
    if finding["observed"] is not None and values:
        label = f"{text.title_zh} {number(finding['observed'])}，同组中位数 {number(finding['peer_median'])}"
        shown["strip"] = charts.strip(finding["observed"], values, finding["peer_median"], finding["peer_limit"], label)
    by_month = months_of(finding)
    if by_month:
        shown["months"] = charts.months(by_month, material.months, f"{text.title_zh} 分月")
    shown["benign"] = [{**check, "text": text} for check in benign_of(finding)]
    return shown


def months_of(finding: Mapping[str, Any]) -> dict[str, float]:
    """Months of a finding as numbers; empty when it has none."""
    given = _json(finding.get("months"), {})
    return {str(month): float(value) for month, value in given.items() if value is not None}


def benign_of(finding: Mapping[str, Any]) -> list[Row]:
    """Benign explanations tested for a finding, each with the name of its result."""
    checks = _json(finding.get("benign_checks"), [])
    return [{**check, "name": name_of(RESULTS, check.get("result"))} for check in checks]


def _once(checks: Sequence[Row]) -> list[Row]:
    """Checks with the same words stand once, with the names of all the detectors they were tested for."""
    found: dict[Any, Row] = {}
    for check in checks:
        key = tuple(check.get(name) for name in ("check", "result", "detail_zh"))
        found.setdefault(key, {**check, "texts": []})["texts"].append(check["text"])
    return list(found.values())


def _json(text: Any, empty: Any) -> Any:
    """Parsed JSON of a finding; what cannot be parsed counts as not given."""
    try:
        return json.loads(text) if isinstance(text, str) else empty
    except ValueError:
        return empty


def _peer_values(findings: pd.DataFrame, wanted: Sequence[Row]) -> dict[tuple[str, str], list[float]]:
    """Observed values by detector and peer group, for the groups that are drawn."""
    groups = {(row["detector_id"], row["peer_group"]) for row in wanted if row["peer_group"]}
    known = findings[findings["observed"].notna() & findings["detector_id"].isin({name for name, _ in groups})]
    found: dict[tuple[str, str], list[float]] = {}
    for (detector, group), rows in known.groupby(["detector_id", "peer_group"]):
        if (detector, group) in groups:
            found[str(detector), str(group)] = rows["observed"].tolist()
    return found


def _open(row: Row) -> bool:
    return row["outcome"] in ("not_evaluable", "error")


def _faulty(row: Row, case: Row) -> bool:
    """A hit explained by a data fault, left out of a clue."""
    return row["outcome"] == "hit" and bool(row["data_fault"]) and case["verdict_hint"] == "clue"


def split(text: str | None, language: str) -> list[str]:
    """The numbered sentences of a reasons column, without their numbers."""
    marks = "①②③④⑤⑥⑦⑧⑨" if language == "zh" else [f"({index})" for index in range(1, 10)]
    rest, found = text or "", []
    for mark in marks:
        before, seen, rest = rest.partition(mark)
        if before.strip():
            found.append(before.strip())
        if not seen:
            return found
    return found


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows as dictionaries, empty values as None."""
    plain = frame.astype(object)
    return [
        {str(name): value for name, value in row.items()} for row in plain.where(plain.notna(), None).to_dict("records")
    ]


def _of(findings: pd.DataFrame, pairs: set[tuple[str, str]]) -> pd.DataFrame:
    keys = pd.MultiIndex.from_frame(findings[["fixmedins_code", "area"]])
    return findings[keys.isin(list(pairs))] if pairs else findings.head(0)


def _by(rows: Sequence[Row], *names: str) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]].append(row)
    return grouped
