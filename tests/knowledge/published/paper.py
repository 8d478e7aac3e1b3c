"""Published tables as tests write them: a pipe table in, a CSV or XLSX file out; own words and codes, real difficulties."""

from __future__ import annotations

import csv
from pathlib import Path

from knowledge.published.outcome import Outcome, Terms
from knowledge.published.read import read_files
from tests.support.tables import cells

NAMES = """
    药品通用名 | 药品说明             | 限定类型     | 限定对象
    甲片       | 用于男性某病。       | 限定性别对象 | 男
    乙胶囊     | 调理女性某证。       | 限定性别对象 | 女
"""
CODES = """
    药品通用名 | 序号 | 国标代码                | 限定类型
    甲片       | 1    | XA01AAA001A001010100001 | 限定性别对象
    甲片       | 2    | XA01AAA001A001010100002 | 限定性别对象
    丙颗粒     | 1    | ZA01AAA0010010100001    | 限定性别对象
"""
PAIRS = """
    序号 | 频度     | 主项名称 | 主项编码        | 从项名称 | 从项编码        | 备注
    1    | 单日     | 监护     | 001103000010000 | 床位     | 001109000010100 | 含床位
    2    | 6小时    | 接生     | 003314000020000 | 胎心     | 003112010260000 |
    3    | 单次就诊 | 甲术     | 003310000010000 | 乙术     | 003310000020000 |
"""


def table(path: Path, text: str, encoding: str = "utf-8", above: str = "") -> Path:
    """Writes the table as CSV; `above` stands as lines over the headings."""
    header, rows = cells(text)
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(above)
        csv.writer(file).writerows([header, *[[cell or "" for cell in row] for row in rows]])
    return path


def read(*paths: Path, **terms) -> Outcome:
    """Reads the files as an import does."""
    return read_files(paths, Terms(**{"version": "test"} | terms))


def stated(outcome: Outcome) -> list[tuple]:
    """(kind, item, other, limit, unit, window) of the points, sorted."""
    return sorted(
        (p.kind, p.item_code or p.item_name, p.other_code, p.limit_value, p.limit_unit, p.window)
        for p in outcome.imported
    )


def refused(outcome: Outcome, place: int = 0) -> list[tuple[int, str]]:
    """(row, reason) of a file's refused rows."""
    return [(one.row, one.reason) for one in outcome.files[place].refused]
