"""How long retraining takes and how much memory: a home of the size of a province, drawn by seed, to train on.

    python -m tools.retraining --home HOME --institutions 50000 --months 24 --every 3     # writes the home
    fundwatch train --home HOME                                                            # what is measured

Writes features/provider_month of every month, scores/finding of every period of `every` months, validated/fixmedins_b
and labels/verdict of a tenth of a per cent of the pairs a period. Every institution is judged by 26 detectors in five
areas, as in a generated area; one in fifty stands out.
Why: the promise is time and memory for 50,000 institutions and two years; nobody has such an area at hand.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.catalogue import derived
from jobs.runtime.period import Period, shift
from jobs.runtime.storage import ALL, Home

AREAS = {"imaging": 7, "laboratory": 6, "inpatient": 6, "outpatient": 4, "pharmacy": 3}  # detectors judged in each
FIRST = "2022-01"
STANDS_OUT = 0.02
INSPECTED = 0.001  # of the pairs of a period


def save(home: Home, layer: str, name: str, month: str, frame: pd.DataFrame) -> None:
    """Writes a table's month."""
    folder = home.table(layer, name) / f"month={month}"
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / "part-0.parquet", index=False)


def months(home: Home, codes: np.ndarray, number: int, rng: np.random.Generator) -> None:
    """provider_month: sizes are log-normal and last, months vary by a fifth."""
    size = rng.lognormal(5, 1.5, len(codes))
    for turn in range(number):
        visits = np.ceil(size * rng.lognormal(0, 0.2, len(codes)))
        frame = pd.DataFrame({"fixmedins_code": codes, "visits": visits, "inscp": visits * 200, "persons": visits})
        frame = frame.assign(inp_inscp=visits * 80, discharges=visits / 20, severe_stays=visits / 100)
        save(home, "features", "provider_month", shift(FIRST, turn), frame)


def findings(codes: np.ndarray, guilty: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """One judged row per institution and detector; those that stand out do so in one area."""
    parts = []
    own = rng.integers(0, len(AREAS), len(codes))
    for place, (area, detectors) in enumerate(AREAS.items()):
        for number in range(detectors):
            z = rng.standard_t(4, len(codes)) + np.where(guilty & (own == place), 4.0, 0.0)
            hit = z > 7.0
            family = "rule" if number % 2 else "indicator"
            money = np.where(hit, rng.lognormal(9, 1, len(codes)), 0.0)
            parts.append(
                pd.DataFrame(
                    {
                        **{"fixmedins_code": codes, "area": area, "detector_id": f"{area[:3].upper()}-{number:02d}"},
                        **{"detector_version": "1.0", "family": family, "outcome": np.where(hit, "hit", "no_hit")},
                        **{"strength": np.where(hit, 2, 0), "observed": 2.0, "peer_median": 1.0, "z": z},
                        "suspected_amount": money if family == "rule" else 0.0,
                        "excess_amount": money if family == "indicator" else 0.0,
                    }
                )
            )
    names = [name for name in derived("scores", "finding").names]
    return pd.concat(parts, ignore_index=True).reindex(columns=names)


def verdicts(found: pd.DataFrame, guilty: dict[str, bool], period: Period, rng: np.random.Generator) -> pd.DataFrame:
    """Inspections of the pairs that stand out most and of as many others."""
    pairs = found.groupby(["fixmedins_code", "area"])["z"].max().reset_index()
    number = max(20, int(INSPECTED * len(pairs)))
    chosen = pd.concat([pairs.nlargest(number, "z"), pairs.sample(number, random_state=int(rng.integers(1 << 31)))])
    chosen = chosen.drop_duplicates(["fixmedins_code", "area"], ignore_index=True)
    sure = chosen["fixmedins_code"].map(guilty).to_numpy(dtype=bool) & (chosen["z"] > 4).to_numpy()
    confirmed = rng.random(len(chosen)) < np.where(sure, 0.85, 0.06)
    last = pd.Timestamp(period.last_day)
    return chosen.drop(columns="z").assign(
        inspection_id=[f"P-{period.end}-{place}" for place in range(len(chosen))],
        period_begin=period.first_day,
        period_end=period.last_day,
        concluded_on=(last + pd.to_timedelta(rng.integers(20, 80, len(chosen)), unit="D")).date,
        selection="model",
        verdict=np.where(confirmed, "confirmed", "legitimate"),
        confirmed_amount=np.where(confirmed, rng.lognormal(9, 0.8, len(chosen)), 0.0),
    )


def build(home: Home, institutions: int, number: int, every: int, seed: int) -> int:
    """Writes the home; returns the findings written."""
    rng = np.random.default_rng(seed)
    codes = np.array([f"H{place:09d}" for place in range(institutions)])
    guilty = rng.random(institutions) < STANDS_OUT
    months(home, codes, number, rng)
    register = pd.DataFrame({"fixmedins_code": codes, "biznat": "1", "hosp_lv": "05", "fix_blng_admdvs": "990101"})
    save(home, "validated", "fixmedins_b", ALL, register)
    told, rows, known = [], 0, dict(zip(codes, guilty, strict=True))
    for turn in range(0, number, every):
        period = Period(shift(FIRST, turn), shift(FIRST, min(turn + every, number) - 1))
        found = findings(codes, guilty, rng)
        save(home, "scores", "finding", period.folder, found)
        told.append(verdicts(found, known, period, rng))
        rows += len(found)
    save(home, "labels", "verdict", ALL, pd.concat(told, ignore_index=True))
    return rows


def main(arguments: list[str]) -> int:
    """Writes the home and says how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--institutions", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--every", type=int, default=3, help="months of a scored period")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rows = build(Home(options.home), options.institutions, options.months, options.every, options.seed)
    print(f"{options.institutions:,} institutions × {options.months} months, {rows:,} findings")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
