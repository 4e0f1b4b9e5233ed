"""A pandera schema per table, built from its descriptor entry, with the rules that a descriptor cannot express.

What holds for every table (periods in order, nothing published before its period ended, known grades and sources) is
written once; what holds for one table stands in ``TABLE_RULES``. Order and uniqueness of the primary key are checked
where the file is read, because they concern lines, not values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from jpresearch.catalog import GRADES, Column, Table
from jpresearch.errors import Violation

RowRule = Callable[[pd.DataFrame], "pd.Series[bool]"]

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
    rules: dict[str, RowRule] = {
        "period_start is not after period_end": periods_in_order,
        "published before its period ended": published_after_period,
        **TABLE_RULES.get(table.name, {}),
    }
    checks = [pa.Check(rule, name=name, error=name) for name, rule in rules.items()]
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


def _column(column: Column, table: Table) -> pa.Column:
    dtype: Any = DTYPES.get(column.type) or pd.DatetimeTZDtype("us", "Asia/Tokyo")
    required = column.constraints.required or column.name in {
        *table.primary_key,
        "period_end",
        "grade",
        "source",
    }
    return pa.Column(dtype, checks=_checks(column, table), nullable=not required, name=column.name)


def _checks(column: Column, table: Table) -> list[pa.Check]:
    limits, checks = column.constraints, []
    allowed = GRADES if column.name == "grade" else limits.enum
    if column.name == "source" and table.sources:
        checks.append(pa.Check.isin(list(table.sources), error="source is not one that the descriptor names"))
    if allowed is not None:
        names = ", ".join(map(str, allowed))
        checks.append(pa.Check.isin(list(allowed), error=f"{column.name} is none of: {names}"))
    if limits.minimum is not None:
        checks.append(pa.Check.ge(limits.minimum, error=f"{column.name} is below {limits.minimum:g}"))
    if limits.maximum is not None:
        checks.append(pa.Check.le(limits.maximum, error=f"{column.name} is above {limits.maximum:g}"))
    if limits.pattern is not None:
        checks.append(
            pa.Check.str_matches(rf"^(?:{limits.pattern})$", error=f"{column.name} does not match {limits.pattern}")
        )
    if column.type == "integer":
        checks.append(pa.Check(lambda values: values % 1 == 0, error=f"{column.name} is not a whole number"))
    return checks


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
