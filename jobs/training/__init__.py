"""Training and judging models: reads labels and features, writes models into the registry and reports beside them."""
