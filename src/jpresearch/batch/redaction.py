"""Keys and passwords stay out of everything a run leaves behind.

A value is secret if the name of its environment variable or parameter looks like that of a key, or is listed in
``JPRESEARCH_SECRETS`` (names between commas); so is the log-in inside any address. It is replaced by
``[removed: NAME]`` wherever it appears.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote, unquote

from jpresearch.errors import LOGIN

NAMES_VARIABLE: Final = "JPRESEARCH_SECRETS"
SHORTEST: Final = 6
WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
KEY_WORD: Final = re.compile(
    r"keys?|.*(?:api|access|secret|private|auth|account|master|client|signing|encryption)keys?"
    r"|.*(?:token|secret|password|passwd|passphrase|passcode|passwort|kennwort|pwd|credential|cookie|webhook)s?|o?auth"
    r"|(?:db|pg|user|my|mysql|sql|root|ldap|smtp|ftp|mail|admin|bind)?pass|pw|creds?|authorization|passkey"
    r"|dsn|pat|jwt|bearer|sas|t?otp|hmac|jaas|mnemonic|pem"
)
KEY_NAME: Final = re.compile(
    r".*connection_?string|.*conn_?str|(?:.*_)?(?:database|db|postgres(?:ql)?|mysql|redis|mongo(?:db)?|amqp|broker|rabbitmq|kafka|sqlalchemy|jdbc|odbc|snowflake|clickhouse|oracle|mssql|webhook|sas)_ur[il]"
    r"|access_?code|.*(?:パスワード|暗証番号|秘密鍵)"
)
# A pair of name and value in an address (?token=...) or a connection string (Server=...;Password=...).
PAIR: Final = re.compile(r"(?:^|[?&;\s])([^\W\d][\w. -]{0,39}?)\s*=\s*([^&;\s\"'<>#]+)")
# Names of what signs an address, which by themselves are words like others.
SIGNING: Final = ("sig", "signature", "x-amz-signature", "x-goog-signature")
# The shell's current folder and the one before: no password, and part of nearly every path.
FOLDERS: Final = ("PWD", "OLDPWD")
COLOURS: Final = r"(?:\x1b\[[0-9;]*m)*"
PICTURES: Final = ("image/png", "image/jpeg")
STRUCTURE: Final = ("kernelspec", "language_info")


@dataclass(frozen=True)
class Redactor:
    """Replaces secret values; ``known`` holds pairs of name and value."""

    known: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls, environ: Mapping[str, str], named: Sequence[str] = (), parameters: Mapping[str, Any] | None = None
    ) -> Redactor:
        """The redactor for these environment variables and parameters.

        Parameters
        ----------
        environ : environment variables by name; ``JPRESEARCH_SECRETS`` among them adds to ``named``.
        named : names that are secret whatever they look like.
        parameters : values of a notebook's parameters by name; every text or number in a list counts.
        """
        wanted = {*named, *(name.strip() for name in environ.get(NAMES_VARIABLE, "").split(","))}
        values = [*environ.items(), *(parameters or {}).items()]
        secret = [(name, text) for name, value in values if name in wanted or is_key(name) for text in _texts(value)]
        secret += [(name, login) for name, value in values for text in _texts(value) for login in _logins(text)]
        return cls(tuple(dict.fromkeys(pair for pair in secret if len(pair[1].strip()) >= SHORTEST)))

    @classmethod
    def each(cls, environ: Mapping[str, str], parameters: Sequence[Mapping[str, Any]]) -> list[Redactor]:
        """The redactor of each job by its parameters; the environment is gone through once."""
        common = cls.of(environ)
        named = [name.strip() for name in environ.get(NAMES_VARIABLE, "").split(",") if name.strip()]
        own = (cls.of({}, named, given) for given in parameters)
        return [cls(common.known + redactor.known) if redactor else common for redactor in own]

    def __bool__(self) -> bool:
        return bool(self.known)

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        if not self.known:
            return text
        plain = self._pattern.sub(self._marker, text)
        return self._coloured.sub(self._marker, plain) if "\x1b" in plain else plain

    def value(self, value: Any) -> Any:
        """A copy of ``value`` (JSON or a tuple) in which no text, number or key of a mapping is secret."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return type(value)((self.text(str(key)), self.value(part)) for key, part in value.items())
        if isinstance(value, (list, tuple)):
            return type(value)(self.value(part) for part in value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.text(str(value)) if str(value) in self._markers else value
        return value

    def node(self, notebook: Any) -> None:
        """Remove secrets from sources, outputs and metadata of an nbformat node, in place.

        Neighbouring pieces of one stream are joined before, for a value may be cut in two.
        """
        if not self.known:
            return
        for name in notebook.metadata:
            if name not in STRUCTURE:
                notebook.metadata[name] = self.value(notebook.metadata[name])
        for cell in notebook.cells:
            cell.source = self.text(cell.source)
            cell.metadata = self.value(cell.metadata)
            if "attachments" in cell:
                cell.attachments = self.value(cell.attachments)
            if "outputs" in cell:
                cell.outputs = [self._output(output) for output in _joined(cell.outputs)]

    def _output(self, output: Any) -> Any:
        for part in ("text", "ename", "evalue", "traceback", "metadata"):
            if part in output:
                output[part] = self.value(output[part])
        for media, content in output.get("data", {}).items():
            if media not in PICTURES:
                output["data"][media] = self.value(content)
        return output

    @cached_property
    def _markers(self) -> dict[str, str]:
        """The replacement of each form in which a value may be written."""
        forms = ((form, f"[removed: {name}]") for name, value in self.known for form in _forms(value))
        return dict(sorted(forms, key=lambda pair: len(pair[0]), reverse=True))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(form) for form in self._markers))

    @cached_property
    def _coloured(self) -> re.Pattern[str]:
        """The same with colour codes of a traceback between any two characters."""
        return re.compile("|".join(COLOURS.join(re.escape(letter) for letter in form) for form in self._markers))

    def _marker(self, match: re.Match[str]) -> str:
        return self._markers[re.sub(COLOURS, "", match[0])]


