"""Secrets: what counts as one, and that no form of it stays."""

from __future__ import annotations

import html
import json
import pickle
from urllib.parse import unquote

import nbformat.v4 as form
import pytest

from jpresearch.batch.redaction import Redactor, is_key

KEYS = """
API_KEY api_key apiKey APIKEY SECRET DB_PASSWORD dbpasswd GITHUB_TOKEN authToken AUTH AWS_SECRET_ACCESS_KEY credentials
DATABASE_URL DB_PASS DBPASS REPORTS_DSN GITHUB_PAT JWT API_BEARER SQL_CONNECTION_STRING MONGODB_URI conn_str
SLACK_WEBHOOK_URL SESSION_COOKIE AUTHORIZATION DB_CREDS LDAP_BIND_PW AZURE_SAS SAS_URL MYSQLPASS TOTP_SEED passwort
RABBITMQ_URL SQLALCHEMY_URL KAFKA_SASL_JAAS_CONFIG PASSKEY CLIENT_PEM HMAC access_code パスワード
key SSHPrivateKey OAUTH2_BEARER_TOKEN PGPASSWORD mySecrets
"""
VALUE = 'pa"ss\\wörd & <more>\n1'


@pytest.mark.parametrize("name", KEYS.split())
def test_names_of_keys(name: str) -> None:
    assert is_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "author",
        "AUTHORITY",
        "monkey",
        "keyboard",
        "turkey_share",
        "market",
        "PATH",
        "TOKENIZERS",
        "as_of",
        "keystone",
        "compass",
        "bypass",
        "pattern",
        "patience",
        "HOMEPAGE_URL",
        "first_url",
        "PWD",
        "OLDPWD",
        "seed",
        "signature",
        "pinned",
        "cooked",
        "passive",
        "hookup",
        "powers",
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not is_key(name)


@pytest.mark.parametrize("password", ["hunter2-x", "p@ss-word", "pa/ss-word", "100%25-sure"])
def test_logins_inside_addresses_are_secret_whatever_the_name(password: str) -> None:
    redactor = Redactor.of({"SOME_PROXY": f"http://desk:{password}@proxy.example:8080/path"}, (), {})
    for text in (f"http://desk:{password}@proxy.example", f"the password {password}", unquote(password)):
        assert password not in redactor.text(text) and unquote(password) not in redactor.text(text)
    assert "proxy.example:8080/path" in redactor.text(f"http://desk:{password}@proxy.example:8080/path")
    assert Redactor.of({"HOMEPAGE": "https://example.org:8080/a@b"}) == Redactor()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://feed.example/rows?series=topix&api_key=Zx81-abcd", "Zx81-abcd"),
        ("https://feed.example/rows?token=a%2Fb%3Dc99", "a/b=c99"),
        ("https://store.example/c?sv=2024&sig=Qm9va3M%3D", "Qm9va3M%3D"),
        ("Server=tcp:db.example;Database=flows;User Id=desk;Password=hunter2-x;", "hunter2-x"),
        ("host=db.example dbname=flows password=hunter2-x", "hunter2-x"),
        ("AccountName=desk;AccountKey=bm90IGEga2V5;EndpointSuffix=core.example", "bm90IGEga2V5"),
    ],
)
def test_values_that_a_text_names_as_keys_are_secret_whatever_the_text_is_called(text: str, secret: str) -> None:
    redactor = Redactor.of({"SOURCE": text}, (), {})
    assert secret not in redactor.text(f"read {text} with {secret}")
    assert secret not in Redactor.of({}, (), {"feed": text}).text(text)
    assert "flows" not in [value for _, value in redactor.known]


@pytest.mark.parametrize("text", ["lags=8;start=2012-01-01", "https://x.example/?code_list=1321&series=topix", "a = b"])
def test_other_pairs_of_name_and_value_stay(text: str) -> None:
    assert Redactor.of({}, (), {"rule": text}) == Redactor()


@pytest.mark.parametrize("login", [":hD4", "u:pw", "me:x", "u:"])
def test_a_short_login_goes_with_its_address(login: str) -> None:
    redactor = Redactor.of({}, (), {"feed": f"redis://{login}@cache:6379/0"})
    assert redactor.text(f"read redis://{login}@cache:6379/0") == "read redis[removed: feed]cache:6379/0"
    assert redactor.text(f"{login} elsewhere") == f"{login} elsewhere", "a short text is no secret by itself"


