"""The claim tables of a shard: fee lines, settlements, visits, column by column.

Reads: the finished draft and its bill. Grain: as the contract says.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.landing.generate import grouping, text
from jobs.landing.generate.bill import Bill
from jobs.landing.generate.diseases import diseases
from jobs.landing.generate.draft import CHRONIC, DAY_SURGERY, INPATIENT, MED_TYPE, SHOP, UNIT, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.items import items
from jobs.landing.generate.people_text import staff_codes
from jobs.landing.generate.persons import DISTRICTS, OUTSIDE
from jobs.landing.generate.staff import DEPARTMENTS, DEPT_INDEX, NOBODY

EXECUTES = {
    "img": ("ct", "ctadd", "mr", "dr", "us", "usadd", "ecg"),
    "lab": ("lab", "path"),
    "rehab": ("rehab", "physio", "tcm"),
}
DEPT_CODES = tuple(DEPARTMENTS.values())
NO_DEPT = 0.006  # lines without a department
DISEASE_NO = {
    "htn": "M03900",
    "dm": "M01600",
    "chd": "M04600",
    "copd": "M05300",
    "lungca": "M00500",
    "esrd": "M07800",
    "hepb": "M00200",
}


def _executors(draft: Draft, lines: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Performing department and person of every line; -1 where the ordering side performs it."""
    dept = np.full(len(items()), -1)
    for key, families in EXECUTES.items():
        dept[items().in_family(*families)] = DEPT_INDEX[key]
    visits = draft.visits
    inst = visits["inst"][lines["visit"]]
    where = dept[lines["item"]]
    shop = visits["kind"][lines["visit"]] == SHOP
    where = np.where(shop, DEPT_INDEX["shop"], np.where(where < 0, visits["dept"][lines["visit"]], where))
    person = draft.world.staff.pick(draft.rng, inst, where)
    person = np.where(lines["exec"] >= 0, lines["exec"], person)
    return where, np.where(draft.rng.random(len(lines)) < 0.02, NOBODY, person)


def fee_lines(draft: Draft, bill: Bill) -> dict[str, pa.Array]:
    """`fee_list_d`."""
    return {**_what(draft, bill.lines), **_who(draft, bill.lines)}


def _what(draft: Draft, lines: Frame) -> dict[str, pa.Array]:
    """Identity, item and amounts of the lines."""
    n, visit, item = len(lines), lines["visit"], lines["item"]
    return {
        "bkkp_sn": text.ids("line", draft.number(np.arange(n))),
        "setl_id": text.ids("settlement", draft.number(lines["settlement"])),
        "mdtrt_id": text.ids("visit", draft.number(visit)),
        "psn_no": draft.person_column(visit),
        "fixmedins_code": text.pick(draft.visits["inst"][visit], draft.world.profile["code"]),
        "fee_ocur_time": text.moment(lines["time"]),
        "med_list_codg": text.pick(item, items().code),
        "hilist_code": text.pick(item, items().code),
        "hilist_name": text.pick(item, items().name),
        "list_type": text.pick(item, items().list_type),
        "med_chrgitm_type": text.pick(item, items().charge_type),
        "cnt": text.quantity(lines["cnt"]),
        "pric": text.price(lines["price"]),
        "det_item_fee_sumamt": text.money(lines["amount"]),
        "pric_uplmt_amt": text.price(lines["ceiling"], lines["ceiling"] == 0),
        "inscp_amt": text.money(lines["scope"]),
    }


def _who(draft: Draft, lines: Frame) -> dict[str, pa.Array]:
    """Ordering and performing side, orders, trace codes and flags of the lines."""
    visits, rng = draft.visits, draft.rng
    n, visit = len(lines), lines["visit"]
    inst, item = visits["inst"][visit], lines["item"]
    dept, person = _executors(draft, lines)
    doc = visits["doc"][visit]
    unknown = (rng.random(n) < draft.world.profile["unknown_dr"][inst]) & (doc >= 0)
    codes = staff_codes(draft.world)
    doc = np.where(unknown, np.where(inst % 3 == 0, NOBODY, len(codes) - 1), doc)
    bare = rng.random(n) < NO_DEPT
    drug = items().in_family("drug", "herb")[item]
    minus = lines["init"] >= 0
    order = draft.has_order(lines) & (rng.random(n) > 0.004)
    boxes = np.abs(lines["cnt"].astype(np.int64)) // UNIT
    outside_lab = items().in_family("lab")[item] & (draft.world.profile["price_level"][inst] == 2) & (inst % 5 == 0)
    return {
        "bilg_dept_codg": text.pick(np.where(bare, -1, visits["dept"][visit]), DEPT_CODES),
        "bilg_dr_code": text.pick(doc, codes),
        "acord_dept_codg": text.pick(np.where(bare, -1, dept), DEPT_CODES),
        "acord_dr_code": text.pick(person, codes),
        "rx_drord_no": text.ids("order", np.where(order, draft.number(visit), -1)),
        "rx_flag": text.flag(items().rx[item]),
        "prd_days": text.number(items().days[item] * np.maximum(boxes, 1), ~drug | minus),
        "etip_flag": text.flag(outside_lab),
        "drug_trac_codg": text.trace_codes(lines["trace"], boxes),
        "trdn_flag": text.flag(lines["split"]),
        "init_feedetl_sn": text.ids("line", draft.number(lines["init"])),
        "vali_flag": text.flag(~lines["void"]),
    }


