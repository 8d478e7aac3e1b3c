"""`fundwatch landing`: a sealed folder is complete, anything less says what is wanting."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from fundwatch.landing import landing
from jobs.catalogue import contract_tables
from jobs.runtime.errors import InputError


def run(*arguments: object) -> str:
    return CliRunner().invoke(landing, [str(a) for a in arguments], catch_exceptions=False).output


@pytest.fixture
def folder(tmp_path):
    for one in contract_tables():
        if one.required:
            (tmp_path / f"{one.name}.csv").write_text("a\n")
    return tmp_path


def test_a_folder_is_complete_once_it_is_sealed(folder) -> None:
    with pytest.raises(InputError, match="no complete.json yet"):
        run("check", folder)
    run("seal", folder)
    assert json.loads(run("check", folder, "--json"))["complete"] is True


def test_sealing_a_folder_without_a_required_table_says_so(folder) -> None:
    (folder / "setl_d.csv").unlink()
    with pytest.raises(InputError, match="table setl_d"):
        run("seal", folder)


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        run("check", tmp_path / "gone")
