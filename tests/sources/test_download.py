"""Downloads from a local server: patient where it may help, bounded everywhere, never away from https."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from jpresearch.sources import download
from jpresearch.sources.model import SourceError


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LONGEST_WAIT_SECONDS", 0)


def fetch(server: HTTPServer, path: str = "/file", **limits: int) -> bytes:
    return download.fetch(server.url_for(path), backoff_seconds=0.01, **limits)


def answers(server: HTTPServer, *statuses: int, headers: dict[str, str] | None = None) -> list[int]:
    """Serve these statuses in turn, the last for good; returns the list of what was served."""
    served: list[int] = []

    def handle(_: Request) -> Response:
        status = statuses[min(len(served), len(statuses) - 1)]
        served.append(status)
        return Response(b"content" if status == 200 else b"", status=status, headers=headers)

    server.expect_request("/file").respond_with_handler(handle)
    return served


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_for_again(httpserver: HTTPServer, fast: None, status: int) -> None:
    served = answers(httpserver, status, status, 200)
    assert fetch(httpserver) == b"content"
    assert served == [status, status, 200]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_no_is_not_asked_again(httpserver: HTTPServer, status: int) -> None:
    served = answers(httpserver, status)
    with pytest.raises(SourceError, match=str(status)):
        fetch(httpserver)
    assert served == [status]


def test_patience_ends(httpserver: HTTPServer, fast: None) -> None:
    served = answers(httpserver, 503)
    with pytest.raises(SourceError, match="503"):
        fetch(httpserver)
    assert len(served) == download.ATTEMPTS


def test_retry_after_is_obeyed_up_to_a_minute(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waits.append)
    answers(httpserver, 429, 200, headers={"Retry-After": "7"})
    assert fetch(httpserver) == b"content"
    httpserver.clear()
    answers(httpserver, 429, 200, headers={"Retry-After": "86400"})
    assert fetch(httpserver) == b"content"
    assert waits == [7, download.LONGEST_WAIT_SECONDS]


def test_a_file_over_the_limit_is_refused_before_it_is_whole(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(b"x" * 2_000_000)
    with pytest.raises(SourceError, match="larger than 100,000 bytes"):
        fetch(httpserver, limit_bytes=100_000)


def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(httpserver: HTTPServer) -> None:
    import gzip

    packed = gzip.compress(b"\0" * 5_000_000)
    assert len(packed) < 100_000
    httpserver.expect_request("/file").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="larger"):
        fetch(httpserver, limit_bytes=100_000)


def test_an_empty_answer_is_an_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(b"")
    with pytest.raises(SourceError, match="empty"):
        fetch(httpserver)


def test_a_redirect_on_this_machine_is_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(status=302, headers={"Location": "/other"})
    httpserver.expect_request("/other").respond_with_data(b"content")
    assert fetch(httpserver) == b"content"


@pytest.mark.parametrize("target", ["http://example.invalid/x", "ftp://127.0.0.1/x", "file:///etc/hostname"])
def test_a_redirect_to_anything_but_https_is_refused(httpserver: HTTPServer, target: str) -> None:
    httpserver.expect_request("/file").respond_with_data(status=302, headers={"Location": target})
    with pytest.raises(SourceError, match="only https"):
        fetch(httpserver)


def test_a_circle_of_redirects_ends(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(status=302, headers={"Location": "/file"})
    with pytest.raises(SourceError, match="more than 5 times"):
        fetch(httpserver)


@pytest.mark.parametrize(
    "address", ["http://www.example.com/x", "ftp://example.com/x", "file:///etc/hostname", "nonsense"]
)
def test_plain_addresses_are_never_asked(address: str) -> None:
    with pytest.raises(SourceError, match="only https"):
        download.fetch(address)


@pytest.fixture
def resetting() -> Iterator[tuple[str, list[int]]]:
    """A server that breaks each connection in the middle of its answer."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[int] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(1)
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/file", connections
    listener.close()


def test_a_truncated_answer_is_an_error_not_a_short_file(resetting: tuple[str, list[int]]) -> None:
    address, connections = resetting
    with pytest.raises(SourceError, match="broke off"):
        download.fetch(address, backoff_seconds=0.01)
    assert len(connections) == download.ATTEMPTS


def test_nobody_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(SourceError, match="refused"):
        download.fetch(f"http://127.0.0.1:{port}/file", backoff_seconds=0.01)


