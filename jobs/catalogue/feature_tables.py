"""The tables of the features layer: items, visits, stays and what an institution did in a month.

Grain: as each table says.
Why: rules and indicators meet claims only through these tables; a denominator is computed once and means one thing.
"""

from jobs.catalogue.model import Table, columns

ITEM = Table(
    name="item",
    layer="features",
    key=("med_list_codg", "hilist_name"),
    month_column=None,
    required=True,
    meaning_zh="项目目录",
    meaning_en="one item that occurs in the period; a self-made item (empty code) is told apart by its name",
    columns=columns("""
        med_list_codg    | string | RE | 医疗目录编码 | national code, empty text for a self-made item
        hilist_name      | string | R  | 名称 | the most frequent name of the code
        med_chrgitm_type | string |    | 收费类别 | the most frequent charge category
        list_type        | string |    | 目录类别 | the most frequent kind of catalogue
        domain           | string | R  | 项目类别 | what the item is (ct, lab, rehab, film ...)
        area             | string | R  | 领域 | area a case about it is filed under
        lines            | bigint | R  | 行数 | charged lines in the period
    """),
)

PROVIDER_ITEM_MONTH = Table(
    name="provider_item_month",
    layer="features",
    key=("stat_month", "fixmedins_code", "med_list_codg", "med_chrgitm_type", "med_type_group"),
    month_column="stat_month",
    required=True,
    meaning_zh="机构项目月",
    meaning_en="one item of one institution in one month",
    columns=columns("""
        stat_month       | string | R  | 月份 | month of the charge
        fixmedins_code   | string | R  | 机构编号 | institution
        med_list_codg    | string | RE | 医疗目录编码 | item, empty text for a self-made one
        med_chrgitm_type | string | RE | 收费类别 | charge category
        med_type_group   | string | R  | 就诊大类 | inpatient, outpatient or pharmacy
        lines            | bigint | R  | 行数 | charged lines
        cnt              | double | R  | 数量 | quantity after refunds
        inscp            | double | R  | 符合范围金额 | in-scope yuan after refunds
        fund             | double | R  | 基金 | fund yuan, inscp x fund share of the settlement
        visits           | bigint | R  | 人次 | distinct visits
        persons          | bigint | R  | 人数 | distinct persons
    """),
)

