"""From what the detectors say of an institution to one score, one expected recovery and one rank.

Reads: finding rows (one detector, one institution) and tips; amounts already counted once per line.
Grain: levels – one labelled level of one case; cases – one institution × area.
Why: a score must be readable as a list of named levels. Each level carries a declared weight – the share of such clues
an inspection is expected to confirm – and levels join as independent witnesses do (noisy-or): 1 − Π(1 − weight). No
area and no detector has weights of its own, so the same score means the same urgency everywhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from models.anomaly import rungs

VERSION = "1.0"
TIP_DETECTOR = "TIP-01-reported"
KEY = ["fixmedins_code", "area"]


class Level(NamedTuple):
    """One rung: `weight` is the share of such clues expected to be confirmed, until outcomes replace it."""

    weight: float
    label_zh: str
    label_en: str
    why_zh: str
    why_en: str


# fmt: off
STRENGTHS: dict[int, Level] = {
    0: Level(0.00, "未超出同组", "within its peers",
             "人人都有差错率，单独不成线索", "everybody has a base rate of mistakes"),
    1: Level(0.15, "略高于同组", "somewhat above its peers",
             "多数可由习惯与病种组合解释", "habits and case mix explain most of these"),
    2: Level(0.35, "明显高于同组", "clearly above its peers",
             "介于弱信号与定向名单之间", "between a weak signal and a targeted list"),
    3: Level(0.60, "远高于同组", "far above its peers",
             "全国一份定向名单 185 家中查实 111 家", "111 of 185 of one targeted national list: 0.60"),
    4: Level(0.85, "极端", "overwhelming",
             "几乎没有别的解释，但线索从不是定论", "hardly another explanation, yet never certain"),
}
TIPS: dict[str, Level] = {  # an unfounded tip has no level: it never opens nor strengthens a case
    "confirmed": Level(0.50, "举报已核实", "a verified tip", "已有人初步核实", "somebody looked; it is plausible"),
    "open": Level(0.15, "举报待核实", "an unverified tip", "与最弱一级相同", "as weak as the weakest detector level"),
}
# fmt: on
FAMILIES: dict[str, tuple[float, str, str]] = {
    "rule": (1.0, "指向具体费用行", "points at lines"),
    "cohort": (1.0, "指向具体人与日期", "points at persons and days"),
    "indicator": (0.6, "不指向具体费用行，病种组合难以完全匹配", "points at no line; case mix is never fully matched"),
}
# The weakest strength that opens a case; weaker hits add to it. A first-level indicator is right one time in eleven.
OPENS = {"rule": 1, "cohort": 1, "indicator": 2}
REPEATED = 0.5  # the next detector of the same family sees largely the same habit: half, then a quarter, ...
WITNESS = {"cohort": "rule"}  # a group is seen in lines that rules point at too: both are one kind of witness
EXPLAINED = 0.2  # a benign explanation was tested and holds: what is left is the chance that the test is wrong
OF_ALL = {"area_wide_habit"}  # speaks of most houses, from which a hit stands out already: it lowers, closes nothing
FAULTY = 0.1  # a data fault explains the signal: worth a call about the data, hardly an inspection
EXCESS_SHARE = 0.3  # an excess over peers is an estimate; only this part is counted on as recoverable


def levels(findings: pd.DataFrame, tips: pd.DataFrame, anomalies: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every labelled level of every case, strongest first; a pair without a row here is no case.

    `findings`: rows of scores/finding. `tips`: fixmedins_code, area (may be empty), verified. A case opens on a hit as
    strong as OPENS asks of its family that no benign explanation accounts for, or on a tip that is open or confirmed;
    other hits add to it. Where an unfaulted hit or a tip speaks, hits that a data fault explains are left out; where
    nothing else speaks, they make a case of verdict_hint `data_quality`. A case that only a tip opened takes the
    detectors within its peers' range along with weight 0, so that their lines can be read. `anomalies` (KEY,
    anomaly_level, model_version) of a promoted model add a level to open cases of clues and open none.
    """
    judged = findings[findings["outcome"].isin(["hit", "no_hit"])]
    hits = judged[(judged["outcome"] == "hit") & (judged["strength"] >= 1)]
    sound, faulty = hits[hits["data_fault"].isna()], hits[hits["data_fault"].notna()]
    heard = _tip_levels(_placed(tips, judged))
    excused = sound["benign_checks"].map(lambda checks: bool(holding(checks) - OF_ALL)).astype(bool)
    speaking = pd.MultiIndex.from_tuples(
        _pairs(_opening(sound[~excused])) | {(row["fixmedins_code"], row["area"]) for row in heard}, names=KEY
    )
    only_tip = speaking.difference(pd.MultiIndex.from_tuples(_pairs(sound), names=KEY))
    silent = judged[(judged["outcome"] == "no_hit") & (judged["suspected_amount"] > 0) & _within(judged, only_tip)]
    rows = [
        *heard,
        *(_level(row, "clue") for row in _records(sound[_within(sound, speaking)])),
        *(_level(row, "clue") for row in _records(silent)),
        *(_level(row, "data_quality") for row in _records(_opening(faulty[~_within(faulty, speaking)]))),
        *([] if anomalies is None else rungs.of_cases(anomalies[_within(anomalies, speaking)])),
    ]
    return _witnesses(pd.DataFrame(rows, columns=_LEVEL_COLUMNS))


