"""Frames of files already checked, kept on disk so that the next process need not check and convert them again.

A frame is kept under the digest of everything it follows from: the file, its description, the code that checks and
converts, the versions of pandas and numpy. A copy that is torn or altered fails its own digest and counts as none;
where nothing can be written nothing is kept. The copies lie in ``JPRESEARCH_CACHE``, else in the user's folder for
caches; ``jpresearch data check`` never uses them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch import folders, schemas
from jpresearch.calendars import TOKYO
from jpresearch.catalog import Table

VERSIONS_KEPT: Final = 3
DIGEST_BYTES: Final = 32
LENGTH_BYTES: Final = 8


def digest_of(file_digest: str, table: Table) -> str:
    """What the frame of a file follows from, as one digest."""
    described = (table.name, table.columns_and_key.model_dump_json(), sorted(table.sources), table.house.key)
    return hashlib.sha256(f"{file_digest}\n{described}\n{_code()}".encode()).hexdigest()


def recall(digest: str, table: Table) -> pd.DataFrame | None:
    """The frame kept under ``digest``; ``None`` where there is none that is whole."""
    try:
        content = _file(digest, table).read_bytes()
    except OSError:
        return None
    body = memoryview(content)[DIGEST_BYTES:]
    if len(content) <= DIGEST_BYTES or hashlib.sha256(body).digest() != content[:DIGEST_BYTES]:
        return None
    length = int.from_bytes(body[:LENGTH_BYTES], "little")
    columns = json.loads(bytes(body[LENGTH_BYTES : LENGTH_BYTES + length]))
    return pd.DataFrame(_columns(columns, body[LENGTH_BYTES + length :]))


def keep(digest: str, frame: pd.DataFrame, table: Table) -> None:
    """Keep a checked frame, and of the table no more than a few; without effect where that cannot be written."""
    columns, parts = [], []
    for name in frame.columns:
        kind, values, distinct = _plain(frame[name])
        columns.append({"name": name, "kind": kind, "type": values.dtype.str, "count": len(values), "texts": distinct})
        parts.append(values.tobytes())
    head = json.dumps(columns, ensure_ascii=True).encode()
    body = b"".join([len(head).to_bytes(LENGTH_BYTES, "little"), head, *parts])
    file = _file(digest, table)
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(file, hashlib.sha256(body).digest() + body)
        _drop_old(file, table)


def _columns(columns: list[dict[str, Any]], body: memoryview) -> dict[str, Any]:
    """The columns of a frame from their numbers, and texts from their places in a list."""
    found: dict[str, Any] = {}
    start = 0
    for column in columns:
        kind = np.dtype(column["type"])
        end = start + kind.itemsize * column["count"]
        values = np.frombuffer(body[start:end], dtype=kind)
        start = end
        if column["kind"] == "text":
            found[column["name"]] = pd.array(column["texts"], dtype="str").take(values, allow_fill=True)
        elif column["kind"] == "moment":
            found[column["name"]] = pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(TOKYO)
        else:
            found[column["name"]] = values.copy()
    return found


def _plain(values: pd.Series) -> tuple[str, np.ndarray, list[str]]:
    """A column as what it is, numbers, and distinct texts."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return "moment", values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), []
    if values.dtype.kind in "fiM":
        return "number", values.to_numpy(), []
    codes, distinct = pd.factorize(values)
    return "text", codes.astype(np.int64), list(distinct)


def _write(file: Path, content: bytes) -> None:
    """Write beside, then move into place."""
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _drop_old(file: Path, table: Table) -> None:
    there = sorted(file.parent.glob(f"{table.name}-*.frame"), key=lambda path: path.stat().st_mtime_ns)
    for path in there[:-VERSIONS_KEPT]:
        path.unlink(missing_ok=True)


def _file(digest: str, table: Table) -> Path:
    return folders.cache() / "tables" / f"{table.name}-{digest[:32]}.frame"


@cache
def _code() -> str:
    """A digest of the code that checks and converts."""
    here = Path(__file__).parent
    digest = hashlib.sha256(f"{pd.__version__} {np.__version__}".encode())
    for file in sorted([*here.glob("*.py"), Path(schemas.__file__)]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
