"""Bytes from a publisher: time-outs, patience only where it may help, and limits on everything.

Certificates are checked; redirects are followed only within https (and on loopback, where a local server plays the
publisher), and never into this machine or its networks unless the publisher itself is there. ``JPRESEARCH_MIRROR``
names a server that keeps copies under ``/<host>/<path>``, for desks behind a proxy.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from jpresearch import __version__
from jpresearch.errors import without_logins
from jpresearch.sources.http_session import TooLarge, patient_session, read_limited, trusted
from jpresearch.sources.model import SourceError

T = TypeVar("T")

MIRROR_VARIABLE: Final = "JPRESEARCH_MIRROR"
LIMIT_BYTES: Final = 50 * 1024 * 1024
WHOLE_SECONDS: Final = 300.0
ATTEMPTS: Final = 3
PUBLIC: Final = "public"
LONGEST_WAIT_SECONDS: Final = 60
BACKOFF_SECONDS: Final = 0.5
REDIRECTS: Final = 5
AGENT: Final = f"jpresearch/{__version__} (research collection; reads published statistics, a few files a week)"


def fetch(address: str, *, limit_bytes: int = LIMIT_BYTES, backoff_seconds: float = BACKOFF_SECONDS) -> bytes:
    """The content at ``address``.

    Answers that may pass (429, 5xx, a reset connection) are asked for again, ``ATTEMPTS`` times in all, at the interval
    that ``Retry-After`` asks for (a minute at most) or with growing pauses.

    Raises
    ------
    SourceError : not reached, refused, too large, empty, or led away from https.
    """
    return in_time(lambda: _patiently(address, limit_bytes, backoff_seconds), address, WHOLE_SECONDS)


def in_time(work: Callable[[], T], address: str, seconds: float) -> T:
    """What ``work`` gives within ``seconds``; one byte now and then, in head or body, makes no time-out else.

    Raises
    ------
    SourceError : of ``work``, or that it took too long; its thread is left behind and hinders nobody.
    """
    answers: queue.SimpleQueue[tuple[T] | Exception] = queue.SimpleQueue()

    def answer() -> None:
        try:
            answers.put((work(),))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=answer, name="download", daemon=True).start()
    with contextlib.suppress(queue.Empty):
        found = answers.get(timeout=seconds)
        if isinstance(found, Exception):
            raise found
        return found[0]
    raise SourceError.of(f"the file did not arrive within {seconds:.0f} seconds", address)


def _patiently(address: str, limit_bytes: int, backoff_seconds: float) -> bytes:
    with _session(backoff_seconds) as session:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _read(session, mirrored(address), limit_bytes)
            except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError) as error:
                if attempt == ATTEMPTS:
                    raise SourceError.of(f"the connection broke off: {_reason(error)}", address) from error
                time.sleep(backoff_seconds * 2**attempt)
            except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
                raise SourceError.of(f"the address could not be read: {_reason(error)}", address) from error
    raise AssertionError("every attempt returns or raises")


def _session(backoff_seconds: float) -> requests.Session:
    # Connections that break off are begun again here, where their answers are read.
    session = patient_session(ATTEMPTS, backoff_seconds, LONGEST_WAIT_SECONDS, connect=0, read=0)
    session.headers["User-Agent"] = AGENT
    return session


def _read(session: requests.Session, address: str, limit_bytes: int) -> bytes:
    began = address
    for _ in range(REDIRECTS + 1):
        _require_trusted(address)
        require_proxy(address)
        with session.get(address, auth=_login(address), stream=True, allow_redirects=False) as response:
            if not response.is_redirect:
                return _content(response, address, limit_bytes)
            address = _redirected(address, response.headers["Location"], began)
    raise SourceError.of(f"redirected more than {REDIRECTS} times", address)


def _redirected(address: str, location: str, began: str) -> str:
    """Where a redirect leads. Raises ``SourceError`` where a publisher has no business to lead."""
    try:
        target = urljoin(address, location)
        urlsplit(target).port  # noqa: B018 - refuses what is no port
    except ValueError as error:
        raise SourceError.of(f"redirected to what is no address: {location[:200]!r}", address) from error
    if _scheme(address) == "https" and _scheme(target) != "https":
        raise SourceError.of(f"redirected away from https to {target}", address)
    reached, at_home = _places(target), _places(began)
    if not reached <= {PUBLIC} | at_home:
        raise SourceError.of(f"redirected into a network of this machine's own: {target}", address)
    return target


def _places(address: str) -> set[str]:
    """The kinds of network that the address's host lies in; a host that nobody knows is nowhere yet."""
    parts = urlsplit(address)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {_place(str(each[4][0])) for each in found}


def _place(number: str) -> str:
    place = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(place, ipaddress.IPv6Address):
        place = place.ipv4_mapped or place.sixtofour or (place.teredo or (None, place))[1] or place
    if place.is_loopback or place.is_unspecified:
        return "loopback"
    if place.is_link_local:
        return "link-local"
    return PUBLIC if place.is_global else "private"


def _login(address: str) -> HTTPBasicAuth | None:
    """The log-in that the address itself holds, as a mirror's may."""
    parts = urlsplit(address)
    return None if parts.username is None else HTTPBasicAuth(unquote(parts.username), unquote(parts.password or ""))


def _content(response: requests.Response, address: str, limit_bytes: int) -> bytes:
    if response.status_code != requests.codes.ok:
        raise SourceError.of(f"the publisher answered {response.status_code} {response.reason}", address)
    try:
        content = read_limited(response, limit_bytes)
    except TooLarge as error:
        raise SourceError.of(f"the file is {error}", address) from error
    if not content:
        raise SourceError.of("the file is empty", address)
    return content


def mirrored(address: str) -> str:
    """The address to ask: the publisher's own, or its copy on the mirror that ``JPRESEARCH_MIRROR`` names."""
    mirror = os.environ.get(MIRROR_VARIABLE)
    if not mirror:
        return address
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}{query}"


def _require_trusted(address: str) -> None:
    try:
        known = trusted(address)
    except ValueError as error:
        raise SourceError.of("this is no address", address) from error
    if not known:
        raise SourceError.of("only https addresses are read", address)


def require_proxy(address: str) -> None:
    """Raise ``SourceError`` where the proxy that the environment names for ``address`` is no address.

    The libraries quote the piece that they stumble over, which may be a piece of the password.
    """
    proxy = select_proxy(address, get_environ_proxies(address))
    if proxy and not _is_proxy(proxy):
        what = "the proxy that the environment names is no address of the form http://name:password@host:port"
        raise SourceError(what, address, "In its name and password write / as %2F, # as %23, @ as %40 and the like.")


def _is_proxy(proxy: str) -> bool:
    try:
        parts = parse_url(prepend_scheme_if_needed(proxy, "http"))  # type: ignore[no-untyped-call]
    except (requests.exceptions.RequestException, HTTPError, ValueError, TypeError):
        return False
    rest = f"{parts.path}{parts.query}{parts.fragment}"
    return bool(parts.host) and (parts.scheme or "").startswith(("http", "socks")) and "@" not in rest


def _scheme(address: str) -> str:
    return urlsplit(address).scheme


def _reason(error: Exception) -> str:
    """The innermost cause, without the address and the pool that requests wraps around it."""
    while error.__cause__ is not None or error.__context__ is not None:
        deeper = error.__cause__ or error.__context__
        if not isinstance(deeper, Exception):
            break
        error = deeper
    return without_logins(f"{type(error).__name__}: {error}".split("\n")[0])[:200]
