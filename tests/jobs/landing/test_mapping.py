"""Mappings are read strictly and everything wrong is told at once, with what to write instead."""

import pytest

from jobs.landing.mapping import load_mapping, plan
from jobs.landing.mapping_read import shipped
from jobs.runtime.errors import ContractError
from tests.support.landing import REQUIRED, landing_folder


def fault(tmp_path, text: str) -> str:
    """What people are told of this mapping."""
    place = tmp_path / "m.yaml"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as told:
        load_mapping(place)
    assert told.value.exit_code == 10
    return str(told.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version: 2", "is of version 2; this release reads version: 1"),
        ("tabels: {}", "unknown key 'tabels'; did you mean tables"),
        ("tables: {fee_list: {}}", "unknown table 'fee_list'; did you mean fee_list_d"),
        ("tables: {fee_list_d: {file: [x]}}", "unknown key 'file'; did you mean files"),
        ("tables: {fee_list_d: {columns: {bkkp: a}}}", "unknown column 'bkkp'"),
        ("tables: {fee_list_d: {columns: {cnt: {form: a}}}}", "names no origin; write exactly one of from, value"),
        ("tables: {fee_list_d: {columns: {cnt: {from: a, value: b}}}}", "names 2 origins (from, value)"),
        ("tables: {fee_list_d: {columns: {cnt: {from: a, scal: 2}}}}", "unknown key 'scal'; did you mean scale"),
        ("tables: {fee_list_d: {columns: {cnt: {from: a, scale: x}}}}", "'x' is not a number other than 0"),
        ("tables: {fee_list_d: {columns: {cnt: ''}}}", 'names no column; write {value: ""}'),
        ("tables: {fee_list_d: {columns: {cnt: [a]}}}", "is neither a column name nor"),
        ("tables: {fee_list_d: {columns: {cnt: {ratio: [a]}}}}", "has 1 parts; write [DIVIDEND, DIVISOR]"),
        ("tables: {setl_d: {columns: {brdy: {lookup: b, on: {x: y}, take: z}}}}", "unknown lookup 'b'"),
        (
            "lookups: {b: {files: [x], key: [k]}}\ntables: {setl_d: {columns: {brdy: {lookup: b, on: {x: y}, take: z}}}}",
            "does not ask b by its key; write on: {COLUMN: k}",
        ),
        ("lookups: {b: {files: [x]}}", "lookups.b has no key"),
        ("tables: {setl_d: {columns: {brdy: {from: a, date: dd/MM}}}}", "lacks yyyy, MM or dd"),
        ("tables: {setl_d: {columns: {brdy: {from: a, date: yyyy-MM-dd QQ}}}}", "'QQ', which is not understood"),
        ("tables: {setl_d: {files: ['/etc/x.csv']}}", "leaves the landing folder"),
        ("tables: {setl_d: {files: ['../x.csv']}}", "leaves the landing folder"),
        ("tables: {setl_d: {distinct: [nobody]}}", "unknown column 'nobody'"),
        ("tables: {setl_d: {codes: {gend: [1]}}}", 'is not a table of values; write {"LOCAL": "CONTRACT"}'),
        ("defaults: {encoding: klingon}", "'klingon' cannot be read; write utf-8 or gb18030"),
        ("defaults: {encoding: utf-16}", "'utf-16' cannot be read"),
        ("defaults: {quote: x}", "is no quote"),
        ("defaults: {nul: [NA]}", "unknown key 'nul'; did you mean null"),
        ("tables: {}\ntables: {}", "tables given twice"),
        ("tables: [", "is not YAML"),
        ("", "is empty or no table of keys"),
    ],
)
def test_a_fault_is_told_with_what_to_write(tmp_path, text, told):
    assert told in fault(tmp_path, text)


def test_several_faults_are_told_together(tmp_path):
    told = fault(tmp_path, "tables: {fee: {}, setl_d: {columns: {brdi: x, gend: {}}}}\nfoo: 1")
    assert "4 problems" in told


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(
        ContractError, match="medicare_providers, medicare_providers_unlabelled, national, pharmacy_counter"
    ):
        load_mapping("nowhere")


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_mappings_are_read_without_a_fault(name):
    assert load_mapping(name).name == name


def test_the_example_of_the_manual(tmp_path):
    text = """
version: 1
name: xuzhou_2023
defaults: {encoding: gb18030, quote: "'", null: ["", "NA"], date: yyyyMMdd, timestamp: "yyyy-MM-dd HH:mm:ss"}
tables:
  fee_list_d:
    files: ["fee/*.csv.gz", "extract.zip!fee_*.csv"]
    columns:
      fee_ocur_time: fee_ocur_date
      bilg_dr_code: {from: dr, null: ["0", "unknown"]}
      inscp_amt: {from: amt_fen, scale: 0.01}
      bkkp_sn: {concat: [ClaimID, "-", row_number]}
      med_chrgitm_type: {value: "14"}
  setl_d:
    columns: {brdy: {lookup: beneficiaries, on: {psn_no: BeneID}, take: DOB}}
  fixmedins_b:
    files: ["inpatient.csv", "outpatient.csv"]
    distinct: [fixmedins_code]
    columns: {fixmedins_code: Provider, fixmedins_name: Provider, fixmedins_type: {value: "1"}}
    codes: {hosp_lv: {"31": "02", "21": "05"}}
lookups:
  beneficiaries: {files: ["beneficiary*.csv"], key: [BeneID]}
dictionaries: {med_type: ["2105", "9929"]}
"""
    place = tmp_path / "m.yaml"
    place.write_text(text, encoding="utf-8")
    mapping = load_mapping(str(place))
    assert mapping.name == "xuzhou_2023"
    assert mapping.dictionaries == {"med_type": ("2105", "9929")}
    assert mapping.defaults.null == ("", "NA")
    assert mapping.tables["fixmedins_b"].codes == {"hosp_lv": (("31", "02"), ("21", "05"))}


