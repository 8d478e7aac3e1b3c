"""What groups look like: the nodes and edges of every cohort, and of those that stand in a case.

Why: a picture is drawn from a table and from nothing else; whoever has the table can draw it anew.
"""

from jobs.catalogue.model import Column, Table, columns

_WHO = """
        cohort_id   | string        | R | 群体编号 | the same in every run of the same data
        detector_id | string        | R | 规则编号 | detector that saw the group
        area        | string        | R | 领域 | clinical area of the detector
"""
_NODE = """
        node_id     | string        | R | 节点 | kind and name, such as person:pseudonym
        node_kind   | string        | R | 节点类别 | person, institution, drug, place, origin, wave or trace_code
        label       | string        |   | 节点名称 | what people read; a person is a pseudonym
        held        | int           | R | 被指向 | 1 = an institution whose lines are disputed, 0 = anything else
"""
_EDGE = """
        source      | string        | R | 起点 | node_id
        target      | string        | R | 终点 | node_id
        edge_kind   | string        | R | 关系 | bought_at, sold, sold_to, sold_again, boxes, came_on, admitted or wave_of
"""
_MEASURES = """
        lines       | bigint        | R | 行数 | disputed lines (boxes, where codes are followed)
        persons     | bigint        | R | 人数 | distinct persons of these lines
        days        | bigint        | R | 天数 | distinct days of these lines
        amount      | decimal(16,2) | R | 疑点金额 | their disputed yuan
        first_day   | date          | R | 首日 | first day
        last_day    | date          | R | 末日 | last day
"""


def _plain(text: str) -> tuple[Column, ...]:
    """The same columns with whole numbers and yuan as people's tables carry them."""
    return columns(text.replace("bigint       ", "int          ").replace("decimal(16,2)", "double       "))


COHORT_NODE = Table(
    name="cohort_node",
    layer="scores",
    key=("cohort_id", "node_id"),
    month_column=None,
    required=True,
    meaning_zh="群体节点",
    meaning_en="one person, institution or thing of a group",
    columns=columns((_WHO + _NODE + _MEASURES).replace("\n\n", "\n")),
)

COHORT_EDGE = Table(
    name="cohort_edge",
    layer="scores",
    key=("cohort_id", "source", "target", "edge_kind"),
    month_column=None,
    required=True,
    meaning_zh="群体关系",
    meaning_en="what two of a group have to do with each other",
    columns=columns((_WHO + _EDGE + _MEASURES).replace("\n\n", "\n")),
)

_CASE = "case_id | string | R | 线索编号 | case (institution and area) the group stands in"

CASE_COHORT_NODE = Table(
    name="cohort_node",
    layer="cases",
    key=("case_id", "cohort_id", "node_id"),
    month_column=None,
    required=True,
    meaning_zh="线索群体节点",
    meaning_en="one person, institution or thing of a group behind a case",
    columns=_plain((_CASE + _WHO + _NODE + _MEASURES).replace("\n\n", "\n")),
)

CASE_COHORT_EDGE = Table(
    name="cohort_edge",
    layer="cases",
    key=("case_id", "cohort_id", "source", "target", "edge_kind"),
    month_column=None,
    required=True,
    meaning_zh="线索群体关系",
    meaning_en="what two of a group behind a case have to do with each other",
    columns=_plain((_CASE + _WHO + _EDGE + _MEASURES).replace("\n\n", "\n")),
)
