"""Verdicts from sheets: taken or refused with a reason, nothing filled in, a later one takes the earlier one's place."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.labels import enter
from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.storage import ALL, Home
from jobs.training import examples
from tests.jobs.training.world import save
from tests.support.tables import cells

LIST = """
case_id | fixmedins_code | area    | selected_by
C-1     | H1             | imaging | model
C-2     | H2             | imaging | random
C-3     | H3             | imaging | tip
C-4     | H4             | imaging | model
C-5     | H5             | imaging | model
C-6     | H6             | imaging | model
"""
SHEET = """
case_id | verdict    | confirmed_amount | concluded_on | note
C-1     | confirmed  | 1200.50          | 2023-08-01   | stays out
C-2     | legitimate |                  | 2023-08-02   |
C-3     |            |                  |              |
C-4     | guilty     |                  | 2023-08-02   |
C-5     | legitimate | 10               | 2023-08-02   |
C-6     | confirmed  | 10               | 2023-06-30   |
C-9     | confirmed  | 10               | 2023-08-02   |
"""


def table(text):
    header, rows = cells(text)
    return pd.DataFrame(rows, columns=header, dtype=object)


@pytest.fixture
def home(tmp_path):
    listed = table(LIST).assign(
        period_begin=pd.Timestamp("2023-01-01").date(), period_end=pd.Timestamp("2023-06-30").date()
    )
    place = Home(tmp_path / "home")
    save(place, "cases", "case_list", "2023-01_2023-06", listed)
    return place


def sheet(tmp_path, text, name="reviewed.csv"):
    frame = table(text)
    path = tmp_path / name
    frame.to_excel(path, index=False) if name.endswith("xlsx") else frame.to_csv(path, index=False)
    return path


def labels(home):
    return pd.read_parquet(home.month("labels", "verdict", ALL)).set_index("fixmedins_code")


@pytest.mark.parametrize("name", ["reviewed.csv", "reviewed.xlsx"])
def test_good_rows_become_labels_and_every_other_row_says_why_not(home, tmp_path, name):
    entered = enter(home, [sheet(tmp_path, SHEET, name)])
    assert (entered.taken, entered.unreviewed) == (2, 1)
    assert {one["case_id"]: one["reason"].split(" ")[0] for one in entered.refused} == {
        "C-4": "verdict",
        "C-5": "confirmed_amount",
        "C-6": "concluded_on",
        "C-9": "no",
    }
    found = labels(home)
    assert found["verdict"].to_dict() == {"H1": "confirmed", "H2": "legitimate"}
    assert found["selection"].to_dict() == {"H1": "model", "H2": "random"}
    assert found.loc["H1", "confirmed_amount"] == 1200.5
    assert "note" not in found


def test_an_unreviewed_case_is_no_label_and_training_reads_what_was_entered(home, tmp_path):
    enter(home, [sheet(tmp_path, SHEET)])
    found = examples.results(home).set_index("fixmedins_code")
    assert "H3" not in found.index
    assert found["target"].to_dict() == {"H1": 1.0, "H2": 0.0}


def test_a_later_verdict_takes_the_place_of_the_earlier_one_and_the_others_stay(home, tmp_path):
    enter(home, [sheet(tmp_path, SHEET)])
    enter(home, [sheet(tmp_path, "case_id | verdict | concluded_on\nC-1 | unprovable | 2023-09-01")])
    assert labels(home)["verdict"].to_dict() == {"H2": "legitimate", "H1": "unprovable"}
    assert examples.results(home).set_index("fixmedins_code").loc["H1", "target"] != 1


def test_a_case_told_twice_is_refused_not_chosen_from(home, tmp_path):
    twice = "case_id | verdict | concluded_on\nC-1 | confirmed | 2023-08-01\nC-1 | legitimate | 2023-08-01"
    entered = enter(home, [sheet(tmp_path, twice)])
    assert entered.taken == 0
    assert len(entered.refused) == 2


def test_a_sheet_without_the_columns_or_a_home_without_a_list_is_told(home, tmp_path):
    with pytest.raises(ContractError, match="concluded_on"):
        enter(home, [sheet(tmp_path, "case_id | verdict\nC-1 | confirmed")])
    with pytest.raises(InputError, match="not there"):
        enter(home, [tmp_path / "absent.csv"])
    with pytest.raises(InputError, match="lists no case"):
        enter(Home(tmp_path / "empty"), [sheet(tmp_path, SHEET)])
