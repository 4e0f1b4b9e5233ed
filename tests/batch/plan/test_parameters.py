from __future__ import annotations

from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.inspection import inspect_notebook

from jpresearch.batch.plan.notebooks import read
from jpresearch.batch.plan.parameters import declared, resolve
from jpresearch.batch.scaffold.notebook import create
from jpresearch.errors import BadParameter, NotebookInvalid, UnknownParameter

CELL = '''"""What can be set."""
as_of: str | None = None  # read the data as it stood at the end of this day, YYYY-MM-DD
start: str = "2012-01-01"  # first day shown, YYYY-MM-DD
lags: int = 4  # HAC lags, weeks
wide: int | None = None  # lags, or the textbook rule
share: float = 0.05  # of all weeks
codes: list[str] = ["8035", "285A"]  # names
log: bool = False  # logarithmic axis
label: str = "net"  # a text
loose = 3
'''


QUOTED = [
    ('"Optional[str]"', "None", str | None),
    ('"Optional[list[float]]"', "[1.0]", list[float] | None),
    ("Optional[int]", "3", int | None),
    ('"str | None"', "None", str | None),
    ('"list[str]"', "['a']", list[str]),
]


@pytest.mark.parametrize(("annotation", "default", "kind"), QUOTED)
def test_an_annotation_in_quotes_means_the_same(annotation: str, default: str, kind: Any) -> None:
    found = declared(f"x: {annotation} = {default}  # what", "nb")["x"]
    assert found.annotation == kind
    assert found.optional is (NoneType in get_args(kind))


def test_papermill_reads_every_parameter_of_the_collection_and_of_a_new_notebook(root: Path, project: Path) -> None:
    paths = [*sorted((root / "notebooks").glob("*.ipynb")), create("bank_yields")]
    assert len(paths) > 10
    for path in paths:
        ours = read(path).parameters
        theirs = inspect_notebook(str(path))
        assert list(theirs) == list(ours), path.name
        for name, parameter in ours.items():
            assert theirs[name]["help"] == parameter.comment and theirs[name]["inferred_type_name"] != "None"


def interface() -> Any:
    return declared(CELL, "nb")


def test_the_cell_is_the_single_declaration() -> None:
    found = interface()
    assert {name: p.type_name for name, p in found.items()} == {
        "as_of": "date or None",
        "start": "date",
        "lags": "whole number",
        "wide": "whole number or None",
        "share": "number",
        "codes": "list of text",
        "log": "true/false",
        "label": "text",
        "loose": "whole number",
    }
    assert found["codes"].default == ["8035", "285A"]
    assert found["lags"].comment == "HAC lags, weeks"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("as_of", "2025-09-05", "2025-09-05"),
        ("as_of", "2025-09-05T12:00", "2025-09-05T12:00"),
        ("as_of", "None", None),
        ("lags", "-3", -3),
        ("lags", "0700", 700),
        ("wide", "None", None),
        ("wide", "8", 8),
        ("share", "3", 3.0),
        ("share", "1e-3", 0.001),
        ("log", "True", True),
        ("log", "false", False),
        ("codes", "8035,6857", ["8035", "6857"]),
        ("codes", '["a,b", "0700"]', ["a,b", "0700"]),
        ("label", "None", "None"),
        ("label", "0700", "0700"),
        ("label", "2024_01", "2024_01"),
        ("label", 'a "b"\n<script>\'', 'a "b"\n<script>\''),
    ],
)
def test_a_value_reaches_the_notebook_in_its_declared_type(name: str, text: str, value: object) -> None:
    overrides, resolved = resolve(interface(), {name: text}, "nb")
    assert overrides == {name: value}
    assert type(overrides[name]) is type(value)
    assert resolved == {known.name: known.default for known in interface().values()} | {name: value}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("as_of", "2025-13-40"),
        ("as_of", "20250905"),
        ("as_of", "today"),
        ("start", "None"),
        ("start", ""),
        ("lags", "four"),
        ("lags", "4.0"),
        ("lags", "2024_01"),
        ("lags", "٤"),
        ("lags", ""),
        ("share", "nan"),
        ("share", "inf"),
        ("share", "1_000"),
        ("log", "1"),
        ("log", "yes"),
        ("codes", "[1]"),
        ("codes", "["),
        ("wide", "x"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_the_declaration(name: str, text: str) -> None:
    with pytest.raises(BadParameter, match=rf"parameter '{name}'.*\nDeclared as: {name}: "):
        resolve(interface(), {name: text}, "nb")


@given(st.text())
def test_any_text_reaches_a_text_parameter_as_typed(text: str) -> None:
    assert resolve(interface(), {"label": text}, "nb")[0]["label"] == text


@given(st.text(max_size=12))
def test_no_text_crashes_a_number(text: str) -> None:
    try:
        value = interface()["lags"].parse(text)
    except BadParameter:
        return
    assert value == int(text)


def test_an_unknown_parameter_lists_those_there_are() -> None:
    with pytest.raises(UnknownParameter, match=r"'lagz'\nAllowed: as_of \(date or None\), .*lags \(whole number\)"):
        resolve(interface(), {"lagz": "4"}, "nb")


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("lags: int = four", "not a literal"),
        ("lags: int = 'four'", "default does not fit"),
        ("lags: int = None", "default does not fit"),
        ('as_of: str | None = "2025-02-30"  # YYYY-MM-DD', "default does not fit"),
        ("import os", "something else than a parameter"),
        ('lags: "Fraction" = 3', "unknown parameter type `Fraction`"),
        ('lags: "int |" = 3', "unknown parameter type `int |`"),
        ("lags: Fraction = 3", "unknown parameter type `Fraction`"),
        ("lags: int", "something else"),
        ("lags: int = = 3", "not Python"),
        ("a = b = 3", "something else"),
    ],
)
def test_a_cell_that_declares_something_else_is_refused(cell: str, complaint: str) -> None:
    with pytest.raises(NotebookInvalid, match=complaint):
        declared(cell, "nb")


@pytest.mark.parametrize("name", ["lags", "counts", "share", "as_of"])
def test_a_number_of_five_thousand_digits_is_refused_in_a_sentence(name: str) -> None:
    parameters = interface() | declared("counts: list[int] = [1]", "nb")
    digits = "7" * 5000
    for text in (digits, f"[{digits}]"):
        with pytest.raises(BadParameter) as error:
            parameters[name].parse(text)
        assert len(str(error.value)) < 500


def test_lists_nested_deeper_than_anything_can_follow_are_refused() -> None:
    with pytest.raises(BadParameter, match="is not a list"):
        declared("codes: list[str] = []", "x")["codes"].parse("[" * 100_000)


@pytest.mark.parametrize(
    "cell",
    [
        "lags = " + "7" * 5000,
        "lags = " + "-" * 100_000 + "1",
        "lags = " + "[" * 100_000,
        "lags = 1\0",
        "lags: int = (" * 300,
    ],
    ids=["digits", "signs", "brackets", "null", "open"],
)
def test_a_cell_that_no_parser_can_follow_is_refused(cell: str) -> None:
    with pytest.raises(NotebookInvalid):
        declared(cell, "01_a.ipynb")
