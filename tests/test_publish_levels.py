"""Figures of a table that may leave as derived figures only are found in what a notebook publishes, and stay there."""

from __future__ import annotations

import warnings
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
GIVES_BACK: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "running sums": lambda wide: wide.cumsum(),
    "running sums from a week of its own": lambda wide: wide.cumsum().iloc[7:],
    "running sums since, in another unit, rounded": lambda wide: (wide.tail(20).cumsum() / 1000 + 3).round(3),
    "running sums of sales": lambda wide: -wide[["trust_banks"]].cumsum(),
    "running sums begun again each year": lambda wide: wide.groupby(wide.index.year).cumsum(),
    "running sums backwards, newest first": lambda wide: wide[::-1].cumsum(),
    "running sums in one column for all": lambda wide: wide.cumsum().reset_index().melt("period_end", var_name="class"),
    "running sums with days across": lambda wide: wide.cumsum().set_axis(WEEKS.strftime("%Y-%m-%d"), axis=0).T,
    "running sums without their days": lambda wide: wide.cumsum().reset_index(drop=True),
    "running sums by day of publication": lambda wide: wide.cumsum().set_axis(WEEKS + pd.Timedelta(days=6), axis=0),
    "running sums as texts": lambda wide: wide.cumsum().map(lambda value: f"¥{value:,.1f}bn"),
    "running sums of what is known": lambda wide: wide.mask(wide["individuals"] > 2000).dropna().cumsum(),
    "above its own average": lambda wide: wide - wide.mean(),
    "above a constant, rounded": lambda wide: (wide["foreigners"] - 1234.5).round(0).to_frame(),
    "in dollars at one rate": lambda wide: wide / 147.3,
    "standardised": lambda wide: (wide - wide.mean()) / wide.std(),
    "of the week before": lambda wide: wide.shift(1) * 1.7,
    "of the quarter before": lambda wide: wide.shift(13) * 1.7,
    "inverted": lambda wide: 1000 / wide,
    "days in words": lambda wide: (wide * 1.7).set_axis([f"{day:%-d %b %Y}" for day in WEEKS], axis=0),
    "scaled, every ninth week something else": lambda wide: (wide * 1.7).mask(
        np.tile(np.arange(60)[:, None] % 9 == 0, 3), 5.0
    ),
    "weeks by years": lambda wide: (wide["foreigners"] * 1.7).head(48).to_numpy().reshape(4, 12).T * np.ones((1, 4)),
}  # fmt: skip
DERIVED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "sums of four weeks": lambda wide: wide.rolling(4).sum(),
    "averages of a quarter": lambda wide: wide.rolling(13).mean(),
    "running sums of two classes together": lambda wide: (wide["foreigners"] + wide["trust_banks"]).cumsum().to_frame(),
    "running sums of every fourth week": lambda wide: wide.cumsum().iloc[::4],
    "running sums, hardly a digit": lambda wide: wide.cumsum().round(-3),
    "running average": lambda wide: wide.expanding().mean().rolling(2).sum(),
    "running sums in parts of a size that varies": lambda wide: (wide.div(np.linspace(5, 9, 60) ** 2, axis=0)).cumsum(),
    "changes": lambda wide: wide.diff(),
    "ratios": lambda wide: wide.div(wide["foreigners"] * 1.7, axis=0).round(3),
    "percentiles": lambda wide: (wide.rank(pct=True) * 100).round(0),
    "correlations": lambda wide: wide.corr().round(2),
    "counts of years": lambda wide: pd.DataFrame({"year": range(2010, 2026), "weeks": [52] * 16}),
    "a line of its trend": lambda wide: wide.cumsum().apply(
        lambda column: np.polyval(np.polyfit(range(60), column, 1), range(60))
    ),
    "two numbers": lambda wide: wide.tail(2)[["foreigners"]],
}
PRICES = pd.date_range("2020-01-06", periods=900, freq="B")
GIVES_BACK_PRICES: dict[str, Callable[[pd.Series], pd.Series]] = {
    "in logarithms": lambda price: np.log(price),
    "in logarithms of ten": lambda price: np.log10(price),
    "as an index set to a number that nobody has": lambda price: price / 33_171.3,
    "points above a day of its own": lambda price: price - price.iloc[0],
    "month ends in dollars at one rate": lambda price: price[price.index.is_month_end] / 151.2,
}
DERIVED_PRICES: dict[str, Callable[[pd.Series], pd.Series]] = {
    "indexed": lambda price: 100 * price / price.iloc[0],
    "indexed to one": lambda price: price / price.iloc[500],
    "indexed and rounded": lambda price: (100 * price / price.iloc[0]).round(1),
    "indexed, the newest days": lambda price: (100 * price / price.iloc[0]).tail(60),
    "per cent since": lambda price: 100 * (price / price.iloc[300] - 1),
    "logarithms since": lambda price: 100 * np.log(price / price.iloc[0]),
    "returns": lambda price: 100 * price.pct_change(),
    "drawdown": lambda price: 100 * (price / price.cummax() - 1),
    "below the average of a year": lambda price: price / price.rolling(250).mean(),
    "deviation of a year": lambda price: price.pct_change().rolling(250).std(),
}


