"""What must be true of every table, layer by layer, held with Great Expectations.

A table is profiled in one pass of the engine (`profile`): per month, how many rows break each condition. The suite of
the table (`suite`), made from the catalogue and from the lists in `business`, is then held against that profile in one
call. `check.hold` does both for all tables of a step and writes the data docs of the run.
Why: Great Expectations never sees a row of a person, a month that went wrong is not drowned in the year, and twenty
million lines are read once.
"""
