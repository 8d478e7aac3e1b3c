"""套餐化: a bundle of unrelated items for very different patients, and the honest houses that order several together."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from pyspark.sql import functions as F

from jobs.runtime.storage import write_folder
from jobs.scores.evidence import missing
from models.rules import package_for_all
from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from tests.models.detectors.world import register
from tests.models.rules.sheet import lines

CARD = next(card for card in load_cards() if card.detector_id == "LAB-25-package-for-nearly-all")
HOUSES = [f"h{number:02d}" for number in range(12)]
COUNT, MARKER, THYROID, SERUM = "002501010150000", "002504040010100", "332503109010000", "002503010080000"
BUNDLE = (MARKER, THYROID, SERUM)
PARTS = ("002503050010000", "002503070010000", "002503040010000")  # a panel's members, billed singly
PANEL = "332503019020000"
DIAGNOSES = ("I10", "J06", "K29", "M54")
PRICES = {COUNT: 20, PANEL: 120} | dict.fromkeys(BUNDLE, 90) | dict.fromkeys(PARTS, 40)


@pytest.fixture(scope="module")
def given(spark, tmp_path_factory):
    """charged() on disk, as a run has it: a plan that names its lines ten times must not carry them ten times."""
    folder, made = tmp_path_factory.mktemp("lines"), {}

    def kept(name, make):
        path = str(folder / f"{uuid4().hex}-{name}")
        if name not in made:
            frame = make()
            write_folder(frame, Path(path))
            made[name] = spark.read.schema(frame.schema).parquet(path)
        return made[name]

    def build(houses, kind: str = "11") -> RuleInputs:
        made.clear()
        path = str(folder / uuid4().hex)
        charged(spark, houses).withColumn("med_type", F.lit(kind)).write.parquet(path)
        places = register(spark, sorted(houses))
        return RuleInputs(spark.read.parquet(path), {"fixmedins_b": places, "mdtrt_d": places}, kept=kept)

    return build


def charged(spark, houses):
    """`houses`: code -> function(visit number) -> (month, diagnosis, items)."""
    made, number = [], 0
    for code, plan in houses.items():
        for visit in range(80):
            month, diagnosis, items = plan(visit)
            at = f"2023-{month:02d}-{visit % 27 + 1:02d} 09:00:00"
            for item in ("reg", *items):
                number += 1
                domain = "consult" if item == "reg" else "lab"
                made.append(
                    f"r{number} | {item} | {at} | 1 | {PRICES.get(item, 5)} | {code}{visit} | {code} | {diagnosis} | {domain}"
                )
    header = "bkkp_sn | item | at | cnt | inscp | visit | inst | main_diag | domain"
    return lines(spark, "\n".join([header, *made]))


def usual(visit: int):
    """Half are tested, each item now and then, each for somebody else."""
    chance = {0: (MARKER,), 7: (THYROID,), 14: (SERUM,), 21: (PANEL,), 28: (PANEL,)}
    return visit % 4 + 1, DIAGNOSES[visit % 4], chance.get(visit, (COUNT,) if visit % 2 else ())


def package(visit: int):
    month, diagnosis, items = usual(visit)
    return month, diagnosis, (COUNT, *BUNDLE) if visit % 3 == 0 else items


def campaign(visit: int):
    _, diagnosis, _ = usual(visit)
    return (1, diagnosis, (COUNT, *BUNDLE)) if visit < 30 else (visit % 4 + 1, diagnosis, ())


def singles(visit: int):
    """Its price list has no panel: the members are billed together where others bill the panel."""
    month, diagnosis, items = usual(visit)
    return month, diagnosis, PARTS if visit % 4 == 0 else items


def thyroid_ward(visit: int):
    return visit % 4 + 1, "E05", (THYROID, SERUM, MARKER)


@pytest.fixture(scope="module")
def found(given):
    everybody = dict.fromkeys(HOUSES, usual) | {"sold": package, "drive": campaign, "parts": singles}
    # members of the panel are known elsewhere, now and then
    everybody |= {code: _with_parts for code in HOUSES[:10]} | {"ward": thyroid_ward, "other": _ward_beside}
    return package_for_all.evaluate(given(everybody), [CARD]).collect()


def _with_parts(visit: int):
    month, diagnosis, items = usual(visit)
    return month, diagnosis, PARTS if visit == 3 else items


def _ward_beside(visit: int):
    return thyroid_ward(visit) if visit % 2 else usual(visit)


def test_a_package_for_very_different_patients_is_named_whole(found):
    own = [row for row in found if row["fixmedins_code"] == "sold"]
    assert {row["med_list_codg"] for row in own} == set(BUNDLE)
    assert len({row["bkkp_sn"] for row in own}) == 27 * 3
    assert all(70 < float(row["violation_amount"]) <= 90 for row in own)


def test_a_house_that_bills_the_parts_of_a_panel_is_honest(found):
    assert "parts" not in {row["fixmedins_code"] for row in found}


def test_a_ward_whose_illness_calls_for_it_and_a_campaign_are_honest(found):
    assert {row["fixmedins_code"] for row in found} == {"sold"}


def test_too_few_houses_offer_it(given):
    few = {code: usual for code in HOUSES[:4]} | {"sold": package}
    assert package_for_all.evaluate(given(few), [CARD]).count() == 0


def test_day_surgery_follows_one_path(given):
    everybody = dict.fromkeys(HOUSES, usual) | {"sold": package}
    assert package_for_all.evaluate(given(everybody, "28"), [CARD]).count() == 0


def test_exposure_is_the_lines_of_the_area(given):
    one = given({"sold": package})
    told = package_for_all.exposure(one, [CARD]).agg(F.sum("exposure")).collect()[0][0]
    assert told == one.lines.where("domain = 'lab'").count()


def test_without_diagnoses_nobody_is_judged():
    told = {table: frozenset(columns) for table, columns in CARD.needs.items()}
    assert missing(CARD, told) is None
    assert missing(CARD, told | {"mdtrt_d": frozenset({"mdtrt_id"})}) == "missing:mdtrt_d.dscg_maindiag_code"
