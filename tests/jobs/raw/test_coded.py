"""Codes into distinct values hold the same column as the values written out."""

import pyarrow as pa
import pytest

from jobs.raw import coded
from jobs.raw.coded import constant, joined, recoded, used, written_out


def codes(*numbers: int | None) -> pa.Array:
    return pa.array(numbers, pa.int32())


@pytest.mark.parametrize(
    ("values", "expected", "distinct"),
    [
        pytest.param(["x", "y"], ["y", None, "x"], ["x", "y"], id="as they are"),
        pytest.param(["x", "x"], ["x", None, "x"], ["x"], id="values made alike"),
        pytest.param([None, "y"], ["y", None, None], ["y"], id="a value taken away"),
    ],
)
def test_changed_values_stay_distinct_and_known(values, expected, distinct):
    column = recoded(codes(1, None, 0), pa.array(values, pa.string()))
    assert column.to_pylist() == expected
    assert column.dictionary.to_pylist() == distinct


def test_a_constant():
    assert written_out(constant("H1", 2)).to_pylist() == ["H1", "H1"]
    assert written_out(constant(None, 2)).to_pylist() == [None, None]


def test_runs_with_other_values_are_joined():
    runs = [pa.array(["a", None]).dictionary_encode(), pa.array(["b", "a"]), constant(None, 1)]
    assert joined(runs).to_pylist() == ["a", None, "b", "a", None]
    assert joined(runs[1:2]).dictionary.to_pylist() == ["b", "a"]


def test_values_no_row_has_are_left_out(monkeypatch):
    monkeypatch.setattr(coded, "FEW", 1)
    column = pa.DictionaryArray.from_arrays(codes(9, 3, 0, None, 3), pa.array(list("abcdefghij")))[1:]
    assert used(column).to_pylist() == ["d", "a", None, "d"]
    assert used(column).dictionary.to_pylist() == ["a", "d"]
