"""Every line of the checklists: what breaks it and what does not.

Each table below reads: name of the expectation | a row that breaks it | a row that does not. What is not named stays as
in the good row of tests/expectations/area.py; `null` = no value.
"""

from __future__ import annotations

from typing import Any

import pytest

from expectations import profile
from expectations.business import CHECKLIST
from expectations.held import Held
from expectations.outcome import failed
from expectations.reports import Reports
from expectations.suite import catalogue_table
from tests.expectations.area import good
from tests.support.tables import cells

SPECIFICATION: dict[tuple[str, str], str] = {
    ("validated", "fee_list_d"): """
        expectation             | breaks it                                            | does not
        line_kind.unknown       | line_kind=other                                      | line_kind=refund
        net_inscp.negative      | net_inscp=-0.01                                      | net_inscp=0
        net_inscp.raised        | inscp_amt=20; net_inscp=20.01                        | inscp_amt=20; net_inscp=12
        refund.counted          | line_kind=refund; net_inscp=-20; net_cnt=0; net_fee=0 | line_kind=refund; net_inscp=0; net_cnt=0; net_fee=0
        fund_share.outside      | fund_share=1.01                                      | fund_share=1
        inscp_above_fee         | inscp_amt=20.03; det_item_fee_sumamt=20              | inscp_amt=-20; det_item_fee_sumamt=-20
        cnt_x_pric              | cnt=2; pric=10; det_item_fee_sumamt=20.03            | cnt=0.5; pric=10.01; det_item_fee_sumamt=5.01
        charge_without_quantity | cnt=0                                                | cnt=0.5
        free_of_charge          | det_item_fee_sumamt=0                                | det_item_fee_sumamt=0.01
        no_item_code            | med_list_codg=null                                   | med_list_codg=XA01
        wide_letters_in_code    | med_list_codg=ＸA01                                  | med_list_codg=XA01
        no_ordering_doctor      | bilg_dr_code=-                                       | bilg_dr_code=D1
        unsettled               | setl_id=null                                         | setl_id=s1
        no_visit_dates          | visit_begin=null                                     | visit_begin=2023-01-05
        age.unknown             | age=null                                             | age=0
        age.outside             | age=121                                              | age=120
        outside_visit           | fee_date=2023-01-02; visit_begin=2023-01-04          | fee_date=2023-01-03; visit_begin=2023-01-04
        no_time_of_day          | fee_ocur_time=2023-01-05 00:00:00                    | fee_ocur_time=2023-01-05 00:00:01
        malformed_trace_code    | drug_trac_codg=8123456789                            | drug_trac_codg=81234567890123456789,81234567890123456780
    """,
    ("validated", "setl_d"): """
        expectation             | breaks it                                            | does not
        setl_kind.unknown       | setl_kind=other                                      | setl_kind=refund
        net_fund.raised         | fund_pay_sumamt=18; net_fund=18.01                   | fund_pay_sumamt=18; net_fund=0
        refund.counted          | setl_kind=refund; net_fund=-18                       | setl_kind=refund; net_fund=0; net_inscp=0; net_medfee=0
        fund_above_bill         | fund_pay_sumamt=30.03; medfee_sumamt=30              | fund_pay_sumamt=30; medfee_sumamt=30
        inscp_above_bill        | inscp_amt=30.03; medfee_sumamt=30                    | inscp_amt=30; medfee_sumamt=30
        bill_identity           | medfee_sumamt=30; fund_pay_sumamt=18; psn_pay=11     | medfee_sumamt=30; fund_pay_sumamt=18; psn_pay=12.02
        person_identity         | psn_pay=12; acct_pay=5; cash_payamt=6                | psn_pay=12; acct_pay=0; cash_payamt=12
        pooled_above_fund       | hifp_pay=19; fund_pay_sumamt=18                      | hifp_pay=0; fund_pay_sumamt=18
        end_before_begin        | begndate=2023-01-05; enddate=2023-01-04              | begndate=2023-01-05; enddate=2023-01-05
        settled_before_end      | setl_time=2023-01-01 10:00:00; enddate=2023-01-05    | setl_time=2023-01-04 10:00:00; enddate=2023-01-05
        refund_not_negative     | refd_setl_flag=1; medfee_sumamt=30                   | refd_setl_flag=1; medfee_sumamt=-30
        negative_bill           | refd_setl_flag=0; medfee_sumamt=-30                  | refd_setl_flag=0; medfee_sumamt=0
        born_after_visit        | brdy=2023-02-01                                      | brdy=2023-01-04
        area_code               | insu_admdvs=徐州                                     | insu_admdvs=320300
    """,
    ("validated", "mdtrt_d"): """
        expectation             | breaks it                                            | does not
        end_before_begin        | begntime=2023-01-05 10:00:00; endtime=2023-01-05 09:00:00 | begntime=2023-01-05 10:00:00; endtime=2023-01-05 10:00:00
        stay_days.below_one     | stay_days=0                                          | stay_days=1
        very_long_stay          | stay_days=366                                        | stay_days=365
        open_visit              | endtime=null                                         | endtime=2023-01-09 10:00:00
        no_diagnosis            | med_type=21; dscg_maindiag_code=null                 | med_type=21; dscg_maindiag_code=J18.900
        diagnosis_format        | dscg_maindiag_code=肺炎                              | dscg_maindiag_code=J18.900
        dead_before_visit       | die_date=2023-01-03; begntime=2023-01-04 08:00:00    | die_date=2023-01-04; begntime=2023-01-04 08:00:00
    """,
    ("validated", "fixmedins_b"): """
        expectation             | breaks it                                            | does not
        no_level                | fixmedins_type=1; hosp_lv=null                       | fixmedins_type=1; hosp_lv=05
        contract_span           | begntime=2023-01-05; endtime=2022-01-05              | begntime=2023-01-05; endtime=2023-01-05
        negative_staff          | dr_psncnt=-1                                         | dr_psncnt=0
        place                   | lnt=34.3; lat=117.2                                  | lnt=117.2; lat=34.3
    """,
    ("validated", "psn_info_b"): """
        expectation             | breaks it                                            | does not
        dead_before_born        | brdy=2023-02-01; die_date=2023-01-06                 | brdy=2023-01-06; die_date=2023-01-06
        dead_but_alive          | surv_stas=1; die_date=2023-01-06                     | surv_stas=0; die_date=2023-01-06
        no_date_of_death        | surv_stas=0; die_date=null                           | surv_stas=0; die_date=2023-01-06
    """,
    ("validated", "dr_info_b"): """
        expectation             | breaks it                                            | does not
        no_profession           | dr_type=null                                         | dr_type=therapist
    """,
    ("validated", "equip_b"): """
        expectation             | breaks it                                            | does not
        no_machine              | unit_cnt=-1                                          | unit_cnt=0
        long_day                | daily_hours=25                                       | daily_hours=24
    """,
    ("validated", "fixmedins_paus_d"): """
        expectation             | breaks it                                            | does not
        span                    | begntime=2023-01-05; endtime=2023-01-04              | begntime=2023-01-05; endtime=2023-01-05
    """,
    ("validated", "out_appy_d"): """
        expectation             | breaks it                                            | does not
        span                    | begndate=2023-01-05; enddate=2023-01-04              | begndate=2023-01-05; enddate=2023-01-05
    """,
    ("validated", "setl_list_diag_d"): """
        expectation             | breaks it                                            | does not
        diagnosis_format        | diag_type=1; diag_code=高血压                        | diag_type=2; diag_code=I10.x00
    """,
    ("validated", "setl_list_oprn_d"): """
        expectation             | breaks it                                            | does not
        operation_format        | oprn_oprt_code=支架                                  | oprn_oprt_code=00.6600
    """,
    ("validated", "clnc_exam_rpot_d"): """
        expectation             | breaks it                                            | does not
        no_body_part            | exam_part=null                                       | exam_part=abdomen
        negative_images         | img_cnt=-1                                           | img_cnt=0
    """,
    ("validated", "clnc_test_rpot_d"): """
        expectation             | breaks it                                            | does not
        no_method               | exam_mtd=null                                        | exam_mtd=immunoassay
    """,
    ("validated", "drg_setl_d"): """
        expectation             | breaks it                                            | does not
        paymtd.unknown          | paymtd=bed_day                                       | paymtd=DIP
        no_weight               | rw=0                                                 | rw=0.4
    """,
    ("validated", "purc_d"): """
        expectation             | breaks it                                            | does not
        negative_price          | pric=-1                                              | pric=0
        nothing_bought          | cnt=0                                                | cnt=-3
    """,
    ("validated", "inv_d"): """
        expectation             | breaks it                                            | does not
        negative_stock          | cnt=-1                                               | cnt=0
    """,
    ("validated", "sel_d"): """
        expectation             | breaks it                                            | does not
        negative_price          | pric=-1                                              | pric=0
        malformed_trace_code    | drug_trac_codg=none                                  | drug_trac_codg=81234567890123456789
    """,
    ("validated", "volume_price_d"): """
        expectation             | breaks it                                            | does not
        no_price                | price_cap=0                                          | price_cap=0.01
        span                    | begndate=2023-01-05; enddate=2023-01-04              | begndate=2023-01-05; enddate=null
    """,
    ("validated", "tip_d"): """
        expectation             | breaks it                                            | does not
        area.unknown            | area=elsewhere                                       | area=dialysis
    """,
    ("validated", "inspection_result_d"): """
        expectation             | breaks it                                            | does not
        negative_amount         | confirmed_amount=-1                                  | confirmed_amount=0
        span                    | period_begin=2023-02-01; period_end=2023-01-31       | period_begin=2023-02-01; period_end=2023-02-28
        concluded_early         | concluded_on=2022-12-31; period_begin=2023-01-01     | concluded_on=2023-01-01; period_begin=2023-01-01
    """,
    ("features", "provider_item_month"): """
        expectation             | breaks it                                            | does not
        negative_amount         | inscp=-1; fund=-1                                    | inscp=0; fund=0
        med_type_group.unknown  | med_type_group=11                                    | med_type_group=pharmacy
        fund_above_inscp        | fund=21; inscp=20                                    | fund=20; inscp=20
        more_visits_than_lines  | visits=5; lines=4                                    | visits=4; persons=4; lines=4
    """,
    ("features", "provider_month"): """
        expectation             | breaks it                                            | does not
        negative_amount         | bed_days=-1                                          | bed_days=0
        part_above_whole        | night=3; timed=2                                     | night=2; timed=2
    """,
    ("features", "peer_group"): """
        expectation             | breaks it                                            | does not
        peer_size.negative      | peer_size=-1                                         | peer_size=0
    """,
    ("scores", "evidence"): """
        expectation             | breaks it                                            | does not
        above_the_line          | violation_amount=20.02; inscp_amt=20                 | violation_amount=20; inscp_amt=20
        loss_above_dispute      | fund_loss=10.02; violation_amount=10                 | fund_loss=10; violation_amount=10
        negative_amount         | violation_amount=-1                                  | violation_amount=0
        note_zh.accuses         | note_zh=疑似骗保                                     | note_zh=同日重复收费
        area.unknown            | area=ct                                              | area=imaging
    """,
    ("scores", "finding"): """
        expectation             | breaks it                                            | does not
        outcome.unknown         | outcome=maybe                                        | outcome=no_hit
        family.unknown          | family=model                                         | family=cohort
        area.unknown            | area=ct                                              | area=imaging
        strength.outside        | strength=5                                           | strength=4
        unexplained_gap         | outcome=not_evaluable; reason_code=null              | outcome=not_evaluable; reason_code=no_reports
        hit_without_reason      | outcome=hit; reason_en=null                          | outcome=no_hit; reason_en=null
        negative_amount         | excess_amount=-1                                     | excess_amount=0
        reason_zh.accuses       | reason_zh=涉嫌欺诈                                   | reason_zh=每百人次12次，同组中位数3次
        errors                  | outcome=error                                        | outcome=hit
        not_evaluable           | outcome=not_evaluable; reason_code=few_lines         | outcome=no_hit
    """,
    ("cases", "case_list"): """
        expectation             | breaks it                                            | does not
        score.outside           | score=100.1                                          | score=100
        area.unknown            | area=ct                                              | area=imaging
        selected_by.unknown     | selected_by=hand                                     | selected_by=random
        verdict_hint.unknown    | verdict_hint=guilty                                  | verdict_hint=data_quality
        negative_amount         | expected_recovery=-1                                 | expected_recovery=0
        loss_above_dispute      | fund_loss=10.02; suspected_amount=10                 | fund_loss=10; suspected_amount=10
        case_without_reason     | selected_by=tip; reasons_zh=null                     | selected_by=random; reasons_zh=null
        reasons_zh.accuses      | reasons_zh=骗保                                      | reasons_zh=重复收费疑点
    """,
    ("cases", "evidence"): """
        expectation             | breaks it                                            | does not
        above_the_line          | violation_amount=20.02; inscp_amt=20                 | violation_amount=20; inscp_amt=20
        loss_above_dispute      | fund_loss=10.02; violation_amount=10                 | fund_loss=10; violation_amount=10
        negative_amount         | violation_cnt=-1                                     | violation_cnt=0
        note_zh.accuses         | note_zh=骗保                                         | note_zh=超限量
    """,
}
OF_A_ROW = ("count", "share")


