"""When a month counts as arrived, and which months a new or corrected file re-runs."""

from __future__ import annotations

import pytest

from jobs.catalogue import contract_tables
from jobs.orchestration.arrival import Batch, Key, Places, arrived, fingerprint, news, outcomes, seal, wanting

REQUIRED = [one.name for one in contract_tables() if one.required]


def land(places, key):
    folder = places.landing_of(key)
    for name in REQUIRED:
        (folder / name).mkdir(parents=True)
        (folder / name / "part-0.csv").write_text("a\n1\n")
    return folder


def marks(found):
    return {str(key): mark for key, mark in found.items()}


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "landing", tmp_path / "homes")


def test_a_folder_is_complete_once_all_listed_files_are_whole(places):
    folder = land(places, Key("320300", "2023-01"))
    assert wanting(folder) == ["no complete.json yet"]
    seal(folder)
    assert wanting(folder) == []
    (folder / "setl_d" / "part-0.csv").write_text("a\n")
    assert wanting(folder) == ["setl_d/part-0.csv: not whole"]


def test_a_list_without_a_required_table_is_not_complete(places):
    folder = land(places, Key("320300", "2023-01"))
    (folder / "mdtrt_d" / "part-0.csv").unlink()
    seal(folder)
    assert wanting(folder) == ["table mdtrt_d: not in the list"]


@pytest.mark.parametrize("text", ["", "[]", '{"files": [1]}', '{"files": {"a": "x"}}'])
def test_a_damaged_list_is_not_complete(places, text):
    folder = land(places, Key("320300", "2023-01"))
    (folder / "complete.json").write_text(text)
    assert "not a list of files" in wanting(folder)[0]


def test_a_corrected_file_re_runs_its_month_and_no_other(places):
    january, february, other = Key("320300", "2023-01"), Key("320300", "2023-02"), Key("320400", "2023-01")
    for key in (january, february, other):
        seal(land(places, key))
    (places.landing / "320300" / "notes").mkdir()
    seen = marks(arrived(places))
    assert news({}, seen) == [str(january), str(other), str(february)]
    assert news(seen, marks(arrived(places))) == []
    late = places.landing_of(february) / "setl_d" / "late.csv"
    late.write_text("a\n2\n")
    assert news(seen, marks(arrived(places))) == []  # not on the list yet: still being copied
    seal(places.landing_of(february))
    assert news(seen, marks(arrived(places))) == [str(february)]


def test_a_batch_of_results_is_complete_without_the_tables_of_an_extract_and_no_month(places):
    batch = Batch("320300", "2023-q1")
    folder = places.outcomes_of(batch)
    folder.mkdir(parents=True)
    (folder / "reviewed.csv").write_text("case_id\n")
    assert outcomes(places) == {}  # not sealed: still being copied
    seal(folder)
    assert list(outcomes(places)) == [batch] and arrived(places) == {}
    before = marks(outcomes(places))
    (folder / "late.csv").write_text("case_id\n")
    seal(folder)
    assert news(before, marks(outcomes(places))) == [str(batch)]


@pytest.mark.parametrize("text", ["2023-q1", "320300|", "320300|../x", "None|None"])
def test_a_batch_is_an_area_and_a_folder(text):
    with pytest.raises(ValueError, match="AREA"):
        Batch.parse(text)


def test_a_replaced_file_of_the_same_size_is_news(places):
    folder = land(places, Key("320300", "2023-01"))
    seal(folder)
    before = fingerprint(folder)
    (folder / "setl_d" / "part-0.csv").write_text("a\n2\n")
    assert wanting(folder) == [] and fingerprint(folder) != before


@pytest.mark.parametrize("text", ["2023-01", "3203|2023-01", "320300|2023-13", "320300|2023-01|x", "None|None"])
def test_a_key_is_an_area_and_a_month(text):
    with pytest.raises(ValueError, match="AREA"):
        Key.parse(text)
