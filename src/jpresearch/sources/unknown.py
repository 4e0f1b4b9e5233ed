"""What a file looks like that no adapter knows: in one line, with the edition or the table that may have been meant."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from jpresearch.sources import registry
from jpresearch.sources.delimited import ENCODINGS, opening, separator, wide_encoding
from jpresearch.sources.jquants_files import labels_of
from jpresearch.sources.model import SourceError
from jpresearch.sources.table_csv import TableCsv, header_labels

BEGINNINGS: Final = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook or another Office file",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}
SEPARATOR_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
SHOWN_LABELS: Final = 6
LONGEST_LABEL: Final = 40
# So much of a table's columns makes a file one that was meant for it.
MEANT: Final = 0.5


@dataclass(frozen=True)
class Edition:
    """Another edition of what is read here: what gives it away in the file's name or beginning, and which to take."""

    sign: re.Pattern[str]
    advice: str


EDITIONS: Final = (
    Edition(re.compile(r"Tousi_DV_\w*\.(pdf|xls)", re.I), "take JPX's weekly CSV, Tousi_DV_W_*.csv"),
    Edition(re.compile(r"stock_(val|vol)_\w*\.pdf|stock_1_\w*\.pdf", re.I), "take JPX's workbook (.xls, .xlsx)"),
    Edition(re.compile(r"perpbr\w*\.pdf", re.I), "take JPX's workbook perpbrYYYYMM.xlsx"),
    Edition(re.compile(r"realtime_start|fredgraph\.(xls|pdf|png)", re.I), "take FRED's CSV of the series"),
    Edition(
        re.compile(r"FinFutWk|FinComWk|NonComm_Positions|Noncommercial Positions|M_Money_Positions", re.I),
        "take the CFTC's yearly text of financial futures, FinFutYY.txt",
    ),
    Edition(re.compile(r"jgbcm\w*\.(xls|pdf)", re.I), "take the ministry's CSV, jgbcm_all.csv or jgbcme_all.csv"),
    Edition(re.compile(r"nikkei_stock_average\w*\.(pdf|xls)", re.I), "take Nikkei's CSV of daily prices"),
)


def refusal(content: bytes, file_name: str, names: Sequence[str]) -> SourceError:
    """The error for a file that no adapter of these tables knows: what it looks like, and what to hand in instead.

    Parameters
    ----------
    content, file_name : the file.
    names : the tables that it was handed in for; none means any.
    """
    other = _of_another_table(content, file_name) if names else ""
    if other:
        return SourceError(
            f"the file is one for {other}, not for {', '.join(names)}", file_name, "Nothing was changed."
        )
    advice = next((edition.advice for edition in EDITIONS if edition.sign.search(_signs(content, file_name))), "")
    what = f"no adapter knows this file; it looks like {_looks(content)}"
    meant = "" if advice else _meant(header_labels(content), registry.own_forms(names))
    step = advice or "docs/data.md says which files are read"
    return SourceError(f"{what}, {meant}" if meant else what, file_name, f"Nothing was changed; {step}.")


def _of_another_table(content: bytes, file_name: str) -> str:
    """The tables that a file feeds, whichever they are; empty where it feeds none or several fit."""
    try:
        adapter = registry.recognise(content, file_name, ())
    except SourceError:
        return ""
    return "" if adapter is None else ", ".join(adapter.tables)


def _signs(content: bytes, file_name: str) -> str:
    return f"{file_name}\n{opening(content)}"


def _looks(content: bytes) -> str:
    """What kind of file it is, by its first bytes or its first line."""
    for beginning, kind in BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    head = opening(content).strip()
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return "an HTML page, not the file that it links to"
    if not head or "\0" in head:
        return "no text"
    if head.startswith(("{", "[")):
        return f"JSON with {_listed(sorted(labels_of(content)))}"
    split_by = separator(head.split("\n", 1)[0])
    if split_by not in head.split("\n", 1)[0]:
        return f"text in {_encoding(content)} without columns"
    return (
        f"a table in {_encoding(content)}, split by {SEPARATOR_NAMES[split_by]}, with {_listed(header_labels(content))}"
    )


def _archive(content: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a broken archive or workbook"
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook of another layout than those read here"
    return f"an archive of {_listed(names)}; unpack it and hand in the folder"


def _encoding(content: bytes) -> str:
    wide = wide_encoding(content)
    if wide:
        return "UTF-16"
    for encoding in ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "UTF-8" if encoding.startswith("utf-8") else encoding
    return "an unknown encoding"


def _listed(names: Sequence[str]) -> str:
    """The first names, short, and how many more there are."""
    known = [" ".join(name.split())[:LONGEST_LABEL] for name in names if name.strip()]
    more = len(known) - SHOWN_LABELS
    shown = ", ".join(known[:SHOWN_LABELS]) or "no names"
    return f"{shown} and {more} more" if more > 0 else shown


def _meant(labels: list[str], forms: Sequence[TableCsv]) -> str:
    """The tables whose columns the labels come nearest to, and what keeps them from it; empty where none is near."""
    near = {form.tables[0]: form.strange(labels) for form in forms if form.overlap(labels) >= MEANT}
    if not near:
        return ""
    least = min(len(missing) + len(strange) for missing, strange in near.values())
    tables = [name for name, found in near.items() if sum(map(len, found)) == least]
    missing, strange = near[tables[0]]
    lacks = f"without {_listed(missing)}" if missing else ""
    has = f"with {_listed(strange)} besides" if strange else ""
    return f"nearly the CSV of {' or '.join(tables[:3])}, {' and '.join(part for part in (lacks, has) if part)}"
