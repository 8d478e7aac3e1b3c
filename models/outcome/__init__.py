"""Supervised: how likely an inspection confirms a violation, and how much it recovers, learnt from inspections held."""

# Features of the outcome and their names for people: here, where no learning library is needed to read them.
FEATURES = {
    "belief": ("规则与指标证据(对数)", "evidence of rules and indicators, logarithm of the doubt left"),
    "anomaly": ("同组异常程度", "anomaly among its peers"),
    "suspected": ("疑点金额(对数)", "suspected amount, logarithm"),
    "excess": ("超额估计(对数)", "excess over peers, logarithm"),
    "hits": ("命中规则数", "detectors that hit"),
    "size": ("机构规模(对数)", "size of the institution, logarithm"),
}
BASE = ("基准（全体平均）", "base: where the average case starts")
