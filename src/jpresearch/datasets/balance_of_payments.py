"""The Ministry of Finance's transactions in securities: by week, by month, and beside JPX's survey."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.calendars import monday
from jpresearch.datasets.bases import net_by_week
from jpresearch.datasets.reading import AsOf, by_period, day, described, optional, within
from jpresearch.datasets.weeks import span_in_weeks, span_words, summed, week_ends
from jpresearch.tables import load

WEEKLY: Final = "securities_flows"
MONTHLY: Final = "securities_flows_monthly_wide"
COLUMNS: Final = {
    "inward_equity_net_jpy_100mn": "inward_equity",
    "inward_equity_acquisition_jpy_100mn": "inward_equity_acquisition",
    "inward_equity_disposition_jpy_100mn": "inward_equity_disposition",
    "inward_long_term_debt_net_jpy_100mn": "inward_long_term_debt",
    "inward_short_term_debt_net_jpy_100mn": "inward_short_term_debt",
    "outward_equity_net_jpy_100mn": "outward_equity",
    "outward_long_term_debt_net_jpy_100mn": "outward_long_term_debt",
    "outward_short_term_debt_net_jpy_100mn": "outward_short_term_debt",
}
PER_BN: Final = 10.0
BASIS: Final = "MoF, portfolio investment, net acquisition"


def mof(as_of: AsOf, *, start: AsOf = None, end: AsOf = None, every: str | None = None) -> pd.DataFrame:
    """Cross-border net purchases of securities by week: non-residents in Japan (inward), residents abroad (outward).

    Examples
    --------
    >>> flows.mof("2025-09-05")["inward_equity"].tail(2)
    week_end
    2025-08-23   -496.2
    2025-08-30   -785.7
    Freq: 7D, Name: inward_equity, dtype: float64

    Parameters
    ----------
    every : ``"4 weeks"``: sums over the weeks that end with each week, missing unless all are known.

    Returns
    -------
    Index ``week_end``: Saturdays (weeks run from Sunday). Columns in JPY bn: ``inward_equity`` (equity and investment
    fund shares, net), ``inward_equity_acquisition`` and ``inward_equity_disposition`` (gross), and net
    ``inward_long_term_debt``, ``inward_short_term_debt``, ``outward_equity``, ``outward_long_term_debt``,
    ``outward_short_term_debt``. A plus outward is buying abroad.

    Gaps
    ----
    None from 2005-01. Latest edition: revisions are not kept.

    Raises
    ------
    NotYetPublished, BadParameter : nothing was public at ``as_of``; ``every`` or a date that is none.

    Source
    ------
    Ministry of Finance, International Transactions in Securities (``securities_flows``): Thursday after, 08:50.
    """
    weeks = span_in_weeks(every)
    table = by_period(load(WEEKLY, as_of), COLUMNS, "week_end") / PER_BN
    frame = summed(table.asfreq("7D"), weeks)
    return described(within(frame, start, end).rename_axis("week_end"), "JPY bn", span_words(weeks), BASIS, [WEEKLY])


def mof_monthly(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Cross-border net purchases of securities by calendar month.

    Examples
    --------
    >>> flows.mof_monthly("2025-09-05")["inward_equity"].tail(2)
    month_end
    2025-06-30    1025.3
    2025-07-31    2351.8
    Name: inward_equity, dtype: float64

    Returns
    -------
    Index ``month_end``. Columns in JPY bn as in ``flows.mof``. No rows before the first publication.

    Gaps
    ----
    From 2005-01. Latest edition; the first print of a month may differ (April 2025: 3.68 tn of equities first).

    Source
    ------
    Ministry of Finance (``securities_flows_monthly_wide``): about the 8th of the next month, 08:50.
    """
    frame = by_period(optional(MONTHLY, as_of), COLUMNS, "month_end") / PER_BN
    return described(within(frame, start, end), "JPY bn", "month", BASIS, [MONTHLY])


def mof_and_jpx(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Foreigners' net purchases of Japanese equities in the two surveys, laid on the same weeks.

    Examples
    --------
    >>> flows.mof_and_jpx("2026-09-17T12:00").tail(2)  # MoF's week is out, JPX's is not
                   mof      jpx
    week_end
    2026-09-04   689.6  689.343
    2026-09-11 -1522.8      NaN

    MoF counts Sunday to Saturday, JPX Monday to Friday of the same week. MoF holds investment funds and trades off the
    exchange, JPX foreign branches of Japanese brokers; the two differ by hundreds of billions in a week.

    Returns
    -------
    Index ``week_end``: the last Tokyo session of every survey week from 2005 to the newest week that either knows.
    Columns in JPY bn: ``mof`` (inward equity and fund shares) and ``jpx`` (foreigners, cash, Tokyo and Nagoya);
    missing where the survey had not published the week by ``as_of``.

    Gaps
    ----
    ``jpx`` from 2009-06. MoF's weeks without a Tokyo session (2019-05-04) have no row.

    Source
    ------
    Ministry of Finance (``securities_flows``), Thursday 08:50; JPX (``investor_flows``), the same day 15:30 as a rule.
    """
    abroad = mof(as_of)["inward_equity"]
    survey = net_by_week(optional("investor_flows", as_of), ["foreigners"]).net["foreigners"]
    newest = max([stamp for stamp in (abroad.index.max(), survey.index.max()) if not pd.isna(stamp)])
    ends = week_ends(abroad.index.min(), newest)
    by_monday = pd.Series(abroad.to_numpy(), index=monday(pd.DatetimeIndex(abroad.index) - pd.Timedelta(days=1)))
    frame = pd.DataFrame({"mof": by_monday.reindex(monday(ends)).to_numpy(), "jpx": survey.reindex(ends)}, index=ends)
    shown = within(frame, day(start, "start"), day(end, "end"))
    return described(shown, "JPY bn", "week", "foreigners' net purchases, MoF and JPX", [WEEKLY, "investor_flows"])
