"""What bound a side in a year, and who decided what."""
