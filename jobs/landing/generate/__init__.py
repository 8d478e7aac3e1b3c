"""A believable synthetic pooling area in the landing contract, with planted schemes, decoys and the truth about both.

Why: detectors are tried on data whose truth is known; nothing here shares a constant with any detector.
"""

from jobs.landing.generate.run import generate
from jobs.landing.generate.truth import GenerationSummary

__all__ = ["GenerationSummary", "generate"]
