"""Damaged copies of workbooks: bytes flipped or cut off, cells swapped or blanked, rows dropped, labels changed."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
import xlwt

Sheets = dict[str, list[list[Any]]]

ROOT = Path(__file__).resolve().parents[2]
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")


def fixture(name: str) -> Path | None:
    """The publisher's own file, where the folder of fixtures lies beside the repository."""
    return next(iter(sorted(ROOT.parent.glob(f"*/fixtures/{name}"))), None)


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The content with one to three kinds of damage, of its bytes or of its cells."""
    if dice.random() < 0.5:
        return dice.choice((flipped, flipped, cut, shuffled))(content, dice)
    sheets = {name: [list(row) for row in rows] for name, rows in _cells_once(content).items()}
    for _ in range(dice.randrange(1, 4)):
        dice.choice(CELL_DAMAGE)(sheets, dice)
    return legacy_file(sheets) if content.startswith(COMPOUND) else modern_file(sheets)


def flipped(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.randrange(1, 9)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def shuffled(content: bytes, dice: random.Random) -> bytes:
    """Two stretches of bytes exchanged."""
    size = dice.randrange(1, 600)
    one, other = sorted(dice.randrange(max(1, len(content) - size)) for _ in range(2))
    changed = bytearray(content)
    changed[one : one + size], changed[other : other + size] = content[other : other + size], content[one : one + size]
    return bytes(changed)


@lru_cache(maxsize=16)
def _cells_once(content: bytes) -> Sheets:
    return cells(content)


def cells(content: bytes) -> Sheets:
    """Every cell of every sheet, formulas as their text."""
    if content.startswith(COMPOUND):
        book = python_calamine.load_workbook(io.BytesIO(content))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets
    }


def legacy_file(sheets: Sheets) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell not in ("", None):
                    sheet.write(at, column, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def modern_file(sheets: Sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(sheets: Sheets, dice: random.Random) -> list[list[Any]]:
    return dice.choice([rows for rows in sheets.values() if rows] or [[[""]]])


def _filled(rows: list[list[Any]], wanted: Callable[[Any], bool] = lambda cell: True) -> list[tuple[int, int]]:
    return [
        (at, column)
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell not in ("", None) and wanted(cell)
    ]


def swap_cells(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    places = _filled(rows)
    if len(places) > 1:
        (a, b), (c, d) = dice.sample(places, 2)
        rows[a][b], rows[c][d] = rows[c][d], rows[a][b]


def blank_cell(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    for at, column in dice.sample(places, 1) if (places := _filled(rows)) else ():
        rows[at][column] = ""


def drop_row(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    del rows[dice.randrange(len(rows))]


def repeat_row(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    if rows:
        at = dice.randrange(len(rows))
        rows.insert(at, list(rows[at]))


def drop_column(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    column = dice.randrange(max(1, max((len(row) for row in rows), default=1)))
    for row in rows:
        del row[column : column + 1]


def change_label(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    places = _filled(rows, lambda cell: isinstance(cell, str) and not cell[:1].isdigit())
    for at, column in dice.sample(places, 1) if places else ():
        text = rows[at][column]
        cut_at = dice.randrange(len(text))
        rows[at][column] = dice.choice((text[:cut_at] + text[cut_at + 1 :], text[:cut_at] + "別" + text[cut_at:], "別"))


def change_digit(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    places = _filled(rows, lambda cell: any(letter.isdigit() for letter in str(cell)))
    for at, column in dice.sample(places, 1) if places else ():
        cell = rows[at][column]
        text = str(cell)
        digit = dice.choice([place for place, letter in enumerate(text) if letter.isdigit()])
        changed = f"{text[:digit]}{dice.randrange(10)}{text[digit + 1 :]}"
        rows[at][column] = changed if isinstance(cell, str) else float(changed)


def strange_cell(sheets: Sheets, dice: random.Random) -> None:
    rows = _rows(sheets, dice)
    places = _filled(rows)
    for at, column in dice.sample(places, 1) if places else ():
        rows[at][column] = dice.choice((True, -1.5, 1e300, -7, 0, "#N/A", "▲", "1,2,3", "１２３", "=1/0", "9" * 30))


def rename_sheet(sheets: Sheets, dice: random.Random) -> None:
    name = dice.choice(list(sheets))
    renamed = {(f"{key}x"[:31] if key == name else key): rows for key, rows in sheets.items()}
    sheets.clear()
    sheets.update(renamed)


def drop_sheet(sheets: Sheets, dice: random.Random) -> None:
    if len(sheets) > 1:
        del sheets[dice.choice(list(sheets))]


def scale_sheet(sheets: Sheets, dice: random.Random) -> None:
    """Every number of a sheet in another unit."""
    rows = _rows(sheets, dice)
    for at, column in _filled(rows, lambda cell: isinstance(cell, (int, float)) and not isinstance(cell, bool)):
        rows[at][column] = rows[at][column] * 1000


CELL_DAMAGE = (
    swap_cells,
    blank_cell,
    drop_row,
    repeat_row,
    drop_column,
    change_label,
    change_digit,
    strange_cell,
    rename_sheet,
    drop_sheet,
    scale_sheet,
)


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams, each padded to the 4,096 bytes from which streams stand in sectors."""
    bodies = {name: body.ljust(-(-max(len(body), 4096) // 512) * 512, b"\0") for name, body in streams.items()}
    table, starts = [0xFFFFFFFD, 0xFFFFFFFE], {}
    for name, body in bodies.items():
        starts[name] = len(table)
        count = len(body) // 512
        table += [*range(len(table) + 1, len(table) + count), 0xFFFFFFFE]
    entry = struct.Struct("<64sHBB3I36xIQ")
    directory = entry.pack("Root Entry".encode("utf-16-le"), 22, 5, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0)
    for name, body in bodies.items():
        text = name.encode("utf-16-le")
        directory += entry.pack(text, len(text) + 2, 2, 1, *[0xFFFFFFFF] * 3, starts[name], len(body))
    header = struct.pack("<8s16x5H6x9I", COMPOUND, 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))
    return header + places + fat + directory.ljust(512, b"\0") + b"".join(bodies.values())
