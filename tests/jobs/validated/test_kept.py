"""A register or report judged before from the very same rows stays as it is; claims are always judged."""

from __future__ import annotations

import pytest

from jobs.runtime.storage import Home
from jobs.runtime.unchanged import Unchanged
from jobs.validated import build
from tests.jobs.validated.world import STANDARD, Validated, land

PERSONS = "psn_no | gend | brdy\np1 | 2 | 1990-01-01\np2 | 1 | 1990-02-30"


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    for name, text in {**STANDARD, "psn_info_b": PERSONS}.items():
        land(made, name, text)
    return made


def judged(spark, home, local=None, code="1"):
    return Validated(home, build(spark, home, ["2023-01"], local or {}, {}, code))


def identity(home, name="psn_info_b", month="all"):
    """A number of a file that is gone may be given to the next: the time of writing tells them apart."""
    found = [path.stat() for path in sorted(home.month("validated", name, month).glob("*.parquet"))]
    return [(facts.st_ino, facts.st_mtime_ns) for facts in found]


def test_the_same_rows_are_not_judged_again_and_everything_else_is_as_before(spark, home):
    first = judged(spark, home)
    before, rows, claims = identity(home), first.rows("fee_list_d"), identity(home, "fee_list_d", "2023-01")
    again = judged(spark, home)
    assert again.report == first.report
    assert identity(home) == before
    assert identity(home, "fee_list_d", "2023-01") != claims
    assert again.rows("fee_list_d") == rows
    assert again.refused("psn_info_b") == {"p2": "impossible_date"}


def test_rows_that_landed_again_are_judged_again(spark, home):
    judged(spark, home)
    land(home, "psn_info_b", PERSONS.replace("1990-02-30", "1990-02-20"))
    again = judged(spark, home)
    assert again.refused("psn_info_b") == {}
    assert len(again.rows("psn_info_b")) == 2


def test_another_register_of_institutions_code_list_or_program_judges_all_again(spark, home):
    judged(spark, home)
    first = identity(home)
    land(home, "fixmedins_b", "fixmedins_code\nH1\nH2")
    judged(spark, home)
    second = identity(home)
    judged(spark, home, {"med_type": frozenset({"4711"})})
    third = identity(home)
    judged(spark, home, {"med_type": frozenset({"4711"})}, code="2")
    assert len({*first, *second, *third, *identity(home)}) == 4  # a file of its own each time


def test_without_a_version_of_the_program_nothing_is_kept(spark, home):
    judged(spark, home, code=None)
    before = identity(home)
    judged(spark, home, code=None)
    assert identity(home) != before


def test_a_step_that_is_killed_after_it_moved_its_tables_leaves_nothing_to_rely_on(spark, home, monkeypatch):
    judged(spark, home)
    land(home, "psn_info_b", PERSONS.replace("1990-01-01", "1991-01-01"))
    with monkeypatch.context() as patched:
        patched.setattr(Unchanged, "note", _killed)
        with pytest.raises(KeyboardInterrupt):
            judged(spark, home)
    before = identity(home)
    assert str(judged(spark, home).row("psn_info_b", "p1")["brdy"]) == "1991-01-01"
    assert identity(home) != before


def _killed(*_):
    raise KeyboardInterrupt
