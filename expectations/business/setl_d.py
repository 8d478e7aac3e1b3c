"""Checklist of the settlements in the validated layer.

Why: see `fee_list_d`; the same limits for the same kinds of fault. Amount identities: handbook §1.2.
"""

from __future__ import annotations

from expectations.business.delivery import SOFTWARE, every_month, refused_little_each_month, required_table
from expectations.business.fee_list_d import CENT, IDENTITY
from expectations.held import CRITICAL, WARNING, Held, never, seldom

SETL_D: tuple[Held, ...] = (
    *required_table(),
    *refused_little_each_month(),
    *every_month(WARNING),
    never(
        "setl_kind.unknown",
        "setl_kind not in ('original', 'refund')",
        "结算类别只有正常与冲退",
        "a settlement is an original or a refund",
        "net amounts stand on it",
        then=SOFTWARE,
    ),
    never(
        "net_fund.raised",
        f"setl_kind = 'original' and fund_pay_sumamt >= 0 and net_fund > fund_pay_sumamt + {CENT}",
        "冲退不增加基金支付",
        "netting never raises the fund payment",
        "a refund takes back, it never adds",
        then=SOFTWARE,
    ),
    never(
        "refund.counted",
        "setl_kind = 'refund' and (net_fund <> 0 or net_inscp <> 0 or net_medfee <> 0)",
        "冲退结算净额为零",
        "a refund settlement counts nothing of its own",
        "it is already netted against its original",
        then=SOFTWARE,
    ),
    seldom(
        "fund_above_bill",
        f"abs(fund_pay_sumamt) > abs(medfee_sumamt) + {IDENTITY}",
        0.001,
        "基金支付不超过总费用",
        "the funds pay no more than the bill",
        "only package payment may exceed it, and that is settled elsewhere",
    ),
    seldom(
        "fund_above_bill",
        f"abs(fund_pay_sumamt) > abs(medfee_sumamt) + {IDENTITY}",
        0.05,
        "基金支付与总费用未对调",
        "fund payment and bill are not swapped",
        "on one settlement in twenty it is a mapping fault, and it falsifies every fund loss",
        severity=CRITICAL,
    ),
    seldom(
        "inscp_above_bill",
        f"abs(inscp_amt) > abs(medfee_sumamt) + {IDENTITY}",
        0.001,
        "符合范围金额不超过总费用",
        "the in-scope amount stays within the bill",
        "it is the part of the bill the policy covers",
    ),
    seldom(
        "bill_identity",
        f"abs(medfee_sumamt - fund_pay_sumamt - psn_pay) > {IDENTITY}",
        0.01,
        "总费用=基金+个人",
        "the bill is what funds and person paid",
        "handbook §1.2; a part borne by the hospital explains single cases",
    ),
    seldom(
        "person_identity",
        f"abs(psn_pay - acct_pay - cash_payamt) > {IDENTITY}",
        0.01,
        "个人=账户+现金",
        "the person paid from the account and in cash",
        "handbook §1.2; family accounts explain single cases",
        of="acct_pay is not null and cash_payamt is not null",
    ),
    seldom(
        "pooled_above_fund",
        f"abs(hifp_pay) > abs(fund_pay_sumamt) + {IDENTITY}",
        0.001,
        "统筹支出不超过基金总额",
        "the pooled fund pays no more than all funds",
        "it is one of them",
        of="hifp_pay is not null",
    ),
    seldom(
        "end_before_begin",
        "enddate < begndate",
        0.001,
        "结束不早于开始",
        "no settlement ends before it begins",
        "its days would be negative",
    ),
    seldom(
        "settled_before_end",
        "cast(setl_time as date) < date_sub(enddate, 1)",
        0.01,
        "结算不早于就诊结束",
        "bills are settled after the visit",
        "an interim bill ends on the day it is settled",
    ),
    seldom(
        "refund_not_negative",
        "medfee_sumamt > 0",
        0.001,
        "冲退金额为负",
        "refunds are negative",
        "a positive refund would be paid twice",
        of="refd_setl_flag = 1",
    ),
    seldom(
        "negative_bill",
        "medfee_sumamt < 0",
        0.001,
        "正常结算金额不为负",
        "ordinary bills are not negative",
        "a refund must carry its flag",
        of="refd_setl_flag = 0",
    ),
    seldom(
        "born_after_visit",
        "brdy > begndate or year(begndate) - year(brdy) > 120",
        0.001,
        "出生日期合理",
        "birth dates are possible",
        "age rules would judge a placeholder",
    ),
    seldom(
        "area_code",
        "not (insu_admdvs rlike '^[0-9]{6}$')",
        0.001,
        "参保地区划为六位",
        "areas of insurance have six digits",
        "in-area and out-of-area persons cannot be told apart",
    ),
)
