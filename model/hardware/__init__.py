"""Hardware physics: chip, pod, cluster, training job, inference. Deterministic functions of floats or arrays.

Import from the modules: ``chips``, ``pods``, ``jobs``, ``training``, ``curves``, ``cluster``, ``inference``, ``power``.
"""
