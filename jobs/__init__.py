"""How data moves: one folder per layer written, plus the catalogue (what exists) and the runtime (all side effects)."""
