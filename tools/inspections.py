"""Two years of past inspections of a generated area, chosen the way real ones are: by score, money, tips and chance.

    python -m tools.inspections --home HOME --truth AREA_truth --share 0.2 --seed 1
    python -m tools.inspections --home HOME --truth AREA_truth --judge          # rankings against what was planted

One round of inspections follows every scored period of the home. Writes HOME/labels/verdict and, per period,
HOME/inspections/selection with the chance every pair of institution and area had. What an inspection finds is drawn
from the planted truth: most planted ones are confirmed, some are not provable, a few honest ones are found wanting
too, amounts vary around what was planted. With --judge the models learn from all rounds but the last, and the last
period's rankings are held against everything planted there, inspected or not.
Why: models of outcomes must be shown to learn from biased labels; a generated area has the truth to check them with.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.cases.context import case_id
from jobs.runtime.period import Period
from jobs.runtime.small import read_small, write_small
from jobs.runtime.storage import ALL, Home
from jobs.training import snapshot
from jobs.training.evaluate import RANKINGS, listed
from jobs.training.train import train
from models import artefact
from models.evaluation import metrics

KEY = snapshot.KEY
DAYS = (20, 180)  # from the end of the period to the conclusion
RANDOM_ARM = 0.1  # of the inspections of a round
TIPPED = 0.4  # chance that a tip brings an inspection
STATES = ("confirmed", "legitimate", "data_fault", "unprovable")
# Chances of these states, planted and not.
PLANTED, HONEST = (0.85, 0.05, 0.02, 0.08), (0.04, 0.88, 0.06, 0.02)


def draw(
    taken: snapshot.Snapshot, planted: pd.DataFrame, tipped: pd.DataFrame, share: float, seed: int
) -> pd.DataFrame:
    """One round: every candidate with `propensity`, `drawn`, `selected_by`; the drawn ones with what was found.

    `planted`: KEY, planted_amount in yuan. `tipped`: KEY. `share` of the candidates are inspected, on average.
    """
    rng = np.random.default_rng(seed)
    pairs = taken.candidates.merge(planted, on=KEY, how="left")
    number = share * len(pairs)
    pull = np.exp(3 * pairs["evidence"].rank(pct=True) + 2 * pairs["money"].rank(pct=True))
    of_list = np.clip(pull / pull.sum() * number * (1 - RANDOM_ARM), 0, 0.9).to_numpy()
    of_tips = np.where(pd.MultiIndex.from_frame(pairs[KEY]).isin(pd.MultiIndex.from_frame(tipped[KEY])), TIPPED, 0.0)
    of_chance = np.full(len(pairs), number * RANDOM_ARM / len(pairs))
    by_list, by_tips, by_chance = (rng.random(len(pairs)) < chance for chance in (of_list, of_tips, of_chance))
    return _found(pairs, rng).assign(
        drawn=(by_list | by_tips | by_chance).astype(int),
        selected_by=np.select([by_chance, by_list, by_tips], ["random", "model", "tip"], "model"),
        propensity=1 - (1 - of_list) * (1 - of_tips) * (1 - of_chance),
    )


def _found(pairs: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What an inspection of each pair would conclude, and how many days after the period."""
    guilty = pairs["planted_amount"].notna().to_numpy()
    verdict = np.where(guilty, rng.choice(STATES, len(pairs), p=PLANTED), rng.choice(STATES, len(pairs), p=HONEST))
    base = np.where(guilty, pairs["planted_amount"].fillna(0) * 0.6, 2000.0) * rng.lognormal(0, 0.5, len(pairs))
    return pairs.assign(
        verdict=verdict,
        confirmed_amount=np.where(verdict == "confirmed", base, 0.0).round(2),
        days=rng.integers(*DAYS, len(pairs)),
    )


def planted_in(truth: Path, period: Period) -> pd.DataFrame:
    """KEY, planted_amount of the schemes at work in the period: their yuan in proportion to their months in it."""
    found = pd.read_csv(truth / "schemes.csv", dtype={"fixmedins_code": str})
    months = found["months"].str.split(";")
    within = months.map(lambda own: sum(month in period.months for month in own) / len(own))
    found = found.assign(planted_amount=found["planted_amount"] * within)[within > 0]
    return found.groupby(KEY)["planted_amount"].sum().reset_index()


def rounds(home: Home, truth: Path, share: float, seed: int) -> pd.DataFrame:
    """Draws and writes a round after every scored period; the verdicts of all."""
    tips = read_small(home, "validated", "tip_d", ALL, KEY)
    tipped = pd.DataFrame(columns=KEY, dtype=object) if tips is None else tips.dropna()
    verdicts = []
    for number, period in enumerate(snapshot.periods(home)):
        found = draw(snapshot.take(home, period), planted_in(truth, period), tipped, share, seed + number)
        found["case_id"] = [case_id(code, area, period) for code, area in found[KEY].itertuples(index=False)]
        write_small(found, home, "inspections", "selection", period.folder)
        verdicts.append(_verdicts(found[found["drawn"] == 1], period))
    whole = pd.concat(verdicts, ignore_index=True)
    write_small(whole, home, "labels", "verdict", ALL)
    return whole


def _verdicts(drawn: pd.DataFrame, period: Period) -> pd.DataFrame:
    last = pd.Timestamp(period.last_day)
    return drawn.assign(
        inspection_id="PAST-" + drawn["case_id"],
        period_begin=period.first_day,
        period_end=period.last_day,
        concluded_on=(last + pd.to_timedelta(drawn["days"], unit="D")).dt.date,
        selection=drawn["selected_by"],
        reviewer=None,
    )


def judge(home: Home, truth: Path, capacity: int) -> pd.DataFrame:
    """Rankings of the last period by models of what was known on its last day: precision at `capacity`, PR-AUC."""
    last = snapshot.periods(home)[-1]
    made = train(home, {"code_version": "", "knowledge_version": ""}, last.last_day, None)
    taken = snapshot.take(home, last)
    pairs = listed(made.bundle, artefact.features(made.bundle.anomaly, taken)).merge(
        planted_in(truth, last), on=KEY, how="left"
    )
    label = np.asarray(pairs["planted_amount"].notna(), dtype=np.float64)
    size = pairs["money"].to_numpy(dtype=float)
    rows = {
        name: {
            f"P@{capacity}": metrics.interval(
                metrics.precision_at(capacity), label, [pairs[column].to_numpy(float)], size
            ),
            "PR-AUC": metrics.interval(metrics.pr_auc, label, [pairs[column].to_numpy(float)], size),
        }
        for name, column in RANKINGS.items()
        if column in pairs and pairs[column].notna().all()
    }
    print(f"{last}: {len(pairs)} pairs, {int(label.sum())} planted; {made.bundle.trained_on['usable_labels']} labels")
    return pd.DataFrame(rows).T


def main(arguments: list[str]) -> int:
    """Draws and writes, or judges; prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.2, help="of the candidates inspected in a round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--capacity", type=int, default=50)
    options = parser.parse_args(arguments)
    home = Home(options.home)
    if options.judge:
        print(judge(home, options.truth, options.capacity).to_string())
        return 0
    found = rounds(home, options.truth, options.share, options.seed)
    print(found.groupby(["selection", "verdict"]).size().unstack(fill_value=0).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
