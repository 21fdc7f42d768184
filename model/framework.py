"""Mesa, imported without a side effect.

Mesa 3.3 forces the start method of multiprocessing when it is imported, and its bar warns in notebooks without widgets.
"""

import multiprocessing
import warnings

_before = multiprocessing.get_start_method(allow_none=True)

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa

if multiprocessing.get_start_method(allow_none=True) != _before:
    multiprocessing.set_start_method(_before, force=True)

__all__ = ["mesa"]
