"""Every example in a docstring holds (`--doctest-modules` would import second copies of the modules here)."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest

import podrace

MODULES = ["podrace", *sorted(module.name for module in walk_packages(podrace.__path__, "podrace."))]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(import_module(name)).failed == 0


def test_every_module_is_walked(package_files):
    files = (path.with_suffix("").parts for path in package_files if path.suffix == ".py")
    assert set(MODULES) == {".".join(["podrace", *(part for part in parts if part != "__init__")]) for parts in files}
