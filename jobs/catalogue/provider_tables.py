"""The tables of the features layer that speak of institutions: the month, and the peers.

Grain: as each table says.
Why: every indicator is one column divided by another of `provider_month`; what is not declared here cannot be an indicator.
"""

from jobs.catalogue.model import Table, columns

PROVIDER_MONTH = Table(
    name="provider_month",
    layer="features",
    key=("stat_month", "fixmedins_code"),
    month_column="stat_month",
    required=True,
    meaning_zh="机构月",
    meaning_en="what an institution did in one month: numerators and denominators, null where unknown",
    columns=columns("""
        stat_month     | string | R | 月份 | month of charge, of discharge for stays, of settlement for settlements
        fixmedins_code | string | R | 机构编号 | institution
        visits         | double |   | 人次 | visits with a charge
        persons        | double |   | 人数 | distinct persons
        lines          | double |   | 明细行 | charged lines
        items          | double |   | 项目数 | distinct items per visit, summed
        inscp          | double |   | 符合范围金额 | in-scope yuan
        fund           | double |   | 基金 | fund yuan
        timed          | double |   | 有时刻行 | lines whose time of day is known
        night          | double |   | 夜间行 | of these, from 22:00 to 06:00
        weekend        | double |   | 周末行 | lines on Saturday or Sunday
        last10_inscp   | double |   | 后十日金额 | in-scope yuan from the 21st on
        registered_inscp | double |   | 门慢特金额 | in-scope yuan settled for a disease registered with the insurer (med_type 14)
        supply_days    | double |   | 用药天数 | days of supply of lines that state them
        supply_inscp   | double |   | 其金额 | in-scope yuan of those lines
        doctor_blank   | double |   | 无医师行 | hospital lines without an ordering doctor
        doctor_lines   | double |   | 医院行 | hospital lines
        outside_visits | double |   | 区外人次 | visits of persons insured in another pooling area
        outside_inscp  | double |   | 区外金额 | their in-scope yuan
        insured_known_visits | double | | 参保地已知人次 | visits whose place of insurance is known
        imaging_inscp        | double | | 影像金额 | yuan
        laboratory_inscp     | double | | 检验金额 | yuan
        rehabilitation_inscp | double | | 康复理疗金额 | yuan
        pharmacy_inscp       | double | | 药品金额 | yuan
        dialysis_inscp       | double | | 透析金额 | yuan
        cardiology_inscp     | double | | 心内金额 | yuan
        orthopaedics_inscp   | double | | 骨科金额 | yuan
        inpatient_inscp      | double | | 床位护理手术金额 | yuan
        consumables_inscp    | double | | 耗材金额 | yuan
        outpatient_inscp     | double | | 诊察治疗金额 | yuan
        ct_mr          | double |   | CT磁共振次 | CT and MR examinations
        exams          | double |   | 影像检查次 | imaging examinations without add-ons
        addons         | double |   | 加收次 | imaging add-ons
        films          | double |   | 胶片 | films
        film_exams     | double |   | 出片检查 | CT, MR and X-ray examinations
        us_parts       | double |   | 超声部位 | ultrasound examinations
        addon_inscp    | double |   | 加收金额 | yuan of imaging add-ons
        film_inscp     | double |   | 胶片金额 | yuan of films
        us_inscp       | double |   | 超声金额 | yuan of ultrasound
        us_visits      | double |   | 超声人次 | visits with one
        labs           | double |   | 检验项次 | laboratory items
        lab_kinds      | double |   | 检验种类 | distinct laboratory items per visit, summed
        lab_days       | double |   | 检验日 | visit days with a laboratory item
        rehabs         | double |   | 康复次 | rehabilitation and physiotherapy sessions
        rehab_days     | double |   | 康复人日 | visit days with one
        rehab_visits   | double |   | 康复人次 | visits with one
        foreign_visits | double |   | 非康复诊断人次 | visits whose main diagnosis does not usually call for rehabilitation
        foreign_rehab_visits | double | | 其康复人次 | of these, visits with rehabilitation
        foreign_rehab_inscp  | double | | 其康复金额 | their rehabilitation in yuan
        tcms           | double |   | 中医治疗次 | traditional treatments
        dialyses       | double |   | 透析次 | dialysis sessions
        dialysis_visits | double |  | 透析人次 | visits with one
        kits           | double |   | 透析器材 | dialysis goods
        drug_visits    | double |   | 用药人次 | visits with a drug
        inp_visits     | double |   | 住院人次 | stays with a charge in the month
        inp_inscp      | double |   | 住院金额 | yuan
        inp_labs       | double |   | 住院检验项次 | laboratory items of stays
        inp_lab_inscp  | double |   | 住院检验金额 | yuan
        inp_imaging_inscp | double | | 住院影像金额 | yuan
        inp_lab_visits | double |   | 住院检验人次 | stays with a laboratory item
        inp_exams      | double |   | 住院影像次 | imaging examinations of stays
        inp_exam_visits | double |  | 住院影像人次 | stays with one
        inp_ct_mr_visits | double | | 住院CT磁共振人次 | stays with a CT or MR
        inp_rehab_visits | double | | 住院康复人次 | stays with rehabilitation
        inp_many_kinds | double |   | 住院多种影像人次 | stays with three or more kinds of imaging
        outp_visits    | double |   | 门诊人次 | out-patient visits
        outp_inscp     | double |   | 门诊金额 | yuan
        outp_labs      | double |   | 门诊检验项次 | laboratory items of out-patient visits
        outp_lab_inscp | double |   | 门诊检验金额 | yuan
        outp_imaging_inscp | double | | 门诊影像金额 | yuan
        outp_lab_visits | double |  | 门诊检验人次 | out-patient visits with a laboratory item
        outp_exams     | double |   | 门诊影像次 | imaging examinations of out-patient visits
        outp_exam_visits | double | | 门诊影像人次 | out-patient visits with one
        outp_ct_mr_visits | double | | 门诊CT磁共振人次 | out-patient visits with a CT or MR
        outp_rehab_visits | double | | 门诊康复人次 | out-patient visits with rehabilitation
        shop_visits    | double |   | 购药人次 | pharmacy sales
        shop_inscp     | double |   | 购药金额 | yuan
        outp_persons   | double |   | 门诊购药人数 | persons seen without a stay
        frequent_persons | double | | 频繁人数 | of these, with ten or more visits in the month
        frequent_visits | double |  | 其人次 | their visits
        frequent_inscp | double |   | 其金额 | yuan
        busiest_day_persons | double | | 最忙日人数 | persons on the busiest day
        day_persons    | double |   | 日人数合计 | persons per day, summed over days
        open_days      | double |   | 营业日 | days with a visit
        bundle_visits  | double |   | 可比组合人次 | visits with three or more items
        top_bundle_visits | double | | 最多组合人次 | of these, with the commonest bundle
        same_bundle_visits | double | | 同组合人次 | of these, whose bundle another visit repeats
        same_bundle_inscp | double | | 其金额 | yuan
        doctors        | double |   | 医师数 | doctors named
        doctor_visits  | double |   | 有医师人次 | visits with a named doctor
        top_doctor_visits | double | | 首位医师人次 | visits of the busiest doctor
        doctor_square  | double |   | 医师人次平方和 | squared visits per doctor, summed
        doctor_inscp   | double |   | 有医师金额 | yuan
        top_doctor_inscp | double | | 首位医师金额 | yuan of the largest doctor
        roaming_sales  | double |   | 多店购药人次 | sales to persons at three or more pharmacies that day
        roaming_inscp  | double |   | 其金额 | yuan
        timed_sales    | double |   | 有时刻购药 | sales whose time is known
        close_sales    | double |   | 相邻购药 | of these, within two minutes after another person's
        close_inscp    | double |   | 其金额 | yuan
        drug_inscp     | double |   | 药品金额 | in-scope yuan of drugs
        top_drug_inscp | double |   | 首位药品金额 | of the largest drug
        drug_square    | double |   | 药品金额平方和 | squared yuan per drug, summed
        drug_kinds     | double |   | 药品种数 | distinct drugs
        discharges     | double |   | 出院人次 | finished stays
        stay_persons   | double |   | 出院人数 | distinct persons
        bed_days       | double |   | 床日 | bed days of finished stays
        stay_inscp     | double |   | 出院金额 | in-scope yuan of their settlements
        stay_fund      | double |   | 出院基金 | fund yuan
        readmit7       | double |   | 七日再入院 | unplanned stays within 7 days of a discharge here
        readmit31      | double |   | 三十一日再入院 | within 31 days
        readmit31_inscp | double |  | 其金额 | yuan
        exam_only_stays | double |  | 仅检查住院 | short stays that are mostly examinations
        exam_only_inscp | double |  | 其金额 | yuan
        zero_cash_stays | double |  | 零现金住院 | stays without any cash paid
        cash_known_stays | double | | 现金已知住院 | stays whose cash payment is known
        zero_cash_inscp | double |  | 其金额 | yuan
        outside_stays  | double |   | 区外住院 | stays of persons insured elsewhere
        short_stays    | double |   | 短期住院 | stays of at most two days
        severe_stays   | double |   | 重症住院 | stays with a severe main diagnosis
        log_cost       | double |   | 对数费用和 | sum of ln(in-scope yuan per stay) of stays over two days
        log_cost_square | double |  | 对数费用平方和 | sum of its squares
        cost_known_stays | double | | 费用已知住院 | stays of more than two days with an in-scope amount
        diag_stays     | double |   | 有诊断住院 | stays with a main diagnosis
        top_diag_stays | double |   | 首位诊断住院 | of these, with the commonest three-character diagnosis
        drg_cases      | double |   | DRG病例 | settlements grouped by DRG whose weight, cost and payment standard are known
        drg_weight     | double |   | DRG权重和 | their relative weights
        drg_cost       | double |   | DRG费用 | their cost in yuan
        drg_standard   | double |   | DRG支付标准 | their payment standards in yuan
        drg_inscp      | double |   | DRG符合范围金额 | their in-scope yuan
        dip_cases      | double |   | DIP病例 | settlements grouped by DIP whose score, cost and payment standard are known
        dip_weight     | double |   | DIP分值和 | their scores
        dip_cost       | double |   | DIP费用 | their cost in yuan
        dip_standard   | double |   | DIP支付标准 | their payment standards in yuan
        dip_inscp      | double |   | DIP符合范围金额 | their in-scope yuan
        setls          | double |   | 结算数 | settlements
        refund_setls   | double |   | 退费数 | refunds
        ecert_setls    | double |   | 电子凭证结算 | settled with an electronic credential
        cert_known_setls | double | | 凭证已知结算 | settlements that name the credential
        reports        | double |   | 影像报告 | imaging reports
        judged_reports | double |   | 有阳性标志报告 | reports that say positive or not
        positive_reports | double | | 阳性报告 | of these, positive
    """),
)

PEER_GROUP = Table(
    name="peer_group",
    layer="features",
    key=("fixmedins_code",),
    month_column=None,
    required=True,
    meaning_zh="同组",
    meaning_en="the peers an institution is compared with in the period",
    columns=columns("""
        fixmedins_code | string | R | 机构编号 | institution
        peer_group     | string | R | 同组 | the group in words
        peer_size      | int    | R | 同组机构数 | other institutions in it
        fallback_level | int    | R | 放宽级别 | 0 = closest group; higher = fewer attributes shared
        size_band      | string | R | 规模 | small, medium or large among its kind
    """),
)
