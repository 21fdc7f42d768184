"""A story as one page that needs no network: `podrace report`.

``charts`` writes a chart as Vega-Lite, ``stills`` draws it as SVG for paper and for readers without scripts, ``colours`` keeps
it legible in the dark, ``safe`` guards what is put into a page, and ``page`` puts all of it together.
"""