@pytest.mark.parametrize("case", HOLDS)
def test_figures_of_a_table_are_known_again_however_they_are_written(
    case: str, rows: pd.DataFrame, wide: pd.DataFrame
) -> None:
    assert levels(publish.frames.flat_frame(HOLDS[case](wide)), {"made_up": Held(rows)}) == ["made_up"]


@pytest.mark.parametrize("case", GIVES_BACK)
def test_what_gives_a_table_back_by_arithmetic_with_constants_is_known_again(
    case: str, rows: pd.DataFrame, wide: pd.DataFrame
) -> None:
    published = publish.frames.flat_frame(pd.DataFrame(GIVES_BACK[case](wide)))
    assert levels(published, {"made_up": Held(rows)}) == ["made_up"]


def test_series_with_numbers_for_names_are_told_apart_by_the_keys_of_the_table() -> None:
    draws = np.random.default_rng(7)
    rows = pd.DataFrame({"code": np.repeat([1306, 1321], 60), "period_end": np.tile(WEEKS, 2)})
    rows["close"] = np.round(draws.uniform(900, 4000, 120), 1)
    summed = rows[rows["code"] == 1306].set_index("period_end")[["close"]].cumsum()
    assert levels(publish.frames.flat_frame(summed), {"made_up": Held(rows, ["code", "period_end"])}) == ["made_up"]


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    """Three daily indices in a table of their own."""
    draws = np.random.default_rng(11)
    walks = 30_000 * np.exp(np.cumsum(draws.normal(2e-4, 0.011, (len(PRICES), 3)), axis=0))
    wide = pd.DataFrame(np.round(walks, 2), index=PRICES.rename("period_end"), columns=["a", "b", "c"])
    return wide.reset_index().melt("period_end", var_name="series", value_name="close")


@pytest.mark.parametrize("case", GIVES_BACK_PRICES)
def test_a_price_in_whatever_unit_is_known_again(case: str, prices: pd.DataFrame) -> None:
    price = prices[prices["series"] == "b"].set_index("period_end")["close"]
    published = publish.frames.flat_frame(GIVES_BACK_PRICES[case](price))
    assert levels(published, {"made_up": Held(prices)}) == ["made_up"]


@pytest.mark.parametrize("case", DERIVED_PRICES)
def test_an_index_to_a_day_of_its_own_and_returns_are_derived(case: str, prices: pd.DataFrame) -> None:
    price = prices[prices["series"] == "b"].set_index("period_end")["close"]
    published = publish.frames.flat_frame(DERIVED_PRICES[case](price))
    assert levels(published, {"made_up": Held(prices)}) == []


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


def test_a_figure_and_a_table_say_whose_figures_they_hold_and_only_others_are_drawn_in_lines() -> None:
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
    in_lines = {content["name"]: bool(content["svg"]) for content in shown if "svg" in content}
    assert in_lines == {"levels": False, "sums": True}


