"""Figures of a table that may leave as derived figures only are found in what a notebook publishes, and stay there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jpresearch import payloads, publish
from jpresearch.publish.levels import Held, levels

WEEKS = pd.date_range("2024-01-05", periods=60, freq="W-FRI")
CLASSES = ("foreigners", "individuals", "trust_banks")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """A table of the house form that the catalogue does not know: it counts as one that may not leave."""
    draws = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([WEEKS, CLASSES], names=["period_end", "investor"])
    sales, purchases = np.round(draws.uniform(1e5, 5e6, (2, len(index))), 3)
    frame = pd.DataFrame({"sales": sales, "purchases": purchases, "net": np.round(purchases - sales, 3)}, index=index)
    return frame.reset_index()


@pytest.fixture(scope="module")
def wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Net purchases in JPY bn, weeks by classes, as a notebook has them."""
    return rows.pivot_table(index="period_end", columns="investor", values="net") / 1000


HOLDS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "as they are": lambda wide: wide,
    "in another unit": lambda wide: wide / 1000,
    "as sales": lambda wide: -wide,
    "rounded to three digits": lambda wide: wide.map(lambda value: float(f"{value:.3g}")),
    "twelve weeks only": lambda wide: wide.tail(12).round(1),
    "days as text": lambda wide: wide.set_axis(wide.index.strftime("%Y-%m-%d"), axis=0),
    "one class among derived columns": lambda wide: wide.pct_change().assign(level=wide["foreigners"]),
    "classes down, weeks across": lambda wide: wide.tail(8).set_axis(WEEKS[-8:].strftime("%Y-%m-%d"), axis=0).T,
    "one row for each value": lambda wide: wide.reset_index().melt("period_end", var_name="series", value_name="value"),
    "the newest week, without its day": lambda wide: wide.tail(1).T.rename_axis("class").set_axis(["x"], axis=1),
    "a third of the weeks derived": lambda wide: pd.concat([wide.head(20) * 1.7, wide.tail(40)]),
}  # fmt: skip
DERIVED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "sums of four weeks": lambda wide: wide.rolling(4).sum(),
    "added up": lambda wide: wide.cumsum().iloc[1:],
    "changes": lambda wide: wide.diff(),
    "ratios": lambda wide: wide.div(wide["foreigners"] * 1.7, axis=0).round(3),
    "percentiles": lambda wide: (wide.rank(pct=True) * 100).round(0),
    "correlations": lambda wide: wide.corr().round(2),
    "counts of years": lambda wide: pd.DataFrame({"year": range(2010, 2026), "weeks": [52] * 16}),
    "two numbers": lambda wide: wide.tail(2)[["foreigners"]],
}


@pytest.mark.parametrize("case", HOLDS)
def test_figures_of_a_table_are_known_again_however_they_are_written(
    case: str, rows: pd.DataFrame, wide: pd.DataFrame
) -> None:
    assert levels(publish.frames.flat_frame(HOLDS[case](wide)), {"made_up": Held(rows)}) == ["made_up"]


@pytest.mark.parametrize("case", DERIVED)
def test_derived_figures_are_none_of_the_tables(case: str, rows: pd.DataFrame, wide: pd.DataFrame) -> None:
    assert levels(publish.frames.flat_frame(DERIVED[case](wide)), {"made_up": Held(rows)}) == []


def test_a_table_that_may_leave_is_not_named(wide: pd.DataFrame, rows: pd.DataFrame) -> None:
    assert levels(wide.reset_index(), {"gpif_portfolio": Held(rows), "investor_flows": Held(rows)}) == [
        "investor_flows"
    ]


@pytest.mark.parametrize("seed", range(20))
def test_coarse_figures_of_a_large_table_do_not_meet_others_by_chance(seed: int) -> None:
    draws = np.random.default_rng(seed)
    days = pd.date_range("2010-01-01", periods=2000, freq="D")
    large = pd.DataFrame({"period_end": np.repeat(days, 20), "value": np.round(draws.uniform(1, 1000, 40000), 2)})
    published = pd.DataFrame(np.round(draws.uniform(1, 100, (120, 5)), 1), index=days[-120:])
    assert levels(publish.frames.flat_frame(published.rename_axis("day")), {"made_up": Held(large)}) == []


def test_a_figure_and_a_table_say_whose_figures_they_hold_and_have_no_drawing_in_lines() -> None:
    from jpresearch import charts, tables

    with publish.collected() as found:
        read = tables.load("investor_flows")
        net = (
            read[(read["investor"] == "foreigners")].drop_duplicates("period_end", keep="last").set_index("period_end")
        )
        bn = (net[["net_jpy_mn"]] / 1000).tail(40)
        words = {"title": "Net", "unit": "JPY bn", "source": "JPX"}
        publish.figure("levels", charts.lines(bn, **words), lead=True)
        publish.figure("sums", charts.lines(bn.rolling(4).sum(), **words))
        publish.table("net", bn, caption="Net")
        publish.table("changes", bn.diff(), caption="Changes")
    shown = [content for output in found.outputs for content in output["data"].values() if isinstance(content, dict)]
    held = {content["name"]: content["levels"] for content in shown if "levels" in content}
    assert held == {"levels": ["investor_flows"], "sums": [], "net": ["investor_flows"], "changes": []}
    assert [content["svg"] for content in shown if "svg" in content] == [None, None]
    with publish.collected() as found:
        publish.figure("sums", charts.lines(bn.rolling(4).sum(), **words), lead=True)
    (figure,) = [output["data"][payloads.FIGURE] for output in found.outputs if payloads.FIGURE in output["data"]]
    assert isinstance(figure["svg"], str), "the lead figure is drawn in lines where it may leave"
