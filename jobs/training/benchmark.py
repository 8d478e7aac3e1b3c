"""`models benchmark medicare_providers`: public provider claims, measured honestly and scored for anybody to grade.

Reads: DATA/provider_features.csv.gz (one row per provider), DATA/labels_half.csv (Provider, PotentialFraud Yes/No).
Grain: scores.csv – one row per provider of the features; benchmark.json – one record per ranking of the table.
Why: most published figures on this data are size; here every figure stands beside the rule "sort by total reimbursed"
and inside deciles of it, with an interval, and a labelled provider is only ever scored by models that never saw it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.runtime.errors import ContractError, InputError
from models.benchmark import medicare, medicare_features
from models.evaluation import metrics
from models.evaluation.metrics import Figure, Floats

FEATURES, LABELS = "provider_features.csv.gz", "labels_half.csv"
FIGURES = {
    "roc_auc": metrics.roc_auc,
    "pr_auc": metrics.pr_auc,
    "precision_at_100": metrics.precision_at(100),
    "within_decile_auc": metrics.within_size_auc,
}
# Results others published on all 5,410 providers, twice as many labels: ROC-AUC, PR-AUC, P@100, within-decile AUC.
PUBLISHED: dict[str, tuple[str, str, str, str]] = {
    "sort by total reimbursed, all 5,410": ("0.938", "0.686", "0.93", "0.62–0.73"),
    "isolation forest": ("0.84–0.86", "0.37–0.51", "", ""),
    "logistic regression": ("0.953", "0.742", "", ""),
    "CatBoost": ("0.953", "0.736", "", ""),
    "GraphSAGE": ("0.954", "0.740", "", ""),
    "LightGBM": ("0.950–0.952", "0.730–0.755", "", "0.80–0.82"),
    "TabPFN": ("0.960", "0.760", "", ""),
    "XGBoost, one split": ("0.969", "0.785–0.787", "", ""),
}


@dataclass(frozen=True)
class Measured:
    """One ranking and its figures."""

    name: str
    figures: dict[str, Figure]


@dataclass(frozen=True)
class Benchmark:
    """What was measured: rankings, how many providers and positives were labelled, where the scores lie."""

    rankings: list[Measured]
    labelled: int
    positives: int
    providers: int
    scores: Path


def run(data: Path, out: Path, repeats: int = 3, members: medicare.Members | None = None) -> Benchmark:
    """Cross-validates, trains on every label, writes OUT/scores.csv and OUT/benchmark.json.

    Raises InputError for a missing or unreadable file, ContractError for other columns or a label without features.
    """
    raw, label = read(data)
    features = medicare_features.build(raw)
    labelled = features.loc[label.index]
    truth = label.to_numpy(dtype=float)
    folds = medicare.cross_validate(labelled, truth, repeats, members=members)
    rankings = measure(raw.loc[label.index], truth, folds)
    scores = final_scores(features, labelled, truth, folds, members)
    out.mkdir(parents=True, exist_ok=True)
    scores.rename_axis("provider").rename("score").to_csv(out / "scores.csv", float_format="%.6f")
    made = Benchmark(rankings, len(label), int(truth.sum()), len(features), out / "scores.csv")
    (out / "benchmark.json").write_text(json.dumps(record(made), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return made


def read(data: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Features by provider and the labels (1 = flagged) of those that have one."""
    raw = _csv(data / FEATURES, "Provider")
    told = _csv(data / LABELS, "Provider")
    missing = sorted({medicare_features.MONEY, "Inpatient_ClaimID_count"} - set(raw.columns))
    if missing or "PotentialFraud" not in told:
        name = FEATURES if missing else LABELS
        lacks = ", ".join(missing) or "PotentialFraud"
        raise ContractError(f"reading {name}", f"it lacks the column {lacks}.", "Use the files of the benchmark as is.")
    unknown = told.index.difference(raw.index)
    if len(unknown):
        raise ContractError(
            f"reading {LABELS}", f"{len(unknown)} providers have no features.", f"Give both files of one {data.name}."
        )
    return raw, told["PotentialFraud"].eq("Yes").astype(int)


def _csv(path: Path, key: str) -> pd.DataFrame:
    try:
        found = pd.read_csv(path)
    except (OSError, ValueError) as fault:
        raise InputError(
            f"reading {path.name}", f"it is not there or not readable ({type(fault).__name__}).", "Check --data."
        ) from fault
    if key not in found or found[key].duplicated().any():
        raise ContractError(f"reading {path.name}", f"{key} is missing or not unique.", "One row per provider.")
    return found.set_index(key)


def measure(raw: pd.DataFrame, truth: Floats, folds: list[pd.DataFrame]) -> list[Measured]:
    """The baselines that need no model, every member, the ensemble and `chosen`, on the same labelled providers."""
    money = raw[medicare_features.MONEY].fillna(0).to_numpy(dtype=float)
    chance = np.random.default_rng(0)
    rankings: dict[str, list[Floats]] = {
        "random": [chance.random(len(truth)) for _ in folds],
        "sort by total reimbursed": [money],
        "sort by in-patient claims": [raw["Inpatient_ClaimID_count"].fillna(0).to_numpy(dtype=float)],
    }
    rankings |= {name: [fold[name].to_numpy(dtype=float) for fold in folds] for name in folds[0].columns.astype(str)}
    return [
        Measured(name, {figure: metrics.interval(metric, truth, scores, money) for figure, metric in FIGURES.items()})
        for name, scores in rankings.items()
    ]


def final_scores(
    features: pd.DataFrame,
    labelled: pd.DataFrame,
    truth: Floats,
    folds: list[pd.DataFrame],
    members: medicare.Members | None,
) -> pd.Series:
    """The ensemble trained on every label; labelled providers keep their out-of-fold mean, none grades itself.

    Nested, a chosen combination reached no more, so none is chosen.
    """
    trained = [
        medicare.fit_score(labelled, truth, features, seed, medicare.MEMBERS if members is None else members)
        for seed in range(len(folds))
    ]
    scores, held_out = (
        pd.DataFrame([frame[medicare.ENSEMBLE] for frame in frames]).mean() for frames in (trained, folds)
    )
    scores.loc[labelled.index] = held_out.loc[labelled.index]
    return scores


def record(made: Benchmark) -> dict[str, object]:
    """The result for machines."""
    rankings = [
        {"ranking": one.name, **{name: asdict(figure) for name, figure in one.figures.items()}} for one in made.rankings
    ]
    counts = {"providers": made.providers, "labelled": made.labelled, "positives": made.positives}
    return {**counts, "rankings": rankings, "published": PUBLISHED, "scores": made.scores.name}


def table(made: Benchmark) -> list[str]:
    """The result for people: figures with 95 % intervals, then what others published."""
    head = f"{'ranking':<36}{'ROC-AUC':<22}{'PR-AUC':<22}{'P@100':<22}within-decile AUC"
    mine = [f"{one.name:<36}" + "".join(f"{figure!s:<22}" for figure in one.figures.values()) for one in made.rankings]
    others = [f"{name:<36}" + "".join(f"{value or '–':<22}" for value in row) for name, row in PUBLISHED.items()]
    return [
        f"{made.labelled:,} labelled providers, {made.positives} positive; out of fold, mean of the repetitions "
        "[95 % bootstrap over providers]; chosen = combination picked inside each training fold (nested)",
        head,
        *[line.rstrip() for line in mine],
        "published by others, on all 5,410 providers and 506 positives: twice the labels, so P@100 is a shallower cut",
        *[line.rstrip() for line in others],
        f"{made.providers:,} providers scored → {made.scores}",
    ]
