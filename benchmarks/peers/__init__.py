"""What a user would pick instead: one DuckDB script and one Polars script over the same landing Parquet.

Why: a race is fair only when both reach the same place, so every evidence row and every indicator is compared.
"""
