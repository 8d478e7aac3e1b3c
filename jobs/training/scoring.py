"""scores/probability: what the champion says of every judged institution and area; the challenger scores in its shadow.

Reads: the registry's champion and challenger, the snapshot of the period.
Grain: institution × area.
Why: without a champion nothing is written and the list is what rules and indicators make it. The challenger's scores
stand beside, decide nothing and are compared. Whether the data have moved since training is told in the same breath.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from jobs.runtime.period import Period
from jobs.runtime.small import write_small
from jobs.runtime.storage import Home
from jobs.training import registered

if TYPE_CHECKING:  # a home without models, as most are, does not wait for the libraries that read them
    from jobs.training.snapshot import Snapshot
    from models.artefact import Bundle

TABLES = {"champion": "probability", "challenger": "probability_shadow"}


def apply(home: Home, period: Period) -> dict[str, Any]:
    """Scores the period with champion and challenger. Returns {} without any, else versions, shadow and drift facts.

    Raises ContractError when an artefact is not the registered one.
    """
    registry = registered.open_registry(home)
    behind = {alias: registered.behind(registry, alias) if registry else None for alias in TABLES}
    for alias, found in behind.items():
        if found is None:
            shutil.rmtree(home.month("scores", TABLES[alias], period.folder), ignore_errors=True)
    known = {alias: found for alias, found in behind.items() if found is not None}
    if not known:
        return {}
    from jobs.training import snapshot
    from models import artefact

    taken = snapshot.take(home, period)
    scored = {alias: artefact.score(bundle, taken) for alias, (_, bundle) in known.items()}
    for alias, frame in scored.items():
        write_small(frame.assign(model_version=str(known[alias][0])), home, "scores", TABLES[alias], period.folder)
    facts: dict[str, Any] = {"versions": {alias: version for alias, (version, _) in known.items()}}
    if len(scored) == len(TABLES):
        facts["shadow"] = shadow(scored["champion"], scored["challenger"])
    if "champion" in known:
        facts["retrain"] = moved(home, taken, known["champion"][1])
    return facts


def moved(home: Home, taken: Snapshot, champion: Bundle) -> list[str]:
    """Why to retrain: features, score or confirmed share moved since the champion was trained; empty = it may stay."""
    from jobs.training import examples
    from models import artefact, drift

    watched = artefact.features(champion.anomaly, taken)
    results = examples.results(home)
    since = results[results["concluded_on"] > champion.trained_on.get("last_label", "1900-01-01")]["target"].dropna()
    return drift.reasons(champion.drift, watched, since.to_numpy(dtype=float))


def shadow(champion: Any, challenger: Any, top: int = 50) -> dict[str, float]:
    """How far the challenger would change the list: share of the top in common, correlation of the order."""
    from jobs.training import snapshot

    first, second = (frame.set_index(snapshot.KEY) for frame in (champion, challenger))
    one, other = (frame["probability"].fillna(frame["anomaly"]) for frame in (first, second))
    shared = len(set(one.nlargest(top).index) & set(other.nlargest(top).index)) / max(1, min(top, len(one)))
    return {"same_in_top": round(shared, 3), "rank_correlation": round(float(one.corr(other, "spearman")), 3)}
