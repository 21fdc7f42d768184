"""A story as slides: `podrace deck`."""
