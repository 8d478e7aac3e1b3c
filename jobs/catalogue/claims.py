"""The three claim tables: charged lines, settlements and visits.

Grain: as each table says.
Why: everything else hangs on them; the only tables large enough to be cut by month.
"""

from jobs.catalogue.model import Table, columns

FEE_LIST_D = Table(
    name="fee_list_d",
    layer="contract",
    key=("bkkp_sn",),
    month_column="fee_ocur_time",
    required=True,
    meaning_zh="费用明细",
    meaning_en="one charged line",
    columns=columns("""
        bkkp_sn              | string        | R  | 记账流水号 | serial number of the charged line
        setl_id              | string        |    | 结算编号 | settlement
        mdtrt_id             | string        | R  | 就诊编号 | visit or stay
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        fee_ocur_time        | timestamp     | R  | 费用发生时间 | when the service was given, local time
        med_list_codg        | string        | RE | 医疗目录编码 | national item, drug or consumable code; empty = self-made or unmapped
        hilist_code          | string        |    | 医保目录编码 | code in the local benefit catalogue
        hilist_name          | string        | R  | 医保目录名称 | name in the benefit catalogue
        list_type            | string        | D  | 目录类别 | kind of catalogue: drug, herb, service, consumable
        med_chrgitm_type     | string        | RD | 收费项目类别 | charge category 01..14
        cnt                  | decimal(16,4) | R  | 数量 | quantity
        pric                 | decimal(16,6) | R  | 单价 | unit price in yuan
        det_item_fee_sumamt  | decimal(16,2) | R  | 明细金额 | amount of the line in yuan
        pric_uplmt_amt       | decimal(16,6) |    | 定价上限 | ceiling of the unit price in yuan
        inscp_amt            | decimal(16,2) | R  | 符合范围金额 | in-scope amount in yuan: the base of every violation amount
        bilg_dept_codg       | string        |    | 开单科室 | ordering department
        bilg_dr_code         | string        |    | 开单医师 | ordering doctor
        acord_dept_codg      | string        |    | 执行科室 | performing department
        acord_dr_code        | string        |    | 执行人员 | performing doctor or therapist
        rx_drord_no          | string        |    | 处方医嘱号 | prescription or order
        rx_flag              | bool01        |    | 处方药标志 | 1 = prescription drug
        prd_days             | int           |    | 用药天数 | days of supply
        etip_flag            | bool01        |    | 外检标志 | 1 = examined by an outside laboratory
        drug_trac_codg       | string        |    | 药品追溯码 | trace codes of the boxes, 20 digits, comma-separated
        trdn_flag            | bool01        |    | 拆零标志 | 1 = box sold in parts
        init_feedetl_sn      | string        |    | 原费用流水号 | the line a refund line takes back
        vali_flag            | bool01        | R  | 有效标志 | 1 = valid, 0 = void
    """),
)

SETL_D = Table(
    name="setl_d",
    layer="contract",
    key=("setl_id",),
    month_column="setl_time",
    required=True,
    meaning_zh="结算",
    meaning_en="one settlement of a visit, refunds as rows of their own",
    columns=columns("""
        setl_id              | string        | R  | 结算编号 | settlement
        mdtrt_id             | string        | R  | 就诊编号 | visit or stay
        init_setl_id         | string        |    | 原结算编号 | the settlement a refund takes back
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        psn_name             | string        | P  | 姓名 | name of the person
        certno               | string        | P  | 证件号码 | document number of the person
        gend                 | string        | RD | 性别 | sex of the person
        brdy                 | date          | R  | 出生日期 | date of birth
        psn_type             | string        |    | 人员类别 | category of the insured person
        insutype             | string        | RD | 险种类型 | insurance scheme
        insu_admdvs          | string        | R  | 参保地区划 | area where the person is insured
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        fix_blng_admdvs      | string        | R  | 机构归属区划 | area the institution belongs to
        med_type             | string        | RD | 医疗类别 | kind of visit
        mdtrt_cert_type      | string        |    | 就诊凭证类型 | credential shown: electronic, identity card, social card
        begndate             | date          | R  | 开始日期 | first day
        enddate              | date          | R  | 结束日期 | last day
        setl_time            | timestamp     | R  | 结算时间 | when the bill was settled
        medfee_sumamt        | decimal(16,2) | R  | 医疗费总额 | total bill in yuan
        inscp_amt            | decimal(16,2) | R  | 符合范围金额 | in-scope amount in yuan: the base of every violation amount
        fund_pay_sumamt      | decimal(16,2) | R  | 基金支付总额 | paid by the funds in yuan
        hifp_pay             | decimal(16,2) |    | 统筹基金支出 | paid by the pooled fund in yuan
        acct_pay             | decimal(16,2) |    | 个人账户支出 | paid from the personal account in yuan
        cash_payamt          | decimal(16,2) |    | 现金支付 | paid in cash in yuan
        psn_pay              | decimal(16,2) | R  | 个人支付 | paid by the person in yuan
        dise_no              | string        |    | 病种编码 | registered chronic or special disease
        hi_paymtd            | string        | D  | 支付方式 | payment mode: item, disease, DIP, DRG, bed day, capitation
        refd_setl_flag       | bool01        | R  | 退费结算标志 | 1 = refund, amounts negative
        vali_flag            | bool01        | R  | 有效标志 | 1 = valid, 0 = void
    """),
)

MDTRT_D = Table(
    name="mdtrt_d",
    layer="contract",
    key=("mdtrt_id",),
    month_column="begntime",
    required=True,
    meaning_zh="就诊",
    meaning_en="one visit or stay",
    columns=columns("""
        mdtrt_id             | string        | R  | 就诊编号 | visit or stay
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        med_type             | string        | R  | 医疗类别 | kind of visit
        begntime             | timestamp     | R  | 开始时间 | start
        endtime              | timestamp     |    | 结束时间 | end, empty = open
        ipt_otp_no           | string        |    | 住院门诊号 | local visit number
        chfpdr_code          | string        |    | 主诊医师 | attending doctor
        adm_dept_codg        | string        |    | 入院科室 | admitting department
        dscg_dept_codg       | string        |    | 出院科室 | discharging department
        dscg_maindiag_code   | string        |    | 主要诊断 | main diagnosis, ICD-10 national edition
        dscg_way             | string        |    | 离院方式 | way of leaving 1..5, 9
        die_date             | date          |    | 死亡日期 | date of death
        tel                  | string        | P  | 联系电话 | telephone of the contact
        addr                 | string        | P  | 地址 | address of the contact
        vali_flag            | bool01        | R  | 有效标志 | 1 = valid, 0 = void
    """),
)
