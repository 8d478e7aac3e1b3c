"""Holding tables: what stops, what is told, what nobody could judge, and what never appears."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from expectations import profile as profiles
from expectations.check import hold, hold_table, open_door
from expectations.held import CRITICAL
from expectations.outcome import Outcome
from jobs.runtime.errors import ExpectationFailed
from tests.expectations.area import good

MONTHS = ["2023-01", "2023-02"]
REQUIRED = ("fee_list_d", "setl_d", "mdtrt_d", "fixmedins_b")
DOOR = functools.cache(open_door)
LEAKED = "320311196001011234"


def report(rows: int, **refused: int) -> dict[str, Any]:
    """What a step reported of one month."""
    return {"rows_in": rows + sum(refused.values()), "rows_accepted": rows, "rows_quarantined": refused}


def facts(**tables: dict[str, Any]) -> dict[str, Any]:
    """Facts of a run in which every table arrived with one row per month."""
    monthly = {month: report(1) for month in MONTHS}
    whole = {"all": report(1)}
    return {
        "months": MONTHS,
        "tables": {"fee_list_d": monthly, "setl_d": monthly, "mdtrt_d": monthly, "fixmedins_b": whole, **tables},
    }


def lines(spark, *changes: dict[str, Any]):
    """Charged lines, one per month and then one per change."""
    base = [{"bkkp_sn": f"b{i}", "fee_ocur_time": f"{month}-05 10:30:00"} for i, month in enumerate(MONTHS)]
    more = [{"bkkp_sn": f"c{i}", **change} for i, change in enumerate(changes)]
    return good(spark, "validated", "fee_list_d", [*base, *more])


@pytest.fixture
def area(spark) -> dict[tuple[str, str], Any]:
    """The four required tables, a row per month."""
    return {
        ("validated", "fee_list_d"): lines(spark),
        ("validated", "setl_d"): good(
            spark, "validated", "setl_d", [{"setl_id": m, "setl_time": f"{m}-06 10:00:00"} for m in MONTHS]
        ),
        ("validated", "mdtrt_d"): good(
            spark,
            "validated",
            "mdtrt_d",
            [
                {"mdtrt_id": m, "begntime": f"{m}-04 10:00:00", "endtime": f"{m}-06 10:00:00", "die_date": None}
                for m in MONTHS
            ],
        ),
        ("validated", "fixmedins_b"): good(spark, "validated", "fixmedins_b"),
    }


def only(spark, told: dict[str, Any], frame=None, name: str = "fee_list_d") -> Outcome:
    """Holds one table alone."""
    return Outcome(hold_table("validated", name, frame, told, DOOR()).results)


def names(results) -> set[str]:
    return {result.name for result in results}


def test_a_good_area_passes(area, tmp_path):
    outcome = hold(area, facts(), tmp_path, "2023-01_r1")
    assert not outcome.failed_critical and not outcome.failed_warning
    outcome.require()
    assert (tmp_path / "index.html").exists()


class TestStops:
    """Critical breaches: exit code 11, all of them listed, each with what to do."""

    def test_an_absent_month(self, spark):
        january = lines(spark).filter("bkkp_sn = 'b0'")
        outcome = only(spark, facts(fee_list_d={"2023-01": report(1)}), january)
        with pytest.raises(ExpectationFailed) as stop:
            outcome.require()
        assert stop.value.exit_code == 11
        assert "every month of the period has rows" in str(stop.value)
        assert "2023-02: 0" in str(stop.value) and "2023-01: " not in str(stop.value)
        assert "shorten --period" in str(stop.value)

    def test_a_required_table_that_is_not_there(self, area):
        del area["validated", "setl_d"]
        outcome = hold(area, facts(setl_d={}), None, "r1")
        assert "validated.setl_d" in {r.where for r in outcome.failed_critical if r.name == "rows"}

    def test_more_than_one_row_in_twenty_refused(self, spark):
        refused = facts(fee_list_d={"2023-01": report(1), "2023-02": report(1, bad_number=1)})
        assert names(only(spark, refused, lines(spark)).failed_critical) == {"quarantined_share"}

    def test_repeated_deliveries_do_not_stop(self, spark):
        twice = facts(fee_list_d={"2023-01": report(1), "2023-02": report(1, duplicate_key=1)})
        outcome = only(spark, twice, lines(spark))
        assert not outcome.failed_critical
        assert names(outcome.failed_warning) == {"duplicate_share"}

    def test_one_bad_month_in_a_good_year(self, spark):
        bad = {"2023-01": report(100_000), "2023-02": report(300, bad_number=100)}
        assert names(only(spark, facts(fee_list_d=bad), lines(spark)).failed_critical) == {"month_quarantined_share"}

    def test_a_handful_of_rows_makes_no_bad_month(self, spark):
        few = {"2023-01": report(100_000), "2023-02": report(3, bad_number=3)}
        assert not only(spark, facts(fee_list_d=few), lines(spark)).failed_critical

    def test_rows_that_got_lost(self, spark):
        lost = {"2023-01": report(1), "2023-02": {"rows_in": 100, "rows_accepted": 1, "rows_quarantined": {}}}
        assert names(only(spark, facts(fee_list_d=lost), lines(spark)).failed_critical) == {"unaccounted_rows"}

    def test_a_join_that_multiplies_lines(self, spark):
        outcome = only(spark, facts(), lines(spark).union(lines(spark)))
        assert names(outcome.failed_critical) == {"rows_above_report", "repeated_keys"}

    def test_a_missing_required_value(self, spark):
        outcome = only(spark, facts(), lines(spark, {"mdtrt_id": None}))
        assert "mdtrt_id.missing" in names(outcome.failed_critical)

    def test_all_breaches_are_told_at_once(self, spark):
        broken = lines(spark, {"mdtrt_id": None, "line_kind": "other"}, {"net_inscp": -1})
        with pytest.raises(ExpectationFailed) as stop:
            only(spark, facts(), broken).require()
        for told in ("mdtrt_id is never missing", "a line is a charge or a refund", "no charge is negative"):
            assert told in str(stop.value)

    def test_columns_of_another_shape_are_named(self, spark):
        frame = (
            lines(spark)
            .drop("cnt")
            .withColumn("pric", profiles.F.lit("10"))
            .withColumn("psn_name", profiles.F.lit("x"))
        )
        failed = {r.name: r.detail for r in only(spark, facts(), frame).failed_critical}
        assert failed["absent_columns"] == "cnt"
        assert failed["mistyped_columns"] == "pric is string"
        assert failed["personal_columns"] == "psn_name"


class TestWarns:
    """Warnings: told, the run goes on."""

    def test_blank_doctors(self, spark):
        outcome = only(spark, facts(), lines(spark).withColumn("bilg_dr_code", profiles.F.lit(None).cast("string")))
        assert names(outcome.failed_warning) == {"no_ordering_doctor"}
        outcome.require()

    def test_a_month_is_not_drowned_in_the_year(self, spark):
        many = lines(spark, *[{"med_list_codg": None, "fee_ocur_time": "2023-02-05 10:30:00"}] * 10)
        year = many.crossJoin(spark.range(10).select(profiles.F.col("id").alias("_n"))).drop("_n")
        year = year.union(lines(spark).filter("bkkp_sn = 'b0'").crossJoin(spark.range(5000)).drop("id"))
        found = {r.name: r for r in only(spark, {"months": MONTHS}, year).failed_warning}["no_item_code"]
        assert list(found.observed) == ["2023-02"], "2 % of the year, 91 % of February"


class TestNotEvaluable:
    """Could not look is neither held nor failed."""

    def test_a_column_the_area_never_handed_over(self, spark):
        handed = [c for c in lines(spark).columns if c != "bilg_dr_code"]
        frame = lines(spark).withColumn("bilg_dr_code", profiles.F.lit(None).cast("string"))
        outcome = only(spark, {**facts(), "available": {"fee_list_d": handed}}, frame)
        assert {(r.name, r.reason) for r in outcome.not_evaluable} == {
            ("no_ordering_doctor", "column_not_handed_over"),
            ("month_quarantined_share", "too_few_rows"),
        }
        assert not outcome.failed_warning

    def test_nothing_was_reported(self, spark):
        outcome = only(spark, {}, lines(spark))
        assert "quarantined_share" in names(r for r in outcome.not_evaluable if r.reason == "not_reported")
        outcome.require()

    def test_no_row_to_look_at(self, spark):
        outcome = only(spark, {}, good(spark, "validated", "tip_d").limit(0), "tip_d")
        assert ("area.unknown", "too_few_rows") in {(r.name, r.reason) for r in outcome.not_evaluable}

    def test_an_engine_that_fails_stops_because_unchecked_is_not_checked(self, spark):
        text = lines(spark).withColumn("cnt", profiles.F.expr(f"raise_error('{LEAKED}')").cast("decimal(16,4)"))
        outcome = only(spark, facts(), text)
        assert {"cnt.missing", "rows", "repeated_keys"} <= names(outcome.not_evaluable)
        assert all(r.severity == CRITICAL for r in outcome.stopping)
        with pytest.raises(ExpectationFailed) as stop:
            outcome.require()
        assert LEAKED not in str(stop.value)

    def test_keys_the_engine_fails_to_count(self, spark, monkeypatch):
        monkeypatch.setattr(profiles, "_repeated_keys", lambda *_: 1 / 0)
        outcome = only(spark, facts(), lines(spark))
        assert {(r.name, r.reason) for r in outcome.stopping} == {("repeated_keys", "could_not_compute")}


class TestPersons:
    """No value of a person in results, logs or data docs."""

    def test_a_planted_number_never_appears(self, spark, area, tmp_path, caplog):
        area["validated", "fee_list_d"] = lines(
            spark, {"psn_no": LEAKED, "hilist_name": LEAKED, "drug_trac_codg": LEAKED}
        )
        with caplog.at_level("DEBUG"):
            outcome = hold(area, facts(), tmp_path, "r1")
        assert "psn_no.not_a_pseudonym" in names(outcome.failed_critical)
        assert LEAKED not in json.dumps(outcome.records(), ensure_ascii=False)
        assert LEAKED not in caplog.text
        pages = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
        assert len(pages) > 4
        assert not any(LEAKED in page for page in pages)


class TestDataDocs:
    """Pages people open without a network."""

    @pytest.fixture(scope="class")
    def site(self, spark, tmp_path_factory):
        folder = tmp_path_factory.mktemp("data_docs")
        frames = {
            ("validated", "tip_d"): good(spark, "validated", "tip_d"),
            ("validated", "fee_list_d"): lines(spark, {"line_kind": "other", "bilg_dr_code": None}),
        }
        hold(frames, facts(), folder, "2023-01_r1")
        return folder

    def test_need_no_network(self, site):
        for page in site.glob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert "http://" not in text and "https://" not in text and "<script" not in text

    def test_failed_come_first(self, site):
        page = (site / "validated.fee_list_d.html").read_text(encoding="utf-8")
        headings = [part.split("</h5>")[0].strip() for part in page.split("<h5>")[1:]]
        assert headings == ["未通过 · failed", "无法判定 · could not be evaluated", "通过 · held"]
        assert page.index("a line is a charge or a refund") < page.index("few hospital lines lack")
        assert "not_evaluable" in page.split("</style>")[1], "what nobody judged does not look like a breach"
        index = (site / "index.html").read_text(encoding="utf-8")
        assert index.index("validated.setl_d") < index.index("validated.tip_d")
        assert "2023-01_r1" in index

    def test_a_later_step_joins_the_index(self, spark, site):
        hold({("scores", "finding"): good(spark, "scores", "finding")}, {}, site, "2023-01_r1")
        index = (site / "index.html").read_text(encoding="utf-8")
        assert "scores.finding" in index and "validated.fee_list_d" in index
