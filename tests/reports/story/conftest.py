"""A small run and a small comparison, computed once; results made from them by changing recorded numbers."""

from dataclasses import replace

import numpy as np
import pytest

import podrace as pr
from podrace.reports.result import Result


@pytest.fixture(scope="package")
def result():
    return pr.run("baseline", members=24, seed=5)


@pytest.fixture(scope="package")
def comparison():
    return pr.compare("baseline", ["hbm_gap", "chips_for_share", "rental_ban"], members=20, seed=5)


@pytest.fixture(scope="package")
def changed(result):
    """Give the result with other recorded numbers: for each variable a number, or a function of its data."""

    def make(members=None, **numbers):
        data = result.data.copy(deep=True)
        for name, value in numbers.items():
            data[name] = value(data) if callable(value) else data[name] * 0 + value
            data[name] = data[name].transpose("member", "year", "side")
        if members is not None:
            data = data.isel(member=slice(0, members))
        made = Result(replace(result.ensemble, data=data, members=data.sizes["member"]))
        made.__dict__["_one_at_a_time"] = result._one_at_a_time
        return made

    return make


@pytest.fixture(scope="package")
def swapped():
    """Give a function that hands each side the numbers of the other."""

    def of(name):
        return lambda data: data[name].copy(data=np.asarray(data[name])[..., ::-1])

    return of
