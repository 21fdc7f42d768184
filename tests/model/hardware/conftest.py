"""The hardware facts by themselves, loaded by the real loader; other fact files may still be missing."""

import shutil
from pathlib import Path

import pytest
import yaml

import podrace
from podrace.model.hardware.chips import read_chips
from podrace.model.hardware.coefficients import read_coefficients
from podrace.model.hardware.jobs import read_jobs
from podrace.model.hardware.pods import read_pods
from podrace.scenarios.compose import load
from podrace.scenarios.layers import Folders

FACTS = Path(podrace.__file__).parent / "scenarios" / "facts"
FILES = ("chips", "pods", "clusters", "jobs", "hardware_model", "hardware_fit")
WORDS = {"derived", "judgement"}


class Hardware:
    """What a test of the hardware model needs, with a short text for Hypothesis to print."""

    def __init__(self, chips, pods, jobs, k):
        self.chips, self.pods, self.jobs, self.k = chips, pods, jobs, k

    def __repr__(self):
        return "hardware"


def cited(node):
    """All sources that a fact file cites."""
    if isinstance(node, dict):
        if "value" in node:
            source = node.get("source", [])
            yield from [source] if isinstance(source, str) else source
        else:
            for child in node.values():
                yield from cited(child)


@pytest.fixture(scope="session")
def load_hardware(tmp_path_factory):
    """Load the hardware facts, with overrides where given."""
    root = tmp_path_factory.mktemp("hardware")
    (root / "facts").mkdir()
    sources = set()
    for name in FILES:
        shutil.copy(FACTS / f"{name}.yaml", root / "facts" / f"{name}.yaml")
        sources |= set(cited(yaml.safe_load((FACTS / f"{name}.yaml").read_text())))
    entries = {name: {"title": name} for name in sorted(sources - WORDS)}
    (root / "facts" / "sources.yaml").write_text(yaml.safe_dump(entries))
    (root / "hardware.yaml").write_text("format: 1\ntitle: hardware facts\n")
    return lambda overrides=None: load("hardware", overrides, folders=Folders.at(root))


@pytest.fixture(scope="session")
def scenario(load_hardware):
    return load_hardware()


@pytest.fixture(scope="session")
def hardware(scenario):
    """Chips, pods, jobs and constants by short names."""
    return Hardware(
        chips=read_chips(scenario), pods=read_pods(scenario), jobs=read_jobs(scenario), k=read_coefficients(scenario)
    )
