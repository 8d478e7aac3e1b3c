"""How fast the whole thing is, and how fast what a user would pick instead: `make bench`.

Why: a claim about speed is worth something only beside the machine, the date and a fair rival; all three are written by
the command that measured.
"""
