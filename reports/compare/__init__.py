"""Scenarios beside a base, member by member."""
