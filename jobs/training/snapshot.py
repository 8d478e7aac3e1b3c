"""What was known of every institution and area at the end of a scored period: the only thing models learn from.

Reads: scores/finding of the period, features/provider_month of its months, validated/fixmedins_b,
inspections/selection.
Grain: residuals – institution × area × detector; traits – institution; candidates – institution × area.
Why: features and labels meet only here, and only forward in time: a label may be joined to a snapshot whose last day
is not after the last day inspected. What the inspection changed can then never explain its own result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.small import read_small
from jobs.runtime.storage import ALL, Home
from models import ranking

KEY = ranking.KEY
FINDING = [
    *KEY, "detector_id", "detector_version", "family", "outcome", "strength", "observed", "peer_median", "z",
    "suspected_amount", "excess_amount", "data_fault", "benign_checks",
]  # fmt: skip
MONTH = ["fixmedins_code", "visits", "inscp", "inp_inscp", "discharges", "severe_stays", "persons"]
GROUPS = {"biznat": "ownership", "hosp_lv": "level", "fix_blng_admdvs": "district"}
NO_TIPS = pd.DataFrame(columns=[*KEY, "verified"], dtype=object)


@dataclass(frozen=True)
class Snapshot:
    """One scored period; `candidates`: KEY, evidence 0..1, hits, suspected_amount, excess_amount, money …

    `logged`: KEY, propensity – the chance its list gave to be inspected; None where no draw was logged.
    """

    period: Period
    residuals: pd.DataFrame
    traits: pd.DataFrame
    candidates: pd.DataFrame
    logged: pd.DataFrame | None = None

    def of(self, institutions: set[str]) -> Snapshot:
        """The part about some institutions, for what is asked of them again and again."""
        code = KEY[0]
        return replace(
            self,
            residuals=self.residuals[self.residuals[code].isin(institutions)].reset_index(drop=True),
            candidates=self.candidates[self.candidates[code].isin(institutions)].reset_index(drop=True),
            traits=self.traits[self.traits.index.isin(institutions)],
            logged=None,
        )


def periods(home: Home) -> list[Period]:
    """The scored periods of the home, earliest end first."""
    found = [Period(*folder.split("_")) for folder in home.months("scores", "finding") if "_" in folder]
    return sorted(found, key=lambda period: (period.end, period.begin))


def take(home: Home, period: Period) -> Snapshot:
    """The snapshot of a scored period. Raises InputError when it was never scored."""
    judged = read_small(home, "scores", "finding", period.folder, FINDING, ("outcome", ["hit", "no_hit"]))
    if judged is None:
        raise InputError(f"reading {period}", "that period was never scored.", "Run `fundwatch run` for it first.")
    told = judged[judged["z"].notna() & judged["data_fault"].isna()]
    traits = _traits(home, period)
    residuals = told[[*KEY, "detector_id", "z"]].reset_index(drop=True)
    logged = read_small(home, "inspections", "selection", period.folder, [*KEY, "propensity"])
    return Snapshot(period, residuals, traits, _candidates(judged, traits), logged)


def groups(home: Home) -> pd.DataFrame:
    """fixmedins_code, ownership, level, district: what fairness is looked at by, never a feature."""
    found = read_small(home, "validated", "fixmedins_b", ALL, ["fixmedins_code", *GROUPS])
    if found is None:
        return pd.DataFrame(columns=["fixmedins_code", *GROUPS.values()], dtype=object)
    return found.rename(columns=GROUPS).drop_duplicates("fixmedins_code")


def _traits(home: Home, period: Period) -> pd.DataFrame:
    """Size and case mix of every institution over the months of the period; NaN where not known. `money` in yuan."""
    parts = [read_small(home, "features", "provider_month", month, MONTH) for month in period.months]
    known = [part for part in parts if part is not None]
    if not known:
        return pd.DataFrame(columns=["size", "inpatient", "severe", "money"], dtype=float)
    total = pd.concat(known).groupby("fixmedins_code").sum(numeric_only=True)
    return pd.DataFrame(
        {
            "size": np.log1p(total["visits"]),
            "inpatient": total["inp_inscp"] / total["inscp"].where(total["inscp"] > 0),
            "severe": total["severe_stays"] / total["discharges"].where(total["discharges"] > 0),
            "money": total["inscp"],
        }
    )


def _candidates(judged: pd.DataFrame, traits: pd.DataFrame) -> pd.DataFrame:
    """Every judged pair with the evidence against it; a pair without a case has evidence 0."""
    levels = ranking.levels(judged[judged["outcome"] == "hit"], NO_TIPS)
    levels = levels[(levels["verdict_hint"] == "clue") & (levels["family"] != "tip")]
    levels = levels.assign(
        recoverable=levels["suspected_amount"] * levels["above_peers"], one=(levels["level"] > 0).astype(float)
    )
    of_case = levels.groupby(KEY).agg(
        evidence=("points", "sum"),
        hits=("one", "sum"),
        suspected_amount=("suspected_amount", "max"),
        excess_amount=("excess_amount", "max"),
        recoverable=("recoverable", "max"),
    )
    pairs = judged[KEY].drop_duplicates().sort_values(KEY).reset_index(drop=True)
    found = pairs.merge(of_case, left_on=KEY, right_index=True, how="left").fillna(dict.fromkeys(of_case.columns, 0.0))
    found["evidence"] = found["evidence"].clip(upper=100.0) / 100.0
    found["recoverable"] += found["excess_amount"] * ranking.EXCESS_SHARE
    return found.assign(money=found["fixmedins_code"].map(traits["money"]).fillna(0.0).astype(float))
