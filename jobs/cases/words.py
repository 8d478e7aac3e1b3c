"""Names people read, Chinese and English: areas, families, levels, outcomes, reasons of refusal; and money as text.

Why: the list, the report and the terminal must call one thing by one name.
"""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """One thing in two languages."""

    zh: str
    en: str


AREAS = {
    "imaging": Name("医学影像", "Imaging"),
    "laboratory": Name("临床检验", "Laboratory"),
    "rehabilitation": Name("康复", "Rehabilitation"),
    "pharmacy": Name("药店与药品", "Pharmacy"),
    "dialysis": Name("血液净化", "Dialysis"),
    "cardiology": Name("心血管介入", "Cardiology"),
    "orthopaedics": Name("骨科", "Orthopaedics"),
    "inpatient": Name("住院", "Inpatient"),
    "drg_dip": Name("按病种付费", "DRG/DIP"),
    "cross_region": Name("异地就医", "Cross-region"),
    "consumables": Name("耗材与价格", "Consumables"),
    "outpatient": Name("门诊", "Outpatient"),
}
TYPES = {"1": Name("医疗机构", "Medical institution"), "2": Name("零售药店", "Retail pharmacy")}
LEVELS = {
    "01": Name("三级特等", "3 special"),
    "02": Name("三级甲等", "3A"),
    "03": Name("三级乙等", "3B"),
    "04": Name("三级丙等", "3C"),
    "05": Name("二级甲等", "2A"),
    "06": Name("二级乙等", "2B"),
    "07": Name("二级丙等", "2C"),
    "08": Name("一级甲等", "1A"),
    "09": Name("一级乙等", "1B"),
    "10": Name("一级丙等", "1C"),
    "11": Name("未定级", "Unrated"),
}
FAMILIES = {
    "rule": Name("规则", "Rule"),
    "indicator": Name("指标", "Indicator"),
    "cohort": Name("群体", "Cohort"),
    "tip": Name("举报", "Tip"),
}
SELECTED_BY = {
    "model": Name("模型", "Model"),
    "tip": Name("举报", "Tip"),
    "random": Name("随机", "Random"),
    "plan": Name("计划", "Plan"),
}
HINTS = {"clue": Name("疑点", "Clue"), "data_quality": Name("疑似数据问题", "Data quality")}
BENIGN = {
    "explains": Name("可以解释", "explains it"),
    "does_not_explain": Name("不能解释", "does not explain it"),
    "not_testable": Name("无法检验", "could not be tested"),
}
QUARANTINE = {
    "bad_number": Name("数值无法读取", "unreadable number"),
    "missing_key": Name("主键缺失", "key missing"),
    "duplicate_key": Name("主键重复", "duplicate key"),
    "truncated_row": Name("行被截断", "truncated row"),
    "impossible_date": Name("日期不可能", "impossible date"),
    "unknown_institution": Name("机构未登记", "unknown institution"),
    "negative_without_original": Name("负数行找不到原费用", "negative without its original"),
    "nul_byte": Name("含空字节", "NUL byte"),
    "over_long_field": Name("字段过长", "over-long field"),
    "unknown_code": Name("代码不在字典", "code in no dictionary"),
    "missing_required": Name("必填项为空", "required value missing"),
    "orphan": Name("找不到所属就诊", "its visit is nowhere"),
    "unreadable_row": Name("行无法读取", "unreadable row"),
    "void": Name("作废行", "void row"),
}
BENIGN_CHECKS = {
    "case_mix": Name("病例组合", "case mix"),
    "sole_provider": Name("区域内唯一提供者", "only provider around"),
    "new_equipment": Name("新增设备", "new equipment"),
}
GAPS = {
    "not_evaluable": Name("无法判断", "could not be judged"),
    "error": Name("运行出错", "failed to run"),
    "missing_input": Name("未移交所需数据", "input not handed over"),
    "low_volume": Name("业务量过小", "too little volume"),
    "small_peer_group": Name("同组机构过少", "too few peers"),
}
FAULTS = {
    "blank_doctor_code": Name("医师编码为空", "doctor code left blank"),
}


def name_of(names: dict[str, Name], code: object) -> Name:
    """Name of a code; the code itself where it has none, a dash where it is empty."""
    text = "" if code is None or code != code else str(code)  # a value unlike itself is NaN
    return names.get(text, Name(text or "—", text or "—"))


def money_zh(yuan: float) -> str:
    """Yuan as Chinese offices write it: 1,234.56 元, 12.3 万元, 1.23 亿元."""
    size = abs(yuan)
    if size >= 1e8:
        return f"{yuan / 1e8:,.2f} 亿元"
    return f"{yuan / 1e4:,.1f} 万元" if size >= 1e4 else f"{yuan:,.0f} 元"


def money_en(yuan: float) -> str:
    """Yuan in full or in thousands and millions."""
    size = abs(yuan)
    if size >= 1e6:
        return f"{yuan / 1e6:,.2f} million yuan"
    return f"{yuan:,.0f} yuan"


def wan(yuan: float) -> str:
    """Bare number in units of ten thousand yuan: two decimals below ten, one above, none from a thousand on."""
    value = yuan / 1e4
    return f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0}f}"
