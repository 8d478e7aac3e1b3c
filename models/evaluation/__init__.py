"""How good a ranking is, beside the rankings that need no model: figures, intervals, splits."""