def changes(text: str | None) -> dict[str, Any]:
    """`a=1; b=null` as a dict."""
    pairs = [part.split("=", 1) for part in (text or "").split(";") if part.strip()]
    return {name.strip(): None if value.strip() == "null" else value.strip() for name, value in pairs}


def of_a_row(layer: str, table: str) -> list[Held]:
    return [held for held in CHECKLIST[layer, table] if held.measure.kind in OF_A_ROW]


@pytest.mark.parametrize(("layer", "table"), list(SPECIFICATION), ids=lambda value: value)
def test_a_row_breaks_an_expectation_or_does_not(spark, monkeypatch, layer, table):
    monkeypatch.setattr(profile, "FEWEST_ROWS_OF_A_SHARE", 1)
    _, rows = cells(SPECIFICATION[layer, table])
    variants = [{**changes(bad), "variant": f"{name} breaks"} for name, bad, _ in rows]
    variants += [{**changes(fine), "variant": f"{name} holds"} for name, _, fine in rows]
    frame = good(spark, layer, table, variants, keep=["variant"])

    held = of_a_row(layer, table)
    made = profile.take(frame, catalogue_table(layer, table), layer, held, Reports(), "variant").frame.set_index(
        "month"
    )

    for item in held:
        values: dict[Any, Any] = made[item.name].dropna().to_dict()
        assert failed(item, values[f"{item.name} breaks"]), f"{item.name} is not broken"
        assert f"{item.name} holds" in values, f"{item.name} was not looked at"
        assert not failed(item, values[f"{item.name} holds"]), f"{item.name} is broken by a row that should hold"


