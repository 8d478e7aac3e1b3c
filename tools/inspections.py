"""Past inspections of a generated area, chosen the way real ones are: mostly by score and money, a few at random.

    python -m tools.inspections --home HOME --truth AREA_truth --share 0.15 --seed 1

Writes HOME/labels/verdict: two years of results concluded after the scored period, one in ten chosen at random. What an
inspection finds is drawn from the planted truth: most planted ones are confirmed, some are not provable, a few honest
ones are found wanting too, amounts vary around what was planted.
Why: models of outcomes must be shown to learn from biased labels; a generated area has the truth to check them with.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.runtime.storage import ALL, Home, move_in
from jobs.training import snapshot

KEY = snapshot.KEY
DAYS = 730
RANDOM_ARM = 0.1
# Chances of the results of an inspection, planted and not: confirmed, compliant, data fault, unprovable.
STATES = ("violation", "compliant", "data_quality", "unprovable")
PLANTED, HONEST = (0.85, 0.05, 0.02, 0.08), (0.04, 0.88, 0.06, 0.02)


def draw(taken: snapshot.Snapshot, planted: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """Results of `share` of the candidates. `planted`: KEY, planted_amount in yuan."""
    rng = np.random.default_rng(seed)
    pairs = taken.candidates.merge(planted, on=KEY, how="left")
    pull = pairs["evidence"].rank(pct=True) + pairs["money"].rank(pct=True) + rng.normal(0, 0.5, len(pairs))
    number = int(share * len(pairs))
    at_random = rng.choice(len(pairs), int(number * RANDOM_ARM), replace=False)
    by_list = pull.drop(list(at_random)).nlargest(number - len(at_random)).index.to_numpy()
    chosen = pairs.loc[np.concatenate([at_random, by_list])].reset_index(drop=True)
    chosen["selection"] = ["random"] * len(at_random) + ["model"] * len(by_list)
    guilty = chosen["planted_amount"].notna()
    chosen["verdict"] = [rng.choice(STATES, p=PLANTED if one else HONEST) for one in guilty]
    base = np.where(guilty, chosen["planted_amount"].fillna(0) * 0.6, 2000.0) * rng.lognormal(0, 0.5, len(chosen))
    chosen["confirmed_amount"] = np.where(chosen["verdict"] == "violation", base, 0.0).round(2)
    last = pd.Timestamp(taken.period.last_day)
    days = pd.to_timedelta(rng.integers(20, DAYS, len(chosen)), unit="D")
    return chosen.assign(
        inspection_id=[f"PAST-{place:05d}" for place in range(len(chosen))],
        period_begin=pd.Timestamp(taken.period.first_day),
        period_end=last,
        concluded_on=last + days,
    )[["inspection_id", *KEY, "period_begin", "period_end", "concluded_on", "selection", "verdict", "confirmed_amount"]]


def write(home: Home, found: pd.DataFrame) -> None:
    """labels/verdict of the home, replaced whole."""
    fresh = home.table("labels", "verdict") / ".new-all"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    found.to_parquet(fresh / "part-0.parquet", index=False)
    move_in(fresh, home, "labels", "verdict", ALL)


def main(arguments: list[str]) -> int:
    """Draws and writes; prints how many of which."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.15)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    home = Home(options.home)
    planted = pd.read_csv(options.truth / "schemes.csv", dtype={"fixmedins_code": str})
    planted = planted.groupby(KEY)["planted_amount"].sum().reset_index()
    found = draw(snapshot.take(home, snapshot.periods(home)[-1]), planted, options.share, options.seed)
    write(home, found)
    print(found.groupby(["selection", "verdict"]).size().to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
