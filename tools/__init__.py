"""Tools of the house itself: set-up and generated documents."""
