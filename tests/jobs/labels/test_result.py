"""Results of inspections from sheets in the contract's columns: rows in, labels and refusals out; no case is needed."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.labels import enter
from jobs.runtime.errors import ContractError
from jobs.runtime.storage import ALL, Home
from jobs.training import examples
from tests.jobs.labels.test_verdict import labels, sheet

RESULTS = """
inspection_id | fixmedins_code | area    | period_begin | period_end | concluded_on | selection | verdict      | confirmed_amount
I-1           | H1             | imaging | 2023-01-01   | 2023-06-30 | 2023-09-01   | tip       | violation    | 900.5
I-1           | H1             | surgery | 2023-01-01   | 2023-06-30 | 2023-09-01   | tip       | violation    | 900.5
I-2           | H2             | imaging | 2023-01-01   | 2023-06-30 | 2023-09-01   | plan      | compliant    | 0
I-3           | H3             | imaging | 2023-01-01   | 2023-06-30 | 2023-09-01   | plan      | data_quality |
I-4           | H4             | imaging | 2023-06-30   | 2023-01-01 | 2023-09-01   | plan      | compliant    | 0
I-5           | H5             | imaging | 2023-01-01   | 2023-06-30 | 2023-06-30   | plan      | compliant    | 0
I-6           |                | imaging | 2023-01-01   | 2023-06-30 | 2023-09-01   | plan      | compliant    | 0
I-7           | H7             | imaging | 2023-01-01   | 2023-06-30 | 2023-09-01   |           | compliant    | 0
I-8           | H8             | imaging | 2023-01-01   | 2023-06-30 | 2023-09-01   | plan      |              |
"""


def test_results_become_labels_in_the_words_of_the_house(tmp_path):
    home = Home(tmp_path / "home")
    entered = enter(home, [sheet(tmp_path, RESULTS, "results.csv")])
    assert (entered.taken, entered.unreviewed) == (3, 1)
    assert [(one["row"].split(":")[1], one["reason"].split(" ")[0]) for one in entered.refused] == [
        ("3", "area"), ("6", "period_begin"), ("7", "concluded_on"), ("8", "fixmedins_code"), ("9", "selection"),
    ]  # fmt: skip
    assert labels(home)["verdict"].to_dict() == {"H1": "confirmed", "H2": "legitimate", "H3": "data_fault"}
    assert examples.results(home).set_index("fixmedins_code")["target"].to_dict() == {"H1": 1.0, "H2": 0.0, "H3": 0.0}


def test_entering_a_batch_twice_changes_nothing(tmp_path):
    home = Home(tmp_path / "home")
    enter(home, [sheet(tmp_path, RESULTS, "results.csv")])
    before = pd.read_parquet(home.month("labels", "verdict", ALL))
    enter(home, [sheet(tmp_path, RESULTS, "results.csv")])
    pd.testing.assert_frame_equal(pd.read_parquet(home.month("labels", "verdict", ALL)), before)


def test_a_sheet_that_lacks_a_column_is_told(tmp_path):
    with pytest.raises(ContractError, match="selection"):
        enter(Home(tmp_path / "home"), [sheet(tmp_path, "inspection_id | verdict\nI-1 | violation", "results.csv")])
