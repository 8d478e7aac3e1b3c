"""docs/benchmarks.md with its picture and docs/scale.md, written from the finished measurements and from nothing else.

Reads: the JSON records of benchmarks.store; the templates beside this module.
Why: a table typed by hand is wrong with the next commit; what was not measured says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks import baseline, machine, picture, scale, targets
from benchmarks.arithmetic import exponent, per_second, ratio
from benchmarks.store import Record, Store

MISSING = "not measured"
STEPS = ("raw", "validated", "expectations", "features", "scores", "cases")


def write(store: Store, docs: Path) -> list[Path]:
    """Writes both documents and the picture; returns where they are."""
    records, before = store.all(), baseline.load()
    pages = {"benchmarks.md": benchmarks(records, before), "scale.md": scale_plan(records)}
    shown = pictured(records, before)
    if shown:
        pages["benchmarks.svg"] = picture.drawn(*shown)
    docs.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (docs / name).write_text(text, encoding="utf-8")
    return [docs / name for name in pages]


def pictured(records: Iterable[Record], before: list[Record]) -> tuple[Record, Record | None] | None:
    """The run to draw, the largest whose stages are known and preferably one with a baseline, and that baseline."""
    known = [one for one in records if one["what"] == "run" and one.get("stages") and one["format"] == "parquet"]
    pairs = baseline.beside(known, before)
    if pairs:
        best = max(pairs, key=lambda pair: pair["now"]["lines"])
        return best["now"], {**best["before"], "baseline": best["name"]}
    return (max(known, key=lambda run: run["lines"]), None) if known else None


def benchmarks(records: list[Record], before: list[Record] | None = None) -> str:
    """The tables of docs/benchmarks.md; `before`: records of the baselines."""
    runs = [record for record in records if record["what"] == "run"]
    raced = [record for record in records if record["what"] == "race"]
    races = [race | covered(race, runs) for race in raced if "failed" not in race]
    months = [month | {"share": _month_share(month, runs)} for month in records if month["what"] == "month"]
    growth = exponents(runs)
    return _page("benchmarks.md.j2").render(
        machines=_machines(records),
        runs=runs,
        races=races,
        failed=[race for race in raced if "failed" in race],
        parities=[record for record in records if record["what"] == "parity"],
        baselines=baseline.beside([*runs, *months], before or []),
        pictured=pictured(records, before or []),
        months=months,
        exponents=growth,
        clusters=[(one, _same_size(runs, one, "spark")) for one in runs if one["engine"] == "cluster"],
        steps=STEPS,
        targets=targets.against(runs, races, months, growth.get("sail", {}).get("whole")),
        ratio=ratio,
    )


def scale_plan(records: list[Record]) -> str:
    """The text of docs/scale.md."""
    return _page("scale.md.j2").render(plan=scale.plan(records), embedded=scale.embedded(records))


def exponents(runs: Iterable[Record]) -> dict[str, dict[str, float | None]]:
    """Growth exponent per engine: of the whole run and of every step, over the Parquet sizes of one machine."""
    found: dict[str, dict[str, float | None]] = {}
    held = [run for run in runs if run["format"] == "parquet"]
    for engine in sorted({run["engine"] for run in held}):
        own = machine.of_the_largest(run for run in held if run["engine"] == engine)
        found[engine] = {"whole": exponent([(run["lines"], run["whole"]["wall"]) for run in own])}
        for step in STEPS:
            points = [(run["lines"], run["steps"][step]["wall"]) for run in own if step in run["steps"]]
            found[engine][step] = exponent(points)
    return found


def covered(race: Record, runs: Iterable[Record]) -> dict[str, Any]:
    """How much of a whole run the peer of a race computes: evidence rows of its detectors among all."""
    whole = _same_size(runs, race, race["engine"])
    rows = (whole or {}).get("evidence") or {}
    every = sum(rows.values())
    mine = sum(rows.get(name, 0) for name in race["detectors"])
    return {
        "ratio": ratio(race["ours"]["whole"]["wall"], race["theirs"]["whole"]["wall"]),
        "cpu_ratio": ratio(race["ours"]["whole"].get("cpu"), race["theirs"]["whole"].get("cpu")),
        "whole_run": whole,
        "whole_ratio": ratio(whole["whole"]["wall"] if whole else None, race["theirs"]["whole"]["wall"]),
        "evidence_share": mine / every if every else None,
    }


def _same_size(runs: Iterable[Record], like: Record, engine: str) -> Record | None:
    own = (run for run in runs if machine.alike(run, like))
    fitting = (run for run in own if run["engine"] == engine and run["label"] == like["label"])
    return next((run for run in fitting if run["format"] == "parquet"), None)


def _month_share(month: Record, runs: Iterable[Record]) -> float | None:
    whole = _same_size(runs, month, month["engine"])
    return ratio(month["whole"]["wall"], whole["whole"]["wall"] if whole else None)


def _machines(records: Iterable[Record]) -> list[Mapping[str, Any]]:
    """The machines and versions measured on, each once."""
    found: dict[str, Mapping[str, Any]] = {}
    for record in records:
        told = record["machine"]
        found[f"{told['cpu']}{told['cores']}{told['kernel']}{told['python']}{told['versions']}"] = told
    return list(found.values())


def _page(name: str) -> Any:
    pages = Environment(  # noqa: S701 – Markdown, not HTML
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["figure"] = figure
    pages.filters["mib"] = lambda count: MISSING if count is None else f"{count / (1 << 20):,.0f} MiB"
    pages.globals["per_second"] = per_second
    return pages.get_template(name)


def figure(value: float | None, digits: int = 0) -> str:
    """A figure for people; what is missing says so."""
    return MISSING if value is None else f"{value:,.{digits}f}"
