"""年底突击: shops where many take far more in December than they usually do, and those where they may."""

from __future__ import annotations

import pytest

from models.rules import year_end_rush
from tests.models.cohorts.company import given, shipped
from tests.support.charged import charged
from tests.support.tables import frame, rows
from tests.support.validated import settled

CARD = shipped("PHA-22-year-end-rush")
SHOPS = [f"P{number:02d}" for number in range(10)]
HEAD = "bkkp_sn | psn_no | fixmedins_code | fee_ocur_time | net_inscp\n"


def bought(who, shop, month, yuan):
    return f"{who}{shop}{month} | {who} | {shop} | 2023-{month:02d}-12 09:00:00 | {yuan}"


def customers(shop, n, december, usual=120, elsewhere=0):
    """`n` people who take `usual` yuan a month here (and `elsewhere` at another shop), and `december` at the end."""
    made = []
    for at in range(n):
        who = f"{shop}c{at}"
        made += [bought(who, shop, month, usual) for month in (9, 10, 11) if usual]
        made += [bought(who, "P99", month, elsewhere) for month in (9, 10, 11) if elsewhere]
        made.append(bought(who, shop, 12, december))
    return made


def town(spark, *made, drop=()):
    ordinary = [line for shop in SHOPS for line in customers(shop, 20, 130)]
    text = "\n".join(
        line for line in [*ordinary, *sum(made, [])] if not any(f"-{month:02d}-12" in line for month in drop)
    )
    lines = settled(charged(spark, HEAD + text))
    houses = sorted({row["fixmedins_code"] for row in lines.select("fixmedins_code").distinct().collect()})
    register = frame(spark, "fixmedins_code | fixmedins_type\n" + "\n".join(f"{code} | 2" for code in houses))
    return given(lines, fixmedins_b=register)


@pytest.fixture(scope="module")
def mixed(spark):
    return town(
        spark,
        [*customers("rush", 12, 900), *customers("rush", 20, 130)[48:]],
        customers("few", 4, 900),  # single people use up what is theirs
        [*customers("large", 12, 900), *[bought(f"l{n}", "large", 12, 400) for n in range(300)]],  # a twelfth of its December
        customers("dear", 12, 900, usual=700),  # they always take that much
        customers("moved", 12, 900, usual=0, elsewhere=600),  # and these took it at another shop
        customers("colds", 30, 300),  # a December of colds
    )  # fmt: skip


def test_only_the_shop_with_a_rush_of_its_own(mixed):
    found = year_end_rush.evaluate(mixed, [CARD])
    assert {shop for (shop,) in rows(found, "fixmedins_code")} == {"rush"}
    assert {who for (who,) in rows(found, "psn_no")} == {f"rushc{at}" for at in range(12)}


def test_what_exceeds_the_usual_month_is_asked_about(mixed):
    assert {float(row["violation_amount"]) for row in year_end_rush.evaluate(mixed, [CARD]).collect()} == {780.0}


def test_exposure_is_december(mixed):
    counted = dict(rows(year_end_rush.exposure(mixed, [CARD]), "fixmedins_code", "exposure"))
    assert counted["P00"] == 20
    assert {month for (month,) in rows(year_end_rush.exposure(mixed, [CARD]), "stat_month")} == {"2023-12"}


def test_a_rush_everywhere_is_nobodys(spark):
    assert year_end_rush.evaluate(town(spark, *[customers(shop, 60, 900)[60:] for shop in SHOPS]), [CARD]).count() == 0


def test_without_december_or_the_months_before_nothing_can_be_judged(spark):
    for month in (12, 10):
        inputs = town(spark, customers("rush", 12, 900), drop=(month,))
        assert year_end_rush.evaluate(inputs, [CARD]).count() == 0
        assert {code for (code,) in rows(year_end_rush.gaps(inputs, [CARD]), "reason_code")} == {"no_year_end"}
