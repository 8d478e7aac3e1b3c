"""Checklist of purchases, stock counts, sales, capped prices, tips and past inspections in the validated layer.

Why: an area may leave any of these tables out, so nearly all is a warning; limits as in `fee_list_d`.
"""

from __future__ import annotations

from expectations.business.delivery import SPAN, optional_table
from expectations.held import WARNING, Held, never, seldom
from jobs.catalogue import AREAS

_AREAS = ", ".join(f"'{area}'" for area in AREAS)

PURC_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "negative_price",
        "pric < 0",
        0.001,
        "采购单价不为负",
        "purchase prices are not negative",
        "a return has a negative quantity, not a negative price",
    ),
    seldom(
        "nothing_bought",
        "cnt = 0",
        0.01,
        "采购数量不为零",
        "a purchase moves goods",
        "zero quantities are placeholders",
    ),
)
INV_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "negative_stock",
        "cnt < 0",
        0.001,
        "盘存数不为负",
        "a stock count is not negative",
        "negative stock hides a missing purchase",
    ),
)
SEL_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "negative_price",
        "pric < 0",
        0.001,
        "销售单价不为负",
        "sale prices are not negative",
        "a return has a negative quantity, not a negative price",
    ),
    seldom(
        "malformed_trace_code",
        "not (drug_trac_codg rlike '^[0-9]{20}(,[0-9]{20})*$')",
        0.01,
        "追溯码为20位数字",
        "trace codes have 20 digits",
        "a shortened or padded code pairs with codes it has nothing to do with",
        of="drug_trac_codg is not null",
    ),
)
VOLUME_PRICE_D: tuple[Held, ...] = (
    *optional_table(),
    never(
        "no_price", "price_cap <= 0", "限价为正", "a capped price is positive", "every sale would be above it", WARNING
    ),
    never("span", "enddate < begndate", *SPAN, WARNING),
)
TIP_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "area.unknown",
        f"area not in ({_AREAS})",
        0.05,
        "领域可识别",
        "tips name a known area",
        "a tip without a known area joins no case",
        of="area is not null",
    ),
)
INSPECTION_RESULT_D: tuple[Held, ...] = (
    *optional_table(),
    never(
        "negative_amount",
        "confirmed_amount < 0",
        "核定金额不为负",
        "confirmed amounts are not negative",
        "they become labels",
        WARNING,
    ),
    never("span", "period_end < period_begin", *SPAN, WARNING),
    seldom(
        "concluded_early",
        "concluded_on < period_begin",
        0.01,
        "结论晚于检查期开始",
        "inspections conclude after the period they look at begins",
        "labels are split by time",
    ),
)
