"""The shipped mappings on the real files they were written for."""

from collections import Counter

import pytest

from tests.support.landing import Landed, reference_data


@pytest.fixture(scope="module")
def counter(tmp_path_factory):
    data = reference_data("pharmacy_counter")
    folder = tmp_path_factory.mktemp("counter") / "landing"
    folder.symlink_to(data)
    return Landed(folder, "pharmacy_counter")


def linked(tmp_path_factory, *patterns: str):
    folder = tmp_path_factory.mktemp("claims") / "landing"
    folder.mkdir()
    for pattern in patterns:
        for path in reference_data("medicare_providers").glob(pattern):
            (folder / path.name).symlink_to(path)
    return folder


def test_every_sale_of_the_counter_comes_in(counter):
    assert sum(rows for (table, _, _), rows in counter.counts.items() if table == "fee_list_d") == 6577
    assert counter.table("fixmedins_b").num_rows == 1
    assert counter.quarantined("fee_list_d") == []


def test_the_29th_of_february_2018_stays_as_written(counter):
    days = Counter(counter.rows("fee_list_d", "fee_ocur_time"))
    assert days["2018-02-29"] == 23  # a day that never was: validation says so, the text stays
    assert days[None] == 1


def test_negative_quantities_stay_negative_lines_without_an_original(counter):
    negative = [row for row in counter.rows("fee_list_d") if row["cnt"].startswith("-")]
    assert len(negative) == 16
    assert all(row["init_feedetl_sn"] is None and row["inscp_amt"].startswith("-") for row in negative)
    assert all(not row["pric"].startswith("-") for row in negative)


def test_masked_cards_become_persons(counter):
    persons = counter.rows("fee_list_d", "psn_no")
    assert not any("*" in person for person in persons)
    assert 1500 < len(set(persons)) < 2100


def test_the_labelled_set_is_taken_when_both_are_there(tmp_path_factory):
    found = Landed(linked(tmp_path_factory, "*.zip"), "medicare_providers", ("fee_list_d", "fixmedins_b"))
    assert found.table("fee_list_d").num_rows == 40_474
    assert found.table("fixmedins_b").num_rows == 2092
    assert {month[:4] for month in found.months("fee_list_d")} == {"2009"}


def test_the_unlabelled_set_is_taken_where_it_stands_alone(tmp_path_factory):
    found = Landed(linked(tmp_path_factory, "Test_In*", "Test_Ben*"), "medicare_providers", ("setl_d", "psn_info_b"))
    [first] = [row for row in found.rows("setl_d") if row["setl_id"] == "CLM67387"]
    wanted = {
        "gend": "2",
        "brdy": "1938-04-01",
        "med_type": "21",
        "begndate": "2009-09-09",
        "setl_time": "2009-09-16",
        "inscp_amt": "10068",
        "fund_pay_sumamt": "9000",
        "psn_pay": "1068",
        "fixmedins_code": "PRV57070",
        "insutype": "medicare",
    }
    assert {name: first[name] for name in wanted} == wanted
    assert len(found.rows("setl_d")) == 9551
    persons = found.table("psn_info_b")
    assert persons.num_rows == 63_968
    alive = Counter(
        zip(persons["surv_stas"].to_pylist(), (day is None for day in persons["die_date"].to_pylist()), strict=True)
    )
    assert set(alive) == {("1", True), ("0", False)}


def test_the_second_name_takes_the_unlabelled_set(tmp_path_factory):
    found = Landed(linked(tmp_path_factory, "*.zip"), "medicare_providers_unlabelled", ("fee_list_d",))
    assert found.table("fee_list_d").num_rows == 135_392
