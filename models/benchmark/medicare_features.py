"""Features of the public provider-claims benchmark: its 69 columns on scales a model can compare.

Reads: provider_features.csv.gz as a frame indexed by provider (sums, means, maxima per setting and totals).
Grain: one row per provider.
Why: raw totals say little but size. Amounts and counts become logarithms, and ratios (per claim, patient, physician and
day), concentration and the weight of the in-patient side say how a provider differs from others as large. What the
patients suffer from and how old they are is left out: it is not the provider's conduct, and with some 250 positives 25
such columns cost every learner precision. Everything is computed from a provider's own row, so nothing of other
providers – and no label – can leak into a fold.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SETTINGS = ("Inpatient", "Outpatient")
ROLES = ("Attending", "Operating", "Other")
MONEY = "Total_Reimbursement"


def build(raw: pd.DataFrame) -> pd.DataFrame:
    """Model columns of every provider of `raw`; an absent setting counts as zero activity. Raises KeyError."""
    known = raw[[name for name in raw.columns.astype(str) if not of_patients(name)]].astype(float).fillna(0.0)
    parts = [scaled(known), totals(known), *(of_setting(known, setting) for setting in SETTINGS)]
    return pd.concat(parts, axis=1)


def scaled(known: pd.DataFrame) -> pd.DataFrame:
    """The columns as given, heavy-tailed ones as log(1 + x); which ones is decided by name, not by the sample."""
    return pd.DataFrame(
        {
            name: np.log1p(known[name].clip(lower=0)) if heavy(name) else known[name]
            for name in known.columns.astype(str)
        },
        index=known.index,
    )


def heavy(name: str) -> bool:
    """True for columns that grow with the provider or hold dollars or days."""
    return not name.endswith(
        ("NumDiagnoses_mean", "NumProcedures_mean", "NumProcedures_max", "Ratio", "Per_Beneficiary")
    )


def of_patients(name: str) -> bool:
    """True for columns about the patients' health and age."""
    return "Chronic" in name or name.endswith("_Age_mean")


def totals(known: pd.DataFrame) -> pd.DataFrame:
    """The weight of the in-patient side and money per patient."""
    money = known[MONEY].clip(lower=1)
    return pd.DataFrame(
        {
            "inpatient_share_of_claims": known["Inpatient_ClaimID_count"] / known["Total_Claims"].clip(lower=1),
            "inpatient_share_of_money": known["Inpatient_InscClaimAmtReimbursed_sum"] / money,
            "money_per_patient": _log_ratio(known[MONEY], known["Total_Unique_Beneficiaries"]),
        }
    )


def of_setting(known: pd.DataFrame, setting: str) -> pd.DataFrame:
    """Ratios of one setting: load per physician and patient, spread of amounts, days and codes in total."""
    side = known[[name for name in known.columns.astype(str) if name.startswith(setting + "_")]]
    side = side.rename(columns=lambda name: name.removeprefix(setting + "_"))
    claims, money = side["ClaimID_count"], side["InscClaimAmtReimbursed_sum"]
    mean = side["InscClaimAmtReimbursed_mean"]
    columns = {
        "claims_per_patient": _log_ratio(claims, side["BeneID_nunique"]),
        "money_per_patient": _log_ratio(money, side["BeneID_nunique"]),
        "amount_variation": side["InscClaimAmtReimbursed_std"] / mean.clip(lower=1),
        "largest_to_mean": _log_ratio(side["InscClaimAmtReimbursed_max"], mean),
        "deductible_share": side["DeductibleAmtPaid_sum"] / money.clip(lower=1),
        "days": np.log1p(side["ClaimDuration_mean"] * claims),
        "diagnoses": np.log1p(side["NumDiagnoses_mean"] * claims),
        "procedures": np.log1p(side["NumProcedures_mean"] * claims),
    }
    for role in ROLES:
        physicians = side[f"{role}Physician_nunique"]
        columns[f"claims_per_{role.lower()}"] = _log_ratio(claims, physicians)
        columns[f"money_per_{role.lower()}"] = _log_ratio(money, physicians)
    return pd.DataFrame(columns).add_prefix(f"{setting.lower()}_")


def _log_ratio(upper: pd.Series, lower: pd.Series) -> pd.Series:
    """log((a + 1) / (b + 1)): defined for providers without the setting, where it is 0."""
    return pd.Series(np.log((upper + 1.0) / (lower + 1.0)))
