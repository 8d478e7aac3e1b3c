"""Minutes of a day against the people and machines there are."""

from __future__ import annotations

from models.rules import machine_capacity, staff_capacity
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

SHARED = {"tolerance": 1.25, "week_days": 5, "min_days": 1, "minutes_per_day": 480, "min_code_share": 0.5}
PERFORMER = card("staff_capacity", "rehabilitation", level="performer", **SHARED)
HOUSE = card("staff_capacity", "rehabilitation", level="institution", **SHARED)
GROUP_THERAPY = "003402000010000"


def minutes(spark, value=45):
    from knowledge.resolve import RESOLVED_DDL

    text = f"detector_id | area | point_id | item_code | limit_value | region\nT | rehabilitation | p | {GROUP_THERAPY} | {value} | 000000"
    types = dict(part.split() for part in RESOLVED_DDL.split(","))
    known = frame(spark, text, "limit_value double", {name: None for name in types})
    return known.select(*[known[name].cast(kind).alias(name) for name, kind in types.items()])


def week(performer, per_day, first=2, days=7, code="H1"):
    return [
        f"{code}{performer}{day}.{n} | {code} | {performer} | 2023-01-{day:02d} 09:00:00 | 100"
        for day in range(first, first + days)
        for n in range(per_day)
    ]


def given_rehab(spark, lines, staff="H1 | 1 | 9 | 320100"):
    charges = charged(
        spark, "bkkp_sn | fixmedins_code | acord_dr_code | fee_ocur_time | net_inscp\n" + "\n".join(lines),
        med_list_codg=GROUP_THERAPY, hilist_name="运动疗法", med_chrgitm_type="05", med_type="21",
    )  # fmt: skip
    register = frame(
        spark,
        f"fixmedins_code | reha_psncnt | tecn_psncnt | fix_blng_admdvs\n{staff}",
        "reha_psncnt int, tecn_psncnt int",
    )
    made = given(charges, fixmedins_b=register)
    return type(made)(made.lines, made.tables, minutes(spark))


def total(hits):
    return round(sum(amount for (amount,) in rows(hits, "violation_amount")), 0)


def test_one_therapist_with_twenty_sessions_a_day(spark):
    inputs = given_rehab(spark, week("T1", 20))
    found = staff_capacity.evaluate(inputs, [PERFORMER])
    # 20 x 45 = 900 minutes; 480 x 1.25 = 600 are possible: a third of every line of every day
    assert len(rows(found, "bkkp_sn")) == 7 * 20
    assert total(found) == round(7 * 20 * 33.33)


def test_honest_loads(spark):
    full_day = given_rehab(spark, week("T1", 12))  # 540 minutes
    batch = given_rehab(spark, week("T1", 40, days=1))  # a week posted on Monday: 1800 of 5 x 480 minutes
    assert total(staff_capacity.evaluate(full_day, [PERFORMER])) == 0
    assert total(staff_capacity.evaluate(batch, [PERFORMER])) == 0


def test_one_code_for_the_whole_department(spark):
    shared = given_rehab(spark, week("HEAD", 40), "H1 | 6 | 9 | 320100")
    assert total(staff_capacity.evaluate(shared, [PERFORMER, HOUSE])) == 0  # 1800 minutes of 6 x 600
    assert rows(staff_capacity.gaps(shared, [PERFORMER]), "reason_code") == [("performer_codes_shared",)]
    blank = given_rehab(spark, week("", 60), "H1 | 2 | 9 | 320100")
    # 2700 minutes, 2 x 600 possible: 1500 of 2700 are too much
    assert total(staff_capacity.evaluate(blank, [HOUSE])) == round(7 * 60 * 55.56)  # 100 yuan x 1500 of 2700 minutes


def test_no_register(spark):
    inputs = given_rehab(spark, week("", 60), "H1 | | | 320100")
    assert total(staff_capacity.evaluate(inputs, [HOUSE])) == 0
    assert rows(staff_capacity.gaps(inputs, [HOUSE]), "reason_code") == [("no_staff_register",)]


MACHINES = card(
    "machine_capacity", "imaging", machines={"ct": "ct", "mr": "mr"}, minutes={"ct": 6, "mr": 15}, default_hours=16,
    tolerance=1.25, week_days=5, min_days=1,
)  # fmt: skip


def given_scans(spark, per_day, equipment, parts=1):
    lines = [
        f"{day}.{n}.{part} | psn{n} | 2023-01-{day:02d} 09:00:00"
        for day in range(2, 9)
        for n in range(per_day)
        for part in range(parts)
    ]
    charges = charged(
        spark, "bkkp_sn | psn_no | fee_ocur_time\n" + "\n".join(lines), fixmedins_code="H1",
        med_list_codg="002102000010000", hilist_name="磁共振平扫", med_chrgitm_type="03", med_type="11",
    )  # fmt: skip
    register = frame(
        spark,
        f"fixmedins_code | equip_type | unit_cnt | daily_hours\n{equipment}",
        "unit_cnt int, daily_hours decimal(6,2)",
    )
    return given(charges, equip_b=register)


def test_more_scans_than_the_machine_can_make(spark):
    inputs = given_scans(spark, 60, "H1 | mr | 1 | 8")
    # 60 x 15 = 900 minutes; 8 x 60 x 1.25 = 600 are possible
    assert total(machine_capacity.evaluate(inputs, [MACHINES])) == round(7 * 60 * 33.33)


def test_honest_scanning(spark):
    for per_day, equipment, parts in [
        (38, "H1 | mr | 1 | 8", 1),  # 570 minutes
        (38, "H1 | mr | 1 | 8", 3),  # three parts in one session
        (60, "H1 | mr | 2 | 8", 1),  # two machines
        (60, "H1 | mr | 1 | ", 1),  # hours not registered: 16
        (60, "H1 | ct | 1 | 8", 1),  # scanned elsewhere: no machine of the kind
    ]:
        assert total(machine_capacity.evaluate(given_scans(spark, per_day, equipment, parts), [MACHINES])) == 0
    missing = given_scans(spark, 3, "H2 | mr | 1 | 8")
    assert rows(machine_capacity.gaps(missing, [MACHINES]), "reason_code") == [("no_equipment_register",)]
