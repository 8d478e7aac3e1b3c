"""What tests share: the engine, text tables, small worlds."""
