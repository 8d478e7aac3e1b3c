"""What an institution charged of its goods, added up by item, price and day.

Reads: fee_list_d.
Grain: institution, item, domain, price and day.
Why: what is bought, counted and priced is compared with what is charged of an item, not with its lines. An item is
charged often at few prices: the lines are added up once for all kinds that hold them against purchases, and only those
a kind disputes are looked up again.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from models.rules.records import with_domain

ITEM = ("fixmedins_code", "med_list_codg")
PURCHASES = "purc_d"


def sold_by_day(inputs: RuleInputs, domains: Collection[str]) -> DataFrame:
    """Coded goods of these domains: ITEM, domain, fee_date, pric, `lines` charged, net_cnt (packages), net_fee (yuan),
    fix_blng_admdvs; med_type as well where no register tells what a pharmacy is.
    """
    wanted = sorted(domains)
    if set(wanted) <= set(_held_against_purchases()):
        every = inputs.kept("goods-by-day", lambda: _added_up(inputs, _held_against_purchases()))
    else:
        every = inputs.kept("-".join(["goods-by-day", *wanted]), lambda: _added_up(inputs, wanted))
    return every.where(F.col("domain").isin(*wanted))


@cache
def _held_against_purchases() -> tuple[str, ...]:
    """The domains of all cards that read purchases: their kinds share one pass."""
    asking = [card for card in load_cards() if PURCHASES in card.needs]
    return tuple(sorted({domain for card in asking for domain in card.params.get("domains", ())}))


def _added_up(inputs: RuleInputs, domains: Collection[str]) -> DataFrame:
    coded = with_domain(inputs.every_line().where(F.length("med_list_codg") > 0))
    present = set(inputs.every_line().columns)
    place = F.max("fix_blng_admdvs") if "fix_blng_admdvs" in present else F.lit("")
    told_by_visit = [] if "fixmedins_b" in inputs.tables else ["med_type"]
    sums = [F.sum(name).alias(name) for name in ("net_cnt", "net_fee") if name in present]
    return (
        coded.where(F.col("domain").isin(*domains))
        .groupBy(*ITEM, "domain", "fee_date", "pric", *told_by_visit)
        .agg(F.count(F.lit(1)).alias("lines"), *sums, place.alias("fix_blng_admdvs"))
    )
