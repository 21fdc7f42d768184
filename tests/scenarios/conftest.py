"""A small world of facts and scenarios, written anew for each test."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

import podrace.scenarios.compose as compose
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.layers import Folders

FACTS = {
    "sources.yaml": """
        nvidia: {publisher: NVIDIA, title: H100 data sheet, date: 2023-03, address: "https://example.org/h100"}
        semianalysis-2025: {publisher: SemiAnalysis, title: Huawei, date: 2025-09}
        """,
    "chips.yaml": """
        chips:
          nvidia_h100:
            vendor: nvidia
            fp8: true
            formats: [fp8, bf16]
            bf16_tflops: {value: 989, unit: TFLOP/s, source: nvidia, as_of: 2023-03, confidence: datasheet}
            price_usd: {low: 20000, value: 28000, high: 40000, unit: USD, source: judgement}
            roadmap: null
          ascend_910c:
            vendor: huawei
            fp8: false
            bf16_tflops: {value: 752, unit: TFLOP/s, source: semianalysis-2025}
        """,
    "smic.yaml": """
        smic:
          n2:
            defect_density:
              {low: 0.13, value: 0.17, high: 0.24, unit: 1/cm^2, source: semianalysis-2025, bounds: [0.01, 1]}
          wafers:
            unit: {value: 1, unit: "1", source: derived}
            starts:
              by_year: {2025: 4000, 2026-07: {low: 5000, value: 7000, high: 15000}, 2028: {low: 6000, value: 9000, high: 20000}}
              unit: wafer/month
              source: [semianalysis-2025, judgement]
            line: {by_year: {2024: 1.0, 2026: 3.0}, unit: GW, source: derived, between: linear}
          learning: {low: 0.15, value: 0.30, high: 0.45, dist: normal, unit: "1", source: judgement}
          cost: {low: 1, value: 2, high: 8, dist: lognormal, unit: busd/year, source: judgement}
        """,
    "timeline.yaml": """
        timeline:
          - {id: hbm-ban, date: 2024-12, actor: us, action: control, item: hbm, stringency: 1, source: semianalysis-2025}
          - {date: 2022-10, actor: us, action: control, item: chips, threshold_tpp: 4800, source: judgement}
        """,
}
BASELINE = """
    title: Baseline
    description: As it is.
    years: {start: 2022, end: 2035}
    """


@dataclass
class Small:
    """A folder of scenarios with its facts."""

    root: Path

    @property
    def folders(self) -> Folders:
        return Folders.at(self.root)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def load(self, name="baseline", overrides=None):
        return compose.load(name, overrides, folders=self.folders)

    def scenario(self, text: str, overrides=None):
        """Write a scenario ``what_if`` and load it."""
        self.write("what_if.yaml", text)
        return self.load("what_if", overrides)

    def faults(self, text: str):
        """Faults of a scenario ``what_if``."""
        with pytest.raises(ScenarioError) as caught:
            self.scenario(text)
        return caught.value.faults

    def fact_faults(self, text: str, name: str = "more.yaml"):
        """Faults of one more fact file."""
        self.write(f"facts/{name}", text)
        with pytest.raises(ScenarioError) as caught:
            self.load()
        return caught.value.faults


@pytest.fixture
def small(tmp_path):
    world = Small(tmp_path / "scenarios")
    for name, text in FACTS.items():
        world.write(f"facts/{name}", text)
    world.write("baseline.yaml", BASELINE)
    return world
