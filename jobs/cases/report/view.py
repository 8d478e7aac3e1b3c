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
from jobs.cases.report import charts
from jobs.cases.words import RESULTS, measured, name_of

Row = dict[str, Any]
MOST_DRAWN = 6  # levels of a case with drawings; the weaker ones stand with their numbers


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


def case_views(material: Material, shown: Sequence[str]) -> list[Row]:
    """The cases with these ids, by rank, each with all that is printed of it."""
    cases = material.cases[material.cases["case_id"].isin(shown)]
    shelf = _shelf(material, cases)
    return [_case(case, shelf, material) for case in records(cases)]


@dataclass(frozen=True)
class _Shelf:
    """Rows of the shown cases, laid out by what they are looked up with."""

    levels: Mapping[Any, list[Row]]
    findings: Mapping[Any, list[Row]]
    peers: Mapping[tuple[str, str], list[float]]
    totals: Mapping[Any, list[Row]]
    lines: Mapping[Any, list[Row]]
    items: Mapping[Any, list[Row]]


def _shelf(material: Material, cases: pd.DataFrame) -> _Shelf:
    findings = records(
        _of(material.findings, set(cases[["fixmedins_code", "area"]].itertuples(index=False, name=None)))
    )
    return _Shelf(
        levels=_by(records(material.levels[material.levels["case_id"].isin(cases["case_id"])]), "case_id"),
        findings=_by(findings, "fixmedins_code", "area"),
        peers=_peer_values(material.findings, findings),
        totals=_by(records(material.detail["totals"]), "case_id", "detector_id"),
        lines=_by(records(material.detail["lines"]), "case_id", "detector_id"),
        items=_by(records(material.detail["items"]), "case_id"),
    )


def _case(case: Row, shelf: _Shelf, material: Material) -> Row:
    findings = shelf.findings.get((case["fixmedins_code"], case["area"]), [])
    by_detector = {row["detector_id"]: {**row, "text": material.text(row["detector_id"])} for row in findings}
    detectors = [
        _detector(level, by_detector.get(level["detector_id"]), shelf, material)
        for level in shelf.levels[case["case_id"]]
    ]
    return {
        "case": case,
        "detectors": detectors,
        "billed": shelf.items.get(case["case_id"], []),
        "benign": _once([check for row in detectors for check in row["benign"]]),
        "gaps": [row for row in by_detector.values() if row["outcome"] in ("not_evaluable", "error")],
        "faults": [row for row in by_detector.values() if _faulty(row, case)],
        "reasons": list(zip(split(case["reasons_zh"], "zh"), split(case["reasons_en"], "en"), strict=False)),
    }


def _detector(level: Row, finding: Row | None, shelf: _Shelf, material: Material) -> Row:
    """One level of a case: words, numbers, drawings, benign checks and its largest lines."""
    key, text = (level["case_id"], level["detector_id"]), material.text(level["detector_id"])
    shown: Row = {"level": level, "text": text, "finding": finding, "strip": "", "months": "", "benign": []}
    shown["totals"] = next(iter(shelf.totals.get(key, [])), None)
    shown["lines"] = shelf.lines.get(key, [])
    if finding is not None:
        shown["benign"] = [{**check, "text": text} for check in benign_of(finding)]
        if level["position"] <= MOST_DRAWN:
            shown["strip"] = _strip(finding, shelf.peers)
            by_month = months_of(finding)
            shown["months"] = charts.months(by_month, material.months, f"{text.title_zh} 分月") if by_month else ""
    return shown


def _strip(finding: Row, peers: Mapping[tuple[str, str], list[float]]) -> str:
    values = peers.get((finding["detector_id"], finding["peer_group"] or ""), [])
    if finding["observed"] is None or not values:
        return ""
    median, limit = finding["peer_median"], finding["peer_limit"]
    own, usual = (measured(value, finding["unit"]) for value in (finding["observed"], median))
    label = f"{finding['text'].title_zh} {own}，同组中位数 {usual}"
    return charts.strip(finding["observed"], values, median, limit, label)


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
