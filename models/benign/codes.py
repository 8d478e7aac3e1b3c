"""One item code standing for another: a mapping fault, not an item that was given.

Reads: features/provider_item_month, scores/evidence, the register (districts).
Why: men "given" a hysteroscopy were given a ureteroscopy whose code was mapped wrongly; the code that should be there
vanishes in the month the wrong one rises, and the money does not move.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from knowledge.frames import small_frame
from models.benign.model import PAIR, BenignInputs, answer, limits, percent, said, share_of

HOUSE_ITEM = ["fixmedins_code", "med_list_codg"]


def code_swap(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Most of the evidence is of a code that rose as another vanished: all over the district, or at an equal price."""
    if inputs.items is None or inputs.evidence is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少项目月表"), F.lit("no table of items by month"))
    # Only houses with a hit: every item of every house in every month would outgrow the lines themselves.
    items = inputs.items.join(hits.select("fixmedins_code").distinct(), "fixmedins_code", "left_semi")
    swapped = inputs.keep("code-swaps", swaps(items, inputs.institutions, inputs.months))
    lines = inputs.evidence.join(hits.select(*PAIR), PAIR, "left_semi")
    standing = lines.join(F.broadcast(swapped), HOUSE_ITEM, "left")
    during = F.coalesce(
        (F.col("stat_month") >= F.col("swap_from")) & (F.col("stat_month") <= F.col("swap_to")), F.lit(False)
    )
    counted = standing.groupBy(*PAIR).agg(
        F.avg(during.cast("double")).alias("share"),
        F.min(F.when(during, F.col("vanished"))).alias("vanished"),
        F.min(F.when(during, F.col("med_list_codg"))).alias("risen"),
    )
    joined = hits.join(counted, PAIR, "left")
    share = F.coalesce("share", F.lit(0.0))
    zh = said("证据中", percent(share), "属编码", F.col("risen"), "顶替", F.col("vanished"), "的月份")
    en = said(percent(share), " of the evidence falls in months when code ", F.col("risen"), " stood for ")
    none = F.col("risen").isNull()
    told_zh = F.when(none, "未见编码相互顶替").otherwise(zh)
    told_en = F.when(none, "no code stood for another").otherwise(said(en, F.col("vanished")))
    return answer(joined, share >= limits("code_swap")["explained"], told_zh, told_en)


