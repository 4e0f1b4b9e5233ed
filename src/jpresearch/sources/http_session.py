"""The session behind every download: patience where it may help, limits on everything, no log-in that nobody gave."""

from __future__ import annotations

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

TIMEOUT_SECONDS: Final = (10.0, 60.0)
MAY_PASS: Final = (429, 500, 502, 503, 504)
CHUNK_BYTES: Final = 64 * 1024


class TooLarge(requests.exceptions.RequestException):
    """An answer longer than is read; its text says by what, as ``larger than 1,000 bytes``."""


class _Timed(HTTPAdapter):
    """Sets time-outs on every request, whatever its caller says."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = TIMEOUT_SECONDS
        return super().send(request, *args, **kwargs)


def patient_session(
    attempts: int, backoff_seconds: float, longest_wait_seconds: int, *, kind: type[Retry] = Retry, **rules: Any
) -> requests.Session:
    """A session that asks again where an answer may pass (429, 5xx), with growing pauses or those asked for.

    Parameters
    ----------
    attempts : how often in all.
    backoff_seconds : the unit of the pauses.
    longest_wait_seconds : what a publisher that asks for more is given.
    kind : the rules of patience.
    rules : what ``kind`` takes besides, such as ``connect``.
    """
    patience = kind(
        total=attempts - 1,
        backoff_factor=backoff_seconds,
        status_forcelist=MAY_PASS,
        allowed_methods=["GET"],
        respect_retry_after_header=True,
        raise_on_status=False,
        retry_after_max=longest_wait_seconds,
        **rules,
    )
    session = requests.Session()
    # Nothing is added to a request: a .netrc is never asked for a log-in.
    session.auth = lambda request: request
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Timed(max_retries=patience))
    return session


def read_limited(response: requests.Response, limit_bytes: int) -> bytes:
    """The answer's content, read as it arrives. Raises ``TooLarge``, so that its size is not without end."""
    content = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > limit_bytes:
            raise TooLarge(f"larger than {limit_bytes:,} bytes")
    return bytes(content)


def trusted(address: str) -> bool:
    """Whether an address may be asked: over https, or plainly on this machine itself. Raises ``ValueError``."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
