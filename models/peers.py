"""Who is compared with whom: peer groups from close to wide, and statistics that leave the judged institution out.

Grain: `ladder` has one row per institution and rung of the ladder; `without_self` one row per judged value.
Why: an institution is judged against its like; where there are too few of its like, one attribute at a time is given
up, in a fixed and stated order, and how far that went is written beside the result. What kind of house it is is never
given up: a children's hospital without peers is not evaluable, it is not compared with a general hospital.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

MIN_PEERS = 8  # quartiles of fewer values are single institutions
SIZE_BANDS = ("small", "medium", "large")
# What is told from the name where the register knows only "specialist" or nothing: houses that cannot be mixed.
SPECIALITIES = {
    "children": "儿童|妇幼|妇产|产科|Children|Maternity",
    "oncology": "肿瘤|癌症|Oncology|Cancer",
    "orthopaedic": "骨科|骨伤|Orthop",
    "eye": "眼科|Eye",
    "mental": "精神|心理|脑科|安定|Psychiatr",
    "dental": "口腔|牙|Dental",
    "infectious": "传染|结核|胸科|疾控",
    "rehabilitation": "康复|护理院|Rehab",
    "dialysis": "血液透析|血透|肾病|Dialysis",
    "traditional": "中医|中西医|民族医|针灸|推拿",
    "day_surgery": "日间",
    "cardiac": "心血管|心脏|Cardi",
}
LEVEL_ZH = {"tertiary": "三级", "secondary": "二级", "primary": "一级", "ungraded": "未定级"}
OWNER_ZH = {"public": "公立", "private": "民营", "unknown": "性质不详"}
SIZE_ZH = {"small": "小规模", "medium": "中等规模", "large": "大规模"}
TYPE_ZH = {
    "pharmacy": "零售药店", "general": "综合医院", "tcm": "中医医院", "specialist": "专科医院", "rehab": "康复医院",
    "clinic": "诊所", "dialysis": "血液透析中心", "unknown": "医疗机构", "village": "村卫生室",
    "community": "社区卫生服务机构", "township": "乡镇卫生院",
}  # fmt: skip
SPECIALITY_ZH = {
    "children": "儿童妇幼", "oncology": "肿瘤", "orthopaedic": "骨科", "eye": "眼科", "mental": "精神",
    "dental": "口腔", "infectious": "传染", "rehabilitation": "康复", "dialysis": "透析", "traditional": "中医",
    "day_surgery": "日间手术", "cardiac": "心血管", "none": "",
}  # fmt: skip


@dataclass(frozen=True)
class Rung:
    """One rung: the attributes peers share on it, in the order they are told."""

    level: int
    shared: tuple[str, ...]


# Given up in this order: district, ownership, size, then level; kind and speciality stay.
INDICATOR_LADDER = (
    Rung(0, ("level", "kind", "speciality", "owner", "size", "district")),
    Rung(1, ("level", "kind", "speciality", "owner", "size")),
    Rung(2, ("level", "kind", "speciality", "size")),
    Rung(3, ("level", "kind", "speciality")),
    Rung(4, ("kind", "speciality", "size")),
    Rung(5, ("kind", "speciality")),
)
# The rate of a billing mistake depends less on what a house treats than on how it bills: rules may widen to all houses.
RULE_LADDER = (*INDICATOR_LADDER[1:], Rung(6, ("level", "type")), Rung(7, ("type",)))
# Where size itself is judged, size may not choose the peers.
SIZELESS_LADDER = (Rung(3, ("level", "kind", "speciality")), Rung(5, ("kind", "speciality")))


def attributes(institutions: DataFrame, volume: DataFrame) -> DataFrame:
    """type, kind, speciality, level, owner, district and size of every institution.

    `volume`: fixmedins_code, volume (visits of the period). Size is the third it stands in among its kind and level,
    by volume; an institution without volume is small.
    """
    told = _complete(institutions).select(
        "fixmedins_code",
        _type().alias("type"),
        _kind().alias("kind"),
        _speciality().alias("speciality"),
        _level().alias("level"),
        _owner().alias("owner"),
        F.coalesce(F.substring("fix_blng_admdvs", 1, 6), F.lit("")).alias("district"),
    )
    sized = told.join(volume, "fixmedins_code", "left").withColumn("volume", F.coalesce("volume", F.lit(0.0)))
    order = Window.partitionBy("kind", "speciality", "level").orderBy("volume", "fixmedins_code")
    third = F.ntile(len(SIZE_BANDS)).over(order)
    band = F.when(third == 1, SIZE_BANDS[0]).when(third == 2, SIZE_BANDS[1]).otherwise(SIZE_BANDS[2])
    return sized.withColumn("size", band)


def levels(institutions: DataFrame) -> DataFrame:
    """fixmedins_code and `_level` (tertiary, secondary, primary, ungraded) of every institution."""
    return _complete(institutions).select("fixmedins_code", _level().alias("_level"))


def ladder(attributed: DataFrame, rungs: Sequence[Rung] = INDICATOR_LADDER) -> DataFrame:
    """fixmedins_code, rung, group_key and group_text (in words) for every rung of the ladder."""
    steps = F.array(*[_step(rung) for rung in rungs])
    opened = attributed.select("fixmedins_code", F.explode(steps).alias("step"))
    return opened.select("fixmedins_code", "step.rung", "step.group_key", "step.group_text")


def marked(rungs: DataFrame) -> DataFrame:
    """A ladder to sort and group by: 64 bits stand for a group's key, and its words stay behind (see `worded`)."""
    return rungs.select("fixmedins_code", "rung", F.xxhash64("group_key").alias("group_key"))


