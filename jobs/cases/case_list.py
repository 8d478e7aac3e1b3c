"""cases/case_list: one row per institution, area and period worth looking at.

Reads: scores/finding, validated/fixmedins_b and tip_d through models.ranking; amounts from the case's evidence.
Grain: institution × area; key case_id.
Why: the rank is what an inspectorate acts on; every column beside it says where the rank comes from.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from jobs.cases.context import RunContext, case_id
from jobs.cases.reasons import reasons
from jobs.catalogue import derived
from jobs.runtime.period import Period
from models import exploration, ranking

KEY = ranking.KEY
COLUMNS = list(derived("cases", "case_list").names)
TEXTS = [column.name for column in derived("cases", "case_list").columns if column.type == "string"]


def with_ids(levels: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Levels with the case_id of their case."""
    ids = [case_id(code, area, period) for code, area in levels[KEY].itertuples(index=False)]
    return levels.assign(case_id=pd.Series(ids, index=levels.index, dtype=object))


def case_list(
    ranked: pd.DataFrame,
    levels: pd.DataFrame,
    findings: pd.DataFrame,
    register: pd.DataFrame,
    period: Period,
    context: RunContext,
) -> pd.DataFrame:
    """The list with its contract columns, in rank order. `levels` carry case_id; `findings` are those of the levels."""
    by_key = {(row["fixmedins_code"], row["area"], row["detector_id"]): row for row in findings.to_dict("records")}
    told = {key: reasons(case, by_key) for key, case in levels.groupby(KEY, sort=False)}  # type: ignore[arg-type]
    keys = list(ranked[KEY].itertuples(index=False, name=None))
    cases = ranked.merge(register, on="fixmedins_code", how="left", validate="many_to_one")
    cases = cases.merge(_peers(levels, by_key), on=KEY, how="left", validate="one_to_one")
    cases["fixmedins_name"] = cases["fixmedins_name"].fillna(cases["fixmedins_code"])
    cases = cases.assign(
        run_id=context.run_id,
        case_id=[case_id(code, area, period) for code, area in keys],
        period_begin=period.first_day,
        period_end=period.last_day,
        reasons_zh=[told[key][0] for key in keys],
        reasons_en=[told[key][1] for key in keys],
        model_version=context.models(ranking.VERSION),
        knowledge_version=context.knowledge_version,
        code_version=context.code_version,
    )
    money = ["suspected_amount", "fund_loss", "excess_amount", "expected_recovery"]
    cases[money] = cases[money].astype(float).round(2)
    return cases[COLUMNS].astype(dict.fromkeys(TEXTS, object))


def drawn(cases: pd.DataFrame, capacity: int | None) -> pd.DataFrame:
    """The list with `random` beside the cases that chance drew for a place; without a capacity there is no draw."""
    if capacity is None:
        return cases
    chosen = exploration.draw(cases, capacity).set_index("case_id")["selected_by"]
    return cases.assign(selected_by=cases["case_id"].map(chosen).fillna(cases["selected_by"]).astype(object))


def written_out(cases: pd.DataFrame, shown: int) -> list[str]:
    """The cases written out in full: those chance drew, and as many of the top as places are left."""
    lucky = cases.loc[cases["selected_by"] == exploration.RANDOM, "case_id"]
    return [*cases["case_id"].head(max(0, shown - len(lucky))), *lucky]


def _peers(levels: pd.DataFrame, by_key: dict[tuple[str, str, str], dict[Any, Any]]) -> pd.DataFrame:
    """Peer group of each case: that of its strongest level judged against peers."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for code, area, detector in levels[[*KEY, "detector_id"]].itertuples(index=False):
        finding = by_key.get((code, area, detector))
        if (code, area) not in rows and finding is not None and not pd.isna(finding["peer_group"]):
            rows[code, area] = {"peer_group": finding["peer_group"], "peer_size": finding["peer_size"]}
    found = [{**dict(zip(KEY, key, strict=True)), **row} for key, row in rows.items()]
    return pd.DataFrame(found, columns=[*KEY, "peer_group", "peer_size"]).astype({"peer_size": "Int32"})
