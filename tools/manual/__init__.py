"""The detector manual: one page per area and language, written from what the detectors themselves declare.

Reads: cards of rules and cohorts, indicators, kinds, benign tests, levels of the score, worked examples of the tests.
Grain: a page is one area in one language; a section is one detector.
Why: a manual kept by hand describes last year's thresholds. Here a changed card changes its page or fails a check.
"""

from __future__ import annotations

from tools.manual.pages import LANGUAGES, all_pages, hints

__all__ = ["LANGUAGES", "all_pages", "hints"]
