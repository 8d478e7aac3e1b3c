"""Facts of one pooling area, from its home and its landing folder.

Reads: runs/*/run.json, runs/latest/case_list.parquet (two columns), scores/finding (three columns), state/*.json;
complete.json of landing folders.
Why: files alone tell what an office asks; no engine is opened and no database is needed, so the page still answers
when everything else is down.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jobs.operations.facts import AreaFacts, Rows, Run, Step
from jobs.orchestration import journal
from jobs.orchestration.arrival import MARKER, wanting
from jobs.runtime import layout
from jobs.runtime.period import parse_period
from jobs.runtime.storage import Home

LATEST = "latest"
LEAST = 5  # cells of fewer institutions are folded: in a clinical area with one provider "1 clue" would name it
OTHER = "other"
JUDGED = {"hit", "no_hit"}


def gather(area: str, home: Home, landing: Path | None) -> AreaFacts:
    """Facts of an area. What cannot be read is told in `faults`; nothing raises."""
    faults: list[str] = []
    found = dict(runs(home, faults))
    run, told = found.get(_latest(home), (None, None))
    cases, detectors, unjudged = _clues(home, run, faults) if run else ({}, 0, {})
    sealed, incomplete = arrivals(landing) if landing else ({}, {})
    return AreaFacts(
        area=area,
        latest=run,
        rows=rows(told or {}),
        cases=cases,
        detectors=detectors,
        unjudged=unjudged,
        steps={name: _step(one) for name, one in journal.entries(home).items()},
        waiting=unseen(sealed, [one for one, _ in found.values()]),
        incomplete=incomplete,
        drafts=_drafts(run, [one for one, _ in found.values()]),
        outdated=tuple(layer for layer in layout.CHECKED if layout.stale(home, layer)),
        faults=tuple(faults),
    )


def runs(home: Home, faults: list[str]) -> Iterator[tuple[str, tuple[Run, dict[str, Any]]]]:
    """Every complete run of the home by its folder's name, with its run.json."""
    for path in sorted(home.runs.glob("[0-9]*/run.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            yield path.parent.name, (_run(told), told)
        except (OSError, ValueError, KeyError):
            faults.append(f"runs/{path.parent.name}/run.json")


def _run(told: Mapping[str, Any]) -> Run:
    champion = told.get("model_versions", {}).get("fundwatch")
    return Run(
        run_id=told["run_id"],
        period=told["period"],
        finished=moment(told["finished"]),
        engine=told.get("engine", ""),
        code_version=told.get("code_version", ""),
        knowledge_version=told.get("knowledge_version", ""),
        champion=int(champion) if champion else None,
    )


def moment(text: str) -> datetime:
    """A moment of run.json: UTC without saying so."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _latest(home: Home) -> str:
    try:
        return (home.runs / LATEST).readlink().name
    except OSError:
        return ""


def rows(told: Mapping[str, Any]) -> Rows:
    """Rows of a run.json over all its tables and months."""
    months = [month for table in told.get("tables", {}).values() for month in table.values()]
    quarantined: Counter[str] = Counter()
    for month in months:
        quarantined.update(month["rows_quarantined"])
    accepted = sum(month["rows_accepted"] for month in months)
    return Rows(accepted + sum(quarantined.values()), accepted, dict(sorted(quarantined.items())))


def _clues(home: Home, run: Run, faults: list[str]) -> tuple[dict[tuple[str, str], int], int, dict[str, int]]:
    listed = home.runs / run.run_id / "case_list.parquet"
    try:
        found = pq.read_table(listed, columns=["area", "verdict_hint"]).to_pydict()
        pairs: Counter[tuple[str, str]] = Counter(zip(found["area"], found["verdict_hint"], strict=True))
        return (fold(pairs), *detectors(home, run.period))
    except (OSError, ValueError, KeyError) as fault:
        faults.append(f"runs/{run.run_id} ({type(fault).__name__})")
        return {}, 0, {}


def fold(counts: Mapping[tuple[str, str], int], least: int = LEAST) -> dict[tuple[str, str], int]:
    """Cells of at least `least` institutions; the smaller ones of a verdict_hint together under `other`."""
    folded: Counter[tuple[str, str]] = Counter()
    for (area, hint), institutions in counts.items():
        folded[area if institutions >= least else OTHER, hint] += institutions
    return dict(sorted(folded.items()))


def detectors(home: Home, period: str) -> tuple[int, dict[str, int]]:
    """How many detectors ran in a period, and how many could judge nobody, by the reason most of their rows give."""
    # not home.month(): that mends a month a killed step left aside, and a step may be moving it right now
    folder = home.table("scores", "finding") / f"month={parse_period(period).folder}"
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    judged: set[str] = set()
    for path in sorted(folder.glob("*.parquet")):
        found = pq.read_table(path, columns=["detector_id", "outcome", "reason_code"])
        counted = found.group_by(found.column_names).aggregate([([], "count_all")]).to_pylist()
        for one in counted:
            reasons[one["detector_id"]][one["reason_code"] or one["outcome"]] += one["count_all"]
            if one["outcome"] in JUDGED:
                judged.add(one["detector_id"])
    blind = Counter(told.most_common(1)[0][0] for name, told in reasons.items() if name not in judged)
    return len(reasons), dict(sorted(blind.items()))


def arrivals(landing: Path) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """Sealed months and when they were sealed; months still being copied and when something last came."""
    sealed, incomplete = {}, {}
    for folder in sorted(landing.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]")):
        marker = folder / MARKER
        if wanting(folder):
            incomplete[folder.name] = _changed(folder)
        else:
            sealed[folder.name] = _changed(marker)
    return sealed, incomplete


def unseen(sealed: Mapping[str, datetime], seen: list[Run]) -> dict[str, datetime]:
    """Sealed months no run was made of since: new ones and corrected ones."""
    return {
        month: when
        for month, when in sealed.items()
        if not any(month in parse_period(run.period).months and run.finished >= when for run in seen)
    }


def _drafts(latest: Run | None, seen: list[Run]) -> tuple[Run, ...]:
    """Runs made after the released one; of a period only the newest."""
    newer = {run.period: run for run in sorted(seen, key=lambda run: run.finished)}
    return tuple(
        run
        for run in newer.values()
        if latest is None or (run.finished > latest.finished and run.run_id != latest.run_id)
    )


def _step(told: Mapping[str, Any]) -> Step:
    return Step(told["period"], moment(told["finished"]), told["seconds"], told["outcome"], told["exit_code"])


def _changed(path: Path) -> datetime:
    # a run's `finished` has whole seconds: so has this, or a list drafted within a second would seem older
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
