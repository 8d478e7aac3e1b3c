"""The tables the house derives: validated additions, features, scores. Declared once, checked wherever they are written.

Why: steps meet through tables; a step that writes other columns than promised here fails before anything is published.
"""

from jobs.catalogue.model import Table, columns

FEE_LINE_CONTEXT = columns("""
    fee_date    | date          | R  | 费用日期 | day of the charge
    line_kind   | string        | R  | 行类别 | charge or refund
    net_cnt     | decimal(16,4) | R  | 冲退后数量 | quantity after all refunds, 0 on a refund row
    net_fee     | decimal(16,2) | R  | 冲退后金额 | yuan after all refunds, 0 on a refund row
    net_inscp   | decimal(16,2) | R  | 冲退后符合范围金额 | in-scope yuan after all refunds, 0 on a refund row
    med_type    | string        |    | 医疗类别 | kind of the visit
    insutype    | string        |    | 险种类型 | insurance scheme of the settlement
    gend        | string        |    | 性别 | sex of the person
    age         | int           |    | 年龄 | years completed on the day of the charge
    insu_admdvs | string        |    | 参保地区划 | area where the person is insured
    visit_begin | date          |    | 就诊开始 | first day of the visit
    visit_end   | date          |    | 就诊结束 | last day of the visit, empty = open
    main_diag   | string        |    | 主要诊断 | main diagnosis of the visit
    adm_dept_codg | string      |    | 入院科室 | admitting department of the visit
    dscg_way    | string        |    | 离院方式 | way of leaving
    hi_paymtd   | string        |    | 支付方式 | payment mode of the settlement
    fund_share  | double        |    | 基金占比 | fund_pay_sumamt / inscp_amt of the settlement, 0..1, empty when not settled
    fix_blng_admdvs | string    |    | 机构所在地区划 | area the institution is registered in, empty = not in the register
    domain      | string        |    | 项目类别 | what the item is: ct, lab, drug_west … (knowledge/domains)
""")

SETTLEMENT_CONTEXT = columns("""
    setl_kind  | string        | R  | 结算类别 | original or refund
    net_fund   | decimal(16,2) | R  | 冲退后基金支付 | fund yuan after refunds, 0 on a refund row
    net_inscp  | decimal(16,2) | R  | 冲退后符合范围金额 | in-scope yuan after refunds, 0 on a refund row
    net_medfee | decimal(16,2) | R  | 冲退后总费用 | total yuan after refunds, 0 on a refund row
""")

VISIT_CONTEXT = columns("""
    stay_days | int |    | 床日数 | bed days: end minus begin, at least 1; empty when open
""")

EVIDENCE = Table(
    name="evidence",
    layer="scores",
    key=("detector_id", "table", "bkkp_sn"),
    month_column=None,
    required=True,
    meaning_zh="疑点证据行",
    meaning_en="one line a detector points at",
    columns=columns("""
        stat_month       | string        | R  | 月份 | month of the line
        fixmedins_code   | string        | R  | 机构编号 | institution the line is held against
        area             | string        | R  | 领域 | clinical area
        detector_id      | string        | R  | 规则编号 | detector
        detector_version | string        | R  | 规则版本 | kind version + knowledge version
        table            | string        | R  | 所在表 | table of the line
        bkkp_sn          | string        | R  | 流水号 | key of the line
        paired_bkkp_sn   | string        |    | 配对流水号 | the other line of the pair
        psn_no           | string        |    | 人员假名 | pseudonym
        fee_ocur_time    | timestamp     |    | 发生时间 | when
        med_list_codg    | string        |    | 目录编码 | item
        hilist_name      | string        |    | 目录名称 | item name
        cnt              | decimal(16,4) |    | 数量 | quantity after refunds
        inscp_amt        | decimal(16,2) |    | 符合范围金额 | in-scope yuan after refunds
        violation_cnt    | decimal(16,4) |    | 疑点数量 | disputed quantity
        violation_amount | decimal(16,2) | R  | 疑点金额 | disputed part of inscp_amt in yuan
        fund_loss        | decimal(16,2) |    | 基金损失 | violation_amount x fund share, empty when not settled
        note_zh          | string        |    | 说明 | what was seen
        note_en          | string        |    | 说明(英) | what was seen
    """),
)

FINDING = Table(
    name="finding",
    layer="scores",
    key=("fixmedins_code", "area", "detector_id"),
    month_column=None,
    required=True,
    meaning_zh="机构判定",
    meaning_en="what one detector says of one institution in the period",
    columns=columns("""
        fixmedins_code   | string | R  | 机构编号 | institution
        area             | string | R  | 领域 | clinical area
        detector_id      | string | R  | 规则编号 | detector
        detector_version | string | R  | 规则版本 | version
        family           | string | R  | 类别 | rule, indicator or cohort
        outcome          | string | R  | 结果 | hit, no_hit, not_evaluable or error
        reason_code      | string |    | 不可判定原因 | why it could not be judged
        exposure         | double |    | 基数 | what the hits are counted against
        hits             | double |    | 命中数 | number of lines, days or persons hit
        observed         | double |    | 观察值 | value of the institution
        peer_median      | double |    | 同组中位数 | median of the peers
        peer_limit       | double |    | 同组上限 | value above which the peers' spread no longer explains it
        unit             | string |    | 单位 | unit of observed
        peer_group       | string |    | 同组 | peer group
        peer_size        | int    |    | 同组机构数 | institutions in the group
        z                | double |    | 偏离 | robust distance from the peers
        strength         | int    | R  | 强度 | 0 none .. 4 overwhelming
        suspected_amount | double | R  | 疑点金额 | yuan, over its evidence lines
        fund_loss        | double | R  | 基金损失 | yuan
        excess_amount    | double | R  | 超额估计 | yuan above the peers' limit, indicators only
        data_fault       | string |    | 数据问题 | data fault that explains the signal
        benign_checks    | string |    | 良性解释检验 | JSON list of the benign explanations tested
        months           | string |    | 分月 | JSON object month -> hits or value
        reason_zh        | string |    | 理由 | one sentence
        reason_en        | string |    | 理由(英) | one sentence
    """),
)
