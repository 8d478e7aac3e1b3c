"""Running the house every month: what is fine and what is late, backup and restore. Reads homes, never writes one."""