def settlements(draft: Draft, bill: Bill) -> dict[str, pa.Array]:
    """`setl_d`: the settled visits, refunds and bills written anew."""
    rows = np.flatnonzero(draft.visits["settled"][bill.settlements["visit"]])
    money, people, world = bill.settlements.take(rows), draft.world.persons, draft.world
    visit = money["visit"]
    person, inst, kind = (draft.visits[name][visit] for name in ("person", "inst", "kind"))
    fund = money["pooled"] + money["other"]
    insured = np.where(people.outside[person] >= 0, len(DISTRICTS) + people.outside[person], people.district[person])
    psn_type = np.where(people.employee[person], np.where(people.retired[person], 1, 0), 2)
    return {
        "setl_id": text.ids("settlement", draft.number(rows)),
        "mdtrt_id": text.ids("visit", draft.number(visit)),
        "init_setl_id": text.ids("settlement", draft.number(money["init"])),
        "psn_no": draft.person_column(visit),
        "psn_name": text.labelled("测试人员", person),
        "certno": text.labelled("TESTID", person.astype(np.int64) + 10**9),
        "gend": text.pick(people.female[person].astype(int), ["1", "2"]),
        "brdy": text.date(people.born[person]),
        "psn_type": text.pick(psn_type, ["1101", "1201", "15"]),
        "insutype": text.pick((~people.employee[person]).astype(int), ["310", "390"]),
        "insu_admdvs": text.pick(insured, (*DISTRICTS, *OUTSIDE)),
        "fixmedins_code": text.pick(inst, world.profile["code"]),
        "fix_blng_admdvs": text.pick(world.profile["district"][inst], DISTRICTS),
        "med_type": text.pick(kind, MED_TYPE),
        "mdtrt_cert_type": text.pick((person * 7 + visit) % 10 // 4, ["01", "03", "02"]),
        "begndate": text.date_of(draft.visits["begin"][visit]),
        "enddate": text.date_of(draft.visits["end"][visit]),
        "setl_time": text.moment(money["time"]),
        "medfee_sumamt": text.money(money["total"]),
        "inscp_amt": text.money(money["scope"]),
        "fund_pay_sumamt": text.money(fund),
        "hifp_pay": text.money(money["pooled"]),
        "acct_pay": text.money(money["account"]),
        "cash_payamt": text.money(money["cash"]),
        "psn_pay": text.money(money["person"]),
        "dise_no": text.pick(np.where(kind == CHRONIC, draft.visits["dx"][visit], -1), _disease_numbers()),
        "hi_paymtd": text.pick(grouping.payment(draft, visit).astype(int), [str(code) for code in range(10)]),
        "refd_setl_flag": text.flag(money["refund"]),
        "vali_flag": text.flag(np.ones(len(rows), dtype=int)),
    }


def _disease_numbers() -> list[str]:
    return [DISEASE_NO.get(d.key, "") for d in diseases()]


def visits(draft: Draft) -> dict[str, pa.Array]:
    """`mdtrt_d`."""
    table, n = draft.visits, len(draft.visits)
    number = np.arange(n)
    ward = np.isin(table["kind"], (INPATIENT, DAY_SURGERY))
    chooses = draft.rng.random(n)
    way = np.where(
        table["died"],
        5,
        np.where(
            chooses < 0.88, 1, np.where(chooses < 0.91, 2, np.where(chooses < 0.94, 3, np.where(chooses < 0.985, 4, 9)))
        ),
    )
    dept = np.where(table["kind"] == SHOP, -1, table["dept"])
    codes = [code for d in diseases() for code in d.icd]
    start = np.cumsum([0, *[len(d.icd) for d in diseases()]])[:-1]
    diagnosis = start[table["dx"]] + table["icd"]
    return {
        "mdtrt_id": text.ids("visit", draft.number(number)),
        "psn_no": draft.person_column(number),
        "fixmedins_code": text.pick(table["inst"], draft.world.profile["code"]),
        "med_type": text.pick(table["kind"], MED_TYPE),
        "begntime": text.moment(table["begin"]),
        "endtime": text.moment(table["end"], table["open"]),
        "ipt_otp_no": text.labelled("ZY", draft.number(number), ~ward),
        "chfpdr_code": text.pick(table["doc"], staff_codes(draft.world)),
        "adm_dept_codg": text.pick(dept, DEPT_CODES),
        "dscg_dept_codg": text.pick(np.where(ward & ~table["open"], dept, -1), DEPT_CODES),
        "dscg_maindiag_code": text.pick(np.where((table["kind"] == SHOP) | table["open"], -1, diagnosis), codes),
        "dscg_way": text.pick(np.where(ward & ~table["open"], way, -1), [str(i) for i in range(10)]),
        "die_date": text.date_of(table["end"], ~table["died"]),
        "tel": text.labelled("TEL-000-", table["person"]),
        "addr": text.labelled("测试地址", table["person"]),
        "vali_flag": text.flag(np.ones(n, dtype=int)),
    }
