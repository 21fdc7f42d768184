"""One small run of a scenario whose every text is hostile."""

import pytest

import podrace as pr

HOSTILE = """
format: 1
title: '=HYPERLINK("http://evil.example","open")<script>alert(1)</script>'
description: '+1+1 & <b>bold</b>'
extends: baseline
years: {end: 2025}
parameters:
  smic.n2.defect_density: {value: 0.24, unit: 1/cm^2, source: 'https://evil.example/?a=1&b=2', as_of: '2026', note: '-2+3 <i>'}
timeline:
  - {date: 2024-06, actor: us, action: event, item: chips, source: what-if, title: '=cmd|x!A1', note: '<img src=x>'}
"""


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "hostile.yaml"
    path.write_text(HOSTILE, encoding="utf-8")
    return pr.load(path)


@pytest.fixture(scope="session")
def result(hostile):
    return pr.run(hostile, members=20, seed=3)
