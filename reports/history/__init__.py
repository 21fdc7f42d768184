"""Back-test, calibration and forecasts, as tables and pictures."""
