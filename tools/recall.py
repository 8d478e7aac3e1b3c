"""Holds a case list against the truth of a generated area: recall and precision at k, decoys ranked too high.

    python -m tools.recall --home HOME --truth AREA_truth [--areas imaging,laboratory]

k is the number of planted institution-areas (of the areas asked for). Prints one JSON object.
Why: the figures in a closing note must come from a command anybody can repeat.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

KEY = ["fixmedins_code", "area"]
ORDER = {"weak": 1, "medium": 2, "strong": 3}


def measure(cases: pd.DataFrame, planted: pd.DataFrame, decoys: pd.DataFrame) -> dict[str, object]:
    """Recall@k by strength and area, precision@k, decoys above the median planted case. `cases` needs rank and KEY."""
    truth = strongest(planted)
    listed = cases.sort_values("rank").reset_index(drop=True)
    listed["place"] = listed.index + 1
    k = len(truth)
    found = truth.merge(listed[[*KEY, "place", "verdict_hint"]], on=KEY, how="left")
    found["hit"] = found["place"] <= k
    median = found["place"].median()
    top = listed.head(k).merge(truth[KEY], on=KEY, how="left", indicator=True)
    above = decoys[["fixmedins_code", "area"]].drop_duplicates().merge(listed[[*KEY, "place"]], on=KEY)
    return {
        "planted": k,
        "cases": len(listed),
        "recall_at_k": share(found["hit"]),
        "listed_anywhere": share(found["place"].notna()),
        "by_strength": {name: share(group["hit"]) for name, group in found.groupby("strength")},
        "by_area": {name: share(group["hit"]) for name, group in found.groupby("area")},
        "by_scheme": {name: f"{int(group['hit'].sum())}/{len(group)}" for name, group in found.groupby("scheme")},
        "precision_at_k": share(top["_merge"] == "both"),
        "planted_as_data_quality": int((found["verdict_hint"] == "data_quality").sum()),
        "decoys": len(decoys),
        "decoys_listed": len(above),
        "decoys_above_median_planted": int((above["place"] < median).sum()) if len(above) else 0,
    }


def strongest(planted: pd.DataFrame) -> pd.DataFrame:
    """One row per institution and area: its strongest scheme."""
    ranked = planted.assign(order=planted["strength"].map(ORDER)).sort_values("order", kind="stable")
    return ranked.drop_duplicates(KEY, keep="last")[[*KEY, "scheme", "strength"]].reset_index(drop=True)


def share(flags: pd.Series) -> float | None:
    """Share of true values, three digits; None when there is nothing to share."""
    return round(float(flags.mean()), 3) if len(flags) else None


def main(arguments: list[str]) -> int:
    """Reads list and truth, prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--areas", help="comma-separated; all areas when left out")
    options = parser.parse_args(arguments)
    cases = pd.read_parquet(options.home / "runs" / "latest" / "case_list.parquet")
    planted = pd.read_csv(options.truth / "schemes.csv", dtype=str)
    decoys = pd.read_csv(options.truth / "decoys.csv", dtype=str)
    if options.areas:
        chosen = options.areas.split(",")
        cases, planted, decoys = (frame[frame["area"].isin(chosen)] for frame in (cases, planted, decoys))
    print(json.dumps(measure(cases, planted, decoys), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
