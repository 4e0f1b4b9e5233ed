"""The properties of the data model, on every table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.clock import NOW_VARIABLE
from jpresearch.errors import NotYetPublished
from jpresearch.tables.appending import render
from jpresearch.tables.known import content_hash

DATA = Path(__file__).parents[2] / "data"
NAMES = sorted(catalog.read_package(DATA / "datapackage.json"), key=lambda t: t.name)
every_table = pytest.mark.parametrize("name", [table.name for table in NAMES])
# Where a test writes a table anew, every third of the smaller files stands for the rest in the suite; the long proofs
# take all.
SMALL_BYTES = 1_000_000
SMALL = [table.name for table in NAMES if (DATA / table.path).stat().st_size < SMALL_BYTES]
written_tables = pytest.mark.parametrize(
    "name",
    [table.name if table.name in SMALL[::3] else pytest.param(table.name, marks=pytest.mark.proof) for table in NAMES],
)
moments = st.floats(0, 1)
some_moments = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def moment_at(name: str, share: float) -> pd.Timestamp:
    """A moment between the table's first and last publication."""
    published = tables.read(catalog.table(name))["published_at"]
    return published.min() + share * (published.max() - published.min())


def keys(frame: pd.DataFrame, name: str) -> set[tuple[object, ...]]:
    return set(frame[catalog.table(name).key].itertuples(index=False, name=None))


def text(name: str, as_of: object) -> bytes:
    return tables.load(name, as_of).to_csv(index=False).encode()  # type: ignore[arg-type]


@every_table
@some_moments
@given(share=moments)
def test_no_row_published_after_the_moment_is_returned(name: str, share: float) -> None:
    as_of = moment_at(name, share)
    everything = tables.read(catalog.table(name))
    later = everything.loc[everything["published_at"] > as_of, "published_at"]
    frame = tables.load(name, as_of)
    assert (frame["published_at"] <= as_of).all()
    assert not frame["published_at"].isin(later).any()


@every_table
@some_moments
@given(first=moments, second=moments)
def test_a_later_moment_never_loses_a_period(name: str, first: float, second: float) -> None:
    early, late = sorted([first, second])
    assert keys(tables.load(name, moment_at(name, early)), name) <= keys(tables.load(name, moment_at(name, late)), name)


@every_table
@some_moments
@given(share=moments)
def test_each_key_comes_once_in_its_latest_vintage(name: str, share: float) -> None:
    as_of, table = moment_at(name, share), catalog.table(name)
    everything = tables.read(table)
    public = everything[everything["published_at"] <= as_of]
    newest = public.groupby(table.key)["published_at"].max()
    frame = tables.load(name, as_of)
    assert not frame.duplicated(table.key).any()
    pd.testing.assert_series_equal(frame.set_index(table.key)["published_at"].sort_index(), newest, check_dtype=False)


@every_table
def test_a_table_read_twice_is_equal(name: str) -> None:
    first = tables.load(name)
    first.iloc[:, -3:] = None
    pd.testing.assert_frame_equal(tables.load(name), tables.load(name))
    assert tables.load(name)["source"].notna().all(), "a reader's change reached the next reader"


@every_table
def test_before_the_first_publication_the_first_possible_day_is_named(name: str) -> None:
    first = tables.first_publication(name)
    with pytest.raises(NotYetPublished, match=first.isoformat()):
        tables.load(name, first - pd.Timedelta(days=1))
    assert len(tables.load(name, first)) > 0


def newer_rows(name: str, count: int = 3) -> pd.DataFrame:
    """Rows about a later period, and corrections of the newest ones, all published after everything in the table."""
    table = catalog.table(name)
    frame = tables.read(table)
    later = frame["published_at"].max().normalize() + pd.Timedelta(days=8000)
    newest = frame.drop_duplicates(table.key, keep="last").tail(count)
    ahead = newest.assign(
        **{column: newest[column] + pd.Timedelta(days=7305) for column in table.of_type("date")},
    )
    return pd.concat([newest, ahead]).assign(published_at=later, grade="assumed")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which the newer rows are out."""
    monkeypatch.setenv(NOW_VARIABLE, "2060-01-04T12:00")


@written_tables
@pytest.mark.usefixtures("later")
def test_newer_rows_never_change_what_an_older_moment_returns(name: str, project: Path) -> None:
    shares = [moment_at(name, share) for share in (0.0, 0.4, 0.9, 1.0)]
    before = [(text(name, as_of), content_hash(tables.load(name, as_of))) for as_of in shares]
    old_lines = (project / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    rows = newer_rows(name)
    assert tables.append(name, rows) == len(rows)
    assert [(text(name, as_of), content_hash(tables.load(name, as_of))) for as_of in shares] == before
    kept = (project / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    assert set(old_lines) <= set(kept)
    assert len(kept) == len(old_lines) + len(rows)
    assert tables.load(name)["published_at"].max() == rows["published_at"].max()


@written_tables
@pytest.mark.usefixtures("later")
def test_appending_the_same_rows_twice_adds_nothing(name: str, project: Path) -> None:
    file = project / "data" / f"{name}.csv"
    untouched = file.read_bytes()
    assert tables.append(name, tables.read(catalog.table(name)).tail(5)) == 0
    assert file.read_bytes() == untouched
    rows = newer_rows(name)
    tables.append(name, rows)
    once = file.read_bytes()
    assert tables.append(name, rows) == 0
    assert file.read_bytes() == once


@every_table
def test_a_file_is_stored_in_its_one_canonical_form(name: str, root: Path) -> None:
    table = catalog.table(name)
    assert (root / "data" / table.path).read_text(encoding="utf-8") == render(tables.read(table), table)
