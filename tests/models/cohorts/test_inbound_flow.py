"""Waves from one far area, and the hospitals people travel to for good reasons."""

from __future__ import annotations

from models.cohorts import inbound_flow
from tests.models.cohorts.company import shipped, shown
from tests.models.cohorts.ward import stay, ward
from tests.support.tables import rows

CARD = shipped("XRG-91-inbound-waves")
FAR = "610801"


def wave(letter, day, n=6, nights=8, origin=FAR, diag="M54.500", **how):
    """Admissions on `day` and the next one."""
    return [
        stay(
            f"{letter}{at}",
            f"2023-03-{day + at % 2:02d}",
            f"2023-03-{day + at % 2 + nights:02d}",
            origin=origin,
            diag=diag,
            **how,
        )
        for at in range(n)
    ]


def test_two_waves_from_one_area(spark):
    local = [stay(f"x{n}", f"2023-03-{1 + n:02d}", f"2023-03-{9 + n:02d}", diag="M54.500") for n in range(9)]
    inputs = ward(spark, [*wave("a", 2), *wave("b", 12), *local, *wave("c", 20, n=3)])
    hits = inbound_flow.evaluate(inputs, [CARD])
    assert {who[0] for (who,) in rows(hits, "psn_no")} == {"a", "b"}
    assert hits.count() == 2 * 12
    groups = inbound_flow.groups(inputs, [CARD])
    assert shown(groups, "origin") == {"6108": (24, 12, 4, 12000.0)}
    assert set(shown(groups, "wave")) == {"2023-03-02", "2023-03-12"}


def test_a_bus_goes_home_when_it_is_full(spark):
    """Half of every wave stays a night longer: that is the bus, not the illness."""
    uneven = [
        stay(f"{letter}{n}", f"2023-03-{day:02d}", f"2023-03-{day + 7 + n % 2:02d}", origin=FAR, diag="M54.500")
        for letter, day in (("a", 2), ("b", 12))
        for n in range(6)
    ]
    hits = inbound_flow.evaluate(ward(spark, uneven), [CARD])
    assert {who[0] for (who,) in rows(hits, "psn_no")} == {"a", "b"}


def test_honest_journeys(spark):
    once = wave("a", 2, house="H1")  # an outing, a factory, a minibus
    lengths = [
        stay(f"b{w}{n}", f"2023-03-{d:02d}", f"2023-03-{d + 3 + n:02d}", "H2", diag="M54.500", origin=FAR)
        for w, d in enumerate((2, 12))
        for n in range(6)
    ]
    stream = [  # a centre for backs: two of that area every day
        stay(f"s{day}{n}", f"2023-03-{day:02d}", f"2023-03-{day + 8:02d}", "H3", diag="M54.500", origin=FAR)
        for day in range(1, 20)
        for n in range(2)
    ]
    cataracts = [
        *wave("e", 2, house="H4", diag="H25.900", charge="06"),
        *wave("f", 12, house="H4", diag="H25.900", charge="06"),
    ]
    neighbours = [*wave("g", 2, house="H5", origin="320381"), *wave("h", 12, house="H5", origin="320381")]  # same city
    chemo = [*wave("i", 2, house="H6", diag="Z51.100"), *wave("j", 12, house="H6", diag="Z51.100")]
    referral = [  # many areas, each in its own time, besides two weeks that look like waves
        *wave("k", 2, house="H7"), *wave("l", 12, house="H7"),
        *[stay(f"m{n}", f"2023-03-{1 + n:02d}", f"2023-03-{4 + n:02d}", "H7", diag=f"K{n:02d}.000", origin=FAR) for n in range(20)],
    ]  # fmt: skip
    lines = [*once, *lengths, *stream, *cataracts, *neighbours, *chemo, *referral]
    assert rows(inbound_flow.evaluate(ward(spark, lines), [CARD]), "psn_no") == []


def test_filed_journeys_are_referrals(spark):
    papers = "\n".join(f"{letter}{n} | 2023-01-01 |" for letter in "ab" for n in range(6))
    inputs = ward(spark, [*wave("a", 2), *wave("b", 12)], papers=papers)
    assert inbound_flow.evaluate(inputs, [CARD]).count() == 0
    expired = papers.replace(" |\n", " | 2023-02-01\n").removesuffix("|") + "| 2023-02-01"
    inputs = ward(spark, [*wave("a", 2), *wave("b", 12)], papers=expired)
    assert inbound_flow.evaluate(inputs, [CARD]).count() == 24


def test_without_filings_nothing_is_said(spark):
    inputs = ward(spark, [*wave("a", 2), *wave("b", 12)])
    tables = {name: table for name, table in inputs.tables.items() if name != "out_appy_d"}
    blind = inputs.__class__(inputs.lines, tables)
    assert inbound_flow.evaluate(blind, [CARD]).count() == 0
    assert inbound_flow.exposure(blind, [CARD]).count() == 0
    assert "out_appy_d" in CARD.needs  # the rule book reports missing:out_appy_d for everybody


def small(letters, house="H1", **how):
    """Waves of three persons, one every four days."""
    return [line for at, letter in enumerate(letters) for line in wave(letter, 2 + 5 * at, n=3, house=house, **how)]


def test_as_many_people_in_smaller_waves_of_one_length(spark):
    hits = inbound_flow.evaluate(ward(spark, small("abcd")), [CARD])
    assert {who[0] for (who,) in rows(hits, "psn_no")} == set("abcd")


def test_small_honest_groups(spark):
    papers = "\n".join(f"{letter}{n} | 2023-01-01 |" for letter in "pqrs" for n in range(3))
    families = small("ab", house="H2")  # two of them
    few = small("cde", house="H3")  # nine people in all
    own_length = [  # each family stays as long as its illness takes
        *wave("f", 2, n=3, house="H4"), *wave("g", 8, n=3, house="H4", nights=5),
        *wave("h", 14, n=3, house="H4", nights=9), *wave("i", 20, n=3, house="H4", nights=7),
    ]  # fmt: skip
    referred = small("pqrs", house="H5")
    inputs = ward(spark, [*families, *few, *own_length, *referred], papers=papers)
    assert rows(inbound_flow.evaluate(inputs, [CARD]), "psn_no") == []
