"""透析次数: a house where several patients come between their own days, and the weeks with good reasons."""

from __future__ import annotations

from datetime import date, timedelta

from pyspark.sql import functions as F

from models.rules import sessions_a_week
from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import lines, points
from tests.support.tables import rows

CARD = next(card for card in load_cards() if card.detector_id == "HD-04-sessions-a-week")
KNOWN = """
    detector_id           | area     | item | limit | unit
    HD-04-sessions-a-week | dialysis | hd   | 3     | times a week
"""
START = date(2023, 1, 2)  # a Monday
USUAL = [(0, 2, 4)] * 10
HEADER = "bkkp_sn | item | at | cnt | inscp | psn | visit | inst | med_type | domain | main_diag"


def person(name, weeks, house="H1", med_type="14", diag="N18.5"):
    """Lines of a person's sessions; `weeks`: the weekdays (0 = Monday) of each week."""
    made = []
    for number, weekdays in enumerate(weeks):
        for weekday in weekdays:
            day = START + timedelta(days=7 * number + weekday)
            tail = f"{name} | {name}{day} | {house} | {med_type} | "
            made.append(f"{name}-{day} | hd | {day} 08:00:00 | 1 | 300 | {tail}dialysis | {diag}")
            made.append(f"{name}-k{day} | kit | {day} 08:00:00 | 1 | 80 | {tail}dialysis_kit | {diag}")
    return made


def given(spark, *persons):
    known = points(spark, KNOWN)
    return RuleInputs(lines=lines(spark, "\n".join([HEADER, *(line for one in persons for line in one)])), points=known)


def hit(spark, *persons):
    return rows(sessions_a_week.evaluate(given(spark, *persons), [CARD]), "bkkp_sn", "violation_amount")


def more(*weeks, often=(0, 1, 2, 4)):
    return [often if number in weeks else days for number, days in enumerate(USUAL)]


def test_the_sessions_between_the_patients_own_days_are_disputed_with_their_kits(spark):
    found = hit(spark, person("a", more(3, 5, 7)), person("b", more(4, 6, 8, often=(0, 2, 3, 4))), person("c", USUAL))
    assert [line for line, _ in found if line.startswith("a-2")] == ["a-2023-01-24", "a-2023-02-07", "a-2023-02-21"]
    assert sum(amount for _, amount in found) == 6 * 380  # the procedure and its kit, six times
    assert not [line for line, _ in found if line.startswith("c")]


def test_weeks_with_good_reasons(spark):
    missed = [(0, 2) if number in (2, 4, 6) else (0, 1, 2, 4) if number in (3, 5, 7) else d
              for number, d in enumerate(USUAL)]  # fmt: skip
    prescribed = [(0, 1, 3, 5)] * 10
    beginning = [(0, 1, 2, 3, 4), (0, 1, 2, 4), *USUAL]
    heart = person("h", more(3, 5, 7, 8), house="H4", diag="I50.9") + person(
        "i", more(3, 5, 7), house="H4", diag="I50.9"
    )
    honest = [
        *(person(name, missed) for name in "abc"),
        *(person(name, prescribed, house="H2") for name in "de"),
        *(person(name, beginning, house="H3") for name in "fgjk"),
        heart,
    ]
    assert hit(spark, *honest) == []


def test_acute_illness_and_intensive_care_are_not_judged(spark):
    ward = [person(name, [(0, 1, 2, 3, 4, 5)] * 4, med_type="21") for name in "ab"]
    stay = [person(name, more(3, 5, 7)) + person(f"{name}", [()] * 3 + [(6,), (), (6,), (), (6,)], med_type="21")
            for name in "cd"]  # fmt: skip
    assert hit(spark, *ward, *stay) == []


def test_one_patients_extra_sessions_are_no_habit_of_the_house(spark):
    assert hit(spark, person("a", more(3, 4, 5, 6, 7, 8)), person("b", USUAL)) == []


def test_a_person_without_a_number_is_not_judged(spark):
    rule = given(spark, person("a", more(3, 5, 7)), person("b", more(4, 6, 8)))
    unknown = rule.lines.withColumn("psn_no", F.lit(None).cast("string"))
    nobody = RuleInputs(lines=unknown, points=rule.points)
    assert sessions_a_week.evaluate(nobody, [CARD]).count() == 0
    assert rows(sessions_a_week.exposure(rule, [CARD]), "stat_month", "exposure")[0] == ("2023-01", 28.0)
