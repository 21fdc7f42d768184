"""`podrace export` on the command line: files, streams, exit codes."""

import openpyxl
import pytest

import podrace as pr


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "small"
    return pr.run("baseline", members=3, years=(2022, 2024)).save(folder, figures=False)


def test_several_files_at_once(podrace, run_folder, tmp_path):
    code, out, err = podrace("export", run_folder, "a.xlsx", "sub/iamc.csv", "a.parquet")
    assert (code, out) == (0, "")
    assert err.splitlines() == [f"written to {tmp_path / name}" for name in ("a.xlsx", "sub/iamc.csv", "a.parquet")]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames[0] == "About"
    assert (tmp_path / "sub/iamc.csv").read_bytes() == (run_folder / "iamc.csv").read_bytes()
    code, out, err = podrace("export", run_folder, "a.txt", "--format", "iamc", "--quiet")
    assert (code, out, err) == (0, "", "")
    assert (tmp_path / "a.txt").read_bytes() == (run_folder / "iamc.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("RUN", "a.csv", "a.xslx"), "did you mean .xlsx?"),
        (("RUN", "a.csv", "--format", "excel"), "allowed iamc, xlsx, csv, nc, parquet"),
        (("nowhere", "a.csv"), "no such folder"),
        (("RUN",), "Missing argument"),
    ],
)
def test_faults_are_usage_and_leave_nothing(podrace, run_folder, tmp_path, words, said):
    code, out, err = podrace("export", *(run_folder if word == "RUN" else word for word in words))
    assert (code, out) == (2, "")
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_help_lists_the_endings(podrace):
    code, out, _ = podrace("export", "--help")
    assert code == 0
    assert ".iamc.csv" in out
