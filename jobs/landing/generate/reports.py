"""Reports behind the charged exams and tests: imaging reports with image counts, laboratory reports with method and
specimen.

Grain: `clnc_exam_rpot_d` one row per exam, `clnc_test_rpot_d` one row per report and test.
Why: some institutions upload nothing for a month or ever, a few reports are always missing; only the rest can speak.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.landing.generate import text
from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import REPORT_EMPTY, REPORT_LEFT, REPORT_METHOD, REPORT_NONE, REPORT_SPECIMEN, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import items
from jobs.landing.generate.people_text import staff_codes
from jobs.landing.generate.staff import DEPT_INDEX

MISSING = 0.004  # single reports that never arrive
SILENT_MONTH = 0.02  # institution-months without any upload
IMAGES = {"ct": (120, 420), "mr": (90, 320), "dr": (1, 4), "us": (3, 12)}
NEGATIVE = 6
FOUND = 0.56  # share of exams with a finding
OTHER_METHOD = {"化学发光法": "酶联免疫法", "免疫比浊法": "乳胶凝集法", "电极法": "手工法", "色谱法": "免疫比浊法"}


def _uploaded(draft: Draft, lines: Frame) -> np.ndarray:
    """Does the report of the line reach the extract?"""
    world = draft.world
    inst = draft.visits["inst"][lines["visit"]]
    month = world.calendar.month[np.clip(draft.day_of(lines["time"]), 0, world.calendar.days - 1)]
    silent = draft.rng.random((len(world.profile), len(world.calendar.months))) < SILENT_MONTH
    there = world.profile["reports"][inst] & ~silent[inst, month]
    return there & (draft.rng.random(len(lines)) > MISSING) & (lines["report"] != REPORT_NONE) & ~lines["gone"]


def exams(draft: Draft, lines: Frame) -> dict[str, pa.Array]:
    """Imaging reports of the charged exams (refund, re-billed and void rows left out by the caller)."""
    rows = lines.take(items().in_family(*IMAGES)[lines["item"]])
    rows = rows.take(_uploaded(draft, rows))
    visit, rng, n = rows["visit"], draft.rng, len(rows)
    inst = draft.visits["inst"][visit]
    low, high = (np.array([IMAGES.get(f, (0, 1))[side] for f in items().family])[rows["item"]] for side in (0, 1))
    images = np.where(rows["report"] == REPORT_EMPTY, 0, low + (rng.random(n) * (high - low)).astype(int))
    reader = draft.world.staff.pick(rng, inst, np.full(n, DEPT_INDEX["img"]))
    reader = np.where(rows["report"] == REPORT_LEFT, len(draft.world.staff.institution) + inst, reader)
    found = rng.random(n) < np.where(rows["report"] == NEGATIVE, 0.08, FOUND)
    parts = [name.rpartition("(")[2].rstrip(")") if "(" in name else "" for name in items().name]
    return {
        "rpotc_no": text.ids("report", draft.number(np.arange(n), space=1)),
        "mdtrt_id": text.ids("visit", draft.number(visit)),
        "psn_no": draft.person_column(visit),
        "fixmedins_code": text.pick(inst, draft.world.profile["code"]),
        "exam_item_code": text.pick(rows["item"], items().code),
        "exam_part": text.pick(rows["item"], parts),
        "exam_date": text.moment(rows["time"] + rng.integers(300, 4000, n)),
        "img_cnt": text.number(images),
        "exam_rslt_poit_flag": text.flag(found),
        "rpt_dr_code": text.pick(reader, staff_codes(draft.world)),
    }


def tests(draft: Draft, lines: Frame) -> dict[str, pa.Array]:
    """Laboratory reports: the tests of one visit and day share a report, those of one material a specimen."""
    rows = lines.take(items().in_family("lab")[lines["item"]])
    rows = rows.take(_uploaded(draft, rows))
    day = draft.day_of(rows["time"])
    report = rows["visit"].astype(np.int64) * 1_000 + day % 1_000
    key = report * 1_000 + rows["item"]
    first = np.sort(np.unique(key, return_index=True)[1])
    rows, day, report = rows.take(first), day[first], report[first]
    number = np.unique(report, return_inverse=True)[1]
    names = [k[:2] for k in items().keys]
    material = np.array([1 if k == "ur" else 2 if k == "st" else 0 for k in names])[rows["item"]]
    inst = draft.visits["inst"][rows["visit"]]
    shared = inst.astype(np.int64) * 1_000 + day % 1_000  # one tube for everybody of the day
    specimen = np.where(rows["report"] == REPORT_SPECIMEN, shared, 20_000_000 + number * 3 + material)
    methods, other = list(items().method), [OTHER_METHOD.get(m, "手工法") for m in items().method]
    swapped = rows["report"] == REPORT_METHOD
    taken = rows["time"] // DAY * DAY + 7 * 3600
    reported = np.maximum(taken, draft.visits["begin"][rows["visit"]]) + draft.rng.integers(
        2 * 3600, 9 * 3600, len(rows)
    )
    return {
        "rpotc_no": text.ids("report", draft.number(number, space=2)),
        "mdtrt_id": text.ids("visit", draft.number(rows["visit"])),
        "psn_no": draft.person_column(rows["visit"]),
        "fixmedins_code": text.pick(inst, draft.world.profile["code"]),
        "exam_item_code": text.pick(rows["item"], items().code),
        "exam_mtd": text.pick(rows["item"] + np.where(swapped, len(methods), 0), methods + other),
        "spcm_no": text.ids("specimen", draft.number(specimen)),
        "rpt_time": text.moment(reported),
    }