def _opening(hits: pd.DataFrame) -> pd.DataFrame:
    """Hits strong enough to open a case by themselves."""
    return hits[hits["strength"] >= hits["family"].map(OPENS)]


_LEVEL_COLUMNS = [
    *KEY,
    *("verdict_hint", "family", "detector_id", "detector_version", "level", "label_zh", "label_en", "weight"),
    *("belief", "suspected_amount", "excess_amount", "above_peers"),
]


def _level(row: dict[str, Any], hint: str) -> dict[str, Any]:
    strength = min(int(row["strength"]), 4) if row["outcome"] == "hit" else 0
    rung = STRENGTHS[strength]
    factor = FAMILIES[row["family"]][0]
    factor *= FAULTY if hint == "data_quality" else 1.0
    factor *= EXPLAINED if holding(row["benign_checks"]) else 1.0
    return {
        **{name: row[name] for name in (*KEY, "family", "detector_id", "detector_version")},
        **{"verdict_hint": hint, "level": strength, "label_zh": rung.label_zh, "label_en": rung.label_en},
        **{"weight": rung.weight, "belief": rung.weight * factor, "above_peers": above_peers(row)},
        **{name: float(row[name] or 0.0) for name in ("suspected_amount", "excess_amount")},
    }


def above_peers(row: dict[str, Any]) -> float:
    """Share 0..1 of what was observed the peers' median does not account for; 1 where there are no peers."""
    observed, median = row["observed"], row["peer_median"]
    if pd.isna(observed) or pd.isna(median) or observed <= 0:
        return 1.0
    return float(min(1.0, max(0.0, 1.0 - median / observed)))


def holding(benign_checks: Any) -> set[str]:
    """Names of the benign explanations that hold (JSON text of finding.benign_checks)."""
    tested = json.loads(benign_checks) if isinstance(benign_checks, str) else []
    return {one["check"] for one in tested if one["result"] == "explains"}


