"""The founding article's claims, answered."""
