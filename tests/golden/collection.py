"""The frozen figures of the collection: made, checked and compared here.

For each notebook and each of three days ``tests/golden/notebooks/<day>/<notebook>.json`` keeps the metrics and every
row of the frames behind figures and tables, numbers to ten significant digits, or why the notebook cannot run.

    python -m tests.golden.collection             # what moved since the frozen state; exit code 1 if anything did
    python -m tests.golden.collection --freeze    # the same list, then the present state is the frozen one
    python -m tests.golden.collection 05_absorption --day 2025-09-05
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from tests.notebooks_in_process import ROOT, Ran, run

# The last one sees every bundled row, so that it does not move with the clock.
DAYS: Final = ("2018-06-29", "2025-09-05", "2026-10-09")
NOTEBOOKS: Final = tuple(sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")))
FROZEN: Final = Path(__file__).with_name("notebooks")
DIGITS: Final = 10
# Relative to the figure, or to the largest of its column: linear algebra differs between machines in the last digits.
TOLERANCE: Final = 1e-9

State = dict[str, Any]


@dataclass(frozen=True)
class Move:
    """One thing that moved: a metric, a cell of a frame, rows, columns, or whether the notebook runs at all."""

    day: str
    notebook: str
    what: str
    where: str
    old: str
    new: str

    def __str__(self) -> str:
        place = f"{self.what}, {self.where}" if self.where else self.what
        return f"{self.day} {self.notebook}: {place}: {self.old} -> {self.new}{self._relative()}"

    def _relative(self) -> str:
        old, new = _number(self.old), _number(self.new)
        return "" if old is None or new is None or old == 0 else f" ({new / old - 1:+.2%})"


def state(ran: Ran) -> State:
    """What is frozen of a notebook that has run, could not run at its day, or failed."""
    if ran.skipped is not None:
        return {"skipped": ran.skipped.split("\n")[0]}
    if ran.failure is not None:
        return {"failed": f"{ran.failure.type}: {ran.failure.message} (cell {ran.failure.cell})"}
    published = ran.published
    metrics = {
        name: {key: _text(found[key]) for key in ("value", "unit", "low", "high") if found[key] is not None}
        for name, found in ((name, asdict(metric)) for name, metric in published.metrics.items())
    }
    figures = {
        name: _lines(csv.reader(io.StringIO(figure["data"])), figure["fields"])
        for name, figure in published.figures.items()
        if figure["data"] is not None
    }
    tables = {
        name: _lines([table["columns"], *table["rows"]], table["fields"]) for name, table in published.tables.items()
    }
    return {"metrics": metrics, "figures": figures, "tables": tables}


def frozen(day: str, notebook: str) -> State:
    """The frozen state; empty where there is none."""
    file = _file(day, notebook)
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def freeze(day: str, notebook: str, present: State) -> None:
    """Make ``present`` the frozen state."""
    file = _file(day, notebook)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(present, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def _drop_others() -> None:
    """Remove what is frozen of notebooks or days that are no more."""
    wanted = {_file(day, notebook) for day in DAYS for notebook in NOTEBOOKS}
    for file in set(FROZEN.rglob("*.json")) - wanted:
        file.unlink()


def moves(day: str, notebook: str, present: State) -> list[Move]:
    """What moved between the frozen state and ``present``, in the order of the page."""
    return [Move(day, notebook, *move) for move in _moved(frozen(day, notebook), present)]


def summary(found: Sequence[Move]) -> str:
    """What moved, by notebook and day: every metric, and of each frame the extent and the largest move."""
    lines = []
    for (notebook, day), group in groupby(found, key=lambda move: (move.notebook, move.day)):
        lines.append(f"{notebook} as of {day}")
        for what, part in groupby(group, key=lambda move: move.what):
            lines.append(f"  {what}: {_extent(list(part))}")
    return "\n".join(lines) if lines else "nothing moved"


def _extent(part: list[Move]) -> str:
    largest = max(part, key=_size)
    move = f"{largest.where}: {largest.old} -> {largest.new}{largest._relative()}".removeprefix(": ")
    return move if len(part) == 1 else f"{len(part)} moves; the largest: {move}"


def _size(move: Move) -> float:
    """How large a move is relative to what was; a change of form is the largest."""
    old, new = _number(move.old), _number(move.new)
    if old is None or new is None:
        return math.inf
    return abs(new - old) / abs(old) if old else abs(new)


def _moved(old: State, new: State) -> Iterator[tuple[str, str, str, str]]:
    for status in ("skipped", "failed"):
        if old.get(status) != new.get(status):
            yield status, "", str(old.get(status, "no")), str(new.get(status, "no"))
    yield from _metrics(old.get("metrics", {}), new.get("metrics", {}))
    for kind in ("figures", "tables"):
        before, now = old.get(kind, {}), new.get(kind, {})
        for name in dict.fromkeys([*before, *now]):
            what = f"{kind[:-1]} {name}"
            if name not in before or name not in now:
                yield what, "", _extent_of(before.get(name)), _extent_of(now.get(name))
            else:
                yield from ((what, *move) for move in _frames(before[name], now[name]))


def _metrics(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str, str, str]]:
    for name in dict.fromkeys([*old, *new]):
        before, now = old.get(name, {}), new.get(name, {})
        for part in ("value", "unit", "low", "high"):
            then, present = before.get(part, ""), now.get(part, "")
            if not _same(then, present):
                yield f"metric {name}", "" if part == "value" else part, then or "none", present or "none"


def _extent_of(lines: Sequence[str] | None) -> str:
    return "none" if lines is None else f"{len(lines) - 1} rows ({lines[0]})"


def _frames(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The moves between two frames as lines: columns, rows, then cells of the rows and columns that both have."""
    (columns, *before), (names, *now) = csv.reader(old), csv.reader(new)
    if columns != names:
        yield "columns", ",".join(columns), ",".join(names)
    pairs, gone, come = _paired(before, now)
    if gone or come:
        yield "rows", f"{len(before)}", f"{len(now)}" + _named("without", gone) + _named("with", come)
    for place, column in enumerate(columns):
        if column not in names:
            continue
        at = names.index(column)
        scale = max((abs(_number(row[place]) or 0.0) for row in before), default=0.0)
        for then, present in pairs:
            if not _same(then[place], present[at], TOLERANCE * scale):
                yield f"row {then[0]}, column {column}", then[place] or "missing", present[at] or "missing"


