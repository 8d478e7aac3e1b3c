"""Diagnoses, procedures, reports and grouping results that stand beside a settlement or visit.

Grain: as each table says.
Why: they tell what was billed from what was done.
"""

from jobs.catalogue.model import Table, columns

SETL_LIST_DIAG_D = Table(
    name="setl_list_diag_d",
    layer="contract",
    key=("setl_id", "diag_code", "diag_type"),
    month_column=None,
    required=False,
    meaning_zh="结算清单诊断",
    meaning_en="one diagnosis of a settlement",
    columns=columns("""
        setl_id              | string        | R  | 结算编号 | settlement
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        diag_code            | string        | R  | 诊断编码 | diagnosis, ICD-10 national edition
        diag_type            | string        | R  | 诊断类别 | 1 main, 2 other, 3 and 4 traditional medicine
        maindiag_flag        | bool01        |    | 主诊断标志 | 1 = main diagnosis
    """),
)

SETL_LIST_OPRN_D = Table(
    name="setl_list_oprn_d",
    layer="contract",
    key=("setl_id", "oprn_oprt_code", "oprn_oprt_date"),
    month_column=None,
    required=False,
    meaning_zh="结算清单手术操作",
    meaning_en="one procedure of a settlement",
    columns=columns("""
        setl_id              | string        | R  | 结算编号 | settlement
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        oprn_oprt_code       | string        | R  | 手术操作编码 | procedure, ICD-9-CM-3 national edition
        oprn_oprt_date       | timestamp     | R  | 手术操作时间 | when the procedure was done
        main_oprn_flag       | bool01        |    | 主手术标志 | 1 = main procedure
        oper_dr_code         | string        |    | 术者 | operating doctor
    """),
)

CLNC_EXAM_RPOT_D = Table(
    name="clnc_exam_rpot_d",
    layer="contract",
    key=("rpotc_no",),
    month_column=None,
    required=False,
    meaning_zh="检查报告",
    meaning_en="one imaging report",
    columns=columns("""
        rpotc_no             | string        | R  | 报告单号 | report
        mdtrt_id             | string        | R  | 就诊编号 | visit or stay
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        exam_item_code       | string        | R  | 检查检验项目编码 | national item code the report belongs to
        exam_part            | string        |    | 检查部位 | body part
        exam_date            | timestamp     | R  | 检查时间 | when the examination was done
        img_cnt              | int           |    | 图像数量 | number of images
        exam_rslt_poit_flag  | bool01        |    | 阳性标志 | 1 = positive finding
        rpt_dr_code          | string        |    | 报告医师 | doctor who signed the report
    """),
)

CLNC_TEST_RPOT_D = Table(
    name="clnc_test_rpot_d",
    layer="contract",
    key=("rpotc_no", "exam_item_code"),
    month_column=None,
    required=False,
    meaning_zh="检验报告",
    meaning_en="one tested item of a laboratory report",
    columns=columns("""
        rpotc_no             | string        | R  | 报告单号 | report
        mdtrt_id             | string        | R  | 就诊编号 | visit or stay
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        exam_item_code       | string        | R  | 检查检验项目编码 | national item code the report belongs to
        exam_mtd             | string        |    | 检验方法 | laboratory method
        spcm_no              | string        |    | 标本号 | specimen
        rpt_time             | timestamp     | R  | 报告时间 | when the report was issued
    """),
)

DRG_SETL_D = Table(
    name="drg_setl_d",
    layer="contract",
    key=("setl_id",),
    month_column=None,
    required=False,
    meaning_zh="分组结果",
    meaning_en="grouping result of an in-patient settlement",
    columns=columns("""
        setl_id              | string        | R  | 结算编号 | settlement
        paymtd               | string        | R  | 支付方式 | drg or dip
        group_code           | string        | R  | 病组编码 | group
        adrg_code            | string        |    | 核心病组 | base group
        mdc_code             | string        |    | 主要诊断大类 | major diagnostic category
        cc_level             | string        |    | 并发症等级 | mcc, cc or none
        rw                   | decimal(12,6) | R  | 权重或分值 | relative weight (DRG) or disease score (DIP)
        base_points          | decimal(14,4) |    | 基准点数 | base points of the group
        hosp_coef            | decimal(10,6) |    | 医院系数 | coefficient of the hospital
        adj_coef             | decimal(10,6) |    | 调整系数 | adjustment coefficient
        point_value          | decimal(14,6) |    | 点值 | yuan per point
        std_fee              | decimal(16,2) |    | 支付标准 | payment standard of the group in yuan
        avg_fee              | decimal(16,2) |    | 例均费用 | mean cost of the group in yuan
        group_class          | string        |    | 病组分类 | control, watch, incentive, tiered care or ordinary
    """),
)
