"""From a landing zone to a published list: what must hold whatever the area looks like."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from jobs.catalogue import TABLES
from jobs.orchestration import perform
from jobs.runtime.errors import InputError
from jobs.runtime.storage import count_rows

CONTRACT_CHECK = Path(__file__).resolve().parents[3] / "shared" / "tools" / "check_run.py"
STABLE = ["case_id", "rank", "fixmedins_code", "area", "score", "suspected_amount", "fund_loss", "expected_recovery"]


def case_list(place):
    return pd.read_parquet(place / "case_list.parquet")


def landed_persons(area):
    files = sorted((area.landing / "setl_d").glob("*.csv.gz"))
    return set(pd.concat(pd.read_csv(path, dtype=str, usecols=["psn_no"])["psn_no"] for path in files).dropna())


def test_a_run_publishes_every_artefact(area):
    names = {
        "run.json",
        "case_list.csv",
        "case_list.xlsx",
        "case_list.parquet",
        "evidence.parquet",
        "data_docs",
        "report.html",
    }
    assert names <= {path.name for path in area.latest.iterdir()}
    assert len(case_list(area.latest)) == area.outcome["cases"] > 0


def test_the_run_keeps_the_public_contract(area):
    if not CONTRACT_CHECK.exists() or not importlib.util.find_spec("openpyxl"):
        pytest.skip("the contract's own checker is not beside this checkout")
    checked = subprocess.run(
        [sys.executable, str(CONTRACT_CHECK), "--home", str(area.request.home.root), "--landing", str(area.landing)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_row_that_came_in_is_accounted_for(area):
    tables = json.loads((area.latest / "run.json").read_text(encoding="utf-8"))["tables"]
    assert {name for name, table in TABLES.items() if table.required} <= set(tables)
    for name, months in tables.items():
        for month, rows in months.items():
            assert rows["rows_in"] == rows["rows_accepted"] + sum(rows["rows_quarantined"].values()), (name, month)
            assert count_rows(area.request.home, "validated", name, month) == rows["rows_accepted"] - rows["rows_void"]


def test_no_person_of_the_landing_zone_stands_anywhere_in_the_home(area):
    persons = landed_persons(area)
    assert len(persons) > 100
    for path in area.request.home.root.rglob("*.parquet"):
        table = pq.read_table(path)
        texts = [
            column
            for column in table.schema.names
            if str(table.schema.field(column).type) in ("string", "large_string")
        ]
        for column in texts:
            seen = set(table[column].unique().to_pylist()) & persons
            assert not seen, f"{path.parent.parent.name}.{column} names a person"
    for path in [
        *area.request.home.root.rglob("*.html"),
        *area.request.home.root.rglob("*.json"),
        *area.latest.glob("*.csv"),
    ]:
        assert not set(re.findall(r"\w{6,}", path.read_text(encoding="utf-8"))) & persons, path.name


def test_evidence_can_be_traced_to_the_row_in_the_landing_zone(area):
    evidence = pd.read_parquet(area.latest / "evidence.parquet")
    lines = evidence[evidence["table"] == "fee_list_d"]
    assert len(lines) > 0
    wanted = lines.iloc[0]["bkkp_sn"]
    months = area.request.period.months
    files = [
        path for month in months for path in area.request.home.month("validated", "fee_list_d", month).glob("*.parquet")
    ]
    found = (
        pd.concat(pd.read_parquet(path, columns=["bkkp_sn", "_file", "_row"]) for path in files)
        .set_index("bkkp_sn")
        .loc[wanted]
    )
    source = pd.read_csv(area.landing / found["_file"], dtype=str, skiprows=range(1, int(found["_row"])), nrows=1)
    assert source["bkkp_sn"].item() == wanted


def test_running_twice_gives_the_same_list(copied):
    first = case_list(copied.latest)
    copied.again("2026-01-06T08:00:00")
    second = case_list(copied.latest)
    assert first["run_id"].iloc[0] != second["run_id"].iloc[0]
    pd.testing.assert_frame_equal(first[STABLE], second[STABLE])


@pytest.mark.parametrize("step", ["validated", "features", "scores", "cases"])
def test_a_run_that_dies_in_any_step_leaves_the_last_complete_run(copied, step, monkeypatch):
    before = copied.latest.resolve().name

    def die(context):
        raise KeyboardInterrupt

    monkeypatch.setitem(perform.STEPS, step, die)
    with pytest.raises(KeyboardInterrupt):
        copied.again("2026-01-06T09:00:00")
    assert copied.latest.resolve().name == before
    assert len(case_list(copied.latest)) == copied.outcome["cases"]


def test_a_month_loaded_again_without_rows_is_cleared_and_only_that_month(copied):
    home, months = copied.request.home, copied.request.period.months
    before = {month: count_rows(home, "raw", "fee_list_d", month) for month in months}
    for path in (copied.landing / "fee_list_d").glob("*"):
        assert path.exists()
    other = copied.landing.parent / "other"
    if not other.exists():
        other.mkdir()
        for source in copied.landing.iterdir():
            (other / source.name).symlink_to(source) if source.name != "fee_list_d" else None
        (other / "fee_list_d").mkdir()
        of_february = re.compile(rb"[,\"']2023-?02-?[0-3][0-9]")  # bytes: dirty rows stay as dirty as they are
        for path in sorted((copied.landing / "fee_list_d").glob("*.csv.gz")):
            with gzip.open(path) as landed, gzip.open(other / "fee_list_d" / path.name, "wb") as rest:
                rest.writelines(line for line in landed if not of_february.search(line))
    from dataclasses import replace

    from jobs.orchestration.chain import run_step
    from jobs.runtime.period import Period

    request = replace(copied.request, landing=other, period=Period("2023-02", "2023-02"))
    run_step("raw", request, copied.spark, "test")
    after = {month: count_rows(home, "raw", "fee_list_d", month) for month in months}
    assert after == {**before, "2023-02": 0}


def test_a_landing_zone_without_a_required_table_stops_and_says_so(area, tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    for source in area.landing.iterdir():
        if source.name != "setl_d":
            (landing / source.name).symlink_to(source)
    with pytest.raises(InputError, match="setl_d"):
        area.again("2026-01-06T10:00:00", home=tmp_path / "home", landing=landing)
    assert not (tmp_path / "home" / "runs" / "latest").exists()
