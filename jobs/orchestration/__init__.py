"""Runs the steps in order; the command line and the schedulers call nothing else."""
