"""Checklist of what the house derives: features, scores and cases.

Why: nothing here depends on the delivery. A breach is a fault of the software, and a case list built on it would accuse
the wrong people; so nearly all of it is critical.
"""

from __future__ import annotations

from expectations.business.delivery import SOFTWARE, every_month
from expectations.held import Held, never, number, reported, seldom
from jobs.catalogue import AREAS

YUAN_CENT = 0.01  # amounts of a clue are rounded to the fen
_AREAS = ", ".join(f"'{area}'" for area in AREAS)
# Words for people: a clue is never called fraud (house rule; check_run.py holds the published list to it).
_ACCUSES = "{0} rlike '骗保|欺诈'"


def _one_of(column: str, values: str, zh: str) -> Held:
    return never(
        f"{column}.unknown",
        f"{column} not in ({values})",
        f"{zh}在约定取值内",
        f"{column} is one of {values.replace(chr(39), '')}",
        "everything that reads it knows these values only",
        then=SOFTWARE,
    )


def _no_accusation(column: str) -> Held:
    return never(
        f"{column}.accuses",
        _ACCUSES.format(column),
        "疑点不称骗保",
        f"{column} calls no clue a fraud",
        "only an inspection may conclude that",
        then=SOFTWARE,
    )


def _not_negative(*columns: str) -> Held:
    return never(
        "negative_amount",
        " or ".join(f"{column} < 0" for column in columns),
        "数量金额不为负",
        "no count and no amount is negative",
        "everything is counted after refunds, and a refund never exceeds its original",
        then=SOFTWARE,
    )


def _rows(zh: str, en: str) -> Held:
    return reported("rows", zh, en, "without it every detector would stay silent", at_least=1, then=SOFTWARE)


PROVIDER_ITEM_MONTH: tuple[Held, ...] = (
    _rows("有机构项目月数据", "there are items by institution and month"),
    *every_month(),
    _not_negative("lines", "cnt", "inscp", "fund", "visits", "persons"),
    _one_of("med_type_group", "'inpatient', 'outpatient', 'pharmacy'", "就诊大类"),
    never(
        "fund_above_inscp",
        f"fund > inscp + {YUAN_CENT}",
        "基金不超过符合范围金额",
        "the fund part stays within the in-scope amount",
        "the fund share of a line lies between 0 and 1",
        then=SOFTWARE,
    ),
    never(
        "more_visits_than_lines",
        "visits > lines or persons > lines",
        "人次人数不超过行数",
        "no more visits or persons than lines",
        "each of them has at least one line",
        then=SOFTWARE,
    ),
)

PROVIDER_MONTH: tuple[Held, ...] = (
    _rows("有机构月数据", "there are months of institutions"),
    *every_month(),
    _not_negative("visits", "persons", "lines", "inscp", "fund", "discharges", "bed_days", "stay_inscp"),
    never(
        "part_above_whole",
        "night > timed or doctor_blank > doctor_lines or zero_cash_stays > cash_known_stays or readmit7 > readmit31",
        "部分不超过整体",
        "no part is larger than its whole",
        "an indicator is one divided by the other: a share above 1 is no share",
        then=SOFTWARE,
    ),
)

PEER_GROUP: tuple[Held, ...] = (
    _rows("有同组数据", "there are peer groups"),
    never(
        "peer_size.negative",
        "peer_size < 0 or fallback_level < 0",
        "同组其他机构数不为负",
        "an institution has no, one or several peers",
        "peers are the others of its group: the only one of its kind has none",
        then=SOFTWARE,
    ),
)

EVIDENCE_AMOUNTS: tuple[Held, ...] = (
    never(
        "above_the_line",
        f"violation_amount > abs(inscp_amt) + {YUAN_CENT}",
        "疑点金额不超过符合范围金额",
        "no more is disputed than the line's in-scope amount",
        "handbook §3.4: whole line, excess share or price difference, never more",
        then=SOFTWARE,
    ),
    never(
        "loss_above_dispute",
        f"fund_loss > violation_amount + {YUAN_CENT}",
        "基金损失不超过疑点金额",
        "the funds lost no more than is disputed",
        "it is the fund's share of it",
        then=SOFTWARE,
    ),
    _not_negative("violation_amount", "fund_loss", "violation_cnt"),
    _no_accusation("note_zh"),
)

