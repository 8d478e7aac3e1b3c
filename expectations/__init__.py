"""What must be true of every table, layer by layer."""
