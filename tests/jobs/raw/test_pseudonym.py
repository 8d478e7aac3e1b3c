"""Persons stop at the door: one pseudonym per person everywhere, nobody in clear anywhere."""

import stat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.raw.pseudonym import Pseudonyms, read_salt
from jobs.runtime.errors import ContractError
from tests.support.landing import Landed, landing_folder

PERSON = "person-one"
CLEAR = (PERSON, "张三", "320300197001011234", "13800001111", "中山路")


def everything_written(found: Landed) -> str:
    """All values of all columns of all parts, as one text."""
    held = [pq.ParquetFile(path).read() for path in sorted(found.folder.rglob("*.parquet"))]
    return "\n".join(str(column.to_pylist()) for table in held for column in table.columns)


def test_the_same_person_has_the_same_pseudonym_in_every_table(tmp_path):
    found = Landed(landing_folder(tmp_path / "landing"))
    names = {found.rows(table, "psn_no")[0] for table in ("fee_list_d", "setl_d", "mdtrt_d")}
    assert names == {Pseudonyms(b"salt").of(PERSON)}
    assert len(names.pop()) == 32


def test_pseudonyms_depend_on_the_salt():
    assert Pseudonyms(b"one").of(PERSON) != Pseudonyms(b"two").of(PERSON)


def test_empty_stays_empty():
    assert Pseudonyms(b"salt").column(pa.array([None, "a", None])).to_pylist() == [
        None,
        Pseudonyms(b"salt").of("a"),
        None,
    ]


def test_no_person_in_clear_in_raw_or_quarantine(tmp_path):
    header = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,vali_flag,tel,addr,ipt_otp_no"
    good = f"v1,{PERSON},H1,11,2023-01-05,1,13800001111,中山路,n1"
    broken = (
        f"v2,{PERSON},H1,11,2023-01-05,1,13800001111",
        f"v3,{PERSON},H1,11,2023-01-05,1,13800001111,中山路,n\0",
        f'v4,{PERSON},H1,11,2023-01-05,1,13800001111,"中山路,n',
        f"v5,{PERSON},H1,11,2023-01-05,1,13800001111,{'中山路' * 2000},n",
    )
    persons = f"psn_no,gend,brdy\n{PERSON},1,1970-01-01\n{PERSON},\0,1970-01-01\n"
    folder = landing_folder(
        tmp_path / "landing", {"mdtrt_d.csv": "\n".join([header, good, *broken]), "psn_info_b.csv": persons}
    )
    found = Landed(folder)
    assert len(found.quarantined("mdtrt_d")) == 4
    text = everything_written(found)
    assert [word for word in CLEAR if word in text] == []


def test_a_person_as_key_of_a_quarantined_row_is_a_pseudonym(tmp_path):
    text = f"psn_no,gend,brdy,emp_no\n{PERSON},1,1970-01-01,E\0\n"
    found = Landed(landing_folder(tmp_path / "landing", {"psn_info_b.csv": text}), tables=("psn_info_b",))
    assert found.quarantined("psn_info_b", "key_text", "month") == [(Pseudonyms(b"salt").of(PERSON), "all")]


def test_a_person_copied_into_another_column_enters_it_as_pseudonym(tmp_path):
    folder = landing_folder(
        tmp_path / "landing", {"sales.csv": f"card,name,day\n{PERSON},张三,2023-01-05\n"}, ("mdtrt_d",)
    )
    mapping = """
version: 1
tables:
  mdtrt_d:
    files: [sales.csv]
    columns:
      mdtrt_id: {concat: [card, "-", day]}
      psn_no: card
      tel: name
      ipt_otp_no: card
      adm_dept_codg: name
      fixmedins_code: {value: H1}
      med_type: {value: "41"}
      begntime: day
      vali_flag: {value: "1"}
"""
    found = Landed(folder, mapping, tables=("mdtrt_d",))
    name = Pseudonyms(b"salt").of(PERSON)
    assert found.rows("mdtrt_d", "mdtrt_id", "psn_no", "ipt_otp_no") == [(f"{name}-2023-01-05", name, name)]
    assert found.rows("mdtrt_d", "adm_dept_codg") == [Pseudonyms(b"salt").of("张三")]


def test_a_person_answered_by_a_lookup_is_a_pseudonym_in_every_column(tmp_path):
    folder = landing_folder(
        tmp_path / "landing",
        {"visits.csv": "id,card\nv1,c1\n", "cards.csv": f"card,who\nc1,{PERSON}\n"},
        without=("mdtrt_d",),
    )
    mapping = """
version: 1
lookups: {cards: {files: [cards.csv], key: [card]}}
tables:
  mdtrt_d:
    files: [visits.csv]
    columns:
      mdtrt_id: id
      psn_no: {lookup: cards, on: {card: card}, take: who}
      ipt_otp_no: {lookup: cards, on: {card: card}, take: who}
      fixmedins_code: {value: H1}
      med_type: {value: "41"}
      begntime: {value: "2023-01-05"}
      vali_flag: {value: "1"}
"""
    found = Landed(folder, mapping, tables=("mdtrt_d",))
    name = Pseudonyms(b"salt").of(PERSON)
    assert found.rows("mdtrt_d", "psn_no", "ipt_otp_no") == [(name, name)]


def test_personal_columns_do_not_exist_in_raw(tmp_path):
    found = Landed(landing_folder(tmp_path / "landing"))
    assert not {"psn_name", "certno", "tel", "addr"} & {
        *found.table("setl_d").schema.names,
        *found.table("mdtrt_d").schema.names,
    }


def test_a_salt_file_is_made_when_there_is_none(tmp_path):
    salt = read_salt(tmp_path / "keys" / "salt")
    assert len(salt) == 32
    assert stat.S_IMODE((tmp_path / "keys" / "salt").stat().st_mode) == 0o600
    assert read_salt(tmp_path / "keys" / "salt") == salt


@pytest.mark.parametrize(
    ("content", "mode", "wrong"), [(b"", 0o600, "empty"), (b" \n", 0o600, "empty"), (b"x", 0o644, "chmod 600")]
)
def test_a_salt_that_is_no_secret_is_refused(tmp_path, content, mode, wrong):
    place = tmp_path / "salt"
    place.write_bytes(content)
    place.chmod(mode)
    with pytest.raises(ContractError, match=wrong) as told:
        read_salt(place)
    assert told.value.exit_code == 10


def test_the_salt_is_never_shown():
    assert "secret" not in repr(Pseudonyms(b"secret"))
