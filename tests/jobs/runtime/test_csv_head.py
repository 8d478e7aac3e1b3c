"""What the first bytes of a file say of the rest."""

import pytest

from jobs.runtime.csv_head import NoHeader, guess_encoding, guess_quote, inspect, is_housekeeping


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", None),
        ("a\n心\n".encode(), "utf-8"),
        ("a\n心内科\n".encode("gb18030"), "gb18030"),
        ("心\n".encode() * 9 + b"\xff\n", "utf-8"),
        ("心\n".encode("gb18030") * 9 + b"\xff\n", "gb18030"),
        ("心".encode() * 5 + "心".encode()[:2], "gb18030"),
    ],
)
def test_encoding(data, expected):
    assert guess_encoding(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n", None),
        (b'a,"b"\n', '"'),
        (b"'a',b\n", "'"),
        (b"a,'b,c'\r\n", "'"),
        (b"a,O'Neil\n'000123,x\n", None),
        (b"'a','he said \"x\"'\n", "'"),
        (b'"it\'s","x"\n\'y\',1\n', '"'),
    ],
)
def test_quote(data, expected):
    assert guess_quote(data) == expected


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("a,b,\n1,2,\n", ("a", "b", None)),
        ("a,b,\n1,2\n", ("a", "b")),
        ("a,b\n1,2,\n", ("a", "b", None)),
        (",a,b\n1,x,y\n", (None, "a", "b")),
        ("a,b\n1,x,y\n2,z,y\n", (None, "a", "b")),
        ("a,b\n7,x,20230131\n7,z,20230131\n", ("a", "b", None)),
        ("a,b\n1,x,y,2023-01-31\n2,x,y,2023-01-31\n", (None, "a", "b", None)),
        ('"a\nb",c\n1,2\n', ("a b", "c")),
        ("a,b\n", ("a", "b")),
        (" a , B \n1,2\n", ("a", "B")),
    ],
)
def test_fields(text, fields):
    assert inspect(text.encode()).fields == fields


def test_offset_is_the_first_byte_of_data():
    text = b"\xef\xbb\xbf\na,b\r\n1,2\r\n"
    assert text[inspect(text).offset :] == b"1,2\r\n"


def test_nothing_to_read():
    with pytest.raises(NoHeader):
        inspect(b" \r\n")


@pytest.mark.parametrize("name", ["", "pt", "PT", "ds", "rownum", "row_number", "Unnamed: 0", "序号", "_c0", "#"])
def test_housekeeping(name):
    assert is_housekeeping(name)


def test_columns_of_a_table_are_no_housekeeping():
    from jobs.catalogue import TABLES

    assert not [column for table in TABLES.values() for column in table.names if is_housekeeping(column)]
