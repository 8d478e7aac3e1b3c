"""A small home as the chain leaves it: findings, provider-months, institutions and past inspections, drawn by seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jobs.catalogue import derived
from jobs.runtime.period import Period
from jobs.runtime.storage import ALL, Home

PERIOD = Period("2023-01", "2023-02")
DETECTORS = {"IMG-01": "rule", "IMG-02": "rule", "IMG-81": "indicator", "IMG-82": "indicator"}


def findings(n: int = 300, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """scores/finding of `n` institutions in one area and who of them is guilty (one in five)."""
    rng = np.random.default_rng(seed)
    guilty = rng.random(n) < 0.2
    rows = []
    for place in range(n):
        for detector, family in DETECTORS.items():
            z = rng.normal() + (guilty[place] * rng.choice([0.0, 3.0, 3.0]))
            hit = z > 3.5
            rows.append(
                {
                    "fixmedins_code": f"H{place:04d}",
                    "area": "imaging",
                    "detector_id": detector,
                    "detector_version": "1.0+k1",
                    "family": family,
                    "outcome": "hit" if hit else "no_hit",
                    "z": z,
                    "strength": 2 if hit else 0,
                    "suspected_amount": 20_000.0 if hit and family == "rule" else 0.0,
                    "fund_loss": 0.0,
                    "excess_amount": 5_000.0 if hit and family == "indicator" else 0.0,
                    "observed": 2.0,
                    "peer_median": 1.0,
                }
            )
    names = derived("scores", "finding").names
    return pd.DataFrame(rows).reindex(columns=list(names)), guilty


def results(guilty: np.ndarray, share: float = 0.8, seed: int = 1) -> pd.DataFrame:
    """inspection_result_d: a share of the institutions, concluded after the period."""
    rng = np.random.default_rng(seed)
    places = np.flatnonzero(rng.random(len(guilty)) < share)
    found = np.array([rng.random() < (0.9 if guilty[place] else 0.03) for place in places])
    return pd.DataFrame(
        {
            "inspection_id": [f"I{place}" for place in places],
            "fixmedins_code": [f"H{place:04d}" for place in places],
            "area": "imaging",
            "period_begin": PERIOD.first_day,
            "period_end": PERIOD.last_day,
            "concluded_on": [pd.Timestamp("2023-04-01") + pd.Timedelta(days=int(day)) for day in rng.integers(0, 600, len(places))],
            "selection": np.where(rng.random(len(places)) < 0.2, "random", "model"),
            "verdict": np.where(found, "violation", "compliant"),
            "confirmed_amount": np.where(found, rng.lognormal(9, 0.5, len(places)), 0.0),
        }
    )  # fmt: skip


def build(root, n: int = 300, seed: int = 0, labelled: bool = True) -> Home:
    """The home in `root`."""
    home = Home(root)
    found, guilty = findings(n, seed)
    save(home, "scores", "finding", PERIOD.folder, found)
    codes = sorted(found["fixmedins_code"].unique())
    rng = np.random.default_rng(seed + 7)
    for month in PERIOD.months:
        visits = rng.integers(50, 5000, n).astype(float)
        save(
            home, "features", "provider_month", month,
            pd.DataFrame({"stat_month": month, "fixmedins_code": codes, "visits": visits, "inscp": visits * 200,
                          "inp_inscp": visits * 80, "discharges": visits / 20, "severe_stays": visits / 100}),
        )  # fmt: skip
    owners = pd.DataFrame(
        {"fixmedins_code": codes, "biznat": ["1", "2"] * (n // 2), "hosp_lv": "05", "fix_blng_admdvs": "990101"}
    )
    save(home, "validated", "fixmedins_b", ALL, owners)
    if labelled:
        save(home, "validated", "inspection_result_d", ALL, results(guilty))
    return home


def save(home: Home, layer: str, name: str, month: str, frame: pd.DataFrame) -> None:
    """Writes a table's month."""
    folder = home.table(layer, name) / f"month={month}"
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / "part-0.parquet", index=False)
