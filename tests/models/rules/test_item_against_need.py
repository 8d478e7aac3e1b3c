"""无指征医嘱: monitoring of illnesses that hardly ever call for it, beside wards with reasons of their own."""

from __future__ import annotations

import pytest

from models.rules import item_against_need
from tests.models.cohorts.company import given, shipped
from tests.models.detectors.world import register
from tests.models.rules.sheet import lines
from tests.support.tables import rows
from tests.support.validated import settled

CARD = shipped("CAR-09-monitoring-against-need")
HOUSES = [f"h{number:02d}" for number in range(12)]
QUIET, HEART = ("I10", "K29", "E11", "M54"), "I50"
HEAD = "bkkp_sn | item | at | cnt | inscp | visit | inst | main_diag | domain | med_chrgitm_type | adm_dept_codg\n"


def stays(house, diag, n, watched, dept="A03", charge="05", months=(1, 2, 3, 4)):
    """`n` stays of an illness, the first `watched` of them monitored; `charge` 06 = there was an operation."""
    made = []
    for at in range(n):
        visit, day = f"{house}{diag}{dept}{at}", f"2023-{months[at % len(months)]:02d}-{at % 27 + 1:02d} 09:00:00"
        made.append(f"b{visit} | BED | {day} | 1 | 40 | {visit} | {house} | {diag} | bed | {charge} | {dept}")
        if at < watched:
            made.append(f"m{visit} | MON | {day} | 24 | 48 | {visit} | {house} | {diag} | monitoring | 05 | {dept}")
    return made


def house(code, watched, **how):
    return [line for diag in QUIET for line in stays(code, diag, 10, watched, **how)]


def ordinary():
    """Twelve houses: one in twenty of the quiet patients is monitored, half of those whose heart fails."""
    first = [line for at, code in enumerate(HOUSES) for line in house(code, int(at % 2 == 0))]
    return [*first, *[line for code in HOUSES for line in stays(code, HEART, 6, 3)]]


def ward(spark, *made):
    table = settled(lines(spark, HEAD + "\n".join([*ordinary(), *sum(made, [])])))
    codes = {row["fixmedins_code"] for row in table.select("fixmedins_code").distinct().collect()}
    places = register(spark, sorted(codes))
    return given(table, fixmedins_b=places, mdtrt_d=places)


@pytest.fixture(scope="module")
def mixed(spark):
    return ward(
        spark,
        house("all", 6),
        stays("hearts", HEART, 40, 36),  # a heart ward watches its patients
        house("surgery", 8, charge="06"),  # after an operation everybody is watched
        house("intensive", 8, dept="A28"),
        [*stays("clinic", "I10", 40, 30), *stays("clinic", "K29", 10, 0)],  # one illness: a clinic of its own
        [*house("winter", 6, months=(1,)), *[line for month in (2, 3, 4, 5) for line in stays("winter", f"J{month}", 4, 0, months=(month,))]],
        house("careful", 1),
    )  # fmt: skip


def test_only_a_template_for_several_quiet_illnesses_stands_out(mixed):
    found = item_against_need.evaluate(mixed, [CARD])
    assert {house for (house,) in rows(found, "fixmedins_code")} == {"all"}
    assert found.count() == 3 * 6  # the clinic watches so many of its illness that this one is not quiet any more


def test_the_amount_is_what_others_do_not_order(mixed):
    amounts = {float(row["violation_amount"]) for row in item_against_need.evaluate(mixed, [CARD]).collect()}
    assert len(amounts) == 1
    assert 38 < amounts.pop() < 46  # of 48 yuan: about one in ten of such orders is usual


def test_exposure_is_monitoring_without_an_operation(mixed):
    counted = dict(rows(item_against_need.exposure(mixed, [CARD]), "fixmedins_code", "exposure"))
    assert (
        sum(
            n
            for _, n in rows(
                item_against_need.exposure(mixed, [CARD]).where("fixmedins_code = 'all'"), "fixmedins_code", "exposure"
            )
        )
        == 24
    )
    assert "surgery" not in counted
    assert "intensive" not in counted


def test_too_few_houses_that_offer_it_give_no_yardstick(spark):
    made = [*house("all", 6), *[line for code in HOUSES[:5] for line in house(code, 1)]]
    table = settled(lines(spark, HEAD + "\n".join(made)))
    places = register(spark, ["all", *HOUSES[:5]])
    assert item_against_need.evaluate(given(table, fixmedins_b=places, mdtrt_d=places), [CARD]).count() == 0
