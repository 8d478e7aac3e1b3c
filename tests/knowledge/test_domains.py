"""What an item is: told by its code, else its name, else its charge category."""

from __future__ import annotations

import pytest

from knowledge import domains
from tests.support.tables import cells, frame, rows

ITEMS = """
    domain              | code                  | name | charge | area
    ct                  | 002103000010107       | X线计算机体层(CT)平扫(全腹部) | 03     | imaging
    imaging_addon       | 002103000040000       | CT成像(三维重建) | 03     | imaging
    imaging_addon       | 002203010010001       | 彩超常规检查(每增加一个部位加收) | 03     | imaging
    imaging_addon       | 002103000010001       |  | 03     | imaging
    ct                  | 002103000010001       | CT平扫(颅脑) | 03     | imaging
    mr                  | 002102000010101       | 磁共振平扫 | 03     | imaging
    mr                  | 210200001             | 磁共振平扫 | 03     | imaging
    film                | C140202259000010333   | 医用干式激光胶片 | 08     | imaging
    contrast            | XV08ABD039B002010101  | 碘海醇注射液 | 09     | imaging
    lab                 | 002501010150000       | 血细胞分析 | 04     | laboratory
    lab                 | 332503019020000       | 生化筛查 | 04     | laboratory
    pathology           | 002701000010000       | 尸检病理诊断 | 03     | laboratory
    rehab               | 003402000050000       | 运动疗法 | 05     | rehabilitation
    physio              | 003401000220000       | 磁疗 | 05     | rehabilitation
    tcm                 | 004300000010000       | 普通针刺 | 05     | rehabilitation
    dialysis            | 003110000060000       | 血液透析 | 05     | dialysis
    treatment           | 003110010010000       | 肾穿刺术 | 05     | outpatient
    dialysis_kit        | C100101               | 血液透析器 | 08     | dialysis
    vascular_device     | C0203                 | 冠状动脉药物洗脱支架 | 08     | cardiology
    cardio_intervention | 003205000010000       | 冠状动脉造影术 | 06     | cardiology
    monitoring          | 003107010220000       | 心电监测 | 05     | cardiology
    bone_device         | C034510107            | 人工关节 | 08     | orthopaedics
    bone_surgery        | 003315070010000       | 人工全髋关节置换术 | 06     | orthopaedics
    bed                 | 001109000010300       | 普通病房床位费 | 01     | inpatient
    anaesthesia         | 003301000050000       | 全身麻醉 | 06     | inpatient
    drug_west           | XC10AAA012A001010101  | 阿托伐他汀钙片 | 09     | pharmacy
    tcm                 |                       | 自制穴位贴敷 | 05     | rehabilitation
    rehab               |                       | 自制康复训练 | 05     | rehabilitation
    consumable          |                       | 洗脸巾 | 08     | consumables
    exam_other          |                       | 胃镜 | 03     | outpatient
    other               |                       | claim | 14     | outpatient
"""


def test_items_find_their_domain_and_area(spark):
    items = frame(spark, ITEMS)
    wrong = (
        items.withColumn("found", domains.domain_of("code", "name", "charge"))
        .withColumn("found_area", domains.area_of("found"))
        .where("found <> domain or found_area <> area")
    )
    assert rows(wrong, "code", "name", "found", "found_area") == []


def test_every_domain_has_an_area_and_every_area_only_known_domains():
    named = {rule.domain for rule in domains.domain_rules()}
    owned = set(domains.areas_of_domains())
    assert named == owned


def test_the_last_rule_takes_what_is_left():
    last = domains.domain_rules()[-1]
    assert (last.codes, last.name, last.charge) == ((), None, ())
    assert last.domain == "other"


@pytest.mark.parametrize(("area", "domain"), [("imaging", "film"), ("dialysis", "dialysis_kit")])
def test_goods_are_filed_with_the_service_they_serve(area, domain):
    assert domain in domains.domains_of_area(area)


def test_the_rules_without_an_engine_say_the_same():
    header, table = cells(ITEMS)
    for row in table:
        one = dict(zip(header, row, strict=True))
        assert domains.domain_of_text(one["code"] or "", one["name"] or "", one["charge"] or "") == one["domain"], one
