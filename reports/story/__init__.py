"""What a result says, in sections that any medium can show: the findings first, then the numbers they rest on.

A deck and a page are two ways to show the same story. Headlines are computed from the result and never canned.
"""
