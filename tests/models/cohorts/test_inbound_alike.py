"""One far area's insured who all have one short stay, and the houses where short stays are honest."""

from __future__ import annotations

from models.cohorts import inbound_alike
from tests.models.cohorts.company import shipped, shown
from tests.models.cohorts.ward import stay, ward
from tests.support.tables import rows

CARD = shipped("XRG-92-inbound-alike")
FAR, NEAR = "610801", "320381"  # another province; the same pooling area
ILLNESSES = ("I10.x00", "K29.500", "M54.500")


def flow(letter, house="H1", n=14, nights=2, fee=900, origin=FAR, diags=ILLNESSES, **how):
    """`n` persons, one every other day, each with a stay of `nights` (a number or a list) for about `fee`."""
    lengths, fees = ([value] * n if isinstance(value, int) else value for value in (nights, fee))
    return [
        stay(f"{letter}{at}", day(1 + 2 * at), day(1 + 2 * at + lengths[at]), house, diags[at % len(diags)],
             fees[at] + at % 3 * 20, origin=origin, **how)
        for at in range(n)
    ]  # fmt: skip


def day(number):
    return f"2023-{3 + (number - 1) // 30:02d}-{(number - 1) % 30 + 1:02d}"


def elsewhere(nights=7):
    """Sixty stays for the same illnesses in another house, of its own people."""
    return flow("z", "H9", n=60, nights=nights, fee=3000, origin="320301")[:60]


def at_home(house="H1", n=24, nights=None, fee=2500):
    """The house's own people: as long as each needs, for what it costs."""
    lengths = nights or [3 + at % 7 for at in range(n)]
    return flow(f"l{house}", house, n, lengths, fee, origin="320301")


def found(spark, *lines):
    return sorted(
        {who for (who,) in rows(inbound_alike.evaluate(ward(spark, [*sum(lines, []), *elsewhere()]), [CARD]), "psn_no")}
    )


def test_an_area_whose_people_all_have_the_same_short_stay(spark):
    odd = stay("a99", "2023-03-03", "2023-03-09", fee=2100, origin=FAR)  # one of them was ill
    inputs = ward(spark, [*flow("a"), odd, *at_home(), *elsewhere()])
    hits = inbound_alike.evaluate(inputs, [CARD])
    assert {who for (who,) in rows(hits, "psn_no")} == {f"a{n}" for n in range(14)}
    assert hits.count() == 2 * 14
    groups = inbound_alike.groups(inputs, [CARD])
    assert shown(groups, "origin")["6108"][1] == 14
    assert set(shown(groups, "institution")) == {"H1"}
    assert inbound_alike.exposure(inputs, [CARD]).agg({"exposure": "sum"}).collect()[0][0] == 2 * (14 + 1 + 24 + 60)


def test_a_house_that_lives_on_strangers_is_told_by_the_same_illnesses_elsewhere(spark):
    assert found(spark, flow("a")) == sorted(f"a{n}" for n in range(14))


def test_honest_strangers(spark):
    own_length = flow("a", "H1", nights=[2 + at % 5 for at in range(14)])
    own_price = flow("b", "H2", fee=[500 + 400 * (at % 4) for at in range(14)])
    few = flow("c", "H3", n=10)
    long = flow("d", "H4", nights=8)  # a course of treatment
    operated = flow("e", "H5", charge="06")
    chemotherapy = flow("f", "H6", diags=("Z51.100", "C34.900"))
    neighbours = flow("g", "H7", origin=NEAR)
    package = [*flow("h", "H8"), *at_home("H8", nights=[2] * 24, fee=900)]  # its own people stay just so
    lines = [at_home(f"H{n}") for n in range(1, 8)]
    assert found(spark, own_length, own_price, few, long, operated, chemotherapy, neighbours, package, *lines) == []


def test_an_illness_that_is_short_everywhere_is_no_clue(spark):
    quick = [
        *flow("a", diags=("G43.900",)),
        *flow("y", "H9", n=40, nights=2, fee=3000, origin="320301", diags=("G43.900",)),
    ]
    assert found(spark, quick, at_home()) == []


def test_one_person_many_times_is_no_flow(spark):
    course = [line.replace(f"a{at} |", "a0 |", 1) for at, line in enumerate(flow("a"))]
    assert found(spark, course, at_home()) == []


def test_an_illness_seen_nowhere_else_gives_no_yardstick(spark):
    assert found(spark, flow("a", diags=("M35.200",)), at_home()) == []
