"""Checklist of diagnoses, operations, reports and grouping results in the validated layer.

Why: an area may leave any of these tables out, so nearly all is a warning; limits as in `fee_list_d`.
"""

from __future__ import annotations

from expectations.business.delivery import optional_table
from expectations.held import WARNING, Held, never, seldom

SETL_LIST_DIAG_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "diagnosis_format",
        "not (diag_code rlike '^[A-Z][0-9]{2}')",
        0.05,
        "西医诊断为ICD-10格式",
        "western diagnoses look like ICD-10",
        "names instead of codes match no rule",
        of="diag_type in ('1', '2')",
    ),
)
SETL_LIST_OPRN_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "operation_format",
        "not (oprn_oprt_code rlike '^[0-9]{2}')",
        0.05,
        "手术编码为ICD-9-CM-3格式",
        "operations look like ICD-9-CM-3",
        "names instead of codes match no rule",
    ),
)
CLNC_EXAM_RPOT_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "no_body_part",
        "exam_part is null",
        0.20,
        "检查部位空白占比",
        "few imaging reports lack the body part",
        "a report cannot be told to belong to the billed part",
    ),
    never(
        "negative_images",
        "img_cnt < 0",
        "图像数不为负",
        "the number of images is not negative",
        "film rules divide by it",
        WARNING,
    ),
)
CLNC_TEST_RPOT_D: tuple[Held, ...] = (
    *optional_table(),
    seldom(
        "no_method",
        "exam_mtd is null",
        0.50,
        "检验方法空白占比",
        "most laboratory reports name their method",
        "rules on swapped methods are not evaluable",
    ),
)
DRG_SETL_D: tuple[Held, ...] = (
    *optional_table(),
    never(
        "paymtd.unknown",
        "lower(paymtd) not in ('drg', 'dip')",
        "支付方式为DRG或DIP",
        "grouping is DRG or DIP",
        "points and weights are not comparable",
        WARNING,
    ),
    seldom("no_weight", "rw <= 0", 0.01, "权重为正", "weights are positive", "upcoding is a difference of weights"),
)
