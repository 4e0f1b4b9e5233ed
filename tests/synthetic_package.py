"""A whole project with synthetic figures: every table of the descriptor, from a seed and a scenario.

    package = write(tmp_path, "large effect", seed=3)
    run("05_absorption", home=package.home)

Rows, days and moments of publication are those of the bundled tables, so that a table that the descriptor gains is here
too; figures are drawn anew. Foreign flows, TOPIX and the market abroad come from a simulated market whose truth is
known, prices follow these, net purchases are noise around what foreigners do, and other figures move with a factor of
their own that leaves sums and ratios within a row as they are.
"""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from jpresearch import tables
from jpresearch.calendars import monday, survey_weeks
from jpresearch.catalog import Table, read_package
from jpresearch.tables.appending import render
from tests.stats.simulated_markets import permanent_impact, unrelated

ROOT: Final = Path(__file__).resolve().parents[1]
# Days of which each has draws of its own, whichever table asks.
FIRST: Final = pd.Timestamp("1970-01-01")
DAYS: Final = 25_000
MN_PER_UNIT: Final = 4000.0  # one unit of the simulated flow, of which 100 are a standard deviation
# What is written by hand, or means nothing but as it stands.
LEDGERS: Final = ("claims", "claim_readings", "first_edition", "first_edition_readings")
KEPT: Final = frozenset({*LEDGERS, "splits", "gpif_policy_mix", "boj_policy"})
PRICE: Final = re.compile(r"close|index_points")
NET: Final = re.compile(r"(?:^|_)net_(?!profit)")
# What a class buys for each yen that foreigners buy.
ANSWER: Final = {
    "foreigners": 1.0, "individuals": -0.5, "investment_trusts": -0.05, "trust_banks": -0.1, "proprietary": -0.2,
}  # fmt: skip
SECTION: Final = {"tse_first": 0.95, "tse_prime": 0.95, "tse_second": 0.02, "tse_standard": 0.02}
SMALL_SECTION: Final = 0.03
# Loadings on TOPIX and on the market abroad.
LOADINGS: Final = {"topix": (1.0, 0.0), "nikkei225": (1.1, 0.0), "sp500": (0.0, 1.0), "sox": (0.0, 1.5)}
LEVELS: Final = {"topix": 1500.0, "nikkei225": 18000.0, "sp500": 2000.0, "sox": 700.0, "vix": 18.0}


@dataclass(frozen=True)
class Scenario:
    """What is true in a package.

    Attributes
    ----------
    market : the simulated market of flow, return and the market abroad, from weeks and seed.
    first : first day of the daily, weekly and monthly tables.
    missing_share : share of survey weeks of which no flows are known.
    """

    market: Callable[[int, int], pd.DataFrame]
    first: str = "2015-01-05"
    missing_share: float = 0.0


SCENARIOS: Final[dict[str, Scenario]] = {
    "no effect": Scenario(unrelated),
    "large effect": Scenario(permanent_impact),
    "missing weeks": Scenario(permanent_impact, missing_share=0.15),
    "short history": Scenario(permanent_impact, first="2025-06-02"),
}


@dataclass(frozen=True)
class Package:
    """A synthetic project: its folder, and by survey week the flow (JPY bn), TOPIX and the market abroad (percent)."""

    home: Path
    truth: pd.DataFrame
    missing: pd.DatetimeIndex


def write(home: Path, scenario: str, seed: int = 0) -> Package:
    """Write a project with a copy of the notebooks and the synthetic tables of ``scenario`` to ``home``.

    The same seed gives the same files, byte for byte.
    """
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    (home / "data").mkdir()
    descriptor = ROOT / "data" / "datapackage.json"
    shutil.copy(descriptor, home / "data")
    world = World(SCENARIOS[scenario], seed)
    for table in read_package(descriptor):
        (home / "data" / table.path).write_text(render(world.rows(table), table), encoding="utf-8")
    return Package(home, world.truth, world.missing)