def swaps(items: DataFrame, institutions: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """fixmedins_code, med_list_codg (risen), vanished, swap_from, swap_to: pairs that changed places.

    A pair counts where two houses of one district changed in the same month, or where the mean in-scope price of the
    risen code is that of the vanished one, so that no money moved. One row per house and risen code.
    """
    limit = limits("code_swap")
    monthly = _filled(items, months)
    vanished = _vanished(monthly, limit).alias("v")
    risen = _risen(monthly).alias("r")
    same_house = F.col("v.fixmedins_code") == F.col("r.fixmedins_code")
    other_code = F.col("v.med_list_codg") != F.col("r.med_list_codg")
    gained, lost = F.col("r.during") - F.col("r.otherwise"), F.col("v.otherwise")
    matched = (gained >= lost / limit["matched"]) & (gained <= lost * limit["matched"])
    same_months = (F.col("v.swap_from") == F.col("r.swap_from")) & (F.col("v.swap_to") == F.col("r.swap_to"))
    near = F.abs(share_of(F.col("r.price"), F.col("v.price")) - 1.0) <= limit["same_price"]
    pairs = vanished.join(risen, same_house & same_months & other_code & matched, "inner").select(
        F.col("v.fixmedins_code").alias("fixmedins_code"),
        F.col("r.med_list_codg").alias("med_list_codg"),
        F.col("v.med_list_codg").alias("vanished"),
        F.col("v.swap_from").alias("swap_from"),
        F.col("v.swap_to").alias("swap_to"),
        near.alias("same_price"),
    )
    return _confirmed(pairs, institutions, limit)


def _confirmed(pairs: DataFrame, institutions: DataFrame, limit: dict[str, float]) -> DataFrame:
    placed = pairs.join(
        institutions.select("fixmedins_code", F.substring("fix_blng_admdvs", 1, 6).alias("district")), "fixmedins_code"
    )
    shared = Window.partitionBy("district", "med_list_codg", "vanished", "swap_from")
    together = placed.withColumn("houses", F.count(F.lit(1)).over(shared))
    kept = together.where((F.col("houses") >= limit["houses"]) | F.coalesce("same_price", F.lit(False)))
    order = Window.partitionBy(*HOUSE_ITEM).orderBy(F.col("houses").desc(), "swap_from", "vanished")
    first = kept.withColumn("_n", F.row_number().over(order)).where(F.col("_n") == 1)
    return first.select(*HOUSE_ITEM, "vanished", "swap_from", "swap_to")


def _filled(items: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Monthly lines of every coded item of a house, with zeros for the months it does not occur in."""
    coded = items.where((F.col("med_list_codg") != "") & F.col("stat_month").isin(*months))
    summed = coded.groupBy(*HOUSE_ITEM, "stat_month").agg(
        F.sum("lines").cast("double").alias("n"), F.sum("cnt").alias("cnt"), F.sum("inscp").alias("inscp")
    )
    calendar = small_frame(items.sparkSession, [(month,) for month in months], "stat_month string")
    grid = summed.select(*HOUSE_ITEM).distinct().crossJoin(F.broadcast(calendar))
    joined = grid.join(summed, [*HOUSE_ITEM, "stat_month"], "left")
    return joined.withColumns({name: F.coalesce(name, F.lit(0.0)) for name in ("n", "cnt", "inscp")})


def _vanished(monthly: DataFrame, limit: dict[str, float]) -> DataFrame:
    """Codes that all but disappear for a run of months: the run, the usual count and the price outside of it."""
    usual = F.max("n").over(Window.partitionBy(*HOUSE_ITEM))
    common = monthly.withColumn("usual", usual).where(F.col("usual") >= limit["lines"])
    gone = common.withColumn("gone", F.col("n") <= limit["fallen"] * F.col("usual"))
    spans = gone.groupBy(*HOUSE_ITEM).agg(
        F.min(F.when(F.col("gone"), F.col("stat_month"))).alias("swap_from"),
        F.max(F.when(F.col("gone"), F.col("stat_month"))).alias("swap_to"),
        F.avg(F.when(~F.col("gone"), F.col("n"))).alias("otherwise"),
        _price(~F.col("gone")),
        _unbroken("gone"),
    )
    return spans.where(F.col("swap_from").isNotNull() & F.col("unbroken") & (F.col("otherwise") >= limit["lines"]))


def _risen(monthly: DataFrame) -> DataFrame:
    """Codes that stand well above their usual count for a run of months."""
    most = F.max("n").over(Window.partitionBy(*HOUSE_ITEM))
    high = monthly.withColumn("high", F.col("n") > 0.5 * most)
    spans = high.groupBy(*HOUSE_ITEM).agg(
        F.min(F.when(F.col("high"), F.col("stat_month"))).alias("swap_from"),
        F.max(F.when(F.col("high"), F.col("stat_month"))).alias("swap_to"),
        F.avg(F.when(F.col("high"), F.col("n"))).alias("during"),
        F.coalesce(F.avg(F.when(~F.col("high"), F.col("n"))), F.lit(0.0)).alias("otherwise"),
        _price(F.col("high")),
        _unbroken("high"),
    )
    return spans.where(F.col("unbroken") & (F.col("otherwise") < 0.5 * F.col("during")))


def _price(when: Column) -> Column:
    """Mean in-scope price in yuan over the rows for which `when` holds."""
    return share_of(F.sum(F.when(when, F.col("inscp"))), F.sum(F.when(when, F.col("cnt")))).alias("price")


def _unbroken(flag: str) -> Column:
    """True when the flagged months follow one another and are not all months."""
    flagged = F.sum(F.col(flag).cast("int"))
    index = F.substring("stat_month", 1, 4).cast("int") * 12 + F.substring("stat_month", 6, 2).cast("int")
    first, last = F.min(F.when(F.col(flag), index)), F.max(F.when(F.col(flag), index))
    return ((last - first + 1 == flagged) & (flagged < F.count(F.lit(1)))).alias("unbroken")
