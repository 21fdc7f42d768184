"""Sweeps on disk: running, finishing, summing up, asking."""
