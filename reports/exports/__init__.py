"""Results in the forms other tools read: IAMC, Excel, NetCDF, CSV."""
