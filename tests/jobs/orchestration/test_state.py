"""What steps leave for each other: whole or not at all, month by month."""

from __future__ import annotations

import pytest

from jobs.orchestration import state
from jobs.orchestration.guard import only_writer
from jobs.orchestration.version import code_version
from jobs.runtime.errors import InputError, TemporaryFault
from jobs.runtime.storage import Home


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_facts_come_back_as_they_were_left(home):
    state.save(home, "raw", {"available": {"fee_list_d": ["cnt"]}})
    assert state.load(home, "raw") == {"available": {"fee_list_d": ["cnt"]}}


def test_a_step_that_has_not_run_is_named(home):
    with pytest.raises(InputError, match="fundwatch step raw"):
        state.load(home, "raw")


def test_a_month_run_again_keeps_what_is_known_of_the_others(home):
    state.save(home, "raw", {"tables": {"setl_d": {"2023-01": {"rows_in": 5}, "2023-02": {"rows_in": 7}}}})
    merged = state.merge_months(home, "raw", {"tables": {"setl_d": {"2023-02": {"rows_in": 0}}}})
    assert merged["tables"]["setl_d"] == {"2023-01": {"rows_in": 5}, "2023-02": {"rows_in": 0}}


def test_a_second_writer_of_the_same_home_is_refused(home):
    with only_writer(home), pytest.raises(TemporaryFault, match="another run"), only_writer(home):
        pass
    with only_writer(home):
        pass


def test_the_code_version_names_release_and_sources():
    release, _, digest = code_version().partition("+")
    assert release.count(".") == 2 and len(digest) == 12
