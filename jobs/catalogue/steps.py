"""The steps of the chain: what each reads and writes, and in which order they run.

Why: the command line, the scheduler and the tests walk one list; a step is added here and nowhere else.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step. `layer` is the layer it writes; `monthly` False = it works on the whole period at once."""

    name: str
    layer: str
    monthly: bool
    after: tuple[str, ...]
    meaning_zh: str
    meaning_en: str


STEPS: tuple[Step, ...] = (
    Step("raw", "raw", True, (), "读取落地文件", "read the landing files, pseudonymise, keep every row or say why not"),
    Step(
        "validated",
        "validated",
        True,
        ("raw",),
        "校验与冲退",
        "type, check and net the rows; quarantine what may not pass",
    ),
    Step(
        "expectations",
        "validated",
        False,
        ("validated",),
        "数据期望",
        "hold the validated tables against the expectations",
    ),
    Step("features", "features", True, ("expectations",), "指标", "provider-month indicators and peer groups"),
    Step("scores", "scores", False, ("features",), "规则与模型", "rules and indicators: evidence lines and findings"),
    Step("cases", "cases", False, ("scores",), "疑点名单", "the ranked case list with its reasons and report"),
)


def step(name: str) -> Step:
    """The step called `name`; KeyError lists the steps there are."""
    for candidate in STEPS:
        if candidate.name == name:
            return candidate
    raise KeyError(f"no step {name}; there are {', '.join(s.name for s in STEPS)}")
