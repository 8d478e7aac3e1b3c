"""What models say and what they learn from: scores of champion and challenger, words on a case, verdicts, the draw.

Why: the list, the console, training and the comparison of two models read the same columns.
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
        anomaly_points | string | R | 异常分构成 | JSON: points of each detector, strongest first; they add up to anomaly
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


def _small(layer: str, name: str, key: tuple[str, ...], meaning_zh: str, meaning_en: str, text: str) -> Table:
    return Table(
        name=name,
        layer=layer,
        key=key,
        month_column=None,
        required=True,
        meaning_zh=meaning_zh,
        meaning_en=meaning_en,
        columns=columns(text),
    )


CASE_MODEL = _small(
    "cases",
    "case_model",
    ("case_id",),
    "线索的模型评分",
    "what the champion says of a case; no row without a champion",
    """
        case_id           | string | R | 线索编号 | case
        anomaly           | double | R | 异常分 | sum of the points of the part `anomaly`
        anomaly_level     | int    | R | 异常等级 | 0, 1 or 2 by the frozen levels of the model
        probability       | double |   | 查实概率 | probability that an inspection confirms, empty without enough labels
        recovery          | double |   | 查实后追回(元) | expected yuan if it confirms, empty without enough confirmed amounts
        recovery_low      | double |   | 下限(元) | lower bound of the 80 % interval of it
        recovery_high     | double |   | 上限(元) | upper bound of the 80 % interval of it
        expected_recovery | double | R | 预计追回(元) | yuan that decides the rank: recovery x probability where both are known
        model_version     | string | R | 模型版本 | version in the registry
""",
)

CASE_MODEL_PART = _small(
    "cases",
    "case_model_part",
    ("case_id", "part", "name"),
    "模型评分构成",
    "what one detector or feature contributes to a model's word on a case",
    """
        case_id  | string | R | 线索编号 | case
        part     | string | R | 部分 | anomaly: points, they add up to anomaly; outcome: log-odds, they add up to those of probability
        position | int    | R | 位次 | 1 = largest contribution of the part, whichever its sign
        name     | string | R | 名称 | detector of the anomaly, feature of the outcome, or base
        title_zh | string | R | 中文名 | its name
        title_en | string | R | 英文名 | its name
        value    | double | R | 贡献 | points or log-odds
""",
)

SELECTION = _small(
    "inspections",
    "selection",
    ("fixmedins_code", "area"),
    "检查抽取",
    "how the list of a period chose whom to inspect, and with which chance; every listed clue has a row",
    """
        fixmedins_code | string | R | 机构编号 | institution
        area           | string | R | 领域 | clinical area
        case_id        | string | R | 线索编号 | case
        drawn          | int    | R | 是否抽中 | 1 = to be inspected
        selected_by    | string | R | 选取方式 | model, tip or random
        propensity     | double | R | 抽中概率 | chance this list gave the case, above 0 and at most 1
""",
)

VERDICT = _small(
    "labels",
    "verdict",
    ("inspection_id", "fixmedins_code", "area"),
    "复核结论",
    "what an analyst concluded of a case; joins the inspection results",
    """
        inspection_id    | string | R | 检查编号 | inspection, or V- and the case
        fixmedins_code   | string | R | 机构编号 | institution
        area             | string | R | 领域 | clinical area
        period_begin     | date   | R | 检查期起 | first day looked at
        period_end       | date   | R | 检查期止 | last day looked at
        concluded_on     | date   | R | 结论日期 | day of the conclusion
        selection        | string | R | 选取方式 | why it was chosen: model, tip, random, plan, media
        verdict          | string | R | 结论 | confirmed, legitimate, data_fault or unprovable; unreviewed cases have no row
        confirmed_amount | double | R | 核定金额(元) | yuan, 0 unless confirmed
        reviewer         | string |    | 复核人 | who concluded
""",
)
