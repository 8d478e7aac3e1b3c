"""Checklist of the charged lines in the validated layer.

Why: handbook §7.2 names what is worth checking first. Critical is only what makes every later number wrong; a habit of
the area's system (blank doctors, open visits) is a warning, because a detector that needs it says `not_evaluable` by
itself. Limits are round numbers of the trade, not fitted to any data: 0.1 % = single slips, 1 % = one cause, 5 % = one
interface.
"""

from __future__ import annotations

from expectations.business.delivery import SOFTWARE, every_month, refused_little_each_month, required_table
from expectations.held import CRITICAL, Held, never, seldom

CENT = 0.005  # half a fen: amounts are rounded to the fen
IDENTITY = (
    0.02  # tolerance of an amount identity in yuan: two amounts rounded to the fen (conventions.md, handbook §1.2)
)
_CHARGE = "line_kind = 'charge'"
_HOSPITAL = f"{_CHARGE} and (med_type is null or med_type not like '41%')"  # a pharmacy has no ordering doctor

FEE_LIST_D: tuple[Held, ...] = (
    *required_table(),
    *refused_little_each_month(),
    *every_month(),
    # what the validated step derives: every rule and every amount stands on it
    never(
        "line_kind.unknown",
        "line_kind not in ('charge', 'refund')",
        "行类别只有收费与冲退",
        "a line is a charge or a refund",
        "detectors read charges only",
        then=SOFTWARE,
    ),
    never(
        "net_inscp.negative",
        f"{_CHARGE} and net_inscp < 0",
        "冲退后金额不为负",
        "no charge is negative after its refunds",
        "a negative charge would lower a suspected amount",
        then=SOFTWARE,
    ),
    never(
        "net_inscp.raised",
        f"{_CHARGE} and inscp_amt >= 0 and net_inscp > inscp_amt + {CENT}",
        "冲退不增加金额",
        "netting never raises an amount",
        "a refund takes back, it never adds",
        then=SOFTWARE,
    ),
    never(
        "refund.counted",
        "line_kind = 'refund' and (net_inscp <> 0 or net_cnt <> 0 or net_fee <> 0)",
        "冲退行净额为零",
        "a refund line counts nothing of its own",
        "it is already netted against its original",
        then=SOFTWARE,
    ),
    never(
        "fund_share.outside",
        "fund_share < 0 or fund_share > 1",
        "基金占比在0与1之间",
        "the fund share lies between 0 and 1",
        "the funds never lose more than the disputed amount",
        then=SOFTWARE,
    ),
    # amounts of the line
    seldom(
        "inscp_above_fee",
        f"abs(inscp_amt) > abs(det_item_fee_sumamt) + {IDENTITY}",
        0.01,
        "符合范围金额不超过明细金额",
        "the in-scope amount stays within the amount of the line",
        "in-scope is the part of the line the policy covers",
    ),
    seldom(
        "inscp_above_fee",
        f"abs(inscp_amt) > abs(det_item_fee_sumamt) + {IDENTITY}",
        0.20,
        "符合范围金额与明细金额未对调",
        "in-scope amount and amount of the line are not swapped",
        "on one line in five it is a mapping fault, and it falsifies every violation amount",
        severity=CRITICAL,
    ),
    seldom(
        "cnt_x_pric",
        f"abs(cnt * pric - det_item_fee_sumamt) > {IDENTITY}",
        0.01,
        "数量×单价=金额",
        "quantity times price is the amount",
        "the contract's identity, tolerance 0.02 yuan; price and quantity rules rely on it",
    ),
    seldom(
        "charge_without_quantity",
        "cnt <= 0",
        0.001,
        "收费行数量为正",
        "a charge has a positive quantity",
        "negative quantities belong to refunds that name their original",
        of=_CHARGE,
    ),
    seldom(
        "free_of_charge",
        "det_item_fee_sumamt = 0",
        0.05,
        "零金额行少见",
        "lines of zero yuan are rare",
        "many of them are package components: count rules would count them as services",
        of=_CHARGE,
    ),
    # codes and people
    seldom(
        "no_item_code",
        "med_list_codg is null or trim(med_list_codg) = ''",
        0.05,
        "目录编码空白占比",
        "few lines lack the national item code",
        "rules find items by code: a self-made item is invisible to them",
        of=_CHARGE,
        then="Ask the area to map its self-made items to national codes.",
    ),
    seldom(
        "wide_letters_in_code",
        "char_length(med_list_codg) <> octet_length(med_list_codg)",
        0.001,
        "编码无全角字符",
        "item codes hold no full-width characters",
        "a full-width letter makes a code no rule will ever meet",
        of="med_list_codg is not null",
    ),
    seldom(
        "no_ordering_doctor",
        "bilg_dr_code is null or trim(bilg_dr_code) in ('', '0', '-')",
        0.10,
        "开单医师空白占比",
        "few hospital lines lack the ordering doctor",
        "indicators by doctor put all of them into one nameless doctor",
        of=_HOSPITAL,
    ),
    seldom(
        "unsettled",
        "setl_id is null",
        0.05,
        "未结算明细占比",
        "few lines are unsettled",
        "their fund share is unknown, so their fund loss stays empty",
        of=_CHARGE,
    ),
    seldom(
        "no_visit_dates",
        "visit_begin is null",
        0.01,
        "明细可对应就诊日期",
        "lines know the dates of their visit",
        "stay and day rules cannot judge them",
        of=_CHARGE,
    ),
    seldom(
        "age.unknown",
        "age is null",
        0.01,
        "年龄可知",
        "the age of the person is known",
        "age rules are not evaluable on these lines",
        of=_CHARGE,
    ),
    seldom(
        "age.outside",
        "age < 0 or age > 120",
        0.001,
        "年龄在0至120岁",
        "ages lie between 0 and 120",
        "beyond it the birth date is a placeholder",
        of="age is not null",
    ),
    # time
    seldom(
        "outside_visit",
        "fee_date < date_sub(visit_begin, 1) or fee_date > date_add(visit_end, 1)",
        0.01,
        "费用日期在就诊期间内",
        "charges fall within their visit",
        "more than a day outside is booked late or to the wrong visit",
        of=f"{_CHARGE} and visit_begin is not null",
    ),
    seldom(
        "no_time_of_day",
        "hour(fee_ocur_time) = 0 and minute(fee_ocur_time) = 0 and second(fee_ocur_time) = 0",
        0.50,
        "费用时间含时刻",
        "charges carry a time of day",
        "with dates alone, rules about hours and overlapping minutes are not evaluable",
        of=_CHARGE,
    ),
    # trace codes
    seldom(
        "malformed_trace_code",
        "not (drug_trac_codg rlike '^[0-9]{20}(,[0-9]{20})*$')",
        0.01,
        "追溯码为20位数字",
        "trace codes have 20 digits",
        "a shortened or padded code pairs with codes it has nothing to do with",
        of="drug_trac_codg is not null",
    ),
)
