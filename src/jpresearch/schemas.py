"""A pandera schema per table, built from its descriptor entry, with the rules that a descriptor cannot express.

What holds for every table (periods in order, nothing published before its period ended, known grades and sources) is
written once; what holds for one table stands in ``TABLE_RULES``. Order and uniqueness of the primary key are checked
where the file is read, because they concern lines, not values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from jpresearch.catalog import GRADES, Column, Table
from jpresearch.errors import Violation

RowRule = Callable[[pd.DataFrame], "pd.Series[bool]"]
ColumnRule = Callable[[pd.Series], "pd.Series[bool]"]

DTYPES: Final = {"number": "float64", "integer": "float64", "date": "datetime64[us]", "string": "str"}
# JPX states thousands of yen and rounds each figure: net may differ from purchases less sales by rounding.
ROUNDING_JPY_MN: Final = 1.0


def net_is_purchases_less_sales(frame: pd.DataFrame) -> pd.Series[bool]:
    """JPX: ``net = purchases - sales`` to one million yen, where all three are given."""
    gap = frame["purchases_jpy_mn"] - frame["sales_jpy_mn"] - frame["net_jpy_mn"]
    return gap.isna() | (gap.abs() <= ROUNDING_JPY_MN)


def inward_equity_adds_up(frame: pd.DataFrame) -> pd.Series[bool]:
    """MoF: ``net = acquisition - disposition`` to the rounding of one unit (JPY 100 million)."""
    gap = (
        frame["inward_equity_acquisition_jpy_100mn"]
        - frame["inward_equity_disposition_jpy_100mn"]
        - frame["inward_equity_net_jpy_100mn"]
    )
    return gap.isna() | (gap.abs() <= 1.0)


def levels_are_positive(frame: pd.DataFrame) -> pd.Series[bool]:
    """Index levels and exchange rates are above zero; yields and rates may be negative."""
    levels = frame["series"].isin(["nikkei225", "topix", "usdjpy", "sp500", "sox", "vix", "usdjpy_boj_tokyo"])
    above: pd.Series[bool] = frame["value"].gt(0)
    return above | ~levels


def quarter_within_fiscal_year(frame: pd.DataFrame) -> pd.Series[bool]:
    """A quarter ends within its fiscal year, the fourth with it."""
    last = frame["quarter"] == 4
    ends = frame["period_end"]
    return (ends <= frame["fiscal_year_end"]) & (~last | (ends == frame["fiscal_year_end"]))


def band_in_order(frame: pd.DataFrame) -> pd.Series[bool]:
    """The narrow reading of a policy band does not exceed the wide one."""
    low, high = frame["band_min_pp"], frame["band_max_pp"]
    return low.isna() | high.isna() | (low <= high)


def short_sales_add_up(frame: pd.DataFrame) -> pd.Series[bool]:
    """JPX: long and short sales are all sales in the auction market, to the rounding of one million yen each."""
    parts = ["long_selling_jpy_mn", "short_with_price_restriction_jpy_mn", "short_without_price_restriction_jpy_mn"]
    gap = frame["auction_trading_value_jpy_mn"] - frame[parts].sum(axis=1, skipna=False)
    return gap.isna() | (gap.abs() <= 2.0)


def positions_within_open_interest(frame: pd.DataFrame) -> pd.Series[bool]:
    """CFTC: no group holds more on one side, spreading included, than there are contracts."""
    spreading = frame["spreading_contracts"].fillna(0.0)
    most = frame[["long_contracts", "short_contracts"]].max(axis=1) + spreading
    return frame["open_interest_contracts"].isna() | most.isna() | (most <= frame["open_interest_contracts"])


TABLE_RULES: Final[dict[str, dict[str, RowRule]]] = {
    "investor_flows": {"net = purchases - sales": net_is_purchases_less_sales},
    "futures_flows": {"net = purchases - sales": net_is_purchases_less_sales},
    "futures_positions": {"positions are within open interest": positions_within_open_interest},
    "short_selling": {"long and short sales are all sales": short_sales_add_up},
    "securities_flows": {"net = acquisition - disposition": inward_equity_adds_up},
    "securities_flows_monthly_wide": {"net = acquisition - disposition": inward_equity_adds_up},
    "market_daily": {"levels are above zero": levels_are_positive},
    "semiconductor_filings": {"the quarter lies within its fiscal year": quarter_within_fiscal_year},
    "gpif_policy_mix": {"band_min_pp is not above band_max_pp": band_in_order},
}


def periods_in_order(frame: pd.DataFrame) -> pd.Series[bool]:
    """No period starts after it ends."""
    return frame["period_start"].isna() | (frame["period_start"] <= frame["period_end"])


def published_after_period(frame: pd.DataFrame) -> pd.Series[bool]:
    """Nothing is published before the last day of its period, counted in Tokyo days."""
    days = frame["published_at"].dt.tz_localize(None).dt.normalize()
    after: pd.Series[bool] = days.ge(frame["period_end"])
    return after


def schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of ``table``: columns in order, types, constraints, rules of the house and of the table."""
    columns = {column.name: _column(column, table) for column in table.columns}
    checks = [pa.Check(rule, name=name, error=name) for name, rule in row_rules(table).items()]
    return pa.DataFrameSchema(columns, checks=checks, strict=True, ordered=True, name=table.name)