EVIDENCE: tuple[Held, ...] = (*EVIDENCE_AMOUNTS, _one_of("area", _AREAS, "领域"))

FINDING: tuple[Held, ...] = (
    _one_of("outcome", "'hit', 'no_hit', 'not_evaluable', 'error'", "结果"),
    _one_of("family", "'rule', 'indicator', 'cohort'", "类别"),
    _one_of("area", _AREAS, "领域"),
    never(
        "strength.outside",
        "strength not between 0 and 4",
        "强度在0至4",
        "strength lies between 0 and 4",
        "levels are labelled 0 to 4",
        then=SOFTWARE,
    ),
    never(
        "unexplained_gap",
        "outcome = 'not_evaluable' and reason_code is null",
        "不可判定须有原因",
        "whoever could not be judged knows why",
        "a gap without its reason would be read as innocence",
        then=SOFTWARE,
    ),
    never(
        "hit_without_reason",
        "outcome = 'hit' and (reason_zh is null or reason_en is null)",
        "命中须有理由",
        "every hit has its reason in words",
        "no reason, no case",
        then=SOFTWARE,
    ),
    _not_negative("suspected_amount", "fund_loss", "excess_amount"),
    _no_accusation("reason_zh"),
    seldom("errors", "outcome = 'error'", 0.01, "出错占比", "few judgements failed", "an error is no judgement"),
    seldom(
        "not_evaluable",
        "outcome = 'not_evaluable'",
        0.90,
        "不可判定占比",
        "not nearly everything is beyond judgement",
        "small institutions rarely reach the volume a rate needs; nearly all of them points at a missing column",
    ),
)

CASE_LIST: tuple[Held, ...] = (
    number(
        "rank.gaps",
        "abs(max(rank) - count(rank)) + (count(rank) - count(distinct rank)) + abs(min(rank) - 1)",
        0,
        "名次从1连续",
        "ranks run from 1 without gaps",
        "capacity is spent from rank 1 down",
    ),
    number(
        "institution_and_area.repeated",
        "count(1) - count(distinct fixmedins_code, area)",
        0,
        "每机构每领域一条",
        "one case per institution and area",
        "an amount would be counted twice",
    ),
    never("score.outside", "score not between 0 and 100", "评分在0至100", "scores lie between 0 and 100", "contract"),
    _one_of("area", _AREAS, "领域"),
    _one_of("selected_by", "'model', 'tip', 'random', 'plan'", "选取方式"),
    _one_of("verdict_hint", "'clue', 'data_quality'", "性质提示"),
    _not_negative("suspected_amount", "fund_loss", "excess_amount", "expected_recovery"),
    never(
        "loss_above_dispute",
        f"fund_loss > suspected_amount + {YUAN_CENT}",
        "涉及基金不超过疑点金额",
        "the funds lost no more than is disputed",
        "it is the fund's share of it",
        then=SOFTWARE,
    ),
    never(
        "case_without_reason",
        "selected_by in ('model', 'tip') and (coalesce(reasons_zh, '') = '' or coalesce(reasons_en, '') = '')",
        "线索须有理由",
        "every clue has its reasons in both languages",
        "no reason, no case",
        then=SOFTWARE,
    ),
    number(
        "clues_after_data_faults",
        "greatest(0, coalesce(max(case when verdict_hint = 'clue' then rank end), 0)"
        " - coalesce(min(case when verdict_hint = 'data_quality' then rank end), max(rank) + 1))",
        0,
        "数据质量问题排在线索之后",
        "data faults rank after every clue",
        "conventions: inspectors are not sent after a faulty interface",
    ),
    _no_accusation("reasons_zh"),
)

CHECKLIST: dict[tuple[str, str], tuple[Held, ...]] = {
    ("features", "provider_item_month"): PROVIDER_ITEM_MONTH,
    ("features", "provider_month"): PROVIDER_MONTH,
    ("features", "peer_group"): PEER_GROUP,
    ("scores", "evidence"): EVIDENCE,
    ("scores", "finding"): FINDING,
    ("cases", "case_list"): CASE_LIST,
    ("cases", "evidence"): EVIDENCE_AMOUNTS,
}