def is_key(name: str) -> bool:
    """Whether the name of a variable or parameter looks like that of a key (``API_KEY``, ``authToken``)."""
    if KEY_NAME.fullmatch(name.lower()) is not None:
        return True
    return name not in FOLDERS and any(KEY_WORD.fullmatch(word.lower()) for word in WORDS.findall(name))


def _logins(text: str) -> Iterator[str]:
    """What lets in inside a text: log-ins of addresses, and values whose names in the text are those of keys."""
    yield from _passwords(text)
    for name, value in PAIR.findall(text) if "=" in text else ():
        if is_key(name) or ("://" in text and name.lower() in SIGNING):
            yield from dict.fromkeys((value, unquote(value)))


def _passwords(text: str) -> Iterator[str]:
    """The log-in inside an address, and its password alone, as written and as meant; a short one with its marks."""
    if "://" not in text or "@" not in text:
        return
    for found in LOGIN.finditer(text):
        yield found[0] if len(found[0]) >= SHORTEST else f"://{found[0]}@"
        password = found[0].partition(":")[2]
        yield from dict.fromkeys((password, unquote(password)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _forms(value: str) -> set[str]:
    """The value as it stands, in JSON (with and without escapes), in Python source, in HTML and in an address."""
    plain = {value, value.strip()}
    written = {form for text in plain for form in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])}
    source = {repr(text)[1:-1] for text in plain} | {text.replace("\\", "\\\\").replace('"', '\\"') for text in plain}
    escaped = {form for text in plain | source for form in (html.escape(text), html.escape(text, quote=False))}
    return plain | written | source | escaped | {quote(text, safe="") for text in plain} | {quote(t) for t in plain}


def _joined(outputs: list[Any]) -> list[Any]:
    """The outputs with neighbouring pieces of the same stream made one."""
    joined: list[Any] = []
    for output in outputs:
        before = joined[-1] if joined else None
        if before is not None and output.output_type == before.output_type == "stream" and output.name == before.name:
            before["text"] += output["text"]
        else:
            joined.append(output)
    return joined
