"""Prescriptions, stays, suspensions and deaths: what a pharmacy may not settle."""

from __future__ import annotations

import pytest

from models.rules import after_death, bought_while_inpatient, outside_contract, rx_without_prescription
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

RX = card("rx_without_prescription", min_month_share=0.02)
IN_BED = card("bought_while_inpatient", where="pharmacy", longest_stay=90)
PAUSED = card("outside_contract", where="any")
DEAD = card("after_death", grace_days=1, stay_grace_days=3, max_institutions=2, where="any")


def shops(spark):
    return frame(spark, "fixmedins_code | fixmedins_type\nP1 | 2\nP2 | 2\nH1 | 1\nH2 | 1")


def amounts(hits):
    return rows(hits, "bkkp_sn", "violation_amount")


def test_prescription_drug_without_prescription(spark):
    text = """
        bkkp_sn | fixmedins_code | setl_id | fee_ocur_time       | rx_flag | rx_drord_no | net_inscp
        none    | P1             | s1      | 2023-01-05 09:00:00 | 1       |             | 40
        on_rx   | P1             | s2      | 2023-01-05 09:00:00 | 1       | R-1         | 40
        on_sale | P1             | s3      | 2023-01-05 09:00:00 | 1       |             | 40
        free    | P1             | s4      | 2023-01-05 09:00:00 | 0       |             | 40
        outage  | P1             | s5      | 2023-02-05 09:00:00 | 1       |             | 40
        silent  | P2             | s6      | 2023-01-05 09:00:00 | 1       |             | 40
        ward    | H1             | s7      | 2023-01-05 09:00:00 | 1       |             | 40
    """
    sales = frame(spark, "setl_id | med_list_codg | rxno\ns3 | XC08CAA111A001010100001 | R-9")
    inputs = given(charged(spark, text), fixmedins_b=shops(spark), sel_d=sales)
    assert amounts(rx_without_prescription.evaluate(inputs, [RX])) == [("none", 40.0)]
    assert rows(rx_without_prescription.exposure(inputs, [RX]), "fixmedins_code", "stat_month", "exposure") == [
        ("P1", "2023-01", 3.0)
    ]
    assert rows(rx_without_prescription.gaps(inputs, [RX]), "fixmedins_code", "reason_code") == [
        ("P2", "no_prescription_numbers")
    ]


@pytest.fixture
def visits(spark):
    return frame(
        spark,
        """
        mdtrt_id | psn_no | fixmedins_code | med_type | begntime            | endtime             | dscg_maindiag_code | dscg_way | die_date
        stay     | anna   | H1             | 21       | 2023-01-10 08:00:00 | 2023-01-14 10:00:00 | I10                | 1        |
        refunded | bert   | H1             | 21       | 2023-01-10 08:00:00 | 2023-01-14 10:00:00 | I10                | 1        |
        open     | cora   | H1             | 21       | 2023-01-10 08:00:00 |                     | I10                |          |
        years    | dora   | H1             | 21       | 2022-06-10 08:00:00 | 2023-06-14 10:00:00 | F20                | 1        |
        daycase  | emil   | H1             | 28       | 2023-01-10 08:00:00 | 2023-01-14 10:00:00 | H25                | 1        |
        """,
        "begntime timestamp, endtime timestamp, die_date date",
    )


def test_bought_while_inpatient(spark, visits):
    settled = frame(
        spark,
        "mdtrt_id | net_medfee\nstay | 900\nrefunded | 0\nopen | 900\nyears | 900\ndaycase | 900",
        "net_medfee decimal(16,2)",
    )
    text = """
        bkkp_sn   | psn_no | fixmedins_code | fee_ocur_time
        admission | anna   | P1             | 2023-01-10 07:00:00
        inside    | anna   | P1             | 2023-01-12 09:00:00
        discharge | anna   | P1             | 2023-01-14 12:00:00
        clinic    | anna   | H2             | 2023-01-12 09:00:00
        refunded  | bert   | P1             | 2023-01-12 09:00:00
        open      | cora   | P1             | 2023-01-12 09:00:00
        years     | dora   | P1             | 2023-01-12 09:00:00
        daycase   | emil   | P1             | 2023-01-12 09:00:00
        nobody    | fred   | P1             | 2023-01-12 09:00:00
    """
    inputs = given(charged(spark, text), fixmedins_b=shops(spark), mdtrt_d=visits, setl_d=settled)
    found = bought_while_inpatient.evaluate(inputs, [IN_BED])
    assert rows(found, "bkkp_sn", "paired_bkkp_sn", "fixmedins_code", "violation_amount") == [
        ("inside", "stay", "P1", 100.0)
    ]


def test_suspended_contract(spark):
    pauses = frame(
        spark,
        "fixmedins_code | begntime | endtime\nP1 | 2023-03-01 | 2023-04-01\nH1 | 2023-03-01 |",
        "begntime date, endtime date",
    )
    text = """
        bkkp_sn  | fixmedins_code | med_type | visit_begin | fee_ocur_time
        first    | P1             | 41       |             | 2023-03-01 09:00:00
        during   | P1             | 41       |             | 2023-03-15 09:00:00
        resumed  | P1             | 41       |             | 2023-04-01 09:00:00
        elsewhere| P2             | 41       |             | 2023-03-15 09:00:00
        finished | H1             | 21       | 2023-02-25  | 2023-03-03 09:00:00
        admitted | H1             | 21       | 2023-03-05  | 2023-03-06 09:00:00
    """
    inputs = given(charged(spark, text), fixmedins_paus_d=pauses)
    assert amounts(outside_contract.evaluate(inputs, [PAUSED])) == [("admitted", 100.0), ("during", 100.0)]


def test_after_death(spark, visits):
    people = frame(spark, "psn_no | die_date\nanna | 2023-01-10\nbert | 2023-01-10\ncora |", "die_date date")
    text = """
        bkkp_sn | psn_no | fixmedins_code | visit_begin | fee_ocur_time
        before  | anna   | P1             | 2023-01-09  | 2023-01-09 09:00:00
        nextday | anna   | P1             | 2023-01-11  | 2023-01-11 09:00:00
        later   | anna   | P1             | 2023-02-01  | 2023-02-01 09:00:00
        books   | anna   | H1             | 2023-01-02  | 2023-01-13 09:00:00
        alive1  | bert   | P1             | 2023-02-01  | 2023-02-01 09:00:00
        alive2  | bert   | P2             | 2023-02-02  | 2023-02-02 09:00:00
        alive3  | bert   | H1             | 2023-02-03  | 2023-02-03 09:00:00
        unknown | cora   | P1             | 2023-02-01  | 2023-02-01 09:00:00
    """
    inputs = given(charged(spark, text), psn_info_b=people, mdtrt_d=visits)
    assert amounts(after_death.evaluate(inputs, [DEAD])) == [("later", 100.0)]
