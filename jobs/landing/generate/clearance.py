"""The clearance list of a shard: diagnoses and operations of the settled stays.

Reads: the finished draft. Grain: one row per settlement and diagnosis; one row per settlement and operation.
Why: payment by case rests on these rows, so the severity claimed must be visible in them.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.landing.generate import grouping, text
from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.diseases import diseases
from jobs.landing.generate.draft import DAY_SURGERY, INPATIENT, Draft
from jobs.landing.generate.frame import spread
from jobs.landing.generate.people_text import staff_codes

OTHER_DIAGNOSES = (
    "I10.x00x002",
    "E11.900",
    "E78.500",
    "K76.000",
    "D64.900",
    "E87.801",
    "J96.900",
    "I50.900",
    "N17.900",
    "A41.900",
    "J31.100",
    "K29.500",
)


def diagnoses(draft: Draft) -> dict[str, pa.Array]:
    """`setl_list_diag_d`: main and further diagnoses of the settled stays."""
    table = draft.visits
    rows = np.flatnonzero(np.isin(table["kind"], (INPATIENT, DAY_SURGERY)) & table["settled"])
    severity = grouping.claimed_cc(draft, rows)
    more = draft.rng.poisson(np.array([0.7, 1.8, 3.0])[severity]) + (severity > 0)
    owner, turn = spread(np.minimum(more, 5) + 1)
    visit = rows[owner]
    codes = [code for d in diseases() for code in d.icd]
    start = np.cumsum([0, *[len(d.icd) for d in diseases()]])[:-1]
    main = start[table["dx"][visit]] + table["icd"][visit]
    pool = (
        np.where(severity[owner] == 2, 5, 0) + (visit * 3 + turn * 5) % 7
    )  # severe ones from the second half of the list
    diagnosis = np.where(turn == 0, main, len(codes) + pool % len(OTHER_DIAGNOSES))
    key = visit.astype(np.int64) * 10_000 + diagnosis
    first = np.sort(np.unique(key, return_index=True)[1])
    visit, turn, diagnosis = visit[first], turn[first], diagnosis[first]
    return {
        "setl_id": text.ids("settlement", draft.number(visit)),
        "psn_no": draft.person_column(visit),
        "diag_code": text.pick(diagnosis, [*codes, *OTHER_DIAGNOSES]),
        "diag_type": text.pick((turn > 0).astype(int), ["1", "2"]),
        "maindiag_flag": text.flag(turn == 0),
    }


def operations(draft: Draft) -> dict[str, pa.Array]:
    """`setl_list_oprn_d`: the operation of every settled stay that charged one."""
    table = draft.visits
    surgical = draft.lines_with("pci cag s_knee s_hip s_fus s_decomp s_orif s_chole s_app s_myom s_turp s_cat s_breast")
    operated = np.zeros(len(table), dtype=bool)
    operated[draft.lines["visit"][surgical]] = True
    codes = [d.operation for d in diseases()]
    has_code = np.array([bool(c) for c in codes])[table["dx"]]
    rows = np.flatnonzero(operated & table["settled"] & has_code & np.isin(table["kind"], (INPATIENT, DAY_SURGERY)))
    when = np.minimum(
        table["begin"][rows] // DAY * DAY + np.minimum(1, table["los"][rows] - 1) * DAY + 10 * 3600, table["end"][rows]
    )
    when = np.maximum(when, table["begin"][rows])
    return {
        "setl_id": text.ids("settlement", draft.number(rows)),
        "psn_no": draft.person_column(rows),
        "oprn_oprt_code": text.pick(table["dx"][rows], codes),
        "oprn_oprt_date": text.moment(when),
        "main_oprn_flag": text.flag(np.ones(len(rows), dtype=int)),
        "oper_dr_code": text.pick(table["doc"][rows], staff_codes(draft.world)),
    }
