"""scores/evidence: the rule book run over a period."""

from __future__ import annotations

from types import ModuleType

import pytest
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.runtime.errors import TemporaryFault
from jobs.scores import evidence
from jobs.scores.evidence import RuleBook, Scored, build
from knowledge.points import Point
from models.rules import duplicate_pair, frequency_cap
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA, Card
from tests.models.rules.sheet import lines
from tests.support.tables import frame, rows

NEEDS = {"fee_list_d": ("psn_no", "inscp_amt")}
ECHO = Card("IMG-10-echo", "duplicate_pair", "imaging", "心超", "echo", "1", needs=NEEDS)
CAP = Card("CAR-71-hours", "frequency_cap", "cardiology", "上限", "cap", "1", needs=NEEDS, points=("cap/*",))
REPORT = Card("IMG-15-report", "duplicate_pair", "imaging", "报告", "report", "1", points=("IMG-10/*",),
              needs={"clnc_exam_rpot_d": ("img_cnt",)})  # fmt: skip
POINTS = (
    Point("duplicate_pair", "IMG-10/1", "imaging", item_code="echo", other_code="mmode", window="day", source="test"),
    Point("frequency_cap", "cap/1", "cardiology", item_code="monitor", limit_value=24, limit_unit="hours",
          window="day", source="test"),
)  # fmt: skip
CHARGED = """
    bkkp_sn | item    | at                  | psn | cnt | inscp | line_kind
    a1      | echo    | 2023-03-01 09:00:00 | p1  | 1   | 180   | charge
    a2      | mmode   | 2023-03-01 09:00:00 | p1  | 1   | 40    | charge
    a3      | monitor | 2023-04-01 09:00:00 | p1  | 36  | 144   | charge
    b1      | echo    | 2023-03-01 09:00:00 | p2  | 0   | 0     | charge
    b2      | mmode   | 2023-03-01 09:00:00 | p2  | 1   | 40    | charge
    c1      | echo    | 2023-02-01 09:00:00 | p3  | 1   | 180   | charge
    c2      | mmode   | 2023-02-01 09:00:00 | p3  | 1   | 40    | charge
    d1      | bandage | 2023-03-01 09:00:00 | p4  | 1   | 5     | charge
"""
HOUSES = """
    fixmedins_code | fixmedins_type | fix_blng_admdvs
    H1             | 1              | 320100
"""


def run(spark, book: RuleBook, charged: str = CHARGED) -> Scored:
    fees = lines(spark, charged)
    fees = fees.withColumn("med_chrgitm_type", fees["psn_no"].substr(1, 0)).withColumn("inscp_amt", fees["net_inscp"])
    return build({"fee_list_d": fees, "fixmedins_b": frame(spark, HOUSES)}, book)


def book(*cards: Card, **change) -> RuleBook:
    return RuleBook(**({"months": ("2023-03", "2023-04"), "cards": cards, "points": POINTS} | change))


def test_evidence_carries_version_month_and_fund_loss(spark):
    found = run(spark, book(ECHO, CAP)).evidence
    assert tuple(found.columns) == derived("scores", "evidence").names
    shown = rows(found, "detector_id", "bkkp_sn", "paired_bkkp_sn", "stat_month", "violation_amount", "fund_loss")
    assert shown == [
        ("CAR-71-hours", "a3", None, "2023-04", 144 * (36 - 24) / 36, round(48 * 0.7, 2)),
        ("IMG-10-echo", "a2", "a1", "2023-03", 40.0, 40 * 0.7),
    ]  # b: the echo was refunded; c: before the period; d: stands in no point
    assert {version.split("+k2026.11.")[0] for (version,) in rows(found, "detector_version")} == {
        frequency_cap.VERSION,
        duplicate_pair.VERSION,
    }


def test_exposure_counts_months_of_the_period_only(spark):
    counted = run(spark, book(ECHO, CAP)).exposure
    assert tuple(counted.columns) == tuple(EXPOSURE_SCHEMA)
    assert rows(counted, "detector_id", "stat_month", "exposure") == [
        ("CAR-71-hours", "2023-04", 1.0),
        ("IMG-10-echo", "2023-03", 1.0),
    ]


