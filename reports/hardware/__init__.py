"""The hardware model held against published results; the interconnect thesis."""
