"""What is planted is really in the tables, in the areas and strengths promised, and listed in the truth beside the zone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobs.catalogue import AREAS
from jobs.landing.generate import cast, shard, world
from jobs.landing.generate.decoys import DECOYS
from jobs.landing.generate.schemes import SCHEMES
from tests.jobs.landing.generate.conftest import Area

FIRST = ["imaging", "laboratory", "rehabilitation", "pharmacy"]


def test_every_area_of_the_product_has_schemes_and_noise_exists() -> None:
    assert {s.area for s in SCHEMES} == set(AREAS)
    assert len({s.name for s in SCHEMES}) == len(SCHEMES)
    assert all(s.rates[0] < s.rates[1] < s.rates[2] for s in SCHEMES)
    assert sum(s.noise > 0 for s in SCHEMES) > 25


def test_the_first_areas_come_in_all_three_strengths_even_in_a_small_area(area: Area) -> None:
    schemes = area.truth("schemes.csv")
    assert {(a, s) for a, s in zip(schemes["area"], schemes["strength"], strict=True)} >= {
        (a, s) for a in FIRST for s in ("weak", "medium", "strong")
    }


def test_planted_lines_stand_in_the_fee_list_of_their_institution(area: Area, fee: pd.DataFrame) -> None:
    lines = area.truth("lines.parquet")
    lines = lines[lines["table"] == "fee_list_d"]
    found = fee.set_index("bkkp_sn").loc[lines["bkkp_sn"]]
    assert (found["fixmedins_code"].to_numpy() == lines["fixmedins_code"].to_numpy()).all()
    assert (lines["disputed_amount"].astype(float).to_numpy() <= found["inscp_amt"].to_numpy() + 0.011).all()
    refunded = set(fee["init_feedetl_sn"].dropna())
    assert not refunded & set(lines["bkkp_sn"])


def test_the_truth_adds_up(area: Area) -> None:
    schemes, lines = area.truth("schemes.csv"), area.truth("lines.parquet")
    assert schemes["planted_lines"].astype(int).sum() == len(lines) == area.summary.planted_lines
    assert schemes["planted_amount"].astype(float).sum() == pytest.approx(
        lines["disputed_amount"].astype(float).sum(), abs=1
    )
    assert (schemes["planted_lines"].astype(int) > 0).all()


def test_decoys_are_listed_and_never_carry_a_scheme(area: Area) -> None:
    decoys, schemes = area.truth("decoys.csv"), area.truth("schemes.csv")
    assert len(decoys) >= 8
    assert set(decoys["expected_verdict"]) <= {"clue_free", "data_quality"}
    assert set(decoys["decoy"]) <= {d.name for d in DECOYS}
    assert not set(decoys["fixmedins_code"]) & set(schemes["fixmedins_code"])


def test_the_truth_never_lies_inside_the_landing_zone(area: Area) -> None:
    inside = {p.name for p in area.out.rglob("*")}
    assert not inside & {"schemes.csv", "decoys.csv", "lines.parquet", "dirt.csv", "summary.json"}
    assert {p.name for p in area.out.with_name("area_truth").iterdir()} == {
        "schemes.csv",
        "decoys.csv",
        "lines.parquet",
        "dirt.csv",
        "summary.json",
    }


@pytest.fixture(scope="module")
def planned() -> world.World:
    """A larger plan of which no file is written."""
    return world.build(120_000, ("2023-10", "2023-12"), 3)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.name)
def test_every_scheme_leaves_its_mark_where_it_is_strong(planned: world.World, scheme) -> None:
    """Each scheme alone, strong, at one or two of the institutions richest in what it feeds on."""
    plants = planted_alone(planned, scheme)
    marked = 0
    for number in sorted({shard_of(planned, p.institution) for p in plants}):
        draft = shard.compose(planned, number)
        lines = draft.lines["mark"] >= 0
        marked += int(lines.sum()) + int((draft.visits["disputed"] > 0).sum())
        assert set(np.unique(draft.inst_of(np.flatnonzero(lines)))) <= {
            i for p in plants for i in (p.institution, *p.partners)
        }
    assert marked > 0


def planted_alone(plan: world.World, scheme) -> list[cast.Plant]:
    from jobs.landing.generate import volumes
    from jobs.landing.generate.institutions import kind_mask

    feed = volumes.feed(plan.profile, plan.planned, plan.calendar, scheme.on) * kind_mask(plan.profile, scheme.kinds)
    plan.profile["trace"][:] = True
    plan.profile["stock"][:] = True
    # partners must share the shard of the institution
    home = next(s for s in plan.shards if int(np.argmax(feed)) in s)
    kinds = kind_mask(plan.profile, scheme.partner_kinds or scheme.kinds)
    others = [int(i) for i in home if kinds[i] and i != int(np.argmax(feed))]
    plant = cast.Plant(0, int(np.argmax(feed)), scheme, "strong", tuple(others[: scheme.partners]))
    plan.cast.plants, plan.cast.roles = [plant], []
    first = plan.calendar.days // 4
    plan.pauses = (
        np.array([[plant.institution, first, first + 40]]) if "paused" in scheme.traits else np.zeros((0, 3), dtype=int)
    )
    return [plant]


def shard_of(plan: world.World, institution: int) -> int:
    return next(number for number, members in enumerate(plan.shards) if institution in members)


def test_dirty_rows_are_listed_with_their_file(area: Area) -> None:
    dirt = area.truth("dirt.csv")
    assert area.summary.dirty_rows == len(dirt) > 8
    assert {Path(f).parts[0] for f in dirt["file"]} == {"fee_list_d"}