@pytest.mark.parametrize(("layer", "table"), list(CHECKLIST), ids=lambda value: value)
def test_every_expectation_about_rows_is_specified(layer, table):
    specified = {name for name, _, _ in cells(SPECIFICATION[layer, table])[1]}
    assert specified == {held.name for held in of_a_row(layer, table)}


def test_the_good_area_is_good(spark):
    """The good row breaks nothing a row can break: what the specification changes is what it is about."""
    held = of_a_row("validated", "fee_list_d")
    made = profile.take(
        good(spark, "validated", "fee_list_d"),
        catalogue_table("validated", "fee_list_d"),
        "validated",
        held,
        Reports(),
        None,
    )
    assert not [item.name for item in held if failed(item, made.frame[item.name].iloc[0])]


class TestCaseList:
    """Expectations about the list as a whole."""

    def value(self, spark, name, *cases):
        held = [item for item in CHECKLIST["cases", "case_list"] if item.name == name]
        frame = good(spark, "cases", "case_list", cases)
        made = profile.take(frame, catalogue_table("cases", "case_list"), "cases", held, Reports(), None)
        return failed(held[0], made.frame[name].iloc[0])

    def test_ranks_without_gaps(self, spark):
        assert not self.value(spark, "rank.gaps", {"rank": 2}, {"rank": 1}, {"rank": 3})

    @pytest.mark.parametrize("ranks", [(1, 3), (1, 1, 2), (2, 3)], ids=["gap", "repeated", "does not start at 1"])
    def test_ranks_with_gaps(self, spark, ranks):
        assert self.value(spark, "rank.gaps", *[{"rank": rank} for rank in ranks])

    def test_an_institution_and_area_twice(self, spark):
        twice = {"fixmedins_code": "H1", "area": "imaging"}
        assert self.value(spark, "institution_and_area.repeated", twice, twice)
        assert not self.value(spark, "institution_and_area.repeated", twice, {**twice, "area": "dialysis"})

    def test_data_faults_rank_after_every_clue(self, spark):
        clue, fault = {"verdict_hint": "clue"}, {"verdict_hint": "data_quality"}
        assert self.value(spark, "clues_after_data_faults", {**fault, "rank": 1}, {**clue, "rank": 2})
        assert not self.value(spark, "clues_after_data_faults", {**clue, "rank": 1}, {**fault, "rank": 2})
        assert not self.value(spark, "clues_after_data_faults", {**clue, "rank": 1}, {**clue, "rank": 2})
