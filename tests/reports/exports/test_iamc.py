"""The IAMC layout: every number of the summary once, names and units as IAMC tools take them, pyam itself."""

import gc
import sys

import pandas as pd
import pytest

import podrace as pr
from podrace.model.registry import VARIABLES
from podrace.reports.exports.iamc import CATEGORIES, iamc, unit_name, variable_name
from podrace.reports.exports.pyam_frame import load_pyam
from podrace.reports.exports.units import OWN, define, registry
from podrace.reports.summary import QUANTILES, summarise
from podrace.scenarios.faults import ScenarioError

pytestmark = pytest.mark.filterwarnings("ignore")  # pyam's own code warns of pandas 4
NAMES = ["p05", "p25", "p50", "p75", "p95"]
CURRENCY_FREE = ("GW", "MW", "W", "kW", "GW/yr", "TWh/yr", "PB", "PB/yr", "GB", "TB", "TB/s", "day", "yr", "")
"""Units that iam-units knows by itself."""


@pytest.fixture(scope="module")
def pyam():
    return load_pyam()


@pytest.fixture(scope="module")
def table(result):
    return iamc(result.summary(), "hostile")


@pytest.fixture(scope="module")
def frame(result, pyam):
    return result.to_pyam()


def only(table, **where):
    for key, value in where.items():
        table = table[table[key] == value]
    assert len(table) == 1, where
    return table.iloc[0]


def test_layout(table, result):
    assert list(table.columns) == ["model", "scenario", "region", "variable", "unit", *map(str, result.years)]
    assert set(table["region"]) == {"China", "US-led"}
    assert set(table["model"]) == {f"podrace {pr.__version__}"}
    assert not table.duplicated(["region", "variable"]).any()


def test_it_holds_every_number_of_the_summary(ensemble):
    summary = summarise(ensemble.data)
    wide = iamc(summary, "baseline", "model")
    numbers = summary[NAMES].notna().sum().sum() + summary["variable"].str.contains("=").sum()
    assert wide.iloc[:, 5:].notna().sum().sum() == numbers
    one = only(wide, region="China", variable="Capability|Cluster|Training|p50")
    long = only(summary, year=2031, side="china", variable="cluster_training_eflops")
    assert (one["2031"], one["unit"]) == (long["p50"], "EFLOP/s")
    share = only(wide, region="US-led", variable="Constraint|Production|HBM")
    assert share["2029"] == only(summary, year=2029, side="us", variable="binding_input=hbm")["mean"]


def test_names_are_parts_in_title_case():
    names = [variable_name(variable.id) for variable in VARIABLES.values()]
    names += [variable_name(f"{v.id}={category}") for v in VARIABLES.values() for category in v.categories]
    assert len(set(names)) == len(names)
    assert all(part and part[0].isupper() and part == part.strip() for name in names for part in name.split("|"))
    assert {c for v in VARIABLES.values() for c in v.categories} <= set(CATEGORIES)


@pytest.mark.parametrize(
    ("stored", "written"),
    [("1", ""), ("GW/year", "GW/yr"), ("year", "yr"), ("billion USD/year", "billion USD_nominal/yr"), ("W", "W")],
)
def test_units_are_written_as_iamc_files_do(stored, written):
    assert unit_name(stored) == written


def test_every_unit_parses(frame):
    known = registry()
    for variable in VARIABLES.values():
        known.parse_units(unit_name(variable.unit if variable.kind != "category" else "1"))
    assert set(frame.unit) <= {unit_name(v.unit) for v in VARIABLES.values()}


def test_units_that_iam_units_knows_need_nothing_of_ours():
    import iam_units

    written = {unit_name(v.unit) for v in VARIABLES.values()}
    assert set(CURRENCY_FREE) <= written
    for unit in CURRENCY_FREE:
        iam_units.registry.parse_units(unit)
    own = {definition.partition(" ")[0] for definition in OWN}
    assert all(any(name in unit for name in own) for unit in written - set(CURRENCY_FREE) - {"category"})