def test_a_mirror_stands_in_for_every_publisher(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    httpserver.expect_request("/www.example.com/a/b.csv", query_string="x=1").respond_with_data(b"copy")
    monkeypatch.setenv("JPRESEARCH_MIRROR", httpserver.url_for("/"))
    assert download.fetch("https://www.example.com/a/b.csv?x=1") == b"copy"


def test_a_publisher_is_told_who_asks(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(b"content")
    fetch(httpserver)
    request, _ = httpserver.log[0]
    assert "jpresearch" in request.headers["User-Agent"]
    assert os.environ.get("USER", "nobody-at-all") not in request.headers["User-Agent"]


PROXIES = (
    "http://me:hunter2@127.0.0.1:9", "me:hunter2@127.0.0.1:9", "http://me:hun[ter2@127.0.0.1:9", "http://me:hunter2@",
    "http://me:hunter2@127.0.0.1:99999", "http://me:hun/ter2@127.0.0.1:9", "http://me:hun#ter2@127.0.0.1:9",
    "http://me:hun?ter2@127.0.0.1:9", "ftp://me:hunter2@127.0.0.1", f"http://me:{'hunter2' * 60}@[:9",
    "http://me:hun ter2@127.0.0.1:port", "socks5://me:hunter2@127.0.0.1:9", "http://me:9/hunter2@127.0.0.1:9",
)  # fmt: skip


def dripping(head: bytes) -> Iterator[str]:
    """A server that sends ``head`` and then a byte now and then, for ever."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(head)
            while not over.wait(0.05):
                connection.sendall(b"x")

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/file"
    over.set()
    listener.close()


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-"])
def test_a_drip_of_bytes_in_body_or_head_ends_in_time(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "WHOLE_SECONDS", 1.0)
    for address in dripping(head):
        with pytest.raises(SourceError, match="did not arrive within 1 seconds"):
            download.fetch(address)


@pytest.mark.parametrize("target", ["http://[::1", "https://x:99999/", "//[", "https://x:port/"])
def test_a_redirect_to_what_is_no_address_is_said(target: str) -> None:
    with pytest.raises(SourceError, match="no address"):
        download._redirected("https://127.0.0.1/a", target, "https://127.0.0.1/a")


def resolved(**hosts: str) -> Any:
    """Names as a resolver would know them; numbers and this machine are as they are."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        return real(hosts.get(str(host).split(".")[0], host), port, *rest, **options)

    return getaddrinfo


@pytest.mark.parametrize(
    "target",
    ["127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:10.0.0.1]", "10.0.0.1", "192.168.1.1", "169.254.169.254",
     "[fe80::1]", "0.0.0.0", "inside.example", "100.64.0.1"],
)  # fmt: skip
def test_a_publisher_elsewhere_never_leads_into_our_networks(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolved(publisher="8.8.8.8", inside="10.1.2.3", other="1.1.1.1"))
    with pytest.raises(SourceError, match="network of this machine's own"):
        download._redirected("https://publisher.example/a", f"https://{target}/b", "https://publisher.example/a")
    elsewhere = "https://other.example/b"
    assert download._redirected("https://publisher.example/a", elsewhere, "https://publisher.example/a") == elsewhere


def test_no_netrc_is_used_and_an_address_may_hold_a_login(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password from-netrc\ndefault login me password any\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    httpserver.expect_request("/127.0.0.1/file").respond_with_data(b"content")
    httpserver.expect_request("/file").respond_with_data(b"content")
    fetch(httpserver)
    assert "Authorization" not in httpserver.log[0][0].headers
    monkeypatch.setenv("JPRESEARCH_MIRROR", httpserver.url_for("").replace("://", "://me:pass%40word@"))
    download.fetch("https://127.0.0.1/file")
    request, _ = httpserver.log[1]
    assert request.authorization is not None and request.authorization.password == "pass@word"


@pytest.mark.parametrize(
    "address", ["https://me:hunter2@mirror.invalid/x", "https://me:hun@ter2@mirror.invalid/", "http://hunter2@x/"]
)
def test_no_message_holds_a_login(address: str) -> None:
    error = SourceError.of(f"no answer from {address}", address, f"Ask {address}.")
    assert "hunter2" not in str(error) and "ter2" not in repr(error.what) and "[removed]@" in str(error)


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_s_password_is_never_quoted(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "ATTEMPTS", 1)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    with pytest.raises(SourceError) as caught:
        download.fetch("https://api.invalid/x")
    assert "hun" not in str(caught.value) and "ter2" not in str(caught.value)
