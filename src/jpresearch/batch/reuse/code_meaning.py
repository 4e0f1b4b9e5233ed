"""What a piece of Python says and what it imports, whatever its comments and layout; from the syntax tree.

Reading a tree costs a millisecond or two and most files never change, so what was found is kept in a small file, by
digest of the text. The file may be deleted or damaged at any time: what it lacks is read again.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import platform
import re
import tokenize
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from jpresearch.files import write_atomically

PACKAGE: Final = "jpresearch"
DIGITS: Final = 12
FORM: Final = 2
IMPORT_LINE: Final = re.compile(r"^\s*(?:from|import)\s.*$", re.MULTILINE)
DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
IDLE_TOKENS: Final = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip


class Reading(NamedTuple):
    """What a text says.

    Attributes
    ----------
    meaning : digest of its statements, the same for the same code in another layout; empty where it holds no code.
    imports : what it imports, or names as a text, from this package, as dotted names with ``level`` dots in front; a
        name may be a module or something in one.
    """

    meaning: str
    imports: tuple[str, ...]


def digest(content: str | bytes) -> str:
    """A short digest: enough to tell versions of one thing apart."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:DIGITS]


def read(source: str) -> Reading:
    """The reading of Python ``source``. A cell with IPython's own syntax counts as it is written, comments included."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading(digest(source.strip()), _own(_from_lines(source)))
    if not tree.body:
        return Reading("", ())
    # A last semicolon keeps IPython from showing the value of the line before it; the tree does not know it.
    said = ast.dump(tree) + (";" if _ends_silently(source) else "")
    return Reading(digest(said), _own(_imports(tree)))


def _ends_silently(source: str) -> bool:
    if ";" not in source:
        return False
    with suppress(tokenize.TokenError, SyntaxError):
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        last = [token.string for token in tokens if token.type not in IDLE_TOKENS][-1:]
        return last == [";"]
    return False


def _own(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name.startswith((".", PACKAGE))))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value):
            # import_module("a.b") and its like.
            yield node.value


def _from(node: ast.ImportFrom) -> Iterator[str]:
    """``from a import b``: the module ``a``, and ``a.b``, which may be one too."""
    base = "." * node.level + (node.module or "")
    yield base
    joint = "" if base.endswith(".") else "."
    yield from (f"{base}{joint}{alias.name}" for alias in node.names)


def _from_lines(source: str) -> Iterator[str]:
    """The imports of a cell that is not plain Python, line by line as far as they are."""
    for line in IMPORT_LINE.findall(source):
        with suppress(SyntaxError, ValueError):
            yield from _imports(ast.parse(line.strip()))


class Readings:
    """Readings by digest of the text, kept in ``file`` between calls where one is given."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known: dict[str, Reading] | None = None
        self._used: set[str] = set()
        self._grown = False

    def of(self, source: str | bytes) -> Reading:
        """The reading of a text; a file's bytes are taken as UTF-8."""
        text = source if isinstance(source, str) else source.decode("utf-8", "replace")
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        known = self._loaded()
        if key not in known:
            known[key] = read(text)
            self._grown = True
        self._used.add(key)
        return known[key]

    def save(self) -> None:
        """Keep what was used; not being able to is no harm."""
        if not self._grown or self._file is None:
            return
        kept = {
            key: [reading.meaning, *reading.imports] for key, reading in self._loaded().items() if key in self._used
        }
        content = json.dumps({"form": _form(), "readings": kept}, separators=(",", ":"))
        with suppress(OSError):
            write_atomically(self._file, content)
            self._grown = False

    def _loaded(self) -> dict[str, Reading]:
        if self._known is None:
            self._known = {}
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                self._known = _parsed(json.loads(self._file.read_text(encoding="utf-8")) if self._file else {})
        return self._known


def _parsed(content: Any) -> dict[str, Reading]:
    """The readings of a file that was written by the same form and Python: trees differ between versions."""
    if content.get("form") != _form():
        return {}
    return {
        key: Reading(str(meaning), tuple(map(str, names))) for key, (meaning, *names) in content["readings"].items()
    }


def _form() -> str:
    return f"{FORM} {platform.python_version()}"
