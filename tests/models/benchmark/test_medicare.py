"""The benchmark: features of a provider depend on its own row, folds never grade what they were trained on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier

from models.benchmark import medicare, medicare_features

SIDE = [
    "ClaimID_count", "BeneID_nunique", "InscClaimAmtReimbursed_sum", "InscClaimAmtReimbursed_mean",
    "InscClaimAmtReimbursed_std", "InscClaimAmtReimbursed_max", "DeductibleAmtPaid_sum", "ClaimDuration_mean",
    "NumDiagnoses_mean", "NumProcedures_mean", "AttendingPhysician_nunique", "OperatingPhysician_nunique",
    "OtherPhysician_nunique", "ChronicCond_Cancer_mean",
]  # fmt: skip


def providers(n, seed=0):
    rng = np.random.default_rng(seed)
    names = [f"{setting}_{name}" for setting in medicare_features.SETTINGS for name in SIDE]
    frame = pd.DataFrame(rng.lognormal(2, 1, (n, len(names))), columns=names)
    frame["Total_Claims"] = frame["Inpatient_ClaimID_count"] + frame["Outpatient_ClaimID_count"]
    frame["Total_Reimbursement"] = frame["Inpatient_InscClaimAmtReimbursed_sum"] * 10
    frame["Total_Unique_Beneficiaries"] = frame["Total_Claims"] * 0.8
    frame.index = pd.Index([f"PRV{number:05d}" for number in range(n)], name="Provider")
    return frame


def test_a_providers_features_do_not_depend_on_the_others():
    raw = providers(30)
    whole, alone = medicare_features.build(raw), medicare_features.build(raw.iloc[[7]])
    pd.testing.assert_frame_equal(whole.iloc[[7]], alone)


def test_a_provider_without_a_setting_gets_finite_features():
    raw = providers(5)
    raw[[name for name in raw if name.startswith("Inpatient")]] = np.nan
    built = medicare_features.build(raw)
    assert np.isfinite(built.to_numpy()).all()
    assert (built["inpatient_share_of_claims"] == 0).all()


def test_out_of_fold_scores_of_a_memorising_model_are_no_better_than_chance():
    features = medicare_features.build(providers(300))
    label = (np.random.default_rng(5).random(300) < 0.3).astype(float)  # nothing to learn
    memory = {"memory": lambda seed: KNeighborsClassifier(1)}
    seen = medicare.fit_score(features, label, features, 0, memory)
    folds = medicare.cross_validate(features, label, 1, members=memory)
    assert (seen["memory"] == label).all()
    assert abs(np.corrcoef(folds[0]["memory"], label)[0, 1]) < 0.2


def test_the_ensemble_is_the_mean_on_the_log_odds_scale():
    constant = {"low": lambda seed: Constant(0.2), "high": lambda seed: Constant(0.8)}
    features = medicare_features.build(providers(4))
    assert np.allclose(medicare.fit_score(features, np.zeros(4), features, 0, constant)[medicare.ENSEMBLE], 0.5)


def test_the_choice_takes_what_knows_something_and_drops_what_misleads():
    rng = np.random.default_rng(3)
    label = (rng.random(600) < 0.2).astype(float)
    good, noise = label + rng.normal(0, 0.6, 600), rng.normal(0, 3, 600)
    best = medicare.choose(np.column_stack([noise, good]), label, ["noise", "good"])
    assert best.weights[1] > 5 * abs(best.weights[0])
    assert medicare.choose(noise[:, None], label, ["noise"]).name == "noise"


def test_what_is_graded_plays_no_part_in_the_choice():
    features = medicare_features.build(providers(120))
    label = (np.random.default_rng(2).random(120) < 0.3).astype(float)
    members = {"near": lambda seed: KNeighborsClassifier(3), "far": lambda seed: KNeighborsClassifier(30)}
    both = medicare.nested(features.iloc[:100], label[:100], features.iloc[100:], 0, members)
    alone = medicare.nested(features.iloc[:100], label[:100], features.iloc[110:], 0, members)
    pd.testing.assert_frame_equal(both.iloc[10:], alone)


class Constant:
    def __init__(self, value):
        self.value = value

    def fit(self, features, label):
        return self

    def predict_proba(self, features):
        return np.tile([1 - self.value, self.value], (len(features), 1))
