from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch.batch.plan.grids import LONGEST_NAME, Draft, distinct, month_ends, name_jobs, product
from jpresearch.batch.plan.notebooks import Declaration, Notebook

MONTHS = st.tuples(st.integers(1990, 2090), st.integers(1, 12))


def draft(name: str, *varied: str, **parameters: Any) -> Draft:
    return Draft(Notebook(Path(f"/n/{name}.ipynb"), name, {}, Declaration()), parameters, parameters, varied)


def test_month_ends_are_the_last_days_both_ends_included() -> None:
    assert month_ends("2023-12..2024-02") == ["2023-12-31", "2024-01-31", "2024-02-29"]
    assert month_ends("2024-02..2024-02") == ["2024-02-29"]
    found = month_ends("2022-01..2026-08")
    assert (len(found), found[0], found[-1]) == (56, "2022-01-31", "2026-08-31")


@given(MONTHS, MONTHS)
def test_month_ends_are_each_month_once(one: tuple[int, int], other: tuple[int, int]) -> None:
    (year, month), (last_year, last_month) = sorted([one, other])
    days = [date.fromisoformat(day) for day in month_ends(f"{year}-{month:02}..{last_year}-{last_month:02}")]
    assert len(days) == (last_year - year) * 12 + last_month - month + 1
    assert all(day.day == calendar.monthrange(day.year, day.month)[1] for day in days)
    steps = [(later - earlier).days for earlier, later in pairwise(days)]
    assert all(28 <= step <= 31 for step in steps)
    assert all((day + timedelta(days=1)).day == 1 for day in days)


@pytest.mark.parametrize(
    "text",
    ["2022-01", "2022-13..2022-14", "2022-00..2022-02", "2026-08..2022-01", "2022-1..2022-3", "", "0000-01..0001-01"],
)
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|backwards"):
        month_ends(text)


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True)))
def test_a_product_holds_every_combination_once(axes: dict[str, list[int]]) -> None:
    points = list(product(axes))
    size = 1
    for values in axes.values():
        size *= len(values)
    assert len(points) == size
    assert len({tuple(point.items()) for point in points}) == size
    assert all(list(point) == list(axes) for point in points)
    assert all(point[name] in values for point in points for name, values in axes.items())


def test_the_last_axis_runs_fastest() -> None:
    assert [tuple(point.values()) for point in product({"a": [1, 2], "b": [3, 4]})] == [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_jobs_that_would_do_the_same_run_once_and_keep_their_order() -> None:
    found = distinct([draft("a", lags=1), draft("b", lags=1), draft("a", lags=2), draft("a", lags=1)])
    assert [(one.notebook.name, one.parameters["lags"]) for one in found] == [("a", 1), ("b", 1), ("a", 2)]
    assert len(distinct([draft("a", x=1), draft("a", x="1"), draft("a", x=1.5), draft("a", x=None)])) == 4


def test_a_name_tells_what_the_grid_varies() -> None:
    grid = [draft("01_flows", "as_of", as_of=day, lags=4) for day in ("2022-01-31", "2022-02-28")]
    assert name_jobs(grid) == ["01_flows--2022-01-31", "01_flows--2022-02-28"]
    assert name_jobs(grid[:1]) == ["01_flows--2022-01-31"], "a grid of one day names it too"
    assert name_jobs([draft("01_flows", as_of="2025-09-05", lags=4)]) == ["01_flows"], "a fixed value does not"


def test_jobs_of_one_notebook_that_differ_without_a_grid_are_told_apart() -> None:
    keys = name_jobs([draft("a", api_key=value, lags=4) for value in ("hunter2-first", "hunter2-second")])
    assert keys == ["a--api_key-1", "a--api_key-2"], "a secret is told by its number"
    assert name_jobs([draft("a", lags=4, x=1), draft("a", lags=8, x=1), draft("b", lags=4)]) == [
        "a--lags-4",
        "a--lags-8",
        "b",
    ]


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=300), st.lists(st.text(max_size=5), max_size=3)
)


@given(st.lists(st.tuples(st.sampled_from("ab"), VALUES, VALUES), min_size=1, max_size=8))
def test_names_are_unique_and_fit_for_files_whatever_the_values(rows: list[tuple[str, Any, Any]]) -> None:
    drafts = distinct([draft(name, "p", as_of=day, p=value) for name, day, value in rows])
    names = name_jobs(drafts)
    assert len({name.casefold() for name in names}) == len(drafts), "also where a file system ignores case"
    assert all(re.fullmatch(r"\w[\w.,+-]*", name) and len(name.encode()) <= LONGEST_NAME for name in names)


def test_names_keep_sign_and_letters_and_differ_where_values_differ() -> None:
    values = [-0.5, 0.5, -1, 1, "海外", "個人", "None", None, "none", "a b", "a-b", "é", "e\u0301", "ｶﾅ", "カナ"]
    names = name_jobs([draft("a", x=value) for value in values])
    assert names[:6] == ["a--x--0.5", "a--x-0.5", "a--x--1", "a--x-1", "a--x-海外", "a--x-個人"]
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(values)


def test_a_long_name_in_japanese_fits_a_file() -> None:
    names = name_jobs([draft("a", x="海外投資家" * 40), draft("a", x="海外投資家" * 40 + "個")])
    assert len(set(names)) == 2 and all(len(name.encode()) <= LONGEST_NAME for name in names)
