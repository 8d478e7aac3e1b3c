"""A model's word on a case in the report: no certainty is printed, parts that print as nothing stand together."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.cases.modelled import MODEL, PART, CaseModel
from jobs.cases.report.modelled import chance, model_views


@pytest.mark.parametrize(
    ("probability", "told"),
    [(0.9955, "> 99 %"), (0.99, "99 %"), (0.5, "50 %"), (0.01, "1 %"), (0.004, "< 1 %"), (None, None)],
)
def test_no_inspection_is_certain(probability, told):
    assert chance(probability) == told


def test_parts_that_print_as_nothing_stand_as_one_and_the_sum_still_holds():
    values = [2.0, -0.5, 0.004, 0.003]
    parts = pd.DataFrame(
        {"case_id": "C1", "part": "outcome", "position": range(1, 5), "name": list("abcd"),
         "title_zh": list("甲乙丙丁"), "title_en": list("abcd"), "value": values}
    )[PART]  # fmt: skip
    cases = pd.DataFrame([{"case_id": "C1", "probability": 0.82}]).reindex(columns=MODEL)
    (side,) = model_views(CaseModel(cases, parts), {"C1"})["C1"]["sides"]
    assert [part["title_en"] for part in side["parts"]] == ["a", "b", "2 others"]
    assert side["sum"] == pytest.approx(sum(values))
    assert sum(part["value"] for part in side["parts"]) == pytest.approx(side["sum"])