def _paired(
    old: list[list[str]], new: list[list[str]]
) -> tuple[list[tuple[list[str], list[str]]], list[str], list[str]]:
    """Rows that belong together, and the first cells of those on one side only: by first cell, else by place."""
    before, now = [row[0] for row in old], [row[0] for row in new]
    if len(old) == len(new) and all(_same(then, present) for then, present in zip(before, now, strict=True)):
        return list(zip(old, new, strict=True)), [], []
    if len(set(before)) < len(before) or len(set(now)) < len(now):
        both = min(len(old), len(new))
        return list(zip(old[:both], new[:both], strict=True)), before[both:], now[both:]
    index = dict(zip(now, new, strict=True))
    pairs = [(row, index[row[0]]) for row in old if row[0] in index]
    return pairs, [name for name in before if name not in index], [name for name in now if name not in set(before)]


def _named(word: str, rows: list[str]) -> str:
    if not rows:
        return ""
    return f", {word} {rows[0]}" if len(rows) == 1 else f", {word} {rows[0]} .. {rows[-1]} ({len(rows)})"


def _same(old: str, new: str, slack: float = 0.0) -> bool:
    if old == new:
        return True
    first, second = _number(old), _number(new)
    return first is not None and second is not None and math.isclose(first, second, rel_tol=TOLERANCE, abs_tol=slack)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _lines(rows: Any, kinds: Sequence[str]) -> list[str]:
    """The rows, the header first, as lines of CSV; cells of columns of numbers in ten significant digits."""
    header, *body = rows
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for row in body:
        cells = zip(row, kinds, strict=True)
        writer.writerow([_rounded(cell) if kind == "number" else _text(cell) for cell, kind in cells])
    return stream.getvalue().splitlines()


def _rounded(cell: Any) -> str:
    return "" if cell is None or cell == "" else f"{float(cell):.{DIGITS}g}"


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return _rounded(cell)
    return "" if cell is None else " ".join(str(cell).splitlines())


def _file(day: str, notebook: str) -> Path:
    return FROZEN / day / f"{notebook}.json"


def main(words: Sequence[str] | None = None) -> int:
    """The command; 1 where something moved that is not frozen now."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.collection", description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", default=NOTEBOOKS, metavar="NOTEBOOK", help="default: all")
    parser.add_argument("--day", action="append", choices=DAYS, help="default: all three")
    parser.add_argument("--freeze", action="store_true", help="make the present state the frozen one")
    given = parser.parse_args(words)
    found = []
    for notebook in given.notebooks:
        for day in given.day or DAYS:
            present = state(run(notebook, day))
            found += moves(day, notebook, present)
            if given.freeze:
                freeze(day, notebook, present)
    if given.freeze:
        _drop_others()
    print(summary(found))
    return 1 if found and not given.freeze else 0


if __name__ == "__main__":
    sys.exit(main())
