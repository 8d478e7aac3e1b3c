"""What the scores step holds on to while it runs."""

from __future__ import annotations

from jobs.orchestration.scoring import SCRATCH, Keeper
from jobs.runtime.storage import Home
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


def test_nothing_to_keep_is_kept_as_nothing(spark, tmp_path):
    keeper = Keeper(spark, Home(tmp_path))
    none = frame(spark, CHARGES).where("domain = 'bed'")
    assert rows(keeper.shelve("charges", none, "domain"), "bkkp_sn", "domain") == []
    assert rows(keeper.keep("charges", none), "bkkp_sn", "domain") == []
