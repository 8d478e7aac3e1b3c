"""Indicators judged against peers, declared in YAML by area."""

from models.detectors.judge import Inputs, evaluate
from models.detectors.model import Detector, load_detectors
from models.detectors.values import Months

__all__ = ["Detector", "Inputs", "Months", "evaluate", "load_detectors"]
