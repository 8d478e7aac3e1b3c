"""Models on public data with labels: what the house's methods reach where anybody can repeat the measurement."""