def test_a_missing_table_or_column_is_a_gap_for_everybody(spark):
    scored = run(spark, book(ECHO, REPORT))
    assert tuple(scored.gaps.columns) == tuple(GAP_SCHEMA)
    assert rows(scored.gaps, *GAP_SCHEMA) == [("IMG-15-report", None, "missing:clnc_exam_rpot_d")]
    handed_over = {"fee_list_d": frozenset({"psn_no"}), "fixmedins_b": frozenset({"fixmedins_code"})}
    blind = run(spark, book(ECHO, available=handed_over))
    assert rows(blind.gaps, *GAP_SCHEMA) == [("IMG-10-echo", None, "missing:fee_list_d.inscp_amt")]
    assert rows(blind.evidence, "bkkp_sn") == []


def test_items_that_do_not_occur_and_knowledge_that_is_not_there(spark):
    elsewhere = Card("IMG-11-tcd", "duplicate_pair", "imaging", "发泡", "bubble", "1", needs=NEEDS)
    nowhere = Card("IMG-72-pairs", "duplicate_pair", "imaging", "组合", "pairs", "1", needs=NEEDS)
    point = Point("duplicate_pair", "IMG-11/1", "imaging", item_code="bubble", other_code="tcd", source="test")
    gaps = run(spark, book(ECHO, elsewhere, nowhere, points=(*POINTS, point))).gaps
    assert rows(gaps, *GAP_SCHEMA) == [("IMG-11-tcd", None, "no_such_items")]


def test_a_kind_that_raises_is_an_error_of_its_own_and_nobody_elses(spark, monkeypatch):
    broken = ModuleType("broken")
    real = evidence.load_kind

    def load(name: str) -> ModuleType:
        return broken if name == "frequency_cap" else real(name)

    monkeypatch.setattr(evidence, "load_kind", load)
    scored = run(spark, book(ECHO, CAP))
    assert rows(scored.evidence, "detector_id") == [("IMG-10-echo",)]
    assert rows(scored.gaps, *GAP_SCHEMA) == [("CAR-71-hours", None, "error:AttributeError")]


def test_an_engine_that_is_gone_fails_the_step_and_leaves_no_kind_out(spark):
    def keep(name, made):
        if name.startswith("found-"):
            raise ConnectionRefusedError(111, "Connection refused")
        return made

    with pytest.raises(TemporaryFault, match="engine is gone"):
        run(spark, book(ECHO, CAP, keep=keep))


def test_a_keeper_sees_the_charges_by_domain_and_what_every_kind_found(spark):
    kept = {}

    def keep(name, given):
        kept[name] = given
        return given

    def shelve(name, given, by):
        assert by in given.columns
        return keep(f"{name} by {by}", given)

    run(spark, book(ECHO, CAP, keep=keep, shelve=shelve))
    assert sorted(kept) == ["charges by domain", "found", "found-duplicate_pair", "found-frequency_cap"]
    charged = ("a1", "a2", "a3", "b2", "c1", "c2", "d1")
    assert rows(kept["charges by domain"], "bkkp_sn") == [(name,) for name in charged]


def test_an_item_is_found_on_every_shelf_its_lines_lie_on(spark):
    fees = lines(spark, CHARGED)
    fees = fees.withColumn("med_chrgitm_type", F.lit("")).withColumn("inscp_amt", fees["net_inscp"])
    odd = F.when(F.col("bkkp_sn") == "a1", "elsewhere").otherwise("ultrasound")
    told = {"fee_list_d": fees.withColumn("domain", odd), "fixmedins_b": frame(spark, HOUSES)}
    assert rows(build(told, book(ECHO)).evidence, "bkkp_sn", "paired_bkkp_sn") == [("a2", "a1")]


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_order_of_the_lines_changes_nothing(spark, shuffled):
    header, *body = CHARGED.strip().splitlines()
    text = "\n".join([header, *(reversed(body) if shuffled else body)])
    found = run(spark, book(ECHO, CAP), text).evidence
    assert rows(found, "bkkp_sn", "violation_amount") == [("a2", 40.0), ("a3", 48.0)]
