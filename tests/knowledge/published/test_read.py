"""Published tables as they come: every row becomes points or is refused with its reason."""

from datetime import date

import pytest

from tests.knowledge.published.paper import CODES, NAMES, PAIRS, read, refused, stated, table

SEX = "restricted_sex"


def test_a_code_list_takes_its_limits_from_the_list_of_names_in_any_order(tmp_path):
    names = table(tmp_path / "【第一批】药品(限定性别对象)_1.csv", NAMES)
    codes = table(tmp_path / "【第一批】药品(限定性别对象)_2.csv", CODES)
    outcome = read(codes, names)
    assert stated(outcome) == [
        (SEX, "XA01AAA001A001010100001", "", 1.0, "gend", ""),
        (SEX, "XA01AAA001A001010100002", "", 1.0, "gend", ""),
        (SEX, "乙胶囊", "", 2.0, "gend", ""),
        (SEX, "甲片", "", 1.0, "gend", ""),
    ]
    ((row, reason),) = refused(outcome)
    assert row == 3 and "'丙颗粒'" in reason
    assert [(file.rows, file.points, file.batch) for file in outcome.files] == [(3, 2, "1"), (2, 2, "1")]


def test_a_code_list_that_comes_later_finds_the_names_of_an_earlier_import(tmp_path):
    from knowledge.published.outcome import Terms
    from knowledge.published.read import read_files

    first = read(table(tmp_path / "第一批_1.csv", NAMES))
    codes = table(tmp_path / "第一批_2.csv", CODES)
    alone, later = read(codes), read_files([codes], Terms(), first.points)
    assert len(alone.imported) == 0 and len(alone.files[0].refused) == 3
    assert [point.item_code[-1] for point in later.imported] == ["1", "2"]
    assert len(later.points) == 4  # the names of the first import are still there


def test_every_point_says_where_it_comes_from_and_where_and_when_it_holds(tmp_path):
    path = table(tmp_path / "【第七批 】项目（重复收费）_1.csv", PAIRS)
    outcome = read(path, region="320300", effective=date(2025, 7, 1))
    point = next(point for point in outcome.imported if point.window == "6 hours")
    assert (point.region, point.effective_from, point.effective_to) == ("320300", date(2025, 7, 1), None)
    assert (point.batch, point.source, point.version) == ("7", "【第七批 】项目(重复收费)_1 row 2", "test")
    assert point.point_id == "area/320300/7/duplicate_pair/003314000020000+003112010260000"
    assert [window for *_, window in stated(outcome)] == ["day", "visit", "6 hours"]