def test_a_mapping_may_start_from_another(tmp_path):
    (tmp_path / "base.yaml").write_text(
        "version: 1\nname: base\ndefaults: {date: yyyyMMdd, null: [NA]}", encoding="utf-8"
    )
    (tmp_path / "own.yaml").write_text("extends: base.yaml\ndefaults: {null: [none]}", encoding="utf-8")
    mapping = load_mapping(tmp_path / "own.yaml")
    assert (mapping.name, mapping.defaults.date, mapping.defaults.null) == ("own", "yyyyMMdd", ("none",))


def test_a_mapping_may_not_extend_itself(tmp_path):
    assert "no such mapping" in fault(tmp_path, "extends: nowhere.yaml")
    (tmp_path / "m.yaml").write_text("extends: m.yaml", encoding="utf-8")
    with pytest.raises(ContractError, match="extends itself"):
        load_mapping(tmp_path / "m.yaml")


def planned(tmp_path, mapping="", **files):
    folder = landing_folder(tmp_path / "landing", {name.replace("__", "."): text for name, text in files.items()})
    place = tmp_path / "m.yaml"
    place.write_text(mapping or "version: 1", encoding="utf-8")
    return plan(load_mapping(place), folder)


def test_a_missing_required_column_is_told_with_file_columns_and_remedy(tmp_path):
    text = REQUIRED["mdtrt_d"].replace("begntime", "begin").replace("psn_no", "person")
    with pytest.raises(ContractError) as told:
        planned(tmp_path, mdtrt_d__csv=text)
    lines = str(told.value).splitlines()
    assert "2 problems" in lines[0]
    assert lines[1] == (
        "  - mdtrt_d.csv: mdtrt_d lacks the column psn_no (人员编号(入库即假名化)); other columns there: person, begin; "
        "write tables: {mdtrt_d: {columns: {psn_no: COLUMN}}} in the mapping."
    )
    assert "begntime" in lines[2]


def test_a_column_the_mapping_wants_and_nobody_has(tmp_path):
    with pytest.raises(ContractError, match=r"lacks the column depart \(wanted for adm_dept_codg\)"):
        planned(tmp_path, "tables: {mdtrt_d: {columns: {adm_dept_codg: depart}}}")


def test_an_optional_column_only_some_files_have_is_noted(tmp_path):
    more = REQUIRED["mdtrt_d"].replace("vali_flag", "vali_flag,dscg_way").replace("00,1", "00,1,5")
    files = {"mdtrt_d/a.csv": REQUIRED["mdtrt_d"], "mdtrt_d/b.csv": more}
    found = plan(load_mapping("national"), landing_folder(tmp_path / "landing", files))
    assert "mdtrt_d.dscg_way: empty for mdtrt_d/a.csv" in found.notes
    assert "dscg_way" in found.table("mdtrt_d").available


def test_a_heading_used_that_stands_there_twice(tmp_path):
    text = REQUIRED["mdtrt_d"].replace("med_type", "psn_no")
    with pytest.raises(ContractError, match="column psn_no stands in the header twice"):
        planned(tmp_path, "tables: {mdtrt_d: {columns: {med_type: {value: '11'}}}}", mdtrt_d__csv=text)


def test_what_was_not_handed_over_and_what_is_ignored_is_named(tmp_path):
    text = REQUIRED["mdtrt_d"].replace("vali_flag", "vali_flag,weather,pt").replace("00,1", "00,1,rain,20230131")
    found = planned(tmp_path, mdtrt_d__csv=text)
    assert found.extra == {"mdtrt_d.csv": ("weather",)}
    assert "dscg_way" in found.table("mdtrt_d").unmapped
    assert "purc_d" in found.missing
    assert found.table("setl_d").available[:3] == ("setl_id", "mdtrt_id", "psn_no")
    assert "psn_name" not in found.table("setl_d").available


def test_the_first_word_that_finds_files_for_most_tables_is_chosen(tmp_path):
    visits, bills = REQUIRED["mdtrt_d"], REQUIRED["setl_d"]
    files = {"Train_setl.csv": bills, "Test_setl.csv": bills, "Test_mdtrt.csv": visits}
    mapping = """
choose: {set: [Train, Test]}
tables:
  setl_d: {files: ["{set}_setl.csv"]}
  mdtrt_d: {files: ["{set}_mdtrt.csv"]}
"""
    place = tmp_path / "m.yaml"
    place.write_text(mapping, encoding="utf-8")
    found = plan(load_mapping(place), landing_folder(tmp_path / "landing", files))
    assert [source.file.name for source in found.table("setl_d").sources] == ["Test_setl.csv"]


def test_a_pattern_that_finds_nothing_is_noted_when_another_does(tmp_path):
    found = planned(tmp_path, "tables: {mdtrt_d: {files: ['mdtrt_d.csv', 'old/*.csv']}}")
    assert "mdtrt_d: no file matches old/*.csv" in found.notes


def test_a_dictionary_nobody_reads(tmp_path):
    assert "unknown dictionary 'med_typ'; did you mean med_type" in fault(tmp_path, "dictionaries: {med_typ: [x]}")


def test_files_of_no_known_kind_in_the_folder_of_a_table_are_named(tmp_path):
    files = {"mdtrt_d/a.csv": REQUIRED["mdtrt_d"], "mdtrt_d/b.txt": "x", "mdtrt_d/_SUCCESS": ""}
    found = plan(load_mapping("national"), landing_folder(tmp_path / "landing", files))
    assert found.notes == ("mdtrt_d/b.txt: not read, it is neither csv, csv.gz nor parquet",)
