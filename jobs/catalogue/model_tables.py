"""What models say: the champion's scores, which the ranking reads, and the challenger's, which nobody acts on.

Why: the list, the console and the comparison of two models read the same columns.
"""

from jobs.catalogue.model import Table, columns

_SCORED = columns("""
        fixmedins_code | string | R | 机构编号 | institution
        area           | string | R | 领域 | clinical area
        anomaly        | double | R | 异常分 | sum of the surprises among peers, 0 or more
        anomaly_level  | int    | R | 异常等级 | 0, 1 or 2 by the frozen levels of the model
        probability    | double |   | 查实概率 | probability that an inspection confirms, empty without enough labels
        recovery       | double |   | 预计追回(元) | expected yuan if it confirms, empty without enough confirmed amounts
        recovery_low   | double |   | 下限(元) | lower bound of the 80 % interval of it
        recovery_high  | double |   | 上限(元) | upper bound of the 80 % interval of it
        contributions  | string | R | 各部分贡献 | JSON: what each feature adds to the log-odds, with base
        model_version  | string | R | 模型版本 | version in the registry
""")


def _scored(name: str, meaning_zh: str, meaning_en: str) -> Table:
    return Table(
        name=name,
        layer="scores",
        key=("fixmedins_code", "area"),
        month_column=None,
        required=False,
        meaning_zh=meaning_zh,
        meaning_en=meaning_en,
        columns=_SCORED,
    )


PROBABILITY = _scored(
    "probability", "模型评分", "what the champion says of an institution and area; absent without one"
)
PROBABILITY_SHADOW = _scored("probability_shadow", "候选模型评分", "what the challenger would say; decides nothing")