class World:
    """The simulated market on the calendar of Tokyo, and the rows of each table drawn from it."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.weeks = survey_weeks(pd.Timestamp(scenario.first) - pd.Timedelta(days=14), "2027-12-31")
        self.ends = pd.DatetimeIndex(self.weeks["period_end"], name="period_end")
        self.market = scenario.market(len(self.ends), seed).set_axis(self.ends)

    @property
    def truth(self) -> pd.DataFrame:
        """Foreigners' net purchases in JPY bn, TOPIX and the market abroad in percent, by survey week."""
        return self.market.assign(flow=self.market["flow"] * MN_PER_UNIT / 1000)

    @cached_property
    def missing(self) -> pd.DatetimeIndex:
        """The survey weeks of which no flows are known."""
        count = round(self.scenario.missing_share * len(self.ends))
        return self.ends[np.sort(self._draw("missing").choice(len(self.ends), count, replace=False))]

    def rows(self, table: Table) -> pd.DataFrame:
        """The rows of ``table``: those of the bundled one within the scenario's days, with new figures."""
        rows = self._within(tables.read(table), table)
        if rows.empty or table.name in KEPT:
            return rows
        drawn = [self._drawn(part.copy(), table, name) for name, part in self._groups(rows, table)]
        return self._adding_up(pd.concat(drawn, ignore_index=True))

    def _within(self, rows: pd.DataFrame, table: Table) -> pd.DataFrame:
        if table.house.frequency in ("daily", "weekly", "monthly"):
            rows = rows[rows["period_start"] >= self.scenario.first]
        if table.house.frequency == "weekly":
            gaps = monday(self.missing)
            rows = rows[~monday(pd.DatetimeIndex(rows["period_end"])).isin(gaps)]
        return rows.reset_index(drop=True)

    def _groups(self, rows: pd.DataFrame, table: Table) -> list[tuple[str, pd.DataFrame]]:
        """The rows of each series, by the series' name."""
        named = [name for name in table.key if name in table.of_type("string", "integer")]
        if not named:
            return [(table.name, rows)]
        return [("/".join(map(str, key)), part) for key, part in rows.groupby(named)]

    def _drawn(self, part: pd.DataFrame, table: Table, name: str) -> pd.DataFrame:
        """One series with new figures; a cell that was empty stays empty."""
        days = pd.DatetimeIndex(part["period_end"])
        figures = [column for column in table.of_type("number", "integer") if column not in table.key]
        prices = [column for column in figures if PRICE.search(column)]
        nets = [column for column in figures if NET.search(column)]
        others = [column for column in figures if column not in {*prices, *nets}]
        if table.name == "market_daily":
            prices, others = figures, []
        factor = np.exp(0.1 * self._smooth(days, f"{table.name}/{name}"))
        for column in others:
            limits = next(found.constraints for found in table.columns if found.name == column)
            values = (part[column] * factor).clip(limits.minimum, limits.maximum)
            part[column] = values.round() if column in table.of_type("integer") else values.round(4)
        for column in prices:
            part[column] = self._prices(days, name, part[column], table)
        for column in nets:
            drawn = self._net(days, name, f"{table.name}/{column}", part[column])
            part[column] = drawn.where(part[column].notna())
        return part

    def _prices(self, days: pd.DatetimeIndex, name: str, before: pd.Series[Any], table: Table) -> pd.Series[Any]:
        """Levels that follow TOPIX or the market abroad; rates wander, policy rates stay as they are."""
        if name.startswith("boj_"):
            return before
        noise = self._smooth(days, f"{table.name}/{name}")
        if before.min() <= 0 or "jgb" in name or "ust" in name:
            return pd.Series(before.mean() + 0.5 * noise, index=before.index).round(4)
        home = table.name in ("sector_etf_daily", "semiconductor_prices", "nikkei_total_return")
        topix, abroad = LOADINGS.get(name, (1.0, 0.0) if home else (0.0, 0.9))
        if name in ("usdjpy", "usdjpy_boj_tokyo", "vix"):
            topix, abroad = 0.0, 0.0
        own = 0.0 if name in ("topix", "sp500") else 0.05
        path = topix * self._level(days, "return") + abroad * self._level(days, "abroad") + own * noise
        level = LEVELS.get(name, float(before.median()))
        return pd.Series(level * np.exp(path), index=before.index).round(4)

    def _net(self, days: pd.DatetimeIndex, name: str, what: str, before: pd.Series[Any]) -> pd.Series[Any]:
        """Net purchases: foreigners' are the simulated flow, the other classes' an answer to it, with noise."""
        place = np.clip(self.ends.searchsorted(days), 0, len(self.ends) - 1)
        spread = float(before.std()) if len(before) > 1 and before.std() > 0 else 1.0
        if not what.startswith("investor_flows/"):
            return pd.Series(spread * self._noise(what + name)[place], index=before.index).round(0)
        market, investor = name.split("/")
        part = 1.0 if market == "two_markets" else SECTION.get(market, SMALL_SECTION)
        return pd.Series(part * self._class(investor)[place], index=before.index).round(0)

    def _class(self, investor: str) -> np.ndarray:
        """A class's net purchases in both markets by survey week, JPY mn; individuals are their cash and margin."""
        flow = self.market["flow"].to_numpy() * MN_PER_UNIT
        own = 0.0 if investor == "foreigners" else 20 * MN_PER_UNIT * self._noise(investor)
        if investor == "individuals":
            return self._class("individuals_cash") + self._class("individuals_margin")
        answer = ANSWER.get(investor, ANSWER["individuals"] / 2 if investor.startswith("individuals_") else 0.0)
        drawn: np.ndarray = answer * flow + own
        return drawn

    def _adding_up(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with purchases and sales, or totals, that fit what was drawn."""
        for bought, sold in (("purchases", "sales"), ("acquisition", "disposition")):
            for net in [column for column in rows if NET.search(column)]:
                up, down = (
                    re.sub(NET, lambda found, word=word: found.group().replace("net", word), net)
                    for word in (bought, sold)
                )
                if up in rows and down in rows:
                    turnover = np.maximum(rows[up] + rows[down], 2 * rows[net].abs()).round(0)
                    rows[up] = (turnover + rows[net]) / 2
                    rows[down] = (turnover - rows[net]) / 2
        for side in ("inward", "outward"):
            equity, debt, short = (
                f"{side}_{kind}_net_jpy_100mn" for kind in ("equity", "long_term_debt", "short_term_debt")
            )
            if equity in rows:
                subtotal = rows[equity] + rows[debt]
                for total, value in (("subtotal", subtotal), ("total", subtotal + rows[short])):
                    if f"{side}_{total}_net_jpy_100mn" in rows:
                        rows[f"{side}_{total}_net_jpy_100mn"] = value
        parts = ["long_selling_jpy_mn", "short_with_price_restriction_jpy_mn", "short_without_price_restriction_jpy_mn"]
        if set(parts) <= set(rows):
            rows["auction_trading_value_jpy_mn"] = rows[parts].sum(axis=1)
        return rows

    def _level(self, days: pd.DatetimeIndex, column: str) -> np.ndarray:
        """The logarithm of an index on each day: exact at the end of a survey week, with noise within it."""
        change = self.market[column].to_numpy() / 100
        known = np.concatenate([[0.0], np.cumsum(change)])
        place = np.clip(self.ends.searchsorted(days), 0, len(self.ends) - 1)
        end = self.ends[place]
        inside = monday(days) == monday(end)
        share = np.where(inside, np.clip((days.day_of_week + 1) / (end.day_of_week + 1), 0, 1), 0.0)
        wobble = np.where(share < 1, 0.004, 0.0) * inside * self._by_day(days, column)
        level: np.ndarray = known[place] + share * change[place] + wobble
        return level

    def _by_day(self, days: pd.DatetimeIndex, name: str) -> np.ndarray:
        """Independent draws by calendar day: one day has one draw, whichever table asks."""
        every = self._draw(f"days/{name}").standard_normal(DAYS)
        drawn: np.ndarray = every[(days - FIRST).days]
        return drawn

    def _smooth(self, days: pd.DatetimeIndex, name: str) -> np.ndarray:
        """A stationary path of about unit variance that wanders over months, by calendar day."""
        shocks = self._draw(f"smooth/{name}").standard_normal(DAYS)
        path = lfilter([np.sqrt(1 - 0.99**2)], [1.0, -0.99], shocks)
        drawn: np.ndarray = path[(days - FIRST).days]
        return drawn

    def _noise(self, name: str) -> np.ndarray:
        """Independent draws of unit variance by survey week."""
        return self._draw(f"weeks/{name}").standard_normal(len(self.ends))

    def _draw(self, name: str) -> np.random.Generator:
        """A generator for one purpose: a table more or less changes no other's figures."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])
