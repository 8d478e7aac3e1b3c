"""Data faults and benign explanations, each tested on the hits it could explain."""

from models.benign.model import BenignInputs, Check
from models.benign.run import CHECKS, explain

__all__ = ["CHECKS", "BenignInputs", "Check", "explain"]
