"""What the machine is, and keeping to one core of it."""

import os
import platform
from importlib import import_module
from importlib.metadata import version

LATE = ("scipy.special", "xarray")
LIBRARIES = {"NumPy": "numpy", "Mesa": "mesa", "EMA Workbench": "ema_workbench", "Dask": "distributed"}


def one_core():
    """Keep this process to one core, where the system can, and import what a run would import in its midst."""
    for name in LATE:
        import_module(name)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def in_words():
    """Describe the machine and the versions that matter, without naming a host."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    libraries = ", ".join(f"{name} {version(package)}" for name, package in LIBRARIES.items())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {pages / 2**30:.0f} GiB of memory, {platform.system()}; "
        f"Python {platform.python_version()}, {libraries}"
    )