def test_values_come_from_environment_parameters_and_configuration() -> None:
    environ = {
        "MY_TOKEN": "abcdef123",
        "USER_NAME": "matsumoto",
        "PLAIN": "not-secret",
        "JPRESEARCH_SECRETS": "desk, USER_NAME",
    }
    redactor = Redactor.of(
        environ,
        ["folder"],
        {"api_key": 12345678, "desk": ["tokyo-one", "tokyo-two"], "folder": "x:/private", "as_of": "2025-09-05"},
    )
    text = redactor.text("abcdef123 matsumoto not-secret 12345678 tokyo-one tokyo-two x:/private 2025-09-05")
    assert text == (
        "[removed: MY_TOKEN] [removed: USER_NAME] not-secret [removed: api_key] [removed: desk] [removed: desk] "
        "[removed: folder] 2025-09-05"
    )


def test_short_values_and_missing_ones_are_no_secrets() -> None:
    redactor = Redactor.of({"A_KEY": "12345", "B_KEY": "", "C_KEY": "      "}, (), {"token": None, "auth": True})
    assert not redactor
    assert redactor.text("12345 True None      ") == "12345 True None      "


@pytest.mark.parametrize(
    "written",
    [
        VALUE,
        repr(VALUE),
        json.dumps(VALUE),
        json.dumps(VALUE, ensure_ascii=False),
        html.escape(VALUE),
        html.escape(VALUE, quote=False),
    ],
    ids=["plain", "Python", "JSON", "JSON with letters", "HTML", "HTML text"],
)
def test_every_way_of_writing_a_value_is_found(written: str) -> None:
    cleaned = Redactor.of({"API_KEY": VALUE}).text(f"before {written} after")
    assert cleaned.replace('"', "").replace("'", "") == "before [removed: API_KEY] after"


def test_of_overlapping_values_the_longest_goes() -> None:
    redactor = Redactor.of({"A_KEY": "secret", "B_KEY": "secret-and-more"})
    assert redactor.text("secret-and-more, secret") == "[removed: B_KEY], [removed: A_KEY]"


def test_colours_of_a_traceback_hide_nothing() -> None:
    coloured = "\x1b[31msk-\x1b[39m\x1b[32m12345\x1b[0m"
    assert Redactor.of({"API_KEY": "sk-12345"}).text(f"x = {coloured}") == "x = \x1b[31m[removed: API_KEY]\x1b[0m"


def test_values_in_lists_mappings_and_numbers_go_too() -> None:
    redactor = Redactor.of({"PIN_TOKEN": "987654"})
    assert redactor.value({"a": ["x987654", 987654, 1.5, True, None], "987654": "k"}) == {
        "a": ["x[removed: PIN_TOKEN]", "[removed: PIN_TOKEN]", 1.5, True, None],
        "[removed: PIN_TOKEN]": "k",
    }


def test_nothing_of_a_secret_stays_in_a_notebook() -> None:
    cell = form.new_code_cell("key = 'hush-hush'", metadata={"tags": ["hush-hush"]})
    cell.outputs = [
        form.new_output("stream", name="stdout", text="it is hush"),
        form.new_output("stream", name="stdout", text="-hush\n"),
        form.new_output("stream", name="stderr", text="-hush\n"),
        form.new_output("display_data", {"text/html": "<b>hush-hush</b>", "application/json": {"v": ["hush-hush"]}}),
        form.new_output("error", ename="E", evalue="hush-hush", traceback=["at hush-hush"]),
    ]
    notebook = form.new_notebook(cells=[form.new_markdown_cell("hush-hush"), cell])
    notebook.metadata["papermill"] = {"parameters": {"api_key": "hush-hush"}}
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python"}
    Redactor.of({}, (), {"api_key": "hush-hush"}).node(notebook)
    text = form.writes(notebook)
    assert "hush-hush" not in text
    assert "hush" not in "".join(output.get("text", "") for output in cell.outputs[:1])
    assert text.count("[removed: api_key]") == 9
    assert notebook.metadata["kernelspec"]["name"] == "python3"


def test_what_belongs_to_the_form_of_a_notebook_stays() -> None:
    notebook = form.new_notebook(
        cells=[form.new_code_cell("x", outputs=[form.new_output("stream", name="stdout", text="stdout")])]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python"}
    Redactor.of({"A_KEY": "python", "B_KEY": "stdout", "C_KEY": "stream"}).node(notebook)
    assert notebook.metadata["kernelspec"]["language"] == "python"
    (output,) = notebook.cells[0].outputs
    assert (output.output_type, output.name, output.text) == ("stream", "stdout", "[removed: B_KEY]")


def test_a_redactor_travels_between_processes() -> None:
    redactor = Redactor.of({"A_KEY": "abcdef"})
    redactor.text("x")
    assert pickle.loads(pickle.dumps(redactor)).text("abcdef") == "[removed: A_KEY]"