def _placed(tips: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Tips that count, each with an area: one without goes where the institution's suspected money is largest."""
    counted = tips[tips["verified"].isin(list(TIPS))].copy()
    money = judged.groupby(KEY)["suspected_amount"].sum().reset_index()
    money = money[money["suspected_amount"] > 0].sort_values(["suspected_amount", "area"], ascending=[False, True])
    largest = money.drop_duplicates("fixmedins_code").set_index("fixmedins_code")["area"]
    counted["area"] = counted["area"].fillna(counted["fixmedins_code"].map(largest))
    return counted.dropna(subset=["area"])


def _tip_levels(tips: pd.DataFrame) -> list[dict[str, Any]]:
    """One level per case that a tip speaks of: several tips count as their strongest, callers repeat each other."""
    best: dict[tuple[str, str], str] = {}
    for code, area, verified in tips[[*KEY, "verified"]].itertuples(index=False):
        if best.get((code, area)) != "confirmed":
            best[code, area] = verified
    return [_tip_level(code, area, TIPS[verified]) for (code, area), verified in sorted(best.items())]


def _tip_level(code: str, area: str, rung: Level) -> dict[str, Any]:
    return {
        **{"fixmedins_code": code, "area": area, "verdict_hint": "clue", "family": "tip"},
        **{"detector_id": TIP_DETECTOR, "detector_version": VERSION, "level": 1 if rung is TIPS["open"] else 3},
        **{"label_zh": rung.label_zh, "label_en": rung.label_en, "weight": rung.weight, "belief": rung.weight},
        **{"suspected_amount": 0.0, "excess_amount": 0.0, "above_peers": 1.0},
    }


def _witnesses(rows: pd.DataFrame) -> pd.DataFrame:
    """Orders the levels of each case and gives each its effect and its points of the score (they add up to it)."""
    order = [*KEY, "belief", "suspected_amount", "detector_id"]
    rows = rows.sort_values(order, ascending=[True, True, False, False, True]).reset_index(drop=True)
    effects: list[float] = []
    for _, case in rows.groupby(KEY, sort=False):
        seen: Counter[str] = Counter()
        for family, belief in zip(case["family"], case["belief"], strict=True):
            witness = WITNESS.get(family, family)
            effects.append(belief * REPEATED ** seen[witness])
            seen[witness] += 1
    rows["effect"] = effects
    rows["points"] = [points for _, case in rows.groupby(KEY, sort=False) for points in _points(case["effect"])]
    rows["position"] = rows.groupby(KEY, sort=False).cumcount() + 1
    return rows.drop(columns="belief")


def _points(effects: Iterable[float]) -> list[float]:
    """Noisy-or as a waterfall: each level takes its share of the doubt left by the stronger ones."""
    doubt, points = 100.0, []
    for effect in effects:
        points.append(doubt * effect)
        doubt -= points[-1]
    return points


def rank(found: pd.DataFrame, amounts: pd.DataFrame, probabilities: pd.DataFrame | None = None) -> pd.DataFrame:
    """The cases in the order an inspection should take them, rank 1..n without gaps.

    `found`: rows of levels(). `amounts`: fixmedins_code, area, suspected_amount, fund_loss in yuan, every line once.
    `probabilities`: fixmedins_code, area, probability and recovery (yuan if confirmed) once outcomes exist, either may
    be empty; until then score/100 stands for the probability and the formula below for the recovery.
    expected_recovery = (suspected_amount × the part above the peers + excess_amount × EXCESS_SHARE) × probability.
    Clues come first, then data-quality cases; inside by expected recovery, score, suspected amount, institution, area.
    """
    rows = [{**dict(zip(KEY, key, strict=True)), **_case(case)} for key, case in found.groupby(KEY)]
    cases = pd.DataFrame(rows, columns=[*KEY, *_CASE_COLUMNS])
    cases = cases.merge(amounts[[*KEY, "suspected_amount", "fund_loss"]], on=KEY, how="left", validate="one_to_one")
    cases[["suspected_amount", "fund_loss"]] = cases[["suspected_amount", "fund_loss"]].astype(float).fillna(0.0)
    known = probabilities if probabilities is not None else pd.DataFrame(columns=[*KEY, "probability", "recovery"])
    cases = cases.merge(
        known.reindex(columns=[*KEY, "probability", "recovery"]), on=KEY, how="left", validate="one_to_one"
    )
    numbers = ["probability", "recovery", "score", "excess_amount", "above_peers"]
    cases[numbers] = cases[numbers].astype(float)
    chance = cases["probability"].fillna(cases["score"] / 100)
    recoverable = cases["suspected_amount"] * cases["above_peers"] + cases["excess_amount"] * EXCESS_SHARE
    cases["expected_recovery"] = (cases["recovery"].fillna(recoverable) * chance).round(2)
    cases = cases.sort_values(
        ["verdict_hint", "expected_recovery", "score", "suspected_amount", *KEY],
        ascending=[True, False, False, False, True, True],
        ignore_index=True,
    )
    cases["rank"] = range(1, len(cases) + 1)
    return cases


_CASE_COLUMNS = ["verdict_hint", "score", "selected_by", "detectors", "excess_amount", "above_peers"]


def _case(case: pd.DataFrame) -> dict[str, Any]:
    money = case["suspected_amount"]
    strongest = case.iloc[0]
    versions = zip(case["detector_id"], case["detector_version"], strict=True)
    return {
        "verdict_hint": strongest["verdict_hint"],
        "score": round(min(100.0, case["points"].sum()), 2),
        "selected_by": "tip" if strongest["family"] == "tip" else "model",
        "detectors": ";".join(f"{detector}@{version}" for detector, version in versions),
        "excess_amount": round(case["excess_amount"].max(), 2),  # indicators of one area overlap in money
        "above_peers": (money * case["above_peers"]).sum() / money.sum() if money.sum() > 0 else 1.0,
    }


def _pairs(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(rows[KEY].itertuples(index=False, name=None))


def _within(rows: pd.DataFrame, pairs: pd.MultiIndex) -> pd.Series:
    return pd.Series(pd.MultiIndex.from_frame(rows[KEY]).isin(pairs), index=rows.index)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