def worded(values: DataFrame, rungs: DataFrame) -> DataFrame:
    """`values` (fixmedins_code, rung) with the `group_text` of their rung."""
    return values.join(rungs.select("fixmedins_code", "rung", "group_text"), ["fixmedins_code", "rung"])


def _step(rung: Rung) -> Column:
    key = F.concat_ws("|", F.lit(str(rung.level)), *[F.col(name) for name in rung.shared])
    return F.struct(F.lit(rung.level).alias("rung"), key.alias("group_key"), _words(rung).alias("group_text"))


def _words(rung: Rung) -> Column:
    house = F.concat(
        _translated("level", LEVEL_ZH) if "level" in rung.shared else F.lit(""),
        _translated("speciality", SPECIALITY_ZH) if "speciality" in rung.shared else F.lit(""),
        _translated("kind", TYPE_ZH) if "kind" in rung.shared else _translated("type", TYPE_ZH),
    )
    owner = _translated("owner", OWNER_ZH) if "owner" in rung.shared else F.lit("各类性质")
    size = _translated("size", SIZE_ZH) if "size" in rung.shared else F.lit("各种规模")
    place = F.concat(F.lit("区划"), F.col("district")) if "district" in rung.shared else F.lit("全统筹区")
    return F.concat_ws("·", house, owner, size, place)


def _translated(name: str, words: dict[str, str]) -> Column:
    chosen = F.lit(None).cast("string")
    for word, zh in words.items():
        chosen = F.when(F.col(name) == word, zh).otherwise(chosen)
    return F.coalesce(chosen, F.col(name))


def nearest(values: DataFrame, keys: Sequence[str], minimum: int = MIN_PEERS) -> DataFrame:
    """Of each judged value (fixmedins_code x keys) keeps the closest rung with at least `minimum` other institutions.

    `values` has one row per rung with `rung` and `peers`; a value without such a rung is dropped.
    """
    order = Window.partitionBy("fixmedins_code", *keys).orderBy("rung")
    enough = values.where(F.col("peers") >= minimum)
    return enough.withColumn("_n", F.row_number().over(order)).where(F.col("_n") == 1).drop("_n")


def without_self(
    values: DataFrame, by: Sequence[str], value: str, quantiles: dict[str, float], prefix: str = ""
) -> DataFrame:
    """Adds `peers` (others in the group) and one column per quantile of the others' values, linearly interpolated.

    Exact and leave-one-out: the sorted values of a group without one member are the same values with that member's
    place skipped, so only the three values around each quantile are needed. `value` may not be null. Ties go by code.
    """
    ranked = values.withColumns(
        {
            "_r": F.row_number().over(Window.partitionBy(*by).orderBy(value, "fixmedins_code")) - 1,
            "_n": F.count(F.lit(1)).over(Window.partitionBy(*by)),
        }
    )
    found = ranked.withColumns(_neighbours(by, value, quantiles))
    taken = {prefix + name: _interpolated(name, share) for name, share in quantiles.items()}
    spare = [f"_{name}{step}" for name in quantiles for step in range(3)]
    return found.withColumns({"peers": F.col("_n") - 1, **taken}).drop("_r", "_n", *spare)


