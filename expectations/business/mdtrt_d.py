"""Checklist of the visits in the validated layer.

Why: see `fee_list_d`; the same limits for the same kinds of fault.
"""

from __future__ import annotations

from expectations.business.delivery import SOFTWARE, every_month, refused_little_each_month, required_table
from expectations.held import WARNING, Held, never, seldom

MDTRT_D: tuple[Held, ...] = (
    *required_table(),
    *refused_little_each_month(),
    *every_month(WARNING),
    seldom(
        "end_before_begin",
        "endtime < begntime",
        0.001,
        "结束不早于开始",
        "no visit ends before it begins",
        "its days would be negative",
        of="endtime is not null",
    ),
    never(
        "stay_days.below_one",
        "stay_days < 1",
        "床日数至少为1",
        "a visit has at least one bed day",
        "conventions: end minus begin, at least 1",
        then=SOFTWARE,
    ),
    seldom(
        "very_long_stay",
        "stay_days > 365",
        0.001,
        "住院一年以上少见",
        "stays of more than a year are rare",
        "an unclosed visit fills every daily cap",
        of="stay_days is not null",
    ),
    seldom(
        "open_visit",
        "endtime is null",
        0.10,
        "未结束就诊占比",
        "few visits are still open",
        "open visits have no bed days: stay rules leave them out",
    ),
    seldom(
        "no_diagnosis",
        "dscg_maindiag_code is null",
        0.05,
        "住院主诊断空白占比",
        "few stays lack the main diagnosis",
        "indication rules and case mix cannot judge them",
        of="med_type like '2%'",
    ),
    seldom(
        "diagnosis_format",
        "not (dscg_maindiag_code rlike '^[A-Z][0-9]{2}')",
        0.05,
        "诊断编码为ICD-10格式",
        "diagnoses look like ICD-10",
        "traditional-medicine codes explain a few; names instead of codes do not",
        of="dscg_maindiag_code is not null",
    ),
    seldom(
        "dead_before_visit",
        "die_date < cast(begntime as date)",
        0.01,
        "死亡日期不早于就诊",
        "no visit begins after the death noted on it",
        "single cases are clues; many are a filling habit",
        of="die_date is not null",
    ),
)
