"""A story as one page that needs no network: `podrace report`."""
