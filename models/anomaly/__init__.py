"""Unsupervised: how far an institution stands from its peers beyond what its size and case mix explain."""

from models.anomaly.model import Anomaly, fit, points, totals

__all__ = ["Anomaly", "fit", "points", "totals"]
