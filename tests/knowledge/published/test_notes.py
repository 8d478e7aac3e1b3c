"""The grammar of remarks: what is understood, and what is refused whole."""

import pytest

from knowledge.published.layouts import batch_of, number_of
from knowledge.published.notes import Said, duration, heed, understand


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (
            "总时间不超过90天，评定间隔时间不短于14天。",
            [Said("course", 90, "elapsed days", "course"), Said("interval", 14, "days")],
        ),
        ("支付不超过30天。", [Said("course", 30, "days", "course")]),
        ("一个疾病过程支付不超过九十天", [Said("course", 90, "days", "course")]),
        (
            "支付不超过一年，每周最多支付一次。",
            [Said("course", 365, "elapsed days", "course"), Said("interval", 7, "days")],
        ),
        ("单次住院最多支付 １４ 天；", [Said("course", 14, "days", "visit")]),
        ("两次评定间隔时间不短于14天。（人社部发〔2016〕23号）", [Said("interval", 14, "days")]),
        ("每日最多支付2次", [Said("per_day", 2, "times", "day")]),
        ("参保人年龄超出法定就业年龄限制", [Said("working_age")]),
    ],
)
def test_a_remark_is_read_clause_by_clause(note, said):
    reading = understand(note)
    assert list(reading.said) == said
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("note", "unread"),
    [
        ("支付不超过30天，视病情可延长。", ("视病情可延长",)),
        ("每周最多支付三次", ("每周最多支付三次",)),  # only once in a period can be judged
        ("总时间不超过适当天数", ("总时间不超过适当天数",)),
        ("支付不超过30天以上", ("支付不超过30天以上",)),
    ],
)
def test_a_clause_nobody_understands_is_named(note, unread):
    assert understand(note).unread == unread


@pytest.mark.parametrize(
    ("note", "what", "value"),
    [
        ("限6-17岁儿童和青少年", "age_below", 18),
        ("限2岁至11岁儿童某病", "age_from", 2),
        ("限急性期患者，支付不超过12个月：1.甲；2.乙", "course", 365),
        ("需三级综合医院眼科或二级及以上眼科专科医院医师处方", "specialised", 2),
        ("首次处方时需由二级及以上医疗机构专科医师开具处方", "first_prescription", None),
        ("某感染。（药品说明书包含成人用法用量）", "adults_too", None),
    ],
)
def test_a_free_text_is_searched_for_what_limits_payment(note, what, value):
    said = heed(note).first(what)
    assert said is not None
    assert said.value == value


@pytest.mark.parametrize(
    "note", ["限二级及以上医疗机构。", "反映近2-3个月的平均水平", "1.50岁以上的患者", "50 mg 每日"]
)
def test_other_numbers_of_a_free_text_limit_nothing(note):
    assert heed(note).said == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("两", 2), ("十", 10), ("十四", 14), ("九十", 90), ("二十一", 21), ("几", None), ("", None)],
)
def test_numbers_in_digits_and_numerals(text, value):
    assert number_of(text) == value


@pytest.mark.parametrize(
    ("text", "days"), [("14天", 14), ("２周", 14), ("1个月", 30), ("12个月", 365), ("一年", 365), ("若干天", None)]
)
def test_durations_are_days(text, days):
    assert duration(text) == days


@pytest.mark.parametrize(
    ("told", "batch"),
    [
        ("【第七批 】项目规则库", "7"),
        ("【第八批-1】项目规则库（限定频次）_1", "8-1"),
        ("第十二批", "12"),
        ("本地规则", ""),
    ],
)
def test_the_batch_is_told_by_the_name(told, batch):
    assert batch_of(told) == batch
