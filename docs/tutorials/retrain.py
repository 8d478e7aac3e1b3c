"""Retrain the models in a quarter of an hour. Run it, read it from top to bottom, then do the same on your own home.

    python docs/tutorials/retrain.py HOME             # a home in which `fundwatch run` scored at least one period

You need: a scored home and results of past inspections (validated/inspection_result_d, or verdicts of your analysts in
labels/verdict). Every step prints what it did; nothing is promoted unless it stands up to every baseline.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jobs.orchestration.version import code_version
from jobs.runtime.errors import FundwatchError
from jobs.runtime.storage import Home
from jobs.training import examples, lifecycle, overview, registered, report, snapshot
from jobs.training.evaluate import fit_anomaly
from knowledge.points import knowledge_version, load_points
from models import anomaly


def look_at_labels(home: Home) -> None:
    """1. What do we know? Nothing defaults to guilty: a case nobody visited teaches nothing."""
    results = examples.results(home)
    print("1. results by state:", results["state"].value_counts().to_dict())
    print("   chosen by:", results["selection"].value_counts().to_dict())


def look_at_features(home: Home) -> snapshot.Snapshot:
    """2. What would the model see? One snapshot per scored period; never anything after the days inspected."""
    taken = snapshot.take(home, snapshot.periods(home)[-1])
    print(f"2. {taken.period}: {len(taken.candidates)} institution-areas, {len(taken.residuals)} peer residuals")
    return taken


def look_at_anomalies(taken: snapshot.Snapshot) -> None:
    """3. Which institution stands apart, and through what? Its points add up to its total."""
    points = anomaly.points(fit_anomaly(taken), taken.residuals, taken.traits)
    totals = anomaly.totals(points).sort_values("anomaly", ascending=False)
    first = totals.iloc[0]
    mine = points[(points["fixmedins_code"] == first["fixmedins_code"]) & (points["area"] == first["area"])]
    parts = ", ".join(f"{d} {p:.2f}" for d, p in mine[["detector_id", "points"]].head(3).itertuples(index=False))
    print(f"3. most unusual: {first['fixmedins_code']} in {first['area']}, {first['anomaly']:.2f} = {parts}, …")


def train(home: Home, when: str) -> int:
    """4. Train and measure. The table holds random, money, rules and the last champion beside the new ranking."""
    versions = {"code_version": code_version(), "knowledge_version": knowledge_version(load_points())}
    told = lifecycle.train_and_register(home, when, versions)
    print("4. " + "\n   ".join(told["lines"]))
    return int(told["version"])


def look_at_report(home: Home, version: int) -> Path:
    """5. Read the page: are the intervals apart? is a group treated harder than inspections found it? does it leak?"""
    place = report.write_report(home, version, None)
    print(f"5. report: {place}")
    return place


def promote(home: Home, when: str, version: int) -> None:
    """6. Promote – or be refused, which is the normal case with few labels and costs nothing."""
    try:
        lifecycle.promote(home, when, version, None, None)
        print(f"6. version {version} decides from the next run on; `fundwatch models rollback` takes it back")
    except FundwatchError as refused:
        print(f"6. refused: {refused.wrong} The list stays as it is; the version goes on scoring in the shadow.")


def look_back(home: Home) -> None:
    """7. Everything that was decided is kept, with names and reasons."""
    print("7. " + "\n   ".join(overview.overview(home)["lines"]))
    print(f"   model card: {len(registered.the_registry(home).text(1, 'card.md').splitlines())} lines, with version 1")


def main(root: Path, when: str) -> None:
    """All seven steps."""
    home = Home(root.resolve())
    look_at_labels(home)
    look_at_anomalies(look_at_features(home))
    version = train(home, when)
    look_at_report(home, version)
    promote(home, when, version)
    look_back(home)


if __name__ == "__main__":
    from fundwatch.options import now

    main(Path(sys.argv[1]), now())