def violations(frame: pd.DataFrame, table: Table, lines: np.ndarray | None = None) -> list[Violation]:
    """What in ``frame`` breaks the table's schema: file, line and rule; empty when all is well.

    Parameters
    ----------
    frame : rows in the order of the file, RangeIndex.
    lines : the line of the file for each row; by default the header is line 1 and rows follow.
    """
    try:
        schema(table).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        found = {_violation(case, table, lines) for case in cases.to_dict("records")}
        return sorted(found, key=lambda violation: (violation.row or 0, violation.rule))
    return []


def row_rules(table: Table) -> dict[str, RowRule]:
    """What must hold of every row, in words: the rules of the house and of the table."""
    return {
        "period_start is not after period_end": periods_in_order,
        "published before its period ended": published_after_period,
        **TABLE_RULES.get(table.name, {}),
    }


def must_be_filled(column: Column, table: Table) -> bool:
    """Whether no cell of the column may be empty."""
    always = {*table.primary_key, "period_end", "grade", "source"}
    return column.constraints.required or column.name in always


def limits(column: Column, table: Table) -> dict[str, ColumnRule]:
    """What must hold of every value of the column, in words; missing values apart."""
    found: dict[str, ColumnRule] = {}
    limit = column.constraints
    allowed = GRADES if column.name == "grade" else limit.enum
    if column.name == "source" and table.sources:
        found["source is not one that the descriptor names"] = partial(pd.Series.isin, values=list(table.sources))
    if allowed is not None:
        names = ", ".join(map(str, allowed))
        found[f"{column.name} is none of: {names}"] = partial(pd.Series.isin, values=list(allowed))
    if limit.minimum is not None:
        found[f"{column.name} is below {limit.minimum:g}"] = partial(pd.Series.ge, other=limit.minimum)
    if limit.maximum is not None:
        found[f"{column.name} is above {limit.maximum:g}"] = partial(pd.Series.le, other=limit.maximum)
    if limit.pattern is not None:
        found[f"{column.name} does not match {limit.pattern}"] = partial(_matches, pattern=limit.pattern)
    if column.type == "integer":
        found[f"{column.name} is not a whole number"] = _whole
    return found


def _matches(values: pd.Series, pattern: str) -> pd.Series[bool]:
    matching: pd.Series[bool] = values.str.match(rf"^(?:{pattern})$")
    return matching


def _whole(values: pd.Series) -> pd.Series[bool]:
    return values % 1 == 0


def _column(column: Column, table: Table) -> pa.Column:
    dtype: Any = DTYPES.get(column.type) or pd.DatetimeTZDtype("us", "Asia/Tokyo")
    checks = [pa.Check(rule, name=name, error=name) for name, rule in limits(column, table).items()]
    return pa.Column(dtype, checks=checks, nullable=not must_be_filled(column, table), name=column.name)


def _violation(case: dict[Any, Any], table: Table, lines: np.ndarray | None) -> Violation:
    """One failure case of pandera in the words of the file."""
    index, check, column = case["index"], str(case["check"]), case["column"]
    rule = f"{column} must not be empty" if check == "not_nullable" else check
    if case.get("schema_context") == "Column" and check not in ("not_nullable",):
        rule = f"{check} (found {case['failure_case']!r})"
    if pd.isna(index):
        return Violation(str(table.file), None, rule)
    row = int(index)
    return Violation(str(table.file), int(lines[row]) if lines is not None else row + 2, rule)