def _position(share: float) -> Column:
    return F.greatest(F.col("_n") - 2, F.lit(0)) * F.lit(share)


def _neighbours(by: Sequence[str], value: str, quantiles: dict[str, float]) -> dict[str, Column]:
    group = Window.partitionBy(*by)
    return {
        f"_{name}{step}": F.max(
            F.when(F.col("_r") == F.floor(_position(share)).cast("bigint") + step, F.col(value))
        ).over(group)
        for name, share in quantiles.items()
        for step in range(3)
    }


def _interpolated(name: str, share: float) -> Column:
    low = F.floor(_position(share)).cast("bigint")
    part = _position(share) - low
    first = F.when(F.col("_r") <= low, F.col(f"_{name}1")).otherwise(F.col(f"_{name}0"))
    second = F.when(F.col("_r") <= low + 1, F.col(f"_{name}2")).otherwise(F.col(f"_{name}1"))
    return F.when(F.col("_n") > 1, first + F.when(part > 0, (second - first) * part).otherwise(F.lit(0.0)))


def spread_without_self(values: DataFrame, by: Sequence[str], value: str) -> DataFrame:
    """Adds `mad`: median distance of the others' values from the median of the whole group (their common centre)."""
    group = Window.partitionBy(*by)
    ranked = values.withColumns(
        {
            "_r": F.row_number().over(group.orderBy(value, "fixmedins_code")) - 1,
            "_n": F.count(F.lit(1)).over(group),
        }
    )
    half = (F.col("_n") - 1) / 2
    low = F.max(F.when(F.col("_r") == F.floor(half).cast("bigint"), F.col(value))).over(group)
    high = F.max(F.when(F.col("_r") == F.ceil(half).cast("bigint"), F.col(value))).over(group)
    moved = ranked.withColumn("_centre", (low + high) / 2).withColumn(
        "_distance", F.abs(F.col(value) - F.col("_centre"))
    )
    found = without_self(moved.drop("_r", "_n"), by, "_distance", {"mad": 0.5})
    return found.drop("_distance", "_centre")


def _complete(institutions: DataFrame) -> DataFrame:
    wanted = ("medins_type", "hosp_lv", "biznat", "fix_blng_admdvs", "fixmedins_name", "fixmedins_type")
    absent = {name: F.lit(None).cast("string") for name in wanted if name not in institutions.columns}
    return institutions.withColumns(absent) if absent else institutions


def _type() -> Column:
    return F.when(F.col("fixmedins_type") == "2", "pharmacy").otherwise("unknown")


def _kind() -> Column:
    told = F.coalesce(F.nullif(F.lower(F.trim("medins_type")), F.lit("")), F.lit("unknown"))
    return F.when(F.col("fixmedins_type") == "2", "pharmacy").otherwise(told)


def _speciality() -> Column:
    def matched(chosen: Column, entry: tuple[str, str]) -> Column:
        return chosen.when(F.col("fixmedins_name").rlike(entry[1]), entry[0])

    by_name = reduce(matched, SPECIALITIES.items(), F.when(F.lit(False), "none"))
    vague = F.coalesce(F.lower(F.trim("medins_type")), F.lit("")).isin("", "specialist", "special", "unknown", "other")
    return F.when((F.col("fixmedins_type") != "2") & vague, F.coalesce(by_name, F.lit("none"))).otherwise("none")


def _level() -> Column:
    level = F.coalesce(F.trim("hosp_lv").try_cast("int"), F.lit(0))
    return (
        F.when(level.between(1, 4) | (level == 12), "tertiary")
        .when(level.between(5, 7) | (level == 13), "secondary")
        .when(level.between(8, 10) | (level == 14), "primary")
        .otherwise("ungraded")
    )


def _owner() -> Column:
    return F.when(F.col("biznat") == "1", "public").when(F.col("biznat").isin("2", "3"), "private").otherwise("unknown")
