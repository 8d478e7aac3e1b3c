"""When the page says that something is late or to be done, and that it always says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.operations.facts import AreaFacts, Disk, Facts, Run, Step
from jobs.operations.judge import notices
from jobs.operations.words import CODES, NOTICES

NOW = datetime(2023, 3, 1, tzinfo=UTC)
GIB = 1 << 30


def days(number):
    return NOW - timedelta(days=number)


RUN = Run("r", "2023-01..2023-01", days(10))
FINE = AreaFacts("320300", latest=RUN, steps={"raw": Step("2023-01..2023-01", days(10), 1.0, "done", 0)})


def told(**changes):
    return [one.kind for one in notices(Facts(NOW, areas=(replace(FINE, **changes),)))]


def test_an_area_that_is_as_it_should_be_asks_for_nothing():
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        pytest.param({"waiting": {"2023-02": days(1)}}, [], id="sealed yesterday"),
        pytest.param({"waiting": {"2023-02": days(3)}}, ["waiting"], id="sealed three days ago"),
        pytest.param({"incomplete": {"2023-02": days(0.5)}}, [], id="still being copied"),
        pytest.param({"incomplete": {"2023-02": days(2)}}, ["incomplete"], id="the copying stopped"),
        pytest.param({"drafts": (replace(RUN, finished=days(3)),)}, [], id="a fresh draft"),
        pytest.param({"drafts": (replace(RUN, finished=days(5)),)}, ["draft"], id="a draft nobody looks at"),
        pytest.param({"latest": replace(RUN, finished=days(44))}, [], id="last month's list"),
        pytest.param({"latest": replace(RUN, finished=days(46))}, ["no_run"], id="no list for a month and a half"),
        pytest.param({"latest": None}, [], id="a new area has no list yet"),
        pytest.param({"outdated": ("validated",)}, ["outdated"], id="written by another version"),
        pytest.param({"faults": ("runs/x/run.json",)}, ["unreadable"], id="a broken file"),
        pytest.param({"steps": {"raw": Step("p", NOW, 1, "InputError", 12)}}, ["step"], id="a failed step"),
        pytest.param({"steps": {"raw": Step("p", NOW, 1, "Killed", 137)}}, ["step"], id="a code nobody knows"),
    ],
)
def test_what_an_area_asks_for(changes, kinds):
    assert told(**changes) == kinds


@pytest.mark.parametrize(
    ("office", "kinds"),
    [
        pytest.param({"services": {"mlflow": True}, "workers": 2}, [], id="everything answers"),
        pytest.param({"services": {"mlflow": False}}, ["service"], id="a service is down"),
        pytest.param({"workers": 0}, ["workers"], id="no worker is alive"),
        pytest.param({"disks": (Disk("homes", 50 * GIB, 400 * GIB),)}, [], id="an eighth of the disk is free"),
        pytest.param({"disks": (Disk("homes", 30 * GIB, 400 * GIB),)}, ["disk"], id="less than a tenth is free"),
        pytest.param({"disks": (Disk("homes", 4 * GIB, 20 * GIB),)}, ["disk"], id="a fifth, but less than 5 GiB"),
        pytest.param({"backups_watched": True, "backup": days(1)}, [], id="backed up last night"),
        pytest.param({"backups_watched": True, "backup": days(3)}, ["backup"], id="not for three nights"),
        pytest.param({"backups_watched": True}, ["backup"], id="never"),
        pytest.param({}, [], id="backups are not watched"),
    ],
)
def test_what_the_office_asks_for(office, kinds):
    assert [one.kind for one in notices(Facts(NOW, **office))] == kinds


def test_what_is_urgent_comes_first_and_everything_says_what_to_do_in_both_languages():
    late = replace(FINE, waiting={"2023-02": days(3)})
    found = notices(Facts(NOW, areas=(late, replace(FINE, area="320400", outdated=("scores",))), workers=0))
    assert [(one.level, one.kind) for one in found] == [("act", "workers"), ("act", "outdated"), ("late", "waiting")]
    assert all(one.zh and one.en and one.then_zh and one.then_en for one in found)
    assert "320400" in found[1].then_en


@pytest.mark.parametrize(("code", "level"), [(10, "act"), (11, "act"), (12, "act"), (1, "act"), (20, "late")])
def test_a_fault_that_is_tried_again_can_wait(code, level):
    failed = replace(FINE, steps={"raw": Step("2023-01..2023-01", NOW, 1, "Fault", code)})
    assert [one.level for one in notices(Facts(NOW, areas=(failed,)))] == [level]


def test_every_exit_code_of_the_product_has_its_words():
    from jobs.runtime import errors

    known = {
        one.exit_code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.FundwatchError)
    }
    assert known <= set(CODES) and all(len(texts) == 4 for texts in NOTICES.values())
