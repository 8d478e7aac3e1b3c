"""A table handed over again as it was stays as it was loaded; whatever differs loads it again."""

import os
import sys

import pytest

from jobs.landing.mapping import load_mapping, plan
from jobs.raw import load, read_report
from jobs.runtime.storage import Home
from tests.support.landing import landing_folder

AWAY = "psn_no,out_admdvs,begndate\np1,320100,2023-01-01\np2,320200,2023-01-02\n"
VISITS = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,vali_flag\nv1,p1,H1,11,2023-01-05,1\n"


def loaded(spark, tmp_path, name, away=AWAY, file="out_appy_d.csv", salt=b"secret-salt", code="1"):
    folder = landing_folder(tmp_path / name, {file: away, "mdtrt_d.csv": VISITS} if away else {"mdtrt_d.csv": VISITS})
    home = Home(tmp_path / "home")
    return home, load(plan(load_mapping("national"), folder), home, spark, salt, months=("2023-01",), code=code)


def identity(home, name="out_appy_d", month="all"):
    (path,) = home.month("raw", name, month).glob("*.parquet")
    return path.stat().st_ino, path.stat().st_mtime_ns


def test_the_same_files_are_not_loaded_again_and_still_counted(spark, tmp_path, caplog):
    home, first = loaded(spark, tmp_path, "january")
    before, visits = identity(home), identity(home, "mdtrt_d", "2023-01")
    with caplog.at_level("INFO", logger="fundwatch.raw"):
        _, second = loaded(spark, tmp_path, "february")
    assert second == first == read_report(home)
    assert identity(home) == before
    assert identity(home, "mdtrt_d", "2023-01") != visits, "months are always loaded"
    assert "not loaded again: fixmedins_b, out_appy_d" in caplog.text
    assert "secret-salt" not in "".join(path.read_text() for path in (home.root / "state").iterdir())


@pytest.mark.parametrize(
    "other",
    [
        {"away": AWAY.replace("320200", "320300")},  # as long as before
        {"file": "out_appy_d/b.csv"},  # rows tell the file they came from
        {"salt": b"another-salt"},
        {"code": "2"},
    ],
)
def test_whatever_differs_loads_it_again(spark, tmp_path, other):
    home, _ = loaded(spark, tmp_path, "january")
    before = identity(home)
    loaded(spark, tmp_path, "february", **other)
    assert identity(home) != before


def test_a_table_whose_files_were_touched_is_loaded_again(spark, tmp_path):
    home, _ = loaded(spark, tmp_path, "january")
    (path,) = home.month("raw", "out_appy_d", "all").glob("*.parquet")
    os.utime(path, ns=(1, 1))
    loaded(spark, tmp_path, "february")
    assert identity(home)[1] != 1


def test_a_table_left_out_for_a_month_is_loaded_when_it_comes_back(spark, tmp_path):
    loaded(spark, tmp_path, "january")
    home, _ = loaded(spark, tmp_path, "february", away=None)
    assert list(home.month("raw", "out_appy_d", "all").glob("*.parquet")) == []
    _, report = loaded(spark, tmp_path, "march")
    assert report.tables["out_appy_d"]["all"].written == 2


def test_a_load_that_is_killed_while_it_moves_its_tables_leaves_nothing_to_rely_on(spark, tmp_path, monkeypatch):
    home, _ = loaded(spark, tmp_path, "january")
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["jobs.raw.load"], "_save", _killed)
        with pytest.raises(KeyboardInterrupt):
            loaded(spark, tmp_path, "february", away=AWAY.replace("320200", "320300"))
    loaded(spark, tmp_path, "march")
    rows = spark.read.parquet(str(home.month("raw", "out_appy_d", "all"))).select("out_admdvs").collect()
    assert sorted(row.out_admdvs for row in rows) == ["320100", "320200"]


def _killed(*_):
    raise KeyboardInterrupt
