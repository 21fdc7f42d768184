"""Who decides: governments, grids, fabs, memory makers, packaging houses, chip firms, cloud firms."""
