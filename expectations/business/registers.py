"""Checklist of the registers in the validated layer: institutions, persons, staff, machines, filings.

Why: an area may leave any of these tables out, so nearly all is a warning; limits as in `fee_list_d`.
"""

from __future__ import annotations

from expectations.business.delivery import SPAN, optional_table, required_table
from expectations.held import WARNING, Held, never, seldom

FIXMEDINS_B: tuple[Held, ...] = (
    *required_table(),
    seldom(
        "no_level",
        "hosp_lv is null",
        0.20,
        "医疗机构等级空白占比",
        "few hospitals lack their level",
        "peer groups fall back to coarser ones",
        of="fixmedins_type = '1'",
    ),
    seldom("contract_span", "endtime < begntime", 0.001, *SPAN, of="endtime is not null and begntime is not null"),
    seldom(
        "negative_staff",
        "aprv_bed_cnt < 0 or dr_psncnt < 0 or tecn_psncnt < 0 or reha_psncnt < 0",
        0.001,
        "床位人员数不为负",
        "beds and staff are not negative",
        "capacity rules divide by them",
    ),
    seldom(
        "place",
        "lnt not between 73 and 136 or lat not between 3 and 54",
        0.05,
        "经纬度在境内",
        "coordinates lie in the country",
        "swapped or empty coordinates make neighbours of strangers",
        of="lnt is not null and lat is not null",
    ),
)

PSN_INFO_B: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "dead_before_born",
        "die_date < brdy",
        0.001,
        "死亡不早于出生",
        "nobody dies before birth",
        "service-after-death rules would accuse the living",
        of="die_date is not null",
    ),
    seldom(
        "dead_but_alive",
        "surv_stas = '1'",
        0.001,
        "有死亡日期者非生存状态",
        "whoever has a date of death is not alive",
        "service-after-death rules would accuse the living",
        of="die_date is not null and surv_stas is not null",
    ),
    seldom(
        "no_date_of_death",
        "die_date is null",
        0.20,
        "死亡者有死亡日期",
        "the dead have a date of death",
        "without the date nothing can be called after it",
        of="surv_stas = '0'",
    ),
)

DR_INFO_B: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "no_profession",
        "dr_type is null",
        0.20,
        "人员类别空白占比",
        "few staff lack their profession",
        "therapists cannot be counted",
    ),
)

EQUIP_B: tuple[Held, ...] = (
    *optional_table(),
    never(
        "no_machine",
        "unit_cnt < 0",
        "台数不为负",
        "the number of machines is not negative",
        "capacity would be negative",
        WARNING,
    ),
    never(
        "long_day",
        "daily_hours < 0 or daily_hours > 24",
        "日开机小时在0至24",
        "a day has 24 hours",
        "capacity would be impossible",
        WARNING,
    ),
)

FIXMEDINS_PAUS_D: tuple[Held, ...] = (
    *optional_table(),
    never("span", "endtime < begntime", *SPAN, WARNING),
)
OUT_APPY_D: tuple[Held, ...] = (*optional_table(), never("span", "enddate < begndate", *SPAN, WARNING))
