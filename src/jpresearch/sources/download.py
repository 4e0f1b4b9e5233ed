"""Bytes from a publisher: time-outs, patience only where it may help, and limits on everything.

Certificates are checked; redirects are followed only within https (and on loopback, where a local server plays the
publisher). ``JPRESEARCH_MIRROR`` names a server that keeps copies under ``/<host>/<path>``, for desks behind a proxy.
"""

from __future__ import annotations

import ipaddress
import os
import time
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from jpresearch import __version__
from jpresearch.sources.model import SourceError

MIRROR_VARIABLE: Final = "JPRESEARCH_MIRROR"
LIMIT_BYTES: Final = 50 * 1024 * 1024
TIMEOUT_SECONDS: Final = (10.0, 60.0)
WHOLE_SECONDS: Final = 300.0
ATTEMPTS: Final = 3
LONGEST_WAIT_SECONDS: Final = 60
BACKOFF_SECONDS: Final = 0.5
REDIRECTS: Final = 5
MAY_PASS: Final = (429, 500, 502, 503, 504)
CHUNK_BYTES: Final = 64 * 1024
AGENT: Final = f"jpresearch/{__version__} (research collection; reads published statistics, a few files a week)"


def fetch(address: str, *, limit_bytes: int = LIMIT_BYTES, backoff_seconds: float = BACKOFF_SECONDS) -> bytes:
    """The content at ``address``.

    Answers that may pass (429, 5xx, a reset connection) are asked for again, ``ATTEMPTS`` times in all, at the interval
    that ``Retry-After`` asks for (a minute at most) or with growing pauses.

    Raises
    ------
    SourceError : not reached, refused, too large, empty, or led away from https.
    """
    with _session(backoff_seconds) as session:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _read(session, mirrored(address), limit_bytes)
            except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError) as error:
                if attempt == ATTEMPTS:
                    raise SourceError.of(f"the connection broke off: {_reason(error)}", address) from error
                time.sleep(backoff_seconds * 2**attempt)
            except requests.exceptions.RequestException as error:
                raise SourceError.of(f"the address could not be read: {_reason(error)}", address) from error
    raise AssertionError("every attempt returns or raises")


def _session(backoff_seconds: float) -> requests.Session:
    patience = Retry(
        total=ATTEMPTS - 1,
        connect=0,
        read=0,
        backoff_factor=backoff_seconds,
        status_forcelist=MAY_PASS,
        allowed_methods=["GET"],
        respect_retry_after_header=True,
        raise_on_status=False,
        # A publisher that asks for an hour is given a minute.
        retry_after_max=LONGEST_WAIT_SECONDS,
    )
    session = requests.Session()
    session.headers["User-Agent"] = AGENT
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=patience))
    return session


def _read(session: requests.Session, address: str, limit_bytes: int) -> bytes:
    for _ in range(REDIRECTS + 1):
        _require_trusted(address)
        with session.get(address, stream=True, timeout=TIMEOUT_SECONDS, allow_redirects=False) as response:
            if not response.is_redirect:
                return _content(response, address, limit_bytes)
            target = urljoin(address, response.headers["Location"])
            if _scheme(address) == "https" and _scheme(target) != "https":
                raise SourceError.of(f"redirected away from https to {target}", address)
            address = target
    raise SourceError.of(f"redirected more than {REDIRECTS} times", address)


def _content(response: requests.Response, address: str, limit_bytes: int) -> bytes:
    if response.status_code != requests.codes.ok:
        raise SourceError.of(f"the publisher answered {response.status_code} {response.reason}", address)
    content, since = bytearray(), time.monotonic()
    for chunk in response.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > limit_bytes:
            raise SourceError.of(f"the file is larger than {limit_bytes:,} bytes", address)
        if time.monotonic() - since > WHOLE_SECONDS:
            raise SourceError.of(f"the file did not arrive within {WHOLE_SECONDS:.0f} seconds", address)
    if not content:
        raise SourceError.of("the file is empty", address)
    return bytes(content)


def mirrored(address: str) -> str:
    """The address to ask: the publisher's own, or its copy on the mirror that ``JPRESEARCH_MIRROR`` names."""
    mirror = os.environ.get(MIRROR_VARIABLE)
    if not mirror:
        return address
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}{query}"


def _require_trusted(address: str) -> None:
    """Only https, or plain http to this machine itself."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise SourceError.of("only https addresses are read", address)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _scheme(address: str) -> str:
    return urlsplit(address).scheme


def _reason(error: Exception) -> str:
    """The innermost cause, without the address and the pool that requests wraps around it."""
    while error.__cause__ is not None or error.__context__ is not None:
        deeper = error.__cause__ or error.__context__
        if not isinstance(deeper, Exception):
            break
        error = deeper
    return f"{type(error).__name__}: {error}".split("\n")[0][:200]
