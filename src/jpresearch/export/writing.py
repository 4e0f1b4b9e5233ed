"""What an export is called, where it goes, and how it is written."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jpresearch.errors import CallError, DataError, UnknownName

if TYPE_CHECKING:
    from jpresearch.export.content import Content

ENDINGS: Final[Mapping[str, str]] = {"pptx": ".pptx", "pdf": ".pdf", "mail": ".eml", "png": "", "site": ""}
# What a folder is called by default.
FOLDERS: Final[Mapping[str, str]] = {"png": "-figures", "site": "-site"}
FORMS: Final = tuple(ENDINGS)
READABLE: Final = ("http", "https")
HOW: Final = "Give where the folder of runs can be read, such as https://desk.example/reports."


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    form : ``"pptx"``, ``"pdf"``, ``"mail"``, ``"png"`` or ``"site"``.
    notebooks : by name or number; none means all.
    output : file or folder; by default a file named by what it holds, in the run's folder.
    address : where the folder of runs can be read, for the links of a mail.
    against : folder of the run that a mail compares with; by default the newest earlier one that asked the same.
    every : all figures, not those of the first screens alone (``png``).
    note : what a mail says before all else.
    """

    form: str
    notebooks: tuple[str, ...] = ()
    output: Path | None = None
    address: str = ""
    against: Path | None = None
    every: bool = False
    note: str = ""


@dataclass(frozen=True)
class Exported:
    """A file or folder that was written, and what it came to in a few words."""

    path: Path
    words: str


def require_form(form: str, where: str | None = None) -> str:
    """The form where it is one. Raises ``UnknownName`` with those there are."""
    if form not in ENDINGS:
        raise UnknownName.of("form of export", form, FORMS, where)
    return form


def require_outputs(requests: Sequence[Request]) -> None:
    """Raises ``CallError`` where several exports would go into one file, or a file's ending is not that of its form."""
    for request in requests:
        output, ending = request.output, ENDINGS[request.form]
        _require_address(request.address)
        if output is None or _is_folder(output):
            continue
        if output.is_file() and not ending:
            raise CallError(
                f"--to {request.form} writes a folder, and this is a file", str(output), "Name a folder: --output."
            )
        if output.suffix in ENDINGS.values() and output.suffix and output.suffix != ending:
            what = f"a file that ends with {output.suffix} is not what --to {request.form} writes"
            raise CallError(what, str(output), f"Name a file that ends with {ending}." if ending else "Name a folder.")
        if output.suffix and sum(each.output == output for each in requests) > 1:
            raise CallError("several exports cannot go into one file", str(output), "Name a folder: --output.")


def _is_folder(output: Path) -> bool:
    """Whether the output is a folder that there is. Raises ``CallError`` where nothing can have its name."""
    try:
        output.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    except (OSError, ValueError) as error:
        why = f"no file can have this name: {getattr(error, 'strerror', None) or error}"
        raise CallError(why, f"{output!s:.60}", "Name another place: --output.") from error
    return output.is_dir()


def _require_address(address: str) -> None:
    """Raises ``CallError`` for what no reader of a mail can follow, or should not read."""
    try:
        parts = urlsplit(address)
        login = parts.username or parts.password
    except ValueError:
        raise CallError("it is no address", "--url", HOW) from None
    if address and (parts.scheme not in READABLE or not parts.netloc or re.search(r"[\s\x00-\x1f\x7f]", address)):
        raise CallError("it is no address of the web", "--url", HOW)
    if login:
        raise CallError("it holds a log-in, which every reader of the mail would have", "--url", HOW)


def place_of(request: Request, content: Content) -> Path:
    """The file (for pictures the folder) of an export."""
    ending = ENDINGS[request.form]
    name = f"{_stem(content)}{ending or FOLDERS[request.form]}"
    if request.output is None:
        return content.folder / name
    if ending and (_is_folder(request.output) or not request.output.suffix):
        return request.output / name
    return request.output


def _stem(content: Content) -> str:
    """``jpresearch-2026-11-29``, or the notebook's name where one report leaves."""
    return f"{'jpresearch' if content.whole else content.reports[0].job.notebook}-{content.day}"


def write(file: Path, content: bytes) -> None:
    """Write a file: beside first, then moved into place. Raises ``DataError`` where that cannot be done."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        why = f"it cannot be written: {error.strerror or error}"
        raise DataError(why, str(file), "Name another place: --output.") from error


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder; others in it stay. Raises ``DataError``."""
    for name, content in files.items():
        write(folder / name, content)
