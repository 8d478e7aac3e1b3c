"""The same said twice, and two limits for one item."""

import pytest

from tests.knowledge.published.paper import read, refused, table

HEAD = "项目名称 | 限制数量 | 数量单位 | 项目编码\n"


def test_the_same_in_two_tables_is_kept_with_both_sources_and_told(tmp_path):
    one = table(
        tmp_path / "第八批-3（限定疗程）.csv", "项目名称 | 备注 | 项目代码\n评定 | 间隔时间不短于14天 | 003402000050000"
    )
    two = table(
        tmp_path / "第八批-4（限定周期）.csv",
        "项目名称 | 频次上限 | 疗程周期 | 项目代码\n评定 | 1 | 14 | 003402000050000",
    )
    outcome = read(one, two)
    assert sorted(point.batch for point in outcome.imported) == ["8-3", "8-4"]
    assert outcome.files[1].repeated == [(1, "says the same as 第八批-3(限定疗程) row 1")]
    assert outcome.files[1].refused == []


def test_of_two_limits_the_more_lenient_one_holds_and_the_other_row_is_refused(tmp_path):
    one = table(tmp_path / "第八批-1（限定频次）.csv", HEAD + "监测 | 12 | 小时 | 003107010220000")
    two = table(tmp_path / "第九批（限定频次）.csv", HEAD + "监测 | 24 | 小时 | 003107010220000")
    outcome = read(one, two)
    assert [point.limit_value for point in outcome.imported] == [24.0]
    ((row, reason),) = refused(outcome, 0)
    assert row == 1 and "12 hours here, 24 hours there; the more lenient one holds" in reason
    assert [row for row, _ in outcome.files[1].contradicted] == [1]


def test_where_nothing_is_lenient_neither_holds(tmp_path):
    text = "项目名称 | 国标代码 | 限定性别\n 甲 | 002501020210000 | 男\n 甲 | 002501020210000 | 女"
    outcome = read(table(tmp_path / "限定性别.csv", text))
    assert outcome.imported == ()
    assert all("neither holds" in reason for _, reason in refused(outcome)) and len(refused(outcome)) == 2


@pytest.mark.parametrize(("windows", "kept"), [(("单日", "6小时"), "6 hours"), (("单次就诊", "单日"), "day")])
def test_of_two_windows_of_a_pair_the_shorter_holds(tmp_path, windows, kept):
    rows = "".join(f"{window} | 001103000010000 | 001109000010100\n" for window in windows)
    outcome = read(table(tmp_path / "重复收费.csv", "频度 | 主项编码 | 从项编码\n" + rows))
    assert [point.window for point in outcome.imported] == [kept]


def test_regions_times_and_groups_do_not_contradict_each_other(tmp_path):
    from knowledge.published.outcome import Terms
    from knowledge.published.read import read_files

    national = read(table(tmp_path / "第八批（限定频次）.csv", HEAD + "监测 | 24 | 小时 | 003107010220000"))
    local = table(tmp_path / "本省（限定频次）.csv", HEAD + "监测 | 12 | 小时 | 003107010220000")
    both = read_files([local], Terms(region="320000"), national.points)
    assert {point.limit_value for point in both.points} == {12.0, 24.0}
