"""The tables people receive: the case list, its evidence and the levels a score is made of.

Why: the spreadsheet's legend, the data dictionary and the tests of the artefacts read them from here.
"""

from jobs.catalogue.model import Table, columns

CASE_LIST = Table(
    name="case_list",
    layer="cases",
    key=("case_id",),
    month_column=None,
    required=True,
    meaning_zh="疑点名单",
    meaning_en="one institution, area and period worth looking at",
    columns=columns("""
        run_id            | string | R | 运行编号 | run
        case_id           | string | R | 线索编号 | the same in every run of the same period
        rank              | int    | R | 序号 | 1 = inspect first
        fixmedins_code    | string | R | 机构编号 | institution
        fixmedins_name    | string | R | 机构名称 | name of the institution
        fixmedins_type    | string |   | 机构类别 | 1 medical institution, 2 retail pharmacy
        hosp_lv           | string |   | 医院等级 | level
        fix_blng_admdvs   | string |   | 所属区划 | area the institution belongs to
        area              | string | R | 领域 | clinical area
        period_begin      | date   | R | 期间起 | first day looked at
        period_end        | date   | R | 期间止 | last day looked at
        score             | double | R | 评分 | 0..100, the same urgency in every area
        probability       | double |   | 概率 | probability of confirmation, empty until outcomes exist
        suspected_amount  | double | R | 疑点金额(元) | yuan, every line once
        fund_loss         | double | R | 涉及基金(元) | yuan the funds paid of it, every line once
        excess_amount     | double | R | 超额估计(元) | yuan above the peers where no line is pointed at; never added
        expected_recovery | double | R | 预计追回(元) | yuan an inspection is expected to recover; decides the rank
        selected_by       | string | R | 选取方式 | model, tip, random or plan
        verdict_hint      | string | R | 性质提示 | clue or data_quality
        detectors         | string | R | 规则与版本 | strongest first
        reasons_zh        | string | R | 理由 | the three strongest reasons
        reasons_en        | string | R | 理由(英) | the three strongest reasons
        peer_group        | string |   | 同组 | peer group of the strongest reason
        peer_size         | int    |   | 同组机构数 | institutions in it
        model_version     | string | R | 模型版本 | ranking and models
        knowledge_version | string | R | 知识库版本 | knowledge points
        code_version      | string | R | 程序版本 | code
    """),
)

CASE_EVIDENCE = Table(
    name="evidence",
    layer="cases",
    key=("case_id", "detector_id", "table", "bkkp_sn"),
    month_column=None,
    required=True,
    meaning_zh="疑点证据",
    meaning_en="one line a detector of the case points at",
    columns=columns("""
        case_id          | string    | R | 线索编号 | case
        detector_id      | string    | R | 规则编号 | detector
        detector_version | string    | R | 规则版本 | kind version + knowledge version
        table            | string    | R | 所在表 | table of the line
        bkkp_sn          | string    | R | 流水号 | key of the line
        paired_bkkp_sn   | string    |   | 配对流水号 | the other line of the pair
        psn_no           | string    |   | 人员假名 | pseudonym
        fee_ocur_time    | timestamp |   | 发生时间 | when
        med_list_codg    | string    |   | 目录编码 | item
        hilist_name      | string    |   | 目录名称 | item name
        cnt              | double    |   | 数量 | quantity after refunds
        inscp_amt        | double    |   | 符合范围金额 | in-scope yuan after refunds
        violation_cnt    | double    |   | 疑点数量 | disputed quantity
        violation_amount | double    | R | 疑点金额 | disputed part of inscp_amt in yuan
        fund_loss        | double    |   | 涉及基金 | violation_amount x fund share, empty when not settled
        note_zh          | string    |   | 说明 | what was seen
        note_en          | string    |   | 说明(英) | what was seen
    """),
)

CASE_LEVEL = Table(
    name="case_level",
    layer="cases",
    key=("case_id", "position"),
    month_column=None,
    required=True,
    meaning_zh="评分构成",
    meaning_en="one labelled level of a case's score, strongest first",
    columns=columns("""
        case_id          | string | R | 线索编号 | case
        position         | int    | R | 位次 | 1 = strongest
        family           | string | R | 类别 | rule, indicator, cohort, model or tip
        detector_id      | string | R | 规则编号 | detector
        detector_version | string | R | 规则版本 | version
        level            | int    | R | 强度 | 1..4
        label_zh         | string | R | 强度说明 | name of the level
        label_en         | string | R | 强度说明(英) | name of the level
        weight           | double | R | 权重 | weight of the level before correlation and benign checks
        effect           | double | R | 有效权重 | weight that entered the score
        points           | double | R | 得分 | points of the 0..100 score; they add up to it
    """),
)