VISIT = Table(
    name="visit",
    layer="features",
    key=("stat_month", "mdtrt_id"),
    month_column="stat_month",
    required=True,
    meaning_zh="就诊月",
    meaning_en="what was charged to one visit in one month",
    columns=columns("""
        stat_month     | string    | R | 月份 | month of the charges
        fixmedins_code | string    | R | 机构编号 | institution
        mdtrt_id       | string    | R | 就诊编号 | visit
        psn_no         | string    | R | 人员假名 | pseudonym
        med_type_group | string    | R | 就诊大类 | inpatient, outpatient or pharmacy
        insu_admdvs    | string    |   | 参保地 | where the person is insured
        main_diag      | string    |   | 主要诊断 | main diagnosis
        doctor         | string    |   | 医师 | attending doctor, else an ordering one; empty when none is named
        first_time     | timestamp | R | 首笔时间 | first charge
        lines          | bigint    | R | 行数 | charged lines
        items          | bigint    | R | 项目数 | distinct items
        bundle         | bigint    | R | 组合 | hash of the sorted distinct items
        inscp          | double    | R | 符合范围金额 | in-scope yuan
        fund           | double    | R | 基金 | fund yuan
        doctor_blank   | bigint    | R | 无医师行 | lines without an ordering doctor
        timed          | bigint    | R | 有时刻行 | lines whose time of day is known
        night          | bigint    | R | 夜间行 | lines from 22:00 to 06:00
        weekend        | bigint    | R | 周末行 | lines on Saturday or Sunday
        last10_inscp   | double    | R | 后十日金额 | in-scope yuan from the 21st on
        registered_inscp | double  | R | 门慢特金额 | in-scope yuan settled for a disease registered with the insurer (med_type 14)
        supply_days    | double    | R | 用药天数 | days of supply of the lines that state them
        supply_inscp   | double    | R | 其金额 | in-scope yuan of those lines
        ct_mr          | double    | R | CT磁共振次 | CT and MR examinations
        exams          | double    | R | 影像检查次 | imaging examinations without add-ons
        kinds          | int       | R | 影像种类 | kinds of imaging: CT, MR, X-ray, ultrasound, nuclear
        addons         | double    | R | 加收次 | imaging add-ons
        films          | double    | R | 胶片 | films
        film_exams     | double    | R | 出片检查 | CT, MR and X-ray examinations
        us_parts       | double    | R | 超声部位 | ultrasound examinations
        addon_inscp    | double    | R | 加收金额 | yuan of imaging add-ons
        film_inscp     | double    | R | 胶片金额 | yuan of films
        us_inscp       | double    | R | 超声金额 | yuan of ultrasound
        labs           | double    | R | 检验项次 | laboratory items
        lab_kinds      | bigint    | R | 检验种类 | distinct laboratory items
        lab_days       | bigint    | R | 检验日 | days with a laboratory item
        rehabs         | double    | R | 康复次 | rehabilitation and physiotherapy sessions
        rehab_days     | bigint    | R | 康复日 | days with one
        tcms           | double    | R | 中医治疗次 | traditional treatments
        dialyses       | double    | R | 透析次 | dialysis sessions
        kits           | double    | R | 透析器材 | dialysis goods
        operations     | bigint    | R | 手术行 | lines of operations and interventions
        drugs          | bigint    | R | 药品行 | lines of drugs
        imaging_inscp        | double | R | 影像金额 | yuan
        laboratory_inscp     | double | R | 检验金额 | yuan
        rehabilitation_inscp | double | R | 康复理疗金额 | yuan
        pharmacy_inscp       | double | R | 药品金额 | yuan
        dialysis_inscp       | double | R | 透析金额 | yuan
        cardiology_inscp     | double | R | 心内金额 | yuan
        orthopaedics_inscp   | double | R | 骨科金额 | yuan
        inpatient_inscp      | double | R | 床位护理手术金额 | yuan
        consumables_inscp    | double | R | 耗材金额 | yuan
        outpatient_inscp     | double | R | 诊察治疗金额 | yuan
    """),
)

STAY = Table(
    name="stay",
    layer="features",
    key=("mdtrt_id",),
    month_column="stat_month",
    required=True,
    meaning_zh="住院",
    meaning_en="one finished in-patient stay, under the month it ended in",
    columns=columns("""
        stat_month     | string | R | 月份 | month of discharge
        fixmedins_code | string | R | 机构编号 | institution
        mdtrt_id       | string | R | 就诊编号 | stay
        psn_no         | string | R | 人员假名 | pseudonym
        begin          | date   | R | 入院日期 | first day
        end            | date   | R | 出院日期 | last day
        stay_days      | int    |   | 床日数 | bed days
        main_diag      | string |   | 主要诊断 | main diagnosis
        doctor         | string |   | 主诊医师 | attending doctor
        dept           | string |   | 入院科室 | admitting department
        dscg_way       | string |   | 离院方式 | way of leaving
        fee            | double |   | 总费用 | yuan, empty when not settled
        inscp          | double |   | 符合范围金额 | in-scope yuan
        fund           | double |   | 基金 | fund yuan
        cash           | double |   | 现金 | yuan paid in cash
        outside        | int    |   | 统筹区外 | 1 = insured in another pooling area
        zero_cash      | int    |   | 零自付 | 1 = nothing was paid in cash
        exams_only     | int    |   | 仅检查 | 1 = at most four days, 70 % of the bill imaging and laboratory, no operation
        gap_here       | int    |   | 距上次出院 | days since the person's last discharge here
        gap_anywhere   | int    |   | 距任一出院 | days since the person's last discharge anywhere
        planned        | int    | R | 计划性 | 1 = diagnosis of a course meant to come back
    """),
)
