"""Code lists: complete for the contract, sourced, and widened by what an area adds."""

from __future__ import annotations

import re

import pytest

from jobs.catalogue import contract_tables
from knowledge import dictionaries


def test_every_coded_column_of_the_contract_has_a_dictionary():
    named = {column.dictionary for table in contract_tables() for column in table.columns if column.dictionary}
    assert named
    assert named <= set(dictionaries.names())


@pytest.mark.parametrize("name", dictionaries.names())
def test_codes_are_unique_named_in_both_languages_and_sourced(name):
    entries = dictionaries.read(name)
    assert len({(entry.code, entry.region) for entry in entries}) == len(entries) > 1
    for entry in entries:
        assert entry.code == entry.code.strip() and entry.name_zh and entry.name_en and entry.source
        assert re.fullmatch(r"\d{6}", entry.region)


def test_national_codes():
    assert {"11", "14", "21", "28", "41"} <= dictionaries.codes("med_type")
    assert {"310", "390"} <= dictionaries.codes("insutype")
    assert dictionaries.codes("med_chrgitm_type") == {f"{number:02d}" for number in range(1, 15)}
    assert dictionaries.codes("gend") == {"1", "2"}


def test_an_area_adds_its_own_values_and_keeps_the_national_ones():
    found = dictionaries.with_local({"med_type": frozenset({"2105"}), "new": frozenset({"a"})})
    assert {"21", "2105"} <= found["med_type"]
    assert found["new"] == {"a"}
    assert "2105" not in dictionaries.codes("med_type")


def test_codes_of_a_region_hold_in_what_lies_in_it(monkeypatch):
    entries = tuple(
        dictionaries.Code("x", code, "名", "name", region, "s")
        for code, region in (("n", "000000"), ("p", "430000"), ("c", "430100"), ("d", "430102"), ("o", "440000"))
    )
    monkeypatch.setattr(dictionaries, "read", lambda name: entries)
    assert dictionaries.codes("x") == {"n"}
    assert dictionaries.codes("x", "430102") == {"n", "p", "c", "d"}


def test_labels_for_people():
    assert dictionaries.label("med_type", "21") == "普通住院 · ordinary stay"
    assert dictionaries.label("med_type", "zz") == "zz"


def test_an_unknown_dictionary_names_those_there_are():
    with pytest.raises(KeyError, match="med_type"):
        dictionaries.read("nothing")
