"""Survey weeks: one basis of markets at a time, and closes on the last session of the week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jpresearch.studies import weekly

ENDS = pd.DatetimeIndex(["2025-08-08", "2025-08-15", "2025-08-22"])


def rows(market: str, investor: str, net: dict[int, float]) -> pd.DataFrame:
    """Rows of ``investor_flows``: net purchases in JPY bn by the place of the week."""
    days = ENDS[list(net)]
    columns = {"market": market, "investor": investor, "period_end": days}
    return pd.DataFrame(columns | {"net_jpy_mn": [1000 * value for value in net.values()]})


def test_a_class_is_known_only_where_every_market_of_the_basis_has_it() -> None:
    sections = weekly.BASES[weekly.SECTIONS]
    flows = pd.concat(
        [rows(market, "foreigners", {0: 1.0, 1: 2.0}) for market in sections]
        + [rows(market, "individuals", {0: 5.0}) for market in sections]
        + [rows(sections[0], "individuals", {1: 9.0})]
    )
    table = weekly.net_by_class(flows, weekly.SECTIONS, ["foreigners", "individuals"])
    assert table["foreigners"].tolist() == [3.0, 6.0]
    assert table["individuals"].iloc[0] == 15.0
    assert np.isnan(table["individuals"].iloc[1])


def test_the_sections_stand_in_only_where_the_whole_is_not_known() -> None:
    sections = [rows(market, "trust_banks", {0: 1.0, 1: 1.0}) for market in weekly.BASES[weekly.SECTIONS]]
    flows = pd.concat([rows("two_markets", "trust_banks", {1: 7.0, 2: 8.0}), *sections])
    net, basis = weekly.net_on_either(flows, ["trust_banks"])
    assert net["trust_banks"].tolist() == [3.0, 7.0, 8.0]
    assert basis.tolist() == [weekly.SECTIONS, weekly.WHOLE, weekly.WHOLE]
