"""Reading YAML that strangers wrote."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrace.scenarios.faults import Fault, ScenarioError, dotted, nearest
from podrace.scenarios.reader import MAX_BYTES, parse_value, plain_scalar, read_document, read_text


def faults_of(text):
    with pytest.raises(ScenarioError) as caught:
        read_text(text, "bad.yaml")
    return caught.value.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.0e6", 5.0e6),
        ("1e6", 1e6),
        ("1_000_000", 1_000_000),
        ("-.5", -0.5),
        ("+3", 3),
        ("010", 10),
        ("2025-08", "2025-08"),
        ("2025-08-15", "2025-08-15"),
        ("1:30", "1:30"),
        ("0x1f", "0x1f"),
        ("yes", "yes"),
        ("no", "no"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        (".inf", math.inf),
        ("1e999", math.inf),
        (".", "."),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
        ("9" * 30, int("9" * 30)),
    ],
)
def test_plain_scalars(text, value):
    assert plain_scalar(text) == value
    assert type(plain_scalar(text)) is type(value)


def test_huge_digits_do_not_hang():
    assert plain_scalar("9" * 100_000) == math.inf


def test_quoted_scalars_stay_text():
    assert read_text("a: '5.0e6'\nb: \"true\"\nc: !!str 3\n", "f").data == {"a": "5.0e6", "b": "true", "c": "3"}


def test_keys_are_text_and_lines_are_known():
    doc = read_text("a: 1\nb:\n  2026: 5\n  c: [x,\n    y]\n", "f")
    assert doc.data == {"a": 1, "b": {"2026": 5, "c": ["x", "y"]}}
    assert doc.line(("b", "2026")) == 3
    assert doc.line(("b", "c", 1)) == 5
    assert doc.line(("b", "missing", "deeper")) == 2


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "top level must be a mapping"),
        ("- a\n- b\n", 1, "top level must be a mapping"),
        ("just text", 1, "top level must be a mapping"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "did not find expected"),
        ("a: 1\n  b: 2\n", 2, "mapping values are not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("a: 1\nb: \x01\n", 2, "control characters"),
        ("? [1, 2]\n: 3\n", 1, "a key must be plain text"),
        ("'': 3\n", 1, "1 to 200 characters"),
        ("a: 1\nb: &x [1]\nc: 2\n", 2, "anchors and aliases"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases"),
        ("a: 1\n<<: *x\n", 2, "anchors and aliases"),
        ("a: !!python/object/apply:os.system ['touch /tmp/owned']\n", 1, "tags are not allowed"),
        ("a:\n  b: !!python/name:os.system x\n", 2, "tags are not allowed"),
        ("a: !!binary aGVsbG8=\n", 1, "tags are not allowed"),
        ("a: !mine x\n", 1, "tags are not allowed"),
        ("a: !!timestamp 2025-01-01\n", 1, "tags are not allowed"),
        ("a: !!int x\n", 1, "not of the type !!int"),
        ("a: \ud800\n", 1, "not UTF-8"),
    ],
)
def test_bad_text_is_one_fault_with_its_line(text, line, message):
    (fault,) = faults_of(text)
    assert message in fault.message
    assert (fault.file, fault.line) == ("bad.yaml", line)


def test_duplicate_keys_are_all_reported():
    first, second = faults_of("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert (first.path, first.line, first.found) == ("b.c", 2, "first on line 2")
    assert (second.path, second.line, second.found) == ("a", 3, "first on line 1")


def test_duplicate_keys_after_quoting_are_duplicates():
    (fault,) = faults_of("a: 1\n'a': 2\n")
    assert fault.message == "key given twice"


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "a: " + "[" * 100_000,
        "{" * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "[a: " * 10_000,
        "\n".join(" " * depth + "a:" for depth in range(1500)),
        "a: [" + "1," * 500_000 + "]",
        "a\n" * 900_000,
        ": " * 500_000,
        "a: &" + "b" * 1_000_000,
        "k" * 1_900_000 + ": 1",
    ],
)
def test_bombs_end_quickly(text):
    start = time.process_time()
    faults = faults_of(text)
    assert len(faults) == 1
    assert time.process_time() - start < 2.0


def test_many_nodes_just_below_the_limit_are_read():
    data = read_text("a: [" + "1," * 150_000 + "]", "f").data
    assert len(data["a"]) == 150_000


def test_a_file_of_100_mb_is_refused_unread(tmp_path):
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.write(b"title: x\n")
        stream.truncate(100_000_000)
    start = time.process_time()
    with pytest.raises(ScenarioError, match=r"big\.yaml  file too large .*100,000,000 bytes; allowed up to 2,000,000"):
        read_document(path)
    assert time.process_time() - start < 0.5


def test_a_file_of_exactly_the_limit_is_read(tmp_path):
    path = tmp_path / "full.yaml"
    path.write_bytes(b"title: x\n#".ljust(MAX_BYTES, b"y"))
    assert read_document(path).data == {"title": "x"}


def test_bad_utf8_names_its_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(ScenarioError) as caught:
        read_document(path)
    (fault,) = caught.value.faults
    assert (fault.line, fault.message, fault.found) == (2, "not UTF-8 text", "byte 0xe9")


def test_byte_order_mark_is_dropped(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: x\n")
    assert read_document(path).data == {"title": "x"}


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_missing_files_and_folders_are_faults(tmp_path, name):
    with pytest.raises(ScenarioError) as caught:
        read_document(tmp_path / name)
    assert len(caught.value.faults) == 1


def test_device_files_are_refused():
    with pytest.raises(ScenarioError, match="not a regular file"):
        read_document(__import__("pathlib").Path("/dev/zero"))


def test_values_from_the_command_line():
    assert parse_value("0.24") == 0.24
    assert parse_value("{low: 1, value: 2, high: 3}") == {"low": 1, "value": 2, "high": 3}
    assert parse_value("true") is True
    with pytest.raises(ScenarioError):
        parse_value("!!python/name:os.system x")


def read_or_faults(text):
    try:
        return read_text(text, "any.yaml").data, ()
    except ScenarioError as error:
        return None, error.faults


@given(st.text(max_size=300) | st.text(alphabet="{}[]:,-?&*!|>'\"%@`# \n\tab1", max_size=200))
def test_any_text_is_data_or_a_scenario_error(text):
    data, faults = read_or_faults(text)
    assert isinstance(data, dict) or faults


def test_report_has_at_most_20_lines():
    faults = [Fault(message=f"m{i}") for i in range(50)]
    lines = str(ScenarioError(faults)).splitlines()
    assert len(lines) == 20
    assert lines[-1] == "... and 31 more"
    assert len(str(ScenarioError(faults[:20])).splitlines()) == 20


def test_fault_line_layout():
    fault = Fault(message="wrong", file="a.yaml", line=3, path="b.c", found="1", allowed="2", nearest="3")
    assert str(fault) == "a.yaml:3  b.c  wrong  (found 1; allowed 2; did you mean 3?)"


def test_reports_carry_no_control_characters():
    text = str(Fault(message="x", found="\x1b[31mred\nline", path="a\x07"))
    assert text.isprintable()


def test_errors_survive_pickling():
    import pickle

    error = ScenarioError([Fault(message="m", file="f", line=1)])
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


def test_nearest_and_dotted():
    assert nearest("smic.n2.defct_density", ["smic.n2.defect_density", "title"]) == "smic.n2.defect_density"
    assert nearest("defect_density", ["years"]) == ""
    assert nearest("x" * 100_000, ["x"]) == ""
    assert dotted(("a", 0, "b")) == "a[0].b"