ONE_OF_EACH = [
    ("限定年龄", "项目名称 | 国标代码 | 限定对象\n 护理 | 001201000070000 | 新生儿",
     [("restricted_age", "001201000070000", "", 1.0, "years_below", "")]),
    ("限定年龄", "序号 | 项目名称 | 备注 | 项目代码\n 1 | 训练 | 参保人年龄超出法定就业年龄限制 | 003402000320000",
     [("restricted_age", "003402000320000", "", 16.0, "years_from", ""),
      ("restricted_age", "003402000320000", "", 60.0, "years_below", ""),
      ("restricted_age", "003402000320000", "", 63.0, "years_below", "")]),
    ("限定年龄对象", "药品通用名 | 药品说明 | 限定对象\n 某悬剂 | 限5至12岁以下儿童患者。 | 儿童",
     [("restricted_age", "某悬剂", "", 5.0, "years_from", ""), ("restricted_age", "某悬剂", "", 13.0, "years_below", "")]),
    ("限定保险类型", "药品通用名 | 限定对象\n 某疫苗 | 工伤", [("restricted_insurance_type", "某疫苗", "", None, "work_injury", "")]),
    ("限定就医方式", "药品通用名 | 限定值域\n 某乳剂 | 住院", [("restricted_visit_type", "某乳剂", "", None, "inpatient", "")]),
    ("限定机构等级", "药品通用名 | 药品说明 | 限定值域\n 某眼剂 | 需三级综合医院或二级及以上专科医院处方 | 三级",
     [("restricted_institution_level", "某眼剂", "", 2.0, "level", "")]),
    ("限定支付疗程", "药品通用名 | 药品说明 | 限定值域\n 某单抗 | 支付不超过12个月：1.甲；2.乙 | 365天",
     [("course_days", "某单抗", "", 365.0, "elapsed days", "course")]),
    ("限定主次操作", "项目名称 | 国标代码 | 限定值域\n 松解 | 003310030080000 | 胃肠手术组\n 松解 | 003310030080000 | 肝胆手术组",
     [("discounted_repeat", "003310030080000", "", 50.0, "percent of the price", "day")] * 2),
    ("限定频次", "项目名称 | 限制数量 | 数量单位 | 项目编码\n 床 | 1 | 天 | 001109000020000\n 监测 | 24 | 小时 | 003107010220000",
     [("frequency_cap", "001109000020000", "", 1.0, "times", "day"), ("frequency_cap", "003107010220000", "", 24.0, "hours", "day")]),
    ("限定疗程", "项目名称 | 备注 | 项目代码\n 评定 | 总时间不超过90天，评定间隔时间不短于14天。 | 003402000050000",
     [("course_days", "003402000050000", "", 90.0, "elapsed days", "course"),
      ("interval_per_person", "003402000050000", "", 14.0, "days", "")]),
    ("限定周期", "项目名称 | 频次上限 | 疗程周期 | 备注 | 项目代码\n 测定 | 1 | 15 | 反映近2-3个月水平 | 002503020030000",
     [("interval_per_person", "002503020030000", "", 15.0, "days", "")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "text", "expected"), ONE_OF_EACH, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_published_layout_is_read(tmp_path, told, text, expected):
    outcome = read(table(tmp_path / f"【第九批】规则库（{told}）_1.csv", text))
    assert stated(outcome) == expected
    assert refused(outcome) == []


def test_an_areas_own_lists_of_diagnoses_and_departments(tmp_path):
    drugs = "药品通用名 | 国标代码 | 限定值域\n 某针 | XB01AXA223B004010180963 | I60-I62、g45.9"
    items = "项目名称 | 项目编码 | 限定值域\n 某检 | 003103000010000 | A12;A03.02"
    outcome = read(table(tmp_path / "本市（限定诊断）.csv", drugs), table(tmp_path / "本市（限定科室）.csv", items))
    assert [(point.kind, point.params) for point in outcome.imported] == [
        ("restricted_diagnosis", "I60|I61|I62|G45.9"), ("restricted_department", "A12|A03.02")
    ]  # fmt: skip
    assert all(point.batch.startswith("本市") for point in outcome.imported)


REFUSED = [
    ("限定诊断", "药品通用名 | 限定值域\n 甲 | 脑梗死", "no code or range"),
    ("限定诊断", "药品通用名 | 限定值域\n 甲 | I64-I60", "no code or range"),
    ("限定科室", "药品通用名 | 限定值域\n 甲 | 0312", "no code or range"),
    ("限定性别", "项目名称 | 国标代码 | 限定性别\n 甲 | 002501020210000 | 其他", "no known value"),
    ("限定性别", "项目名称 | 国标代码 | 限定性别\n 甲 |  | 男", "the code is empty"),
    ("限定性别", "项目名称 | 国标代码 | 限定性别\n 甲 | 2.5E+12 | 男", "lost its digits"),
    ("限定性别", "项目名称 | 国标代码 | 限定性别\n 甲 | 项-1 | 男", "is no item code"),
    ("限定年龄", "药品通用名 | 药品说明 | 限定对象\n 甲 | 药品说明书包含成人用法用量 | 儿童", "covers adults too"),
    ("限定机构等级", "药品通用名 | 药品说明 | 限定值域\n 甲 | 首次处方时需由二级及以上医院开具 | 二级", "first prescription"),
    ("限定支付疗程", "药品通用名 | 药品说明 | 限定值域\n 甲 | 单次住院最多支付14天。 | 15天", "15 days in the column, 14 days in the remark"),
    ("限定支付疗程", "药品通用名 | 限定值域\n 甲 | 适量", "no duration"),
    ("限定频次", "项目名称 | 限制数量 | 数量单位 | 项目编码\n 甲 | 1 | 旬 | 001109000020000", "unknown unit"),
    ("限定频次", "项目名称 | 限制数量 | 数量单位 | 项目编码\n 甲 | 若干 | 日 | 001109000020000", "is no number"),
    ("限定频次", "项目名称 | 限制数量 | 数量单位 | 项目编码\n 甲 | -1 | 日 | 001109000020000", "out of range"),
    ("限定疗程", "项目名称 | 备注 | 项目代码\n 甲 | 支付不超过30天，视病情可延长。 | 003402000050000", "not understood: 视病情可延长"),
    ("限定周期", "项目名称 | 频次上限 | 疗程周期 | 项目代码\n 甲 | 3 | 7 | 003402000050000", "only once in a period"),
    ("限定周期", "项目名称 | 频次上限 | 疗程周期 | 备注 | 项目代码\n 甲 | 1 | 7 | 间隔时间不短于14天 | 003402000050000", "contradicts its remark"),
    ("重复收费", "频度 | 主项编码 | 从项编码\n 单日 | 001103000010000 | 001103000010000", "are the same"),
    ("重复收费", "频度 | 主项编码 | 从项编码\n 半月 | 001103000010000 | 001109000010000", "unknown window"),
    ("限定频次", "项目名称 | 项目编码\n 甲 | 001109000020000", "no column for limit, unit"),
    ("本地", "项目名称 | 项目编码\n 甲 | 001109000020000", "what the table restricts"),
    ("限定性别", "列一 | 列二\n 甲 | 男", "no known headings"),
    ("限定性别", "项目名称 | 国标代码 | 限定性别 | 生效日期\n 甲 | 002501020210000 | 男 | 明年", "is no date"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "text", "reason"), REFUSED, ids=[reason for *_, reason in REFUSED])
def test_what_cannot_be_read_is_refused_by_its_row(tmp_path, told, text, reason):
    outcome = read(table(tmp_path / f"第九批（{told}）.csv", text))
    assert outcome.imported == ()
    assert [row for row, _ in refused(outcome)] == list(range(1, outcome.files[0].rows + 1))
    assert reason in refused(outcome)[-1][1]


def test_a_remark_a_repeated_heading_and_a_repeated_row_are_no_points(tmp_path):
    text = """
        序号 | 项目名称 | 限制数量 | 数量单位 | 项目编码
        1    | 床       | 1        | 日       | 001109000020000
        2    | 床       | 1        | 日       | 001109000020000
        序号 | 项目名称 | 限制数量 | 数量单位 | 项目编码
        备注：各地可细化。 |  |  |  |
    """
    outcome = read(table(tmp_path / "第八批-1（限定频次）.csv", text))
    assert outcome.files[0].points == 1
    assert refused(outcome) == [
        (2, "the same as row 1"), (3, "the headings once more"), (4, "a remark of the publisher, no point")
    ]  # fmt: skip


def test_several_codes_of_a_cell_and_codes_that_lost_their_noughts(tmp_path):
    text = """
        项目名称 | 限制数量 | 数量单位 | 项目编码
        床       | 1        | 日       | 001109000020000、001109000040000
        监测     | 24       | 小时     | 3107010220000
        护理     | 1        | 日       | ００１２０１０００ ０３００００
    """
    outcome = read(table(tmp_path / "第八批-1（限定频次）.csv", text))
    assert [code for _, code, *_ in stated(outcome)] == [
        "001109000020000", "001109000040000", "001201000030000", "003107010220000"
    ]  # fmt: skip


def test_own_dates_of_a_row_and_the_date_of_the_import(tmp_path):
    text = """
        项目名称 | 国标代码        | 限定性别 | 生效日期   | 失效日期
        甲       | 002501020210000 | 男       | 2024/1/1   | 2024年12月31日
        乙       | 002501020220000 | 男       | 2026-01-01 |
    """
    path = table(tmp_path / "限定性别.csv", text)
    assert [(p.effective_from, p.effective_to) for p in read(path).imported] == [
        (date(2024, 1, 1), date(2024, 12, 31)), (date(2026, 1, 1), None)
    ]  # fmt: skip
    later = read(path, effective=date(2025, 7, 1))
    assert refused(later) == [(1, "no longer in force on the effective date")]
    assert [point.effective_from for point in later.imported] == [date(2026, 1, 1)]
