"""`fundwatch knowledge`: what scripts rely on (JSON, exit codes) and what people read."""

from __future__ import annotations

import json

import pytest

from fundwatch.knowledge_text import by_reason, row_ranges
from fundwatch.main import main
from knowledge.published.outcome import Refusal
from tests.knowledge.published.paper import CODES, NAMES, PAIRS, table

HEAD = "项目名称 | 限制数量 | 数量单位 | 项目编码\n"


@pytest.fixture
def call(capsys, tmp_path):
    def run(*arguments, code=0):
        with pytest.raises(SystemExit) as left:
            main(["knowledge", *map(str, arguments), "--home", str(tmp_path / "home")])
        told = capsys.readouterr()
        assert left.value.code == code, told.err
        return json.loads(told.out) if "--json" in arguments else told.out

    return run


def test_an_import_tells_machines_rows_points_and_refusals_of_every_file(call, tmp_path):
    names, codes = table(tmp_path / "第一批 名.csv", NAMES), table(tmp_path / "第一批 码.csv", CODES)
    told = call("import", names, codes, "--effective", "2025-07-01", "--region", "320300", "--json")
    assert [(one["file"], one["rows"], one["points"]) for one in told] == [(str(names), 2, 2), (str(codes), 3, 2)]
    assert [(one["row"], one["line"]) for one in told[1]["refused"]] == [(3, 4)]
    listed = call("list", "--imported", "--json")
    assert {(one["region"], one["effective_from"], one["batch"]) for one in listed} == {("320300", "2025-07-01", "1")}
    assert all(one["source"].startswith("第一批 ") for one in listed)


def test_people_see_every_refused_row_with_its_reason(call, tmp_path):
    told = call("import", table(tmp_path / "第一批 名.csv", NAMES), table(tmp_path / "第一批 码.csv", CODES))
    assert "row 3: no table says what holds for '丙颗粒'" in told
    assert told.splitlines()[-1] == (
        "2 files, 5 rows: 4 points, 1 rows refused; version 0001 holds 4 imported points and is in force"
    )


def test_a_draft_waits_until_it_is_put_in_force(call, tmp_path):
    pairs = table(tmp_path / "第七批 重复收费.csv", PAIRS)
    assert "knowledge try 0001" in call("import", pairs, "--draft")
    assert call("list", "--imported", "--json") == []
    activated = call("activate", "1", "--json")
    assert activated["points"] == 3 and activated["knowledge_version"].startswith("2026.11.")
    assert len(call("list", "--kind", "duplicate_pair", "--batch", "7", "--imported", "--json")) == 3


def test_a_dry_run_keeps_nothing(call, tmp_path):
    told = call("import", table(tmp_path / "第七批 重复收费.csv", PAIRS), "--dry-run")
    assert told.splitlines()[-1].endswith("nothing was kept (dry run)")
    assert not (tmp_path / "home" / "knowledge").exists()


def test_two_versions_are_compared(call, tmp_path):
    path = tmp_path / "第八批-1（限定频次）.csv"
    call("import", table(path, HEAD + "床 | 1 | 日 | 001109000020000\n监测 | 24 | 小时 | 003107010220000"))
    call("import", table(path, HEAD + "床 | 2 | 日 | 001109000020000\n护理 | 1 | 日 | 001201000030000"))
    told = call("diff", "--json")
    assert (told["old"], told["new"]) == ("0001", "0002")
    assert [len(told[what]) for what in ("added", "removed", "changed")] == [1, 1, 1]
    assert told["changed"][0]["columns"] == {"limit_value": ["1.0", "2.0"]}
    assert "limit_value 1 → 2" in call("diff", "1", "2")
    assert call("diff", "1", "1").endswith("0 added, 0 removed, 0 changed\n")
    assert [one["active"] for one in call("list", "--versions", "--json")] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "nowhere.csv"], 12),
        (["list", "--version", "9"], 12),
        (["diff", "3"], 12),
        (["activate", "3"], 12),
        (["try"], 12),
        (["import", "nowhere.csv", "--region", "徐州"], 2),
        (["import", "nowhere.csv", "--effective", "soon"], 2),
        (["import"], 2),
    ],
)
def test_wrong_calls_have_their_exit_code(call, arguments, code):
    call(*arguments, code=code)


def test_a_file_that_gives_no_point_at_all_is_an_error_and_keeps_nothing(call, tmp_path):
    empty = tmp_path / "空.csv"
    empty.write_bytes(b"")
    told = call("import", empty, "--json", code=10)
    assert told[0]["refused"] == [{"row": 0, "reason": "the file is empty", "line": 0}]
    assert not (tmp_path / "home" / "knowledge").exists()


def test_rows_with_one_reason_are_told_together():
    refused = [Refusal(row, row + 1, f"no table says what holds for '{row}'") for row in (1, 2, 3, 7)]
    assert by_reason([*refused, Refusal(5, 6, "a remark")]) == [
        ("no table says what holds for its name", [1, 2, 3, 7]), ("a remark", [5])
    ]  # fmt: skip
    assert row_ranges([1, 2, 3, 7]) == "rows 1-3, 7 (4 rows)" and row_ranges([5]) == "row 5"
