"""Rows that cannot be read go aside with their reason; the rows around them come in, and nothing is counted twice or lost."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.raw import parse_csv
from jobs.raw.csv_repair import split_records
from tests.support.landing import Landed, landing_folder

HEADER = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,adm_dept_codg,vali_flag,addr"
LONG = "长" * 4001


def visits(*lines: str | bytes, encoding="utf-8") -> bytes:
    return b"\n".join(line.encode(encoding) if isinstance(line, str) else line for line in (HEADER, *lines)) + b"\n"


def landed(tmp_path, content: bytes, name="mdtrt_d.csv") -> Landed:
    return Landed(landing_folder(tmp_path / "landing", {name: content}), tables=("mdtrt_d",))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("line", "reason", "column", "value", "month", "key"),
    [
        pytest.param("v2,p2,H1,11,2023-02-01", "truncated_row", None, "5 of 8 fields", "unknown", "v2", id="cut in the date"),
        pytest.param("v2,p2,H1,11,2023-02-01,内科", "truncated_row", None, "6 of 8 fields", "2023-02", "v2", id="cut later"),
        pytest.param("v2", "truncated_row", None, "1 of 8 fields", "unknown", None, id="only a piece of the key"),
        pytest.param("v2,p2,H1,11,2023-02-01,内科,1,a,b", "truncated_row", None, "9 of 8 fields", "2023-02", "v2", id="too many"),
        pytest.param("v2,p2,H1,11,2023-02-01,内\0科,1,", "nul_byte", "adm_dept_codg", "NUL byte", "2023-02", "v2", id="NUL"),
        pytest.param("v\0,p2,H1,11,2023-02-01,内科,1,", "nul_byte", "mdtrt_id", "NUL byte", "2023-02", None, id="NUL in key"),
        pytest.param(f"v2,p2,H1,11,2023-02-01,{LONG},1,", "over_long_field", "adm_dept_codg", "4001 characters", "2023-02", "v2", id="over-long"),
        pytest.param('v2,p2,H1,11,2023-02-01,"内科,1,', "unreadable_row", None, "6 of 8 fields", "2023-02", "v2", id="quote never closed"),
        pytest.param('v2,p2,H1,11,2023-02-01,"内', "truncated_row", None, "6 of 8 fields", "2023-02", "v2", id="cut within quotes"),
    ],
)  # fmt: skip
def test_one_broken_row_among_good_ones(tmp_path, encoding, line, reason, column, value, month, key):
    content = visits(
        "v1,p1,H1,11,2023-02-01,内科,1,", line, "v3,p3,H1,11,2023-02-01,外科,1,", 'v4,p4,H1,11,2023-02-02,"骨, 伤",1,',
        encoding=encoding,
    )  # fmt: skip
    found = landed(tmp_path, content)
    assert found.rows("mdtrt_d", "mdtrt_id", "_row") == [("v1", 1), ("v3", 3), ("v4", 4)]
    [aside] = found.quarantined("mdtrt_d")
    assert aside == {
        "table": "mdtrt_d",
        "reason": reason,
        "column": column,
        "key_text": key,
        "value": value,
        "file": "mdtrt_d.csv",
        "row_number": 2,
        "month": month,
    }


@pytest.mark.parametrize(
    ("encoding", "broken"),
    [
        pytest.param("utf-8", b"v2,p2,H1,11,2023-02-01,\xff\xfe,1,", id="utf-8"),
        pytest.param("gb18030", b"v2,p2,H1,11,2023-02-01,\xff\xff,1,", id="gb18030"),
        pytest.param("gb18030", b"v2,p2,H1,11,2023-02-01,\xc4,1,", id="half a character"),
    ],
)
def test_bytes_of_no_character(tmp_path, encoding, broken):
    content = visits("v1,p1,H1,11,2023-02-01,内科,1,", broken, "v3,p3,H1,11,2023-02-01,外科,1,", encoding=encoding)
    found = landed(tmp_path, content)
    assert found.rows("mdtrt_d", "adm_dept_codg") == ["内科", "外科"]
    assert found.quarantined("mdtrt_d", "reason", "column", "row_number", "month") == [
        ("unreadable_row", "adm_dept_codg", 2, "2023-02")
    ]


def test_a_fault_in_a_personal_column_shows_nothing_of_it(tmp_path):
    found = landed(tmp_path, visits("v1,p1,H1,11,2023-02-01,内科,1,中山路\x008号"))
    assert found.quarantined("mdtrt_d", "reason", "column", "value") == [("nul_byte", "addr", "NUL byte")]


def test_longest_text_that_may_pass(tmp_path):
    found = landed(tmp_path, visits(f"v1,p1,H1,11,2023-02-01,{LONG[1:]},1,"))
    assert len(found.rows("mdtrt_d", "adm_dept_codg")[0]) == 4000


def test_quotes_never_closed_do_not_swallow_the_rows_that_follow(tmp_path):
    good = [f'v{n},p{n},H1,11,2023-02-01,"内科 {n}",1,' for n in range(10, 20)]
    content = visits(
        'a,p,H1,11,2023-02-01,"内科,1,', *good, 'b,p,H1,11,2023-02-01,"内', *good, 'c,p,H1,11,2023-02-01,"x'
    )
    found = landed(tmp_path, content)
    assert found.quarantined("mdtrt_d", "key_text", "reason", "row_number") == [
        ("a", "unreadable_row", 1),
        ("b", "truncated_row", 12),
        ("c", "truncated_row", 23),
    ]
    assert found.counts["mdtrt_d", "2023-02", None] == 20


def test_fields_over_lines_beside_quotes_never_closed(tmp_path):
    content = visits(
        'v1,p1,H1,11,2023-02-01,"two\nlines",1,',
        'v2,p2,H1,11,2023-02-01,"open,1,',
        'v3,p3,H1,11,2023-02-01,"a\n\nb",1,',
    )
    found = landed(tmp_path, content)
    assert found.rows("mdtrt_d", "adm_dept_codg", "_row") == [("two\nlines", 1), ("a\n\nb", 3)]
    assert found.quarantined("mdtrt_d", "key_text", "row_number") == [("v2", 2)]


def test_a_lone_apostrophe_is_no_quote(tmp_path):
    content = visits("'v1','p1','H1','11','2023-02-01','x','1',''", "'v2','p2','H1','11','2023-02-01',O'Neil,'1',''")
    found = landed(tmp_path, content)
    assert found.rows("mdtrt_d", "mdtrt_id", "adm_dept_codg") == [("v1", "x"), ("v2", "O'Neil")]


def test_a_carriage_return_inside_a_line_breaks_that_row_only(tmp_path):
    content = visits("v1,p1,H1,11,2023-02-01,a,1,", "v2,p2,H1,11,2023-02-01,a\rb,1,", "v3,p3,H1,11,2023-02-01,a,1,")
    found = landed(tmp_path, content)
    assert found.rows("mdtrt_d", "mdtrt_id", "_row") == [("v1", 1), ("v3", 3)]
    assert found.quarantined("mdtrt_d", "reason", "row_number") == [("unreadable_row", 2)]


def test_broken_rows_keep_their_numbers_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(parse_csv.blocks, "__defaults__", (4096,))
    lines = [f"v{n},p{n},H1,11,2023-02-01,骨科,1," if n % 97 else f"v{n},p{n},H1" for n in range(1, 1001)]
    lines[499] = 'v500,p500,H1,11,2023-02-01,"over\ntwo lines",1,'
    found = landed(tmp_path, gzip.compress(visits(*lines, encoding="gb18030")), "mdtrt_d.csv.gz")
    expected = [n for n in range(1, 1001) if n % 97 == 0]
    assert found.quarantined("mdtrt_d", "row_number") == expected
    assert [f"v{n}" for n in found.rows("mdtrt_d", "_row")] == found.rows("mdtrt_d", "mdtrt_id")
    assert len(found.rows("mdtrt_d")) == 1000 - len(expected)


FIELD = st.text(st.sampled_from("ab中\"', \r\n"), max_size=6)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(FIELD, min_size=1, max_size=4).map(",".join), max_size=12), st.sampled_from(["utf-8", "gb18030"])
)
def test_whatever_the_file_no_line_is_lost_or_counted_twice(tmp_path_factory, lines, encoding):
    good = [f"v{n},p{n},H1,11,2023-02-01,内,1," for n in range(3)]
    text = "\n".join([HEADER, good[0], good[1], *lines, good[2]]) + "\n"
    folder = landing_folder(tmp_path_factory.mktemp("x") / "landing", {"mdtrt_d.csv": text.encode(encoding)})
    found = Landed(folder, tables=("mdtrt_d",))
    numbers = sorted([*found.rows("mdtrt_d", "_row"), *found.quarantined("mdtrt_d", "row_number")])
    assert numbers == list(range(1, len(numbers) + 1)), "every row has its number, each once"
    assert sum(found.counts.values()) == len(numbers)
    assert found.rows("mdtrt_d", "mdtrt_id")[:2] == ["v0", "v1"]


def test_records_are_carried_over_to_the_next_block():
    first = split_records(b'1,"a\n', '"', 2, final=False)
    assert (first.kept, first.broken, first.carry) == ([], [], b'1,"a\n')
    last = split_records(first.carry + b'b"\n2,c\n', '"', 2, final=True)
    assert (last.kept, last.numbers) == ([b'1,"a\nb"', b"2,c"], [1, 2])
