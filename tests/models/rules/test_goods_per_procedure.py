"""有耗材无手术: goods without the procedure that uses them, or more than it takes."""

from models.rules import goods_per_procedure
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import card, inputs, lines, run
from tests.support.tables import frame, rows

HEART = """
    item   | group_id | limit | unit          | window | point_id
    stent  | heart    | 3     | per procedure | visit  | stents
    wire   | heart    | 4     | per procedure | visit  | wires
    pci    | heart    |       | procedure     | visit  | pci
"""
KIDNEY = """
    item     | group_id | limit | unit          | window | point_id
    dialyser | kidney   | 1     | per procedure | day    | dialyser
    hd       | kidney   |       | procedure     | day    | hd
"""


def test_a_stent_without_an_intervention_is_disputed_whole(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | stent | 2023-03-02 09:00:00 | 1   | 800
        a2      | wire  | 2023-03-02 09:00:00 | 2   | 400
    """
    assert run(spark, goods_per_procedure, charged, HEART) == [("a1", 800.0), ("a2", 400.0)]


def test_what_one_intervention_takes_is_honest_and_the_rest_is_not(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | pci   | 2023-03-02 09:00:00 | 1   | 4000
        a2      | stent | 2023-03-02 09:00:00 | 3   | 2400
        a3      | wire  | 2023-03-04 09:00:00 | 6   | 1200
    """
    assert run(spark, goods_per_procedure, charged, HEART) == [("a3", 400.0)]


def test_the_operation_may_stand_on_another_day_of_the_stay(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | stent | 2023-03-02 09:00:00 | 1   | 800
        a2      | pci   | 2023-03-05 09:00:00 | 1   | 4000
    """
    assert run(spark, goods_per_procedure, charged, HEART) == []


def test_an_operation_on_the_settlement_list_or_before_the_extract_explains_the_goods(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp | setl_id | visit_begin | visit
        a0      | other | 2023-03-01 09:00:00 | 1   | 5     | s0      | 2023-03-01  | m0
        a1      | stent | 2023-03-02 09:00:00 | 1   | 800   | s1      | 2023-03-01  | m1
        a2      | stent | 2023-03-02 09:00:00 | 1   | 700   | s2      | 2023-02-25  | m2
        a3      | stent | 2023-03-02 09:00:00 | 1   | 600   | s3      | 2023-03-01  | m3
    """
    given = inputs(spark, charged, HEART, setl_list_oprn_d=frame(spark, "setl_id | oprn_oprt_code\ns1 | 36.07"))
    assert rows(goods_per_procedure.evaluate(given, [card(goods_per_procedure)]), "bkkp_sn") == [("a3",)]


def test_a_second_dialyser_in_one_session_is_disputed(spark):
    charged = """
        bkkp_sn | item     | at                  | cnt | inscp
        a1      | hd       | 2023-03-01 08:00:00 | 1   | 300
        a2      | dialyser | 2023-03-01 08:00:00 | 2   | 156
        a3      | hd       | 2023-03-03 08:00:00 | 1   | 300
        a4      | dialyser | 2023-03-03 08:00:00 | 1   | 78
    """
    assert run(spark, goods_per_procedure, charged, KIDNEY) == [("a2", 78.0)]


def test_a_kit_booked_the_evening_before_belongs_to_the_session(spark):
    charged = """
        bkkp_sn | item     | at                  | cnt | inscp
        a1      | dialyser | 2023-03-01 20:00:00 | 1   | 78
        a2      | hd       | 2023-03-02 08:00:00 | 1   | 300
    """
    assert run(spark, goods_per_procedure, charged, KIDNEY, days_around=1) == []
    assert run(spark, goods_per_procedure, charged, KIDNEY) == [("a1", 78.0)]


def test_goods_are_the_exposure_not_procedures(spark):
    charged = """
        bkkp_sn | item  | at                  | cnt | inscp
        a1      | pci   | 2023-03-02 09:00:00 | 1   | 4000
        a2      | stent | 2023-03-02 09:00:00 | 1   | 800
    """
    counted = goods_per_procedure.exposure(inputs(spark, charged, HEART), [card(goods_per_procedure)])
    assert rows(counted, "fixmedins_code", "exposure") == [("H1", 1.0)]


def test_an_extract_without_such_goods_has_no_exposure(spark):
    charged = """
        bkkp_sn | item | at                  | cnt | inscp
        a1      | pci  | 2023-03-02 09:00:00 | 1   | 4000
    """
    given = RuleInputs(lines(spark, charged), points=inputs(spark, charged, HEART).points)
    assert goods_per_procedure.exposure(given, [card(goods_per_procedure)]).count() == 0
