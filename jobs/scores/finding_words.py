"""The sentences of a finding: what was observed, what peers show, how many they are, which money – Chinese and English.

Why: a number without its yardstick is no reason; what could not be judged says why in the same place.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

# Why a detector could not judge an institution (prefix of reason_code -> words).
UNFIT = {
    "missing_table": ("未提供所需数据表", "a table it needs was not handed over"),
    "missing_column": ("未提供所需字段", "a column it needs was not handed over"),
    "missing": ("未提供所需数据", "data it needs were not handed over"),
    "no_such_institution": ("本区无此类机构", "no institution of that kind in the area"),
    "no_such_items": ("本期无相关项目", "none of its items occur"),
    "no_exposure": ("本期无可比业务", "nothing it could have happened on"),
    "no_volume": ("本期无相关业务", "no such business in the period"),
    "low_volume": ("业务量太小", "too little volume"),
    "few_months": ("月份不足", "too few months"),
    "no_value": ("无法计算", "the value cannot be computed"),
    "no_peers": ("同类机构不足", "too few institutions of its kind"),
    "capacity_known": ("已登记床位或医师，改用产能指标", "capacity is registered; judged by capacity instead"),
    "error": ("运行出错", "the detector failed"),
}
PASSED = {
    "area_wide": ("全区多数机构如此，不作个案", "a habit of most institutions of the area"),
    "few_lines": ("行数或人数太少", "too few lines or persons"),
    "immaterial": ("金额太小", "too little money"),
    "not_lasting": ("仅个别月份", "only in single months"),
}


def rule_zh() -> Column:
    """Sentence of a rule finding."""
    persons = F.when(F.col("persons").isNotNull(), _join("，", F.col("persons"), "人")).otherwise("")
    seen = _join(F.col("lines"), "条", persons, "，为可比", _whole("exposure"), "的", _shown("observed"))
    money = F.when(F.col("amount") > 0, _join("；疑点金额", _whole("amount"), "元")).otherwise("")
    return _sentence(_join(F.col("title_zh"), "：", seen, _peers_zh(), money), 0)


def rule_en() -> Column:
    """The same in English."""
    persons = F.when(F.col("persons").isNotNull(), _join(", ", F.col("persons"), " persons")).otherwise("")
    seen = _join(F.col("lines"), " lines", persons, ", ", _shown("observed"), " of ", _whole("exposure"), " chances")
    money = F.when(F.col("amount") > 0, _join("; suspected ", _whole("amount"), " yuan")).otherwise("")
    return _sentence(_join(F.col("title_en"), ": ", seen, _peers_en(), money), 1)


def indicator_zh() -> Column:
    """Sentence of an indicator finding."""
    unit = F.when(F.col("format") == "percent", "").otherwise(F.col("unit_zh"))
    money = F.when(
        F.col("excess_amount") > 0, _join("；超出部分按本院均价估计", _whole("excess_amount"), "元")
    ).otherwise("")
    return _sentence(_join(F.col("title_zh"), "：", _shown("observed"), unit, _peers_zh(), _beside_zh(), money), 0)


def indicator_en() -> Column:
    """The same in English."""
    unit = F.when(F.col("format") == "percent", "").otherwise(F.concat(F.lit(" "), F.col("unit_en")))
    money = F.when(
        F.col("excess_amount") > 0, _join("; about ", _whole("excess_amount"), " yuan above the limit")
    ).otherwise("")
    return _sentence(_join(F.col("title_en"), ": ", _shown("observed"), unit, _peers_en(), _beside_en(), money), 1)


def _peers_zh() -> Column:
    told = _join("；同组（", F.col("peer_group"), "，", F.col("peer_size"), "家）", _shown("peer_median"))
    return F.when(F.col("peer_median").isNotNull(), _join(told, "，上限", _shown("peer_limit"))).otherwise("；无同组")


def _peers_en() -> Column:
    told = _join("; peers (", F.col("peer_size"), " institutions) ", _shown("peer_median"))
    return F.when(F.col("peer_median").isNotNull(), _join(told, ", limit ", _shown("peer_limit"))).otherwise(
        "; no peers"
    )


def _beside_zh() -> Column:
    """The second ratio of an indicator that has one, beside its peers'."""
    told = _join("；", F.col("beside_title_zh"), _shown("beside_value"), "，同组", _shown("beside_median"))
    return F.when(F.col("beside_value").isNotNull(), told).otherwise("")


def _beside_en() -> Column:
    told = _join("; ", F.col("beside_title_en"), " ", _shown("beside_value"), ", peers ", _shown("beside_median"))
    return F.when(F.col("beside_value").isNotNull(), told).otherwise("")


def _sentence(measured: Column, language: int) -> Column:
    """What was measured; where nothing could be, why not; where it passed for a reason, that reason."""
    title = F.col("title_zh" if language == 0 else "title_en")
    code = F.col("reason_code")
    opened, closed = ("：不可判定（", "）。") if language == 0 else (": not evaluable (", ").")
    unfit = _join(title, opened, _worded(UNFIT, language), closed)
    end = "。" if language == 0 else "."
    passed = _join(measured, "；" if language == 0 else "; ", _worded(PASSED, language), end)
    judged = F.when(code.isNull(), _join(measured, end)).otherwise(passed)
    return F.when(F.col("outcome").isin("not_evaluable", "error"), unfit).otherwise(judged)


def _worded(words: dict[str, tuple[str, str]], language: int) -> Column:
    code = F.col("reason_code")
    chosen = code
    for prefix, said in reversed(words.items()):
        chosen = F.when(code.startswith(prefix), said[language]).otherwise(chosen)
    return chosen


def _shown(name: str) -> Column:
    value = F.col(name)
    digits = F.when(F.abs(value) >= 100, F.format_number(value, 0)).otherwise(F.format_number(value, 2))
    return F.when(F.col("format") == "percent", F.concat(F.format_number(value * 100, 1), F.lit("%"))).otherwise(digits)


def _whole(name: str) -> Column:
    return F.format_number(F.col(name), 0)


def _join(*parts: Column | str) -> Column:
    return F.concat(
        *[F.lit(part) if isinstance(part, str) else F.coalesce(part.cast("string"), F.lit("")) for part in parts]
    )
