"""J-Quants (V2): TOPIX, prices and filings of the chip names, trading by type of investors.

Page: https://jpx-jquants.com/en/spec

The service is read through its official client, which finds the key by itself: in the environment
(``JQUANTS_API_KEY``) or in its own TOML file. The key is no parameter here; it stands in no message, address or log.
``locate`` gives addresses of the form ``jquants:/equities/bars/daily?code=80350&from=2026-08-14``, ``Service.read``
turns one into the text of a CSV file in the service's column names, and ``parse`` reads that as it reads the files that
desks download (``jquants_files``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import pandas as pd
import requests
import urllib3.exceptions
from urllib3.util.retry import Retry

from jpresearch.errors import without_logins
from jpresearch.sources.delimited import only_source_errors
from jpresearch.sources.download import in_time, require_proxy
from jpresearch.sources.http_session import TooLarge, patient_session, read_limited, trusted
from jpresearch.sources.jquants_files import frame_of, labels_of
from jpresearch.sources.jquants_filings import COMPANIES, chip_filings
from jpresearch.sources.jquants_flows import investor_flows, names_of
from jpresearch.sources.jquants_prices import CODES, PRICES, chip_prices, topix
from jpresearch.sources.model import Page, Parsed, SourceError

Reader = Callable[[pd.DataFrame, str], list[Parsed]]

SCHEME: Final = "jquants"
SERVICE: Final = "https://api.jquants.com/v2"
BARS: Final = "/equities/bars/daily"
TOPIX_BARS: Final = "/indices/bars/daily/topix"
INVESTOR_TYPES: Final = "/equities/investor-types"
FILINGS: Final = "/fins/summary"
KEY_VARIABLE: Final = "JQUANTS_API_KEY"
# Printable and without spaces: anything else breaks the header, and the breakage would quote it.
KEY: Final = re.compile(r"[!-~]{8,4096}")

ATTEMPTS: Final = 4
BACKOFF_SECONDS: Final = 1.0
# The service sends no Retry-After with 429 and asks for a minute, two to be safe.
BUSY_SECONDS: Final = 65.0
LONGEST_WAIT_SECONDS: Final = 120
# A whole read: all its pages, with the pauses that a busy service asks for.
WHOLE_SECONDS: Final = 900.0
LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
MOST_ANSWERS: Final = 200
# Days asked for again before the newest that is held: they show on which share basis the new closes stand.
OVERLAP: Final = timedelta(days=7)

FIRST_WEEK: Final = date(2012, 1, 1)

HINT: Final = "Nothing was changed."
NO_KEY: Final = (
    f"Set {KEY_VARIABLE}, or write the key into jquants-api.toml as the official client describes. Nothing was changed."
)


class JQuants:
    """One kind of data of the service: what its files look like, its addresses, and how a file reads."""

    def __init__(
        self,
        name: str,
        table_name: str,
        recognised: Callable[[set[str]], bool],
        reader: Reader,
        addresses: Callable[[date | None], list[str]],
    ) -> None:
        self.name = name
        self.tables: tuple[str, ...] = (table_name,)
        self._recognised = recognised
        self._reader = reader
        self._addresses = addresses

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the file has the labels of this kind."""
        return self._recognised(labels_of(content))

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """The rows of a file in the service's names, CSV or JSON. Raises ``SourceError``."""
        with only_source_errors(file_name):
            return self._reader(frame_of(content, file_name), file_name)

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The addresses to read through ``Service``; there is no index page."""
        return self._addresses(since)


def _address(path: str, **query: str) -> str:
    return f"{SCHEME}:{path}" + (f"?{urlencode(query)}" if query else "")


def _from(since: date | None, overlap: timedelta = timedelta(0)) -> dict[str, str]:
    return {"from": (since - overlap).isoformat()} if since else {}


TOPIX_ADAPTER: Final = JQuants(
    "jquants_topix",
    "market_daily",
    lambda labels: labels == {"Date", "O", "H", "L", "C"},
    topix,
    lambda since: [_address(TOPIX_BARS, **_from(since))],
)
PRICES_ADAPTER: Final = JQuants(
    "jquants_prices",
    "semiconductor_prices",
    lambda labels: (
        any({"Date", close, *prices} <= labels for close, prices in PRICES.items())
        and not labels.isdisjoint({"Code", "Volume", "UpLimit"})
    ),
    chip_prices,
    lambda since: [_address(BARS, code=f"{code}0", **_from(since, OVERLAP)) for code in CODES],
)
FILINGS_ADAPTER: Final = JQuants(
    "jquants_filings",
    "semiconductor_filings",
    lambda labels: {"Code", "DiscDate", "CurFYEn", "Sales"} <= labels,
    chip_filings,
    # A later disclosure carries figures of an earlier one, so each company's record is read whole.
    lambda since: [_address(FILINGS, code=f"{code}0") for code in COMPANIES],
)
INVESTOR_TYPES_ADAPTER: Final = JQuants(
    "jquants_investor_types",
    "investor_flows",
    lambda labels: names_of(list(labels)) is not None,
    investor_flows,
    # The service wants a section or a day of publication to begin with.
    lambda since: [_address(INVESTOR_TYPES, **_from(since or FIRST_WEEK))],
)
ADAPTERS: Final = (TOPIX_ADAPTER, PRICES_ADAPTER, FILINGS_ADAPTER, INVESTOR_TYPES_ADAPTER)


@dataclass(frozen=True)
class _Endpoint:
    """How the client reads an endpoint, and the labels of an answer without rows."""

    call: Callable[[Any, dict[str, str]], pd.DataFrame]
    labels: str


ENDPOINTS: Final = {
    BARS: _Endpoint(
        lambda client, query: client.get_eq_bars_daily(code=query["code"], from_yyyymmdd=query.get("from", "")),
        "EQ_BARS_DAILY_COLUMNS_V2",
    ),
    TOPIX_BARS: _Endpoint(
        lambda client, query: client.get_idx_bars_daily_topix(from_yyyymmdd=query.get("from", "")),
        "INDICES_TOPIX_COLUMNS_V2",
    ),
    INVESTOR_TYPES: _Endpoint(
        lambda client, query: client.get_eq_investor_types(from_yyyymmdd=query.get("from", "")),
        "EQ_INVESTOR_TYPES_COLUMNS_V2",
    ),
    FILINGS: _Endpoint(
        lambda client, query: client.get_fin_summary_cursor(code=query["code"])[0],
        "FIN_SUMMARY_COLUMNS_V2",
    ),
}


class Service:
    """The service behind the official client, with time-outs, patience and limits of our own.

    Parameters
    ----------
    base : its address; https, or this machine itself, where a local server may play it.

    Raises
    ------
    SourceError : no key is configured, or ``base`` is no address to send a key to.
    """

    def __init__(self, base: str = SERVICE) -> None:
        if not trusted(base):
            raise SourceError("a key is sent only over https", "J-Quants", HINT)
        self.base = base
        self._client, problem = _client(base)
        if problem:
            raise SourceError(problem, "J-Quants", NO_KEY)

    def __repr__(self) -> str:
        return f"Service({self.base!r})"

    def read(self, address: str) -> bytes:
        """The answer at an address of ``locate`` as the text of a CSV file.

        Raises
        ------
        SourceError : no such address, or the service does not answer as it should.
        """
        parts = urlsplit(address)
        endpoint = ENDPOINTS.get(parts.path)
        if parts.scheme != SCHEME or endpoint is None:
            raise SourceError("there is no such endpoint", address, HINT)
        require_proxy(self.base)
        query = dict(parse_qsl(parts.query))
        frame, problem = in_time(lambda: self._frame(endpoint, query), address, WHOLE_SECONDS)
        # Raised here and not where it was caught: the client's own error holds the request with its headers.
        if frame is None:
            raise SourceError(problem, address, HINT)
        return frame.to_csv(index=False, lineterminator="\n").encode()

    def _frame(self, endpoint: _Endpoint, query: dict[str, str]) -> tuple[pd.DataFrame | None, str]:
        try:
            with _session() as session:
                self._client._session = session
                frame = endpoint.call(self._client, query)
            return frame if len(frame.columns) else pd.DataFrame(columns=_labels(endpoint.labels)), ""
        except Exception as error:
            return None, _words(error, self._client._api_key)


def key_is_configured() -> bool:
    """Whether the client finds a key, so that the service can be asked at all."""
    return not _client(SERVICE)[1]


def _client(base: str) -> tuple[Any, str]:
    """The official client without a session yet, or what is wrong in words that do not quote the configuration."""
    import jquantsapi  # type: ignore[import-untyped]

    try:
        client = jquantsapi.ClientV2()
    except Exception as error:
        missing = isinstance(error, ValueError) and "api_key is required" in str(error)
        return None, "no key is configured" if missing else "the configuration of the key cannot be read"
    if not isinstance(client._api_key, str) or not KEY.fullmatch(client._api_key):
        return None, "the configured key has characters that no key has"
    client.JQUANTS_API_BASE = base
    return client, ""


def _labels(name: str) -> list[str]:
    from jquantsapi import constants

    return list(getattr(constants, name))


class _Patience(Retry):
    """Waits a minute after 429 where the service does not say how long."""

    busy_seconds: ClassVar[float] = BUSY_SECONDS

    def get_backoff_time(self) -> float:
        if self.history and self.history[-1].status == requests.codes.too_many_requests:
            return self.busy_seconds
        return super().get_backoff_time()


def _session() -> requests.Session:
    """A session that retries what may pass, follows no redirect and reads no endless answer."""
    session = patient_session(ATTEMPTS, BACKOFF_SECONDS, LONGEST_WAIT_SECONDS, kind=_Patience)
    # requests would send the header with the key along to wherever a redirect leads.
    session.max_redirects = 0
    answers = 0

    def limited(response: requests.Response, *args: Any, **kwargs: Any) -> None:
        nonlocal answers
        answers += 1
        if answers > MOST_ANSWERS:
            raise TooLarge(f"longer than {MOST_ANSWERS} pages")
        # What requests itself would do next, without limits.
        response._content = read_limited(response, LARGEST_ANSWER_BYTES)

    session.hooks["response"].append(limited)
    return session


def _words(error: Exception, key: str) -> str:
    """What went wrong, without the key even where the service repeats it."""
    response = getattr(error, "response", None)
    status = response.status_code if response is not None else None
    if isinstance(error, requests.exceptions.TooManyRedirects):
        text = "the service leads elsewhere, and the key is sent nowhere else"
    elif isinstance(error, TooLarge):
        text = f"the answer is {error}"
    elif status in (requests.codes.unauthorized, requests.codes.forbidden):
        text = f"the service refused ({status}): the key is not valid, or the plan does not include this"
    elif status == requests.codes.too_many_requests:
        text = "the service is asked too often (429), even after pauses"
    elif status is not None:
        text = f"the service answered {status}"
    elif isinstance(error, (requests.exceptions.RequestException, urllib3.exceptions.HTTPError)):
        text = f"the service could not be reached ({type(error).__name__}: {error})"
    else:
        text = f"the answer is not as described ({type(error).__name__}: {error})"
    return without_logins(text.split("\n")[0].replace(key, "***"))[:300]
