"""What the dashboard reads, its choices, and the moment at which it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import BadParameter
from jpresearch.studies.reading import optional
from jpresearch.tables import load, moment

MARKET: Final = "market_daily"
SHOWN: Final = {
    "investor_flows": "investors' flows",
    "prime_valuation": "valuation by section",
    "nikkei_valuation": "valuation of the Nikkei 225",
    "boj_policy": "policy decisions",
    "gpif_portfolio": "GPIF's portfolio",
}
"""The optional tables whose figures are shown, in a reader's words."""
WATCHED: Final = {
    "securities_flows": "cross-border flows",
    "securities_flows_monthly": "cross-border flows by month",
    "industry_valuation": "valuation by industry",
    "index_valuation": "cited valuation",
    "gpif_annual": "GPIF's year",
    "gpif_policy_mix": "GPIF's policy mix",
    "nisa_usage": "NISA",
    "fund_flows": "fund flows",
    "buybacks": "buybacks",
    "semiconductor_filings": "chip makers' results",
}
"""Tables watched for news only. Closes of single shares and funds come out every day and are no news."""
OPTIONAL: Final = (*SHOWN, *WATCHED)
WORDS: Final = {MARKET: "prices and yields", **SHOWN, **WATCHED}


@dataclass(frozen=True)
class Settings:
    """The choices of the notebook's reader, checked. Raises ``BadParameter`` where one makes no sense."""

    weeks: int = 13
    high_weeks: int = 52
    years: int = 2
    news_days: int = 7

    def __post_init__(self) -> None:
        rules = {"weeks": (4, 26), "high_weeks": (4, 520), "years": (1, 25), "news_days": (1, 92)}
        for name, (least, most) in rules.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise BadParameter(f"{value!r} is not between {least} and {most}", name)


@dataclass(frozen=True)
class Inputs:
    """The tables as they stood at ``now`` (Tokyo), by name; those not yet public are absent from ``tables``."""

    now: pd.Timestamp
    tables: dict[str, pd.DataFrame]

    @property
    def missing(self) -> list[str]:
        """The tables that would be shown but were not public yet, in words."""
        return [words for name, words in SHOWN.items() if name not in self.tables]

    def rows(self, name: str, **keys: str) -> pd.DataFrame:
        """The rows of a table with these keys; empty where the table was not public."""
        found = self.tables.get(name)
        if found is None:
            return pd.DataFrame(columns=["period_end", "published_at", "value", *keys])
        for key, wanted in keys.items():
            found = found[found[key] == wanted]
        return found


def load_inputs(as_of: str | None = None) -> Inputs:
    """Read ``market_daily`` and whatever else was public.

    Without ``as_of`` the dashboard stands at the newest publication among the tables it shows; what is dated later in
    a table that is only watched is left out.

    Raises
    ------
    NotYetPublished : no close was public at ``as_of``.
    """
    found = {MARKET: load(MARKET, as_of)}
    for name in OPTIONAL:
        frame = optional(name, as_of)
        if frame is not None:
            found[name] = frame
    given = moment(as_of)
    now = (
        given if given is not None else max(found[name]["published_at"].max() for name in found if name not in WATCHED)
    )
    public = {name: frame[frame["published_at"] <= now] for name, frame in found.items()}
    return Inputs(now, {name: frame for name, frame in public.items() if len(frame)})