@pytest.mark.parametrize("kind", ["line", "summed", "scatter", "bars", "area", "returns"])
def test_a_figure_of_ones_own_that_draws_such_figures_is_never_saved_in_lines(kind: str) -> None:
    from matplotlib.figure import Figure

    from jpresearch import tables

    with publish.collected() as found:
        read = tables.load("nikkei_total_return").set_index("period_end")["total_return_index_points"].tail(60)
        axes = (fig := Figure(figsize=(4, 3))).subplots()
        match kind:
            case "line":
                axes.plot(read.index, read)
            case "summed":
                axes.plot(read.index, (read - read.mean()).cumsum())
            case "scatter":
                axes.scatter(read.index, read / 151.3)
            case "bars":
                axes.bar(read.index, read)
            case "area":
                axes.fill_between(read.index, read)
            case "returns":
                axes.plot(read.index, read.pct_change())
        publish.figure("own", fig, alt="Own", data=pd.DataFrame({"mean": [1.0]}))
    (payload,) = [output["data"][payloads.FIGURE] for output in found.outputs if payloads.FIGURE in output["data"]]
    assert (payload["svg"] is None) == (kind != "returns")


QUARTERS = [f"{year}Q{quarter}" for year in range(2010, 2015) for quarter in (1, 2, 3, 4)]
STRANGE: dict[str, pd.DataFrame] = {
    "nothing": pd.DataFrame(),
    "no rows": pd.DataFrame({"day": pd.DatetimeIndex([]), "x": np.empty(0)}),
    "none": pd.DataFrame({"day": WEEKS, "x": [None] * 60, "y": np.arange(60.0)}),
    "missing names": pd.DataFrame({"day": np.repeat(WEEKS, 2), "name": [None, "a"] * 60, "y": np.arange(120.0)}),
    "no days": pd.DataFrame({"day": [pd.NaT] * 60, "y": np.arange(60.0)}),
    "some days": pd.DataFrame({"day": [*WEEKS[:30], *[pd.NaT] * 30], "y": np.arange(60.0)}),
    "one heading twice": pd.DataFrame(np.arange(120.0).reshape(60, 2), columns=["x", "x"], index=WEEKS),
    "infinite": pd.DataFrame({"x": [np.inf, -np.inf, np.nan, 1e308] * 5}),
    "tiny": pd.DataFrame({"x": [5e-324, 1e-300, 0.0, -0.0] * 5}, index=WEEKS[:20]),
    "complex": pd.DataFrame({"x": np.arange(20) * 1j}),
    "truth": pd.DataFrame({"x": [True, False] * 10}),
    "lists": pd.DataFrame({"x": [[1], {2: 3}, (4,), object()] * 5}),
    "categories": pd.DataFrame({"x": pd.Categorical(["1", "2"] * 10), "day": WEEKS[:20]}),
    "quarters": pd.DataFrame({"quarter": QUARTERS, "x": range(20)}),
    "quarters across": pd.DataFrame([range(20)], columns=QUARTERS),
    "periods": pd.DataFrame({"x": range(20)}, index=pd.period_range("2020-01", periods=20, freq="M")),
    "zones": pd.DataFrame({"x": range(20)}, index=pd.date_range("2020-01-01", periods=20, tz="Asia/Tokyo")),
    "long ago": pd.DataFrame({"day": ["0001-01-01", "9999-12-31", "2024-02-31"] * 5, "x": range(15)}),
    "large whole numbers": pd.DataFrame({"x": [2**63 - 1, -(2**62)] * 10}),
    "large numbers as texts": pd.DataFrame({"x": ["1e99999", "9" * 400, "1,2,3"] * 5}),
    "nullable": pd.DataFrame({"x": pd.array([1, None, 3] * 5, dtype="Int64"), "y": pd.array([1.5, None, 2] * 5)}),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGE)
def test_strange_frames_are_compared_without_a_word(
    case: str, rows: pd.DataFrame, capfd: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert levels(publish.frames.flat_frame(STRANGE[case]), {"made_up": Held(rows)}) == []
    assert capfd.readouterr() == ("", "")
