"""Extracts differ by the tool that wrote them; the same rows come out whatever the encoding, quote, line end or packing."""

import csv
import gzip
import io
from itertools import count, product

import pytest

from tests.support.landing import Landed, landing_folder

HEADER = [
    "mdtrt_id",
    "psn_no",
    "fixmedins_code",
    "med_type",
    "begntime",
    "adm_dept_codg",
    "dscg_way",
    "vali_flag",
    "addr",
]
VISITS = [
    ["v1", "p1", "H1", "21", "2023-01-05 08:30:00", "心内科", "", "1", "中山路1号"],
    ["v2", "p2", "H1", "11", "2023-01-06", "a, b", "1", "1", "x"],
    ["v3", "p1", "H2", "11", "20230207101500", "two\nlines", "", "1", ""],
    ["v4", "p3", "H2", "11", "2023-02-08 10:00:00", 'it\'s "it"', "", "1", ""],
]
EXPECTED = [
    ("v1", "21", "2023-01-05 08:30:00", "心内科", None, 1),
    ("v2", "11", "2023-01-06", "a, b", "1", 2),
    ("v3", "11", "20230207101500", "two\nlines", None, 3),
    ("v4", "11", "2023-02-08 10:00:00", 'it\'s "it"', None, 4),
]
TAKEN = ("mdtrt_id", "med_type", "begntime", "adm_dept_codg", "dscg_way", "_row")


def written(encoding="utf-8", quote='"', newline="\n", always=False, leading=None, pt=None, trailing=False) -> bytes:
    """The visits as one extraction tool or another would write them."""
    out = io.StringIO()
    writer = csv.writer(
        out, quotechar=quote, lineterminator=newline, quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    )
    number = count(1)
    rows = []
    for head, row in [(True, HEADER), *((False, visit) for visit in VISITS)]:
        before = [] if leading is None or (head and leading == "unnamed") else [leading if head else str(next(number))]
        after = [] if pt is None or (head and pt == "unnamed") else [pt if head else "20230131"]
        rows.append([*before, *row, *after, *([""] if trailing else [])])
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "quote", "newline", "always"),
    list(product(("utf-8", "utf-8-sig", "gb18030"), ('"', "'"), ("\n", "\r\n"), (True, False))),
)
def test_encodings_quotes_and_line_ends(tmp_path, encoding, quote, newline, always):
    content = written(encoding, quote, newline, always)
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": content}), tables=("mdtrt_d",))
    assert landed.rows("mdtrt_d", *TAKEN) == EXPECTED
    assert landed.quarantined("mdtrt_d") == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param({"leading": ""}, id="blank heading over the row number"),
        pytest.param({"leading": "rownum"}, id="heading rownum"),
        pytest.param({"leading": "序号"}, id="heading 序号"),
        pytest.param({"leading": "unnamed"}, id="row number without heading"),
        pytest.param({"pt": "pt"}, id="partition column"),
        pytest.param({"pt": "unnamed"}, id="partition without heading"),
        pytest.param({"leading": "", "pt": "pt"}, id="row number and partition"),
        pytest.param({"leading": "unnamed", "pt": "unnamed"}, id="row number and partition without headings"),
        pytest.param({"trailing": True}, id="trailing comma"),
        pytest.param({"trailing": True, "leading": "rn"}, id="row number and trailing comma"),
    ],
)
def test_columns_that_only_number_rows_or_name_partitions(tmp_path, encoding, shape):
    content = written(encoding, always=True, **shape)
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": content}), tables=("mdtrt_d",))
    assert landed.rows("mdtrt_d", *TAKEN) == EXPECTED
    assert landed.plan.extra == {}


@pytest.mark.parametrize("name", ["mdtrt_d.csv.gz", "mdtrt_d/part-1.csv.gz", "mdtrt_d/2023/part-1.CSV", "MDTRT_D.CSV"])
def test_where_the_file_lies(tmp_path, name):
    content = written("gb18030", "'")
    landed = Landed(
        landing_folder(
            tmp_path / "landing", {name: gzip.compress(content) if name.endswith("gz") else content}, ("mdtrt_d",)
        ),
        tables=("mdtrt_d",),
    )
    assert landed.rows("mdtrt_d", *TAKEN) == EXPECTED
    assert {file for file in landed.rows("mdtrt_d", "_file")} == {name}


def test_a_late_chinese_character_decides_the_encoding(tmp_path):
    lines = [f"v{n},p{n},H1,11,2023-01-05,dept,1" for n in range(30_000)]
    text = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,adm_dept_codg,vali_flag\n" + "\n".join(lines)
    text += "\nlast,p1,H1,11,2023-01-05,骨科,1\n"
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": text.encode("gb18030")}), tables=("mdtrt_d",))
    assert landed.rows("mdtrt_d", "adm_dept_codg")[-1] == "骨科"
    assert landed.counts["mdtrt_d", "2023-01", None] == 30_001


def test_headings_match_without_case_and_blanks_and_values_lose_theirs(tmp_path):
    text = "MDTRT_ID , Psn_No,fixmedins_code,med_type,begntime,vali_flag,DSCG_WAY\n v1 ,p1,H1,\t11 ,2023-01-05,1,  \n"
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": text}), tables=("mdtrt_d",))
    assert landed.rows("mdtrt_d", "mdtrt_id", "med_type", "dscg_way") == [("v1", "11", None)]


def test_blank_lines_are_no_rows(tmp_path):
    text = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,vali_flag\n\nv1,p1,H1,11,2023-01-05,1\n\n\nv2,p1,H1,11,2023-01-06,1"
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": text}), tables=("mdtrt_d",))
    assert landed.rows("mdtrt_d", "mdtrt_id", "_row") == [("v1", 1), ("v2", 2)]


def test_text_may_say_na_unless_a_mapping_says_otherwise(tmp_path):
    text = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,adm_dept_codg,vali_flag\nv1,p1,H1,11,2023-01-05,NA,1\n"
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": text}), tables=("mdtrt_d",))
    assert landed.rows("mdtrt_d", "adm_dept_codg") == ["NA"]


def test_rows_are_cut_by_month(tmp_path):
    rows = {
        "v1": "2023-01-31 23:59:59",
        "v2": "20230201",
        "v3": "2023-02-29",
        "v4": "20230315080000",
        "v5": "2023-13-01",
        "v6": "",
        "v7": "31/01/2023",
    }
    text = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,vali_flag\n"
    text += "".join(f"{key},p1,H1,11,{moment},1\n" for key, moment in rows.items())
    landed = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": text}), tables=("mdtrt_d",))
    assert {month: rows for (_, month, _), rows in landed.counts.items()} == {
        "2023-01": 1,
        "2023-02": 2,  # the impossible 29 February too: validation tells it from the text, which is kept
        "2023-03": 1,
        "unknown": 3,
    }
    assert landed.months("mdtrt_d") == ["2023-01", "2023-02", "2023-03", "unknown"]
