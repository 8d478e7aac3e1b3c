"""Bus loads in bed, and everybody else who comes together."""

from __future__ import annotations

from models.cohorts import ghost_stays
from tests.models.cohorts.company import shipped, shown
from tests.models.cohorts.ward import stay, ward
from tests.support.tables import rows

CARD = shipped("INP-91-ghost-stays")


def employed(*crews):
    """Persons of each crew with their employer, or with their village where it has digits only."""
    lines = [
        f"{who} | {'' if place.isdigit() else place} | {place if place.isdigit() else '320301'}"
        for place, people in crews
        for who in people
    ]
    return "\n".join(lines)


def crew(letter, n=6):
    return [f"{letter}{number}" for number in range(n)]


def paying(n=20, house="H9"):
    """Ordinary patients of the area: they pay something in cash."""
    return [stay(f"x{number}", "2023-01-02", f"2023-01-{8 + number % 5:02d}", house, cash=150) for number in range(n)]


def wave(people, begin="2023-03-06", end="2023-03-11", **how):
    return [stay(who, begin, end, fee=1000 + 10 * at, **how) for at, who in enumerate(people)]


def test_a_bus_load_of_one_employer_and_one_of_a_village(spark):
    lines = [*wave(crew("a")), *wave(crew("v", 5), "2023-04-03", "2023-04-08"), *paying(40)]
    inputs = ward(spark, lines, employed(("E1", crew("a")), ("320301104209", crew("v", 5))))
    hits = ghost_stays.evaluate(inputs, [CARD])
    assert hits.count() == 2 * 11
    groups = ghost_stays.groups(inputs, [CARD])
    assert shown(groups, "place") == {"E1": (12, 6, 1, 6150.0), "320301104209": (10, 5, 1, 5100.0)}
    assert set(shown(groups, "wave")) == {"2023-03-06 – 2023-03-11", "2023-04-03 – 2023-04-08"}
    assert len(set(rows(groups.nodes, "cohort_id"))) == 2


def test_two_waves_of_one_employer_are_one_group(spark):
    lines = [*wave(crew("a")), *wave(crew("a")[:5] + ["a9"], "2023-05-08", "2023-05-12"), *paying(40)]
    inputs = ward(spark, lines, employed(("E1", [*crew("a"), "a9"])))
    groups = ghost_stays.groups(inputs, [CARD])
    assert len(set(rows(groups.nodes, "cohort_id"))) == 1
    assert len(shown(groups, "person")) == 7


def test_honest_companies(spark):
    crews, lines = [], paying(90)

    def add(letter, how, place=None, n=6):
        crews.append((place or f"E-{letter}", crew(letter, n)))
        lines.extend(how)

    add("a", wave(crew("a"), cash=80))  # they paid
    add("b", wave(crew("b"), diag="A05.900"))  # the canteen made them ill
    add("c", wave(crew("c"), diag="U07.100"))  # an epidemic: one dormitory, treated free of charge
    add("d", wave(crew("d"), diag="S82.200"))  # an accident at the works
    add("e", wave(crew("e"), diag="H25.900", charge="06"))  # a charity's week of cataracts
    add("f", wave(crew("f"), "2023-03-06", "2023-03-07"))  # one night
    add("g", [stay(who, "2023-03-06", "2023-03-11", fee=700 * (at + 1)) for at, who in enumerate(crew("g"))])
    add("h", wave(crew("h", 4)), n=4)  # a household
    add("k", wave(crew("k")), "320301")  # nothing known but the county
    works = [stay(f"w{n}", f"2023-02-{1 + n:02d}", f"2023-02-{6 + n:02d}", "H2") for n in range(20)]
    add("w", [*works, *wave([f"w{n}" for n in range(20, 26)], house="H2")], n=26)  # the hospital of the works
    inputs = ward(spark, lines, employed(*crews))
    assert rows(ghost_stays.evaluate(inputs, [CARD]), "psn_no", "bkkp_sn") == []
    assert ghost_stays.gaps(inputs, [CARD]).count() == 0


def test_where_nobody_pays_cash_its_absence_says_nothing(spark):
    inputs = ward(
        spark, [*wave(crew("a")), stay("x", "2023-01-02", "2023-01-08", cash="")], employed(("E1", crew("a")))
    )
    assert ghost_stays.evaluate(inputs, [CARD]).count() == 0
    assert rows(ghost_stays.gaps(inputs, [CARD]), "fixmedins_code", "reason_code") == [("H1", "no_cash_recorded")]


def test_without_employers_and_villages_nothing_can_be_judged(spark):
    inputs = ward(spark, [*wave(crew("a")), *paying()], employed(("320301", crew("a"))))
    assert rows(ghost_stays.gaps(inputs, [CARD]), "fixmedins_code", "reason_code") == [
        ("H1", "no_employer_or_village"),
        ("H9", "no_employer_or_village"),
    ]