def test_ours_leave_iam_units_alone():
    import iam_units
    import pint

    registry()
    for unit in ("FLOP", "H100e", "USD_nominal"):
        with pytest.raises(pint.UndefinedUnitError):
            iam_units.registry.parse_units(unit)
    other = define(pint.UnitRegistry())
    assert define(other) is other
    assert other.Quantity(3, "EFLOP/s").to("PFLOP/s").magnitude == pytest.approx(3000)


def test_nominal_dollars_become_no_dollars_of_a_year(frame):
    import pint

    with pytest.raises(pint.DimensionalityError):
        registry().Quantity(1, "billion USD_nominal").to("billion USD_2010")
    with pytest.raises(pint.DimensionalityError):
        registry().Quantity(1, "die").to("package")


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_file_and_the_frame_are_equal(result, frame, pyam, tmp_path):
    read = pyam.IamDataFrame(result.export(tmp_path / "fleet.iamc.csv"))
    pd.testing.assert_series_equal(read._data.sort_index(), frame._data.sort_index())
    with pd.ExcelFile(result.export(tmp_path / "fleet.iamc.xlsx")) as workbook:
        with_meta = pyam.IamDataFrame(workbook)
    assert frame.equals(with_meta)
    gc.collect()  # the reader of workbooks leaves a file open: it is closed here, not under another test


def test_the_frame_of_the_run_folder_is_the_same(result, frame, pyam, tmp_path):
    folder = result.save(tmp_path / "run", figures=False)
    assert pyam.IamDataFrame(folder / "iamc.csv").data.equals(frame.data)


def test_numbers_and_meta(result, frame):
    training = frame.filter(region="China", variable="Capability|Cluster|Training|p50", year=2025).data["value"]
    assert list(training) == [result.table("cluster_training_eflops", [2025]).loc[(2025, "china")].iloc[1]]
    assert frame.scenario == ["hostile"]
    meta = frame.meta.iloc[0]
    assert (meta["members"], meta["seed"], meta["scenario_hash"]) == (20, 3, result.scenario.hash)
    assert len(frame.filter(variable="Capacity|Compute|Owned|p*").variable) == len(QUANTILES)


def test_conversion(frame):
    def values(frame, unit):
        return frame.filter(unit=unit).timeseries().to_numpy()

    exa = values(frame, "GW")
    assert (abs(values(frame.filter(unit="GW").convert_unit("GW", "MW"), "MW") - 1000 * exa) < 1e-6).all()
    mine = frame.filter(unit="EFLOP/s").convert_unit("EFLOP/s", "ZFLOP/s", registry=registry())
    assert values(mine, "ZFLOP/s") == pytest.approx(values(frame, "EFLOP/s") / 1000)
    share = frame.filter(variable="Constraint|Production|HBM")
    assert values(share.convert_unit("", "%"), "%") == pytest.approx(100 * values(share, ""))


def test_shares_add_up(frame):
    added = frame.filter(variable="Constraint|Production|*").aggregate("Constraint|Production")
    assert added.data["value"].to_numpy() == pytest.approx(1.0)


def test_it_can_be_drawn(frame):
    import matplotlib.pyplot as plt

    axis = frame.filter(variable="Capacity|Compute|Owned|p50").plot(color="region")
    assert {line.get_label() for line in axis.lines} >= {"China", "US-led"}
    plt.close("all")


def test_a_comparison_has_every_scenario(pyam):
    made = pr.compare("baseline", "hbm_gap", members=4, years=(2022, 2026))
    frame = made.to_pyam()
    assert frame.scenario == ["baseline", "hbm_gap"]
    assert list(frame.meta["scenario_hash"]) == [made.paired.base.hash, made.paired.others[0].scenario.hash]
    base = pr.run("baseline", members=4, years=(2022, 2026)).to_pyam().filter(variable=frame.variable)
    pd.testing.assert_series_equal(frame.filter(scenario="baseline")._data.sort_index(), base._data.sort_index())


def test_without_pyam_it_says_how_to_install_it(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyam", None)
    with pytest.raises(ScenarioError, match=r'pip install "podrace\[iamc\]"'):
        result.to_pyam()
