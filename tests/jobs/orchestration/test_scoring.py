"""What the scores step holds on to while it runs."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F

from jobs.orchestration.scoring import SCRATCH, Keeper
from jobs.runtime.storage import ROWS_HELD, Home, write_folder
from tests.support.tables import frame, rows

CHARGES = """
    bkkp_sn | domain
    a1      | ct
    a2      | lab
    a3      | lab
"""


def test_charges_lie_on_a_shelf_for_every_domain_and_no_row_is_lost(spark, tmp_path):
    keeper = Keeper(spark, Home(tmp_path))
    kept = keeper.shelve("charges", frame(spark, CHARGES), "domain")
    place = next((tmp_path / SCRATCH).glob("*-charges"))
    assert sorted(entry.name for entry in place.glob("domain=*")) == ["domain=ct", "domain=lab"]
    assert rows(kept, "bkkp_sn", "domain") == [("a1", "ct"), ("a2", "lab"), ("a3", "lab")]
    keeper.drop()
    assert not (tmp_path / SCRATCH).exists()


def test_a_shelf_is_written_piece_by_piece(spark, tmp_path):
    if "connect" not in type(spark).__module__:
        pytest.skip("Apache Spark cuts row groups by bytes, not by rows")
    write_folder(spark.range(4 * ROWS_HELD).withColumn("domain", F.lit("ct")), tmp_path / "shelf", by="domain")
    for path in (tmp_path / "shelf").rglob("*.parquet"):
        told = pq.ParquetFile(path).metadata
        assert all(told.row_group(number).num_rows <= ROWS_HELD for number in range(told.num_row_groups))


def test_nothing_to_keep_is_kept_as_nothing(spark, tmp_path):
    keeper = Keeper(spark, Home(tmp_path))
    none = frame(spark, CHARGES).where("domain = 'bed'")
    assert rows(keeper.shelve("charges", none, "domain"), "bkkp_sn", "domain") == []
    assert rows(keeper.keep("charges", none), "bkkp_sn", "domain") == []
