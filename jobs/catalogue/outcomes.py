"""What people reported and what inspections found.

Grain: as each table says.
Why: tips join the ranking, past results become labels; neither ever names a reporter.
"""

from jobs.catalogue.model import Table, columns

TIP_D = Table(
    name="tip_d",
    layer="contract",
    key=("tip_id",),
    month_column=None,
    required=False,
    meaning_zh="举报线索",
    meaning_en="one tip, never with its reporter",
    columns=columns("""
        tip_id               | string        | R  | 线索编号 | tip
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        area                 | string        |    | 领域 | clinical area
        tip_date             | date          | R  | 举报日期 | day of the tip
        source               | string        |    | 来源 | channel the tip came through
        verified             | string        |    | 核实情况 | open, confirmed or unfounded
    """),
)

INSPECTION_RESULT_D = Table(
    name="inspection_result_d",
    layer="contract",
    key=("inspection_id", "fixmedins_code", "area"),
    month_column=None,
    required=False,
    meaning_zh="检查结果",
    meaning_en="one area of one past inspection",
    columns=columns("""
        inspection_id        | string        | R  | 检查编号 | inspection
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        area                 | string        | R  | 领域 | clinical area
        period_begin         | date          | R  | 检查期起 | first day inspected
        period_end           | date          | R  | 检查期止 | last day inspected
        concluded_on         | date          | R  | 结论日期 | day of the conclusion
        selection            | string        | R  | 选取方式 | why it was chosen: model, tip, random, plan, media
        verdict              | string        | R  | 结论 | what was concluded
        confirmed_amount     | decimal(16,2) | R  | 核定金额 | confirmed amount to recover in yuan
    """),
)
