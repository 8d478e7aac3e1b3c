"""A file that cannot be read to its end stops the load by name; what was there before stays."""

import gzip
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.landing.mapping import load_mapping, plan
from jobs.runtime.errors import InputError
from jobs.runtime.landing_files import BrokenFile
from tests.support.landing import REQUIRED, Landed, landing_folder

MDTRT = REQUIRED["mdtrt_d"]


def planned(folder):
    return plan(load_mapping("national"), folder)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        pytest.param("mdtrt_d.csv", b"", "not even a header", id="empty"),
        pytest.param("mdtrt_d.csv", b"\xef\xbb\xbf\r\n \r\n", "not even a header", id="blank lines only"),
        pytest.param("mdtrt_d.csv.gz", b"mdtrt_id,psn_no\n", "damaged or cut off", id="no gzip at all"),
        pytest.param(
            "mdtrt_d.csv.gz", gzip.compress(MDTRT.encode())[:30], "damaged or cut off", id="gzip cut in the head"
        ),
        pytest.param(
            "mdtrt_d.parquet", b"PAR1 something else", "not readable as its suffix says", id="corrupt parquet"
        ),
        pytest.param("mdtrt_d.parquet", b"", "not readable as its suffix says", id="empty parquet"),
        pytest.param("mdtrt_d.csv", MDTRT.encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param("mdtrt_d.csv", MDTRT.replace("\n", "\r").encode(), "bare carriage return", id="old line ends"),
    ],
)
def test_files_without_a_readable_head_are_found_before_anything_is_loaded(tmp_path, name, content, fault):
    with pytest.raises(InputError) as told:
        planned(landing_folder(tmp_path / "landing", {name: content}))
    assert name in str(told.value)
    assert fault in str(told.value)
    assert told.value.exit_code == 12


def test_a_header_without_rows_is_an_empty_table_not_a_fault(tmp_path):
    found = Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv": MDTRT.splitlines()[0]}), tables=("mdtrt_d",))
    assert found.rows("mdtrt_d") == []


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as told:
        planned(
            landing_folder(tmp_path / "landing", {"mdtrt_d.csv": b"", "setl_d.parquet": b"x"}, without=("fee_list_d",))
        )
    text = str(told.value)
    assert "3 problems" in text
    assert all(word in text for word in ("fee_list_d (费用明细) is required", "mdtrt_d.csv", "setl_d.parquet"))


def test_a_landing_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        planned(tmp_path / "nowhere")


def test_gzip_cut_off_after_its_head(tmp_path):
    rows = "".join(f"v{n},p{n * 7919 % 100003},H1,11,2023-01-05,1\n" for n in range(60_000))
    whole = gzip.compress((MDTRT.splitlines()[0] + "\n" + rows).encode())
    with pytest.raises(BrokenFile, match="mdtrt_d.csv.gz: the compressed file is damaged or cut off"):
        Landed(landing_folder(tmp_path / "landing", {"mdtrt_d.csv.gz": whole[: len(whole) // 2]}), tables=("mdtrt_d",))


def test_parquet_with_a_damaged_page(tmp_path):
    table = pa.table({name: [f"{name}{n}" for n in range(5000)] for name in MDTRT.splitlines()[0].split(",")})
    folder = landing_folder(tmp_path / "landing")
    (folder / "mdtrt_d.csv").unlink()
    pq.write_table(table, folder / "mdtrt_d.parquet", compression="zstd")
    content = bytearray((folder / "mdtrt_d.parquet").read_bytes())
    content[200:400] = b"\xff" * 200
    (folder / "mdtrt_d.parquet").write_bytes(content)
    with pytest.raises(BrokenFile, match="mdtrt_d.parquet"):
        Landed(folder, tables=("mdtrt_d",))


def test_a_damaged_archive(tmp_path):
    folder = landing_folder(tmp_path / "landing", {"visits.zip": b"PK no archive"})
    mapping = tmp_path / "m.yaml"
    mapping.write_text('version: 1\ntables: {mdtrt_d: {files: ["visits.zip!*.csv"]}}', encoding="utf-8")
    with pytest.raises(InputError, match=r"visits.zip: the compressed file is damaged"):
        plan(load_mapping(mapping), folder)


def test_an_archive_is_read_without_unpacking_and_not_twice(tmp_path):
    folder = landing_folder(tmp_path / "landing", without=("mdtrt_d",))
    with zipfile.ZipFile(folder / "visits.zip", "w") as archive:
        archive.writestr("2023/mdtrt_1.csv", MDTRT)
        archive.writestr("2023/mdtrt_2.csv", MDTRT.replace("v1", "v2"))
        archive.writestr("__MACOSX/mdtrt_1.csv", "junk")
        archive.writestr("readme.txt", "nothing")
    (folder / "mdtrt_2.csv").write_text(MDTRT.replace("v1", "v2"), encoding="utf-8")
    mapping = 'version: 1\ntables: {mdtrt_d: {files: ["*mdtrt_*.csv", "visits.zip!mdtrt_*.csv"]}}\n'
    found = Landed(folder, mapping, tables=("mdtrt_d",))
    assert found.rows("mdtrt_d", "mdtrt_id", "_file") == [
        ("v2", "mdtrt_2.csv"),
        ("v1", "visits.zip!2023/mdtrt_1.csv"),
        ("v2", "visits.zip!2023/mdtrt_2.csv"),
    ]
    once = Landed(folder, 'version: 1\ntables: {mdtrt_d: {files: ["[mv]*"]}}\n', tables=("mdtrt_d",))
    assert once.rows("mdtrt_d", "mdtrt_id", "_file") == [("v2", "mdtrt_2.csv"), ("v1", "visits.zip!2023/mdtrt_1.csv")]
