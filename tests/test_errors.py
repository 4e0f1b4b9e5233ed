from __future__ import annotations

import pickle
from datetime import date

import pytest

from jpresearch import errors


def every_error() -> list[errors.JPResearchError]:
    violation = errors.Violation("a.csv", 3, "value is below 0")
    return [
        errors.JPResearchError("wrong", "here", "do that"),
        errors.UnknownTable.of("table", "x", ["a", "b"]),
        errors.NotYetPublished.of("t", "2012-01-01", date(2012, 1, 13)),
        errors.TableInvalid.of("t", [violation] * 7),
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_between_processes(error: errors.JPResearchError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_an_error_says_where_what_and_what_next() -> None:
    assert str(errors.JPResearchError("is wrong", "table t", "Mend it.")) == "table t: is wrong\nMend it."


def test_an_unknown_name_lists_the_allowed_ones() -> None:
    assert "Allowed: a, b." in str(errors.UnknownTable.of("table", "x", ["a", "b"]))


def test_not_yet_published_names_the_first_possible_day() -> None:
    error = errors.NotYetPublished.of("t", "2012-01-01", date(2012, 1, 13))
    assert error.first_day == date(2012, 1, 13)
    assert "2012-01-13" in str(error)


def test_many_violations_are_counted_not_listed() -> None:
    violations = [errors.Violation("a.csv", row, "bad") for row in range(2, 9)]
    message = str(errors.TableInvalid.of("t", violations))
    assert "a.csv, line 6: bad" in message
    assert "line 7" not in message
    assert "and 2 more" in message


def test_exit_codes_are_those_of_the_command_line() -> None:
    assert errors.CallError("x").exit_code == 2
    assert errors.BadParameter("x").exit_code == 2
    assert errors.DataError("x").exit_code == 3
    assert errors.NotYetPublished("x").exit_code == 3
