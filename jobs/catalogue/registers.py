"""Who exists: institutions, machines, staff, insured persons and filings for treatment elsewhere.

Grain: as each table says.
Why: denominators and benign explanations come from here.
"""

from jobs.catalogue.model import Table, columns

FIXMEDINS_B = Table(
    name="fixmedins_b",
    layer="contract",
    key=("fixmedins_code",),
    month_column=None,
    required=True,
    meaning_zh="定点医药机构",
    meaning_en="one institution: hospital, clinic or pharmacy",
    columns=columns("""
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        fixmedins_name       | string        | R  | 机构名称 | name of the institution
        fixmedins_type       | string        | RD | 机构类别 | 1 medical institution, 2 retail pharmacy
        uscc                 | string        |    | 统一社会信用代码 | registration number of the legal entity
        hosp_lv              | string        | D  | 医院等级 | level 01..11, empty for a pharmacy
        medins_type          | string        | D  | 医疗机构类型 | general, traditional, specialist, rehabilitation, clinic ...
        biznat               | string        | D  | 经营性质 | 1 public, 2 private for profit, 3 private not for profit
        fix_blng_admdvs      | string        | R  | 机构归属区划 | area the institution belongs to
        prnt_code            | string        |    | 上级机构编号 | parent of a chain or group
        aprv_bed_cnt         | int           |    | 批准床位数 | approved beds
        dr_psncnt            | int           |    | 医师人数 | doctors
        tecn_psncnt          | int           |    | 技师人数 | technicians including therapists
        reha_psncnt          | int           |    | 康复治疗师人数 | rehabilitation therapists
        phar_psncnt          | int           |    | 药师人数 | pharmacists
        lnt                  | decimal(10,6) |    | 经度 | longitude in degrees
        lat                  | decimal(10,6) |    | 纬度 | latitude in degrees
        begntime             | date          |    | 开始时间 | start
        endtime              | date          |    | 结束时间 | end, empty = open
        vali_flag            | bool01        | R  | 有效标志 | 1 = valid, 0 = void
    """),
)

FIXMEDINS_PAUS_D = Table(
    name="fixmedins_paus_d",
    layer="contract",
    key=("fixmedins_code", "begntime"),
    month_column=None,
    required=False,
    meaning_zh="暂停协议",
    meaning_en="one suspension of a contract",
    columns=columns("""
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        begntime             | date          | R  | 开始时间 | start
        endtime              | date          |    | 结束时间 | end, empty = open
    """),
)

EQUIP_B = Table(
    name="equip_b",
    layer="contract",
    key=("fixmedins_code", "equip_type"),
    month_column=None,
    required=False,
    meaning_zh="设备台账",
    meaning_en="machines of one kind at one institution",
    columns=columns("""
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        equip_type           | string        | R  | 设备类别 | ct, mr, dr, us, nm, dialysis, analyzer
        unit_cnt             | int           | R  | 台数 | number of machines
        daily_hours          | decimal(6,2)  |    | 日开机小时 | hours in use per day
    """),
)

DR_INFO_B = Table(
    name="dr_info_b",
    layer="contract",
    key=("dr_code",),
    month_column=None,
    required=False,
    meaning_zh="医师",
    meaning_en="one doctor, therapist, technician or pharmacist",
    columns=columns("""
        dr_code              | string        | R  | 医师编号 | doctor, therapist, technician or pharmacist
        main_fixmedins_code  | string        | R  | 主执业机构 | institution of first practice
        dr_type              | string        |    | 人员类别 | doctor, therapist, technician, pharmacist
        mul_prac_flag        | bool01        |    | 多点执业标志 | 1 = practises at several institutions
        nemp_time            | date          |    | 离职日期 | left on
    """),
)

PSN_INFO_B = Table(
    name="psn_info_b",
    layer="contract",
    key=("psn_no",),
    month_column=None,
    required=False,
    meaning_zh="参保人",
    meaning_en="one insured person",
    columns=columns("""
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        gend                 | string        | R  | 性别 | sex of the person
        brdy                 | date          | R  | 出生日期 | date of birth
        surv_stas            | string        | D  | 生存状态 | 1 alive, 0 dead
        die_date             | date          |    | 死亡日期 | date of death
        emp_no               | string        |    | 单位编号 | employer
        resd_admdvs          | string        |    | 居住地区划 | area of residence
    """),
)

OUT_APPY_D = Table(
    name="out_appy_d",
    layer="contract",
    key=("psn_no", "begndate"),
    month_column=None,
    required=False,
    meaning_zh="异地就医备案",
    meaning_en="one filing for treatment elsewhere",
    columns=columns("""
        psn_no               | string        | R  | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        out_admdvs           | string        | R  | 备案就医地 | area where the person may be treated
        begndate             | date          | R  | 开始日期 | first day
        enddate              | date          |    | 结束日期 | last day
    """),
)
