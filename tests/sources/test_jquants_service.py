"""The J-Quants service behind its official client: pages, pauses, limits, and a key that stays unseen.

A local server plays the service; nothing leaves this machine.
"""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from jpresearch.sources import http_session, jquants
from jpresearch.sources.jquants import (
    FILINGS_ADAPTER,
    INVESTOR_TYPES_ADAPTER,
    PRICES_ADAPTER,
    TOPIX_ADAPTER,
    Service,
    key_is_configured,
)
from jpresearch.sources.jquants_prices import CODES
from jpresearch.sources.model import SourceError
from tests.sources.builders_jquants import Row, bars, filing, index_bars
from tests.sources.test_download import PROXIES, dripping

KEY = "k3y-that-nobody-may-see-0123456789"
TOPIX = "jquants:/indices/bars/daily/topix?from=2026-08-17"
BARS = "jquants:/equities/bars/daily?code=80350&from=2026-08-14"
DAYS = [(date(2026, 8, day), 2_900.0 + day) for day in (17, 18, 19, 20, 21)]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home of its own with no configuration, the key in the environment, no proxy."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JQUANTS_API_CLIENT_CONFIG_FILE", raising=False)
    monkeypatch.setenv("JQUANTS_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were taken, which take no time here."""
    taken: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", taken.append)
    return taken


@pytest.fixture
def service(httpserver: HTTPServer) -> Service:
    """The client of a service on this machine."""
    return Service(httpserver.url_for("/v2"))


@pytest.fixture(autouse=True)
def never_the_key(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test here may leave the key in a log, however talkative."""
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text


def answer(rows: list[Row], **more: object) -> Response:
    return Response(json.dumps({"data": rows, **more}), content_type="application/json")


def refused(service: Service, address: str = TOPIX) -> str:
    """The error of a read, after a look that the key is nowhere near it."""
    with pytest.raises(SourceError) as caught:
        service.read(address)
    error = caught.value
    chain = "".join(traceback.format_exception(error))
    assert KEY not in chain
    assert error.__cause__ is None
    assert error.__context__ is None, "the client's error holds the request and its headers"
    assert KEY not in repr(error)
    return str(error)


def test_rows_arrive_as_the_file_that_parse_reads(httpserver: HTTPServer, service: Service) -> None:
    httpserver.expect_oneshot_request(
        "/v2/indices/bars/daily/topix", query_string={"from": "2026-08-17"}, headers={"x-api-key": KEY}
    ).respond_with_response(answer(index_bars(DAYS)))
    content = service.read(TOPIX)
    assert TOPIX_ADAPTER.recognises(content, TOPIX)
    (parsed,) = TOPIX_ADAPTER.parse(content, TOPIX)
    assert parsed.rows["value"].tolist() == [close for _, close in DAYS]
    assert KEY.encode() not in content


def test_pages_are_followed_by_their_key(httpserver: HTTPServer, service: Service) -> None:
    rows = index_bars(DAYS)

    def page(request: Request) -> Response:
        start = int(request.args.get("pagination_key", "0"))
        more = {"pagination_key": str(start + 2)} if start + 2 < len(rows) else {}
        return answer(rows[start : start + 2], **more)

    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_handler(page)
    (parsed,) = TOPIX_ADAPTER.parse(service.read(TOPIX), TOPIX)
    assert parsed.rows["period_end"].dt.date.tolist() == [day for day, _ in DAYS]
    assert len(httpserver.log) == 3


def test_pages_without_end_are_given_up(
    httpserver: HTTPServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jquants, "MOST_ANSWERS", 5)
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_response(
        answer(index_bars(DAYS), pagination_key="again")
    )
    assert "the answer is longer than 5 pages" in refused(service)
    assert len(httpserver.log) == 6


def test_retry_after_is_obeyed(httpserver: HTTPServer, service: Service, pauses: list[float]) -> None:
    httpserver.expect_ordered_request("/v2/indices/bars/daily/topix").respond_with_response(
        Response("{}", status=429, headers={"Retry-After": "7"})
    )
    httpserver.expect_ordered_request("/v2/indices/bars/daily/topix").respond_with_response(answer(index_bars(DAYS)))
    assert service.read(TOPIX)
    assert pauses == [7]


def test_a_wait_of_a_day_is_cut_short(httpserver: HTTPServer, service: Service, pauses: list[float]) -> None:
    httpserver.expect_ordered_request("/v2/indices/bars/daily/topix").respond_with_response(
        Response("{}", status=429, headers={"Retry-After": "86400"})
    )
    httpserver.expect_ordered_request("/v2/indices/bars/daily/topix").respond_with_response(answer(index_bars(DAYS)))
    assert service.read(TOPIX)
    assert pauses == [jquants.LONGEST_WAIT_SECONDS]


def test_a_busy_service_that_does_not_say_how_long_is_given_a_minute(
    httpserver: HTTPServer, service: Service, pauses: list[float]
) -> None:
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_data('{"message": "slow down"}', status=429)
    assert "asked too often (429)" in refused(service)
    assert len(httpserver.log) == jquants.ATTEMPTS
    assert pauses == [jquants.BUSY_SECONDS] * (jquants.ATTEMPTS - 1)


def test_errors_that_may_pass_are_asked_again_and_others_are_not(
    httpserver: HTTPServer, service: Service, pauses: list[float]
) -> None:
    for status in (503, 500):
        httpserver.expect_ordered_request("/v2/indices/bars/daily/topix").respond_with_data("", status=status)
    httpserver.expect_ordered_request("/v2/indices/bars/daily/topix").respond_with_response(answer(index_bars(DAYS)))
    assert service.read(TOPIX)
    assert len(pauses) <= 2
    httpserver.clear()
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_data('{"message": "no"}', status=400)
    assert "answered 400" in refused(service)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_that_repeats_the_key_does_not_pass_it_on(
    httpserver: HTTPServer, service: Service, status: int
) -> None:
    body = json.dumps({"message": f"The incoming api key {KEY} is invalid or expired."})
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_data(body, status=status)
    assert "the service refused" in refused(service)


def test_a_redirect_is_not_followed_with_the_key(httpserver: HTTPServer, service: Service) -> None:
    target = httpserver.url_for("/elsewhere")
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_response(
        Response("", status=302, headers={"Location": target})
    )
    httpserver.expect_request("/elsewhere").respond_with_response(answer(index_bars(DAYS)))
    assert "leads elsewhere" in refused(service)
    assert [request.path for request, _ in httpserver.log] == ["/v2/indices/bars/daily/topix"]


@pytest.mark.parametrize(
    "body",
    [
        "<html>down</html>",
        "",
        "[]",
        "3",
        '{"data": [{"Date": "2026-08-17"',
        '{"data": [{"Nothing": 1}]}',
        '{"data": 5}',
        '{"data": ["a", "b"]}',
        f'{{"data": [{{"{KEY}": 1}}]}}',
    ],
)
def test_an_answer_that_is_not_as_described_is_an_error_or_no_rows(
    httpserver: HTTPServer, service: Service, body: str
) -> None:
    httpserver.expect_request("/v2/equities/investor-types").respond_with_data(body, content_type="application/json")
    try:
        content = service.read("jquants:/equities/investor-types?from=2026-08-01")
    except SourceError as error:
        assert KEY not in "".join(traceback.format_exception(error))
    else:
        (parsed,) = INVESTOR_TYPES_ADAPTER.parse(content, "answer")
        assert len(parsed.rows) == 0


def test_an_answer_without_rows_is_a_file_without_rows(httpserver: HTTPServer, service: Service) -> None:
    for adapter in jquants.ADAPTERS:
        address = adapter.locate(lambda url: b"", date(2026, 8, 17))[0]
        path = "/v2" + address.split(":")[1].split("?")[0]
        httpserver.expect_request(path).respond_with_response(answer([]))
        (parsed,) = adapter.parse(service.read(address), address)
        assert len(parsed.rows) == 0, adapter.name


def test_an_answer_too_large_is_given_up(
    httpserver: HTTPServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jquants, "LARGEST_ANSWER_BYTES", 1000)
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_data("x" * 5000)
    assert "the answer is larger than 1,000 bytes" in refused(service)


def test_a_service_that_does_not_answer_is_given_up(
    httpserver: HTTPServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_session, "TIMEOUT_SECONDS", (5.0, 0.5))
    monkeypatch.setattr(jquants, "ATTEMPTS", 2)

    asked: list[str] = []

    def slow(request: Request) -> Response:
        asked.append(request.path)
        threading.Event().wait(1.5)
        return answer([])

    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_handler(slow)
    assert "could not be reached" in refused(service)
    assert 1 <= len(asked) <= jquants.ATTEMPTS


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-"])
def test_an_answer_that_trickles_in_body_or_head_is_given_up(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jquants, "WHOLE_SECONDS", 0.3)
    for address in dripping(head):
        assert "did not arrive within 0 seconds" in refused(Service(address))


def test_many_small_pages_have_one_deadline(
    httpserver: HTTPServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jquants, "WHOLE_SECONDS", 0.4)
    over = threading.Event()

    def page(request: Request) -> Response:
        return answer(index_bars(DAYS), **({} if over.wait(0.1) else {"pagination_key": "again"}))

    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_handler(page)
    assert "did not arrive" in refused(service)
    assert len(httpserver.log) < 10
    over.set()
    for left_behind in (thread for thread in threading.enumerate() if thread.name == "download"):
        left_behind.join(5)


def test_no_netrc_is_used(
    httpserver: HTTPServer, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password one\ndefault login me password two\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    httpserver.expect_request("/v2/indices/bars/daily/topix").respond_with_response(answer(index_bars(DAYS)))
    assert service.read(TOPIX)
    assert [request.headers.get("Authorization") for request, _ in httpserver.log] == [None]


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_s_password_is_never_quoted(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jquants, "ATTEMPTS", 1)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    message = refused(Service("https://api.invalid/v2"))
    assert "hun" not in message and "ter2" not in message, message


def test_a_service_that_is_not_there_is_an_error() -> None:
    assert "could not be reached" in refused(Service("http://127.0.0.1:9/v2"))


def test_prices_and_filings_arrive_in_the_service_s_names(httpserver: HTTPServer, service: Service) -> None:
    closes = [(day, 54_000.0) for day, _ in DAYS]
    httpserver.expect_request(
        "/v2/equities/bars/daily", query_string={"code": "80350", "from": "2026-08-14"}
    ).respond_with_response(answer(bars("80350", closes)))
    (prices,) = PRICES_ADAPTER.parse(service.read(BARS), BARS)
    assert prices.rows["close_jpy"].tolist() == [54_000.0] * 5

    from jquantsapi import constants

    line = filing(
        "80350", "2025-07-31 15:30", "1QFinancialStatements_Consolidated_IFRS", "1Q", "2026-03-31", Sales=10**12
    )
    full = dict.fromkeys(constants.FIN_SUMMARY_COLUMNS_V2, "") | line
    httpserver.expect_request("/v2/fins/summary", query_string={"code": "80350"}).respond_with_response(answer([full]))
    (filings,) = FILINGS_ADAPTER.parse(service.read("jquants:/fins/summary?code=80350"), "filings")
    assert filings.rows["sales_jpy"].tolist() == [10**12]
    assert filings.rows["published_at"].dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2025-07-31 15:30"]


def test_addresses_carry_no_key_and_ask_for_what_is_new() -> None:
    since = date(2026, 8, 21)
    page = lambda url: b""  # noqa: E731
    everything = [address for adapter in jquants.ADAPTERS for address in adapter.locate(page, since)]
    assert all(KEY not in address for address in everything)
    assert len(PRICES_ADAPTER.locate(page, since)) == len(CODES)
    # A week again: it shows whether the share basis is still the table's.
    assert all("from=2026-08-14" in address for address in PRICES_ADAPTER.locate(page, since))
    assert TOPIX_ADAPTER.locate(page, since) == ["jquants:/indices/bars/daily/topix?from=2026-08-21"]
    assert INVESTOR_TYPES_ADAPTER.locate(page, None) == ["jquants:/equities/investor-types?from=2012-01-01"]
    assert "jquants:/fins/summary?code=285A0" in FILINGS_ADAPTER.locate(page, since)


@pytest.mark.parametrize(
    "address", ["https://api.jquants.com/v2/fins/summary", "jquants:/fins/details", "jquants:", ""]
)
def test_only_known_endpoints_are_asked(service: Service, address: str) -> None:
    with pytest.raises(SourceError, match="no such endpoint"):
        service.read(address)


@pytest.mark.parametrize(
    "base", ["http://api.jquants.com/v2", "http://192.168.0.4/v2", "ftp://localhost/v2", "", "file:///v2"]
)
def test_the_key_is_sent_only_over_https_or_to_this_machine(base: str) -> None:
    with pytest.raises(SourceError, match="https"):
        Service(base)


def test_without_a_key_the_error_says_where_to_put_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JQUANTS_API_KEY")
    assert not key_is_configured()
    with pytest.raises(SourceError, match="JQUANTS_API_KEY"):
        Service()


def test_the_key_may_stand_in_the_client_s_own_file(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JQUANTS_API_KEY")
    folder = tmp_path / ".jquants-api"
    folder.mkdir()
    (folder / "jquants-api.toml").write_text(f'[jquants-api-client]\napi_key = "{KEY}"\n')
    assert key_is_configured()
    httpserver.expect_request("/v2/indices/bars/daily/topix", headers={"x-api-key": KEY}).respond_with_response(
        answer(index_bars(DAYS))
    )
    assert Service(httpserver.url_for("/v2")).read(TOPIX)


@pytest.mark.parametrize(
    "text",
    [
        f'[jquants-api-client]\napi_key = "{KEY}',
        f"[jquants-api-client]\napi_key = {KEY}\n",
        "[jquants-api-client]\napi_key = 12345678901\n",
        "jquants-api-client = 3\n",
    ],
    ids=["not closed", "not quoted", "number", "no table"],
)
def test_a_broken_file_is_an_error_that_does_not_quote_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.delenv("JQUANTS_API_KEY")
    (tmp_path / "jquants-api.toml").write_text(text)
    with pytest.raises(SourceError) as caught:
        Service()
    chain = "".join(traceback.format_exception(caught.value))
    assert KEY not in chain
    assert "12345678901" not in chain


@pytest.mark.parametrize("key", [f"{KEY}\n", f" {KEY}", f"{KEY}\r\nHost: elsewhere", "キー" * 8, "short"])
def test_a_key_that_would_break_the_header_is_not_quoted(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("JQUANTS_API_KEY", key)
    with pytest.raises(SourceError, match="characters") as caught:
        Service()
    assert key.strip() not in "".join(traceback.format_exception(caught.value))


def test_the_service_does_not_show_its_key(service: Service) -> None:
    assert KEY not in repr(service) + str(service)
    assert service.base in repr(service)
