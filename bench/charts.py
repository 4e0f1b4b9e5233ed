"""What drawing and encoding the collection's figures cost beside a plain savefig: `python -m bench.charts`.

The notebooks run once in this process, on the newest data. Then every figure is drawn again and encoded as pages take
it, and the same figure, freshly drawn, is saved by matplotlib alone; the two take turns, and the caches of measured
words are emptied before each notebook. Bytes are those of the pages' pictures.

The same figures are then drawn with their lines (SVG) written beside, as a page offers them for saving: what that adds
is told apart, and is no part of the comparison with savefig.
"""

from __future__ import annotations

import json
import statistics
import time
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from jpresearch import publish
from jpresearch.charts import letters, overhang
from jpresearch.charts.drawn import known, redrawn
from jpresearch.charts.png import to_picture

ROUNDS = 3
DPI = 192
BUDGET = 1.2
BYTES_BUDGET = 1.1
SVG_BUDGET = 0.25  # of drawing and encoding the picture alone
BYTES_BEFORE = 3_087_507 / 94  # of a figure before this was measured, three of 94 as SVG


def figures(notebook: Path) -> list[Figure]:
    """The charts that a notebook publishes."""
    found: list[Figure] = []
    publish_one = publish.figure

    def keep(name: str, fig: Figure, **words: Any) -> None:
        if known(fig) is not None:
            found.append(fig)

    publish.figure = keep  # type: ignore[assignment]
    try:
        space: dict[str, Any] = {"__name__": "__main__"}
        with publish.collected(pictures=False):
            for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    exec(compile("".join(cell["source"]), notebook.name, "exec"), space)
    finally:
        publish.figure = publish_one
    return found


def measure(charts: list[Figure]) -> tuple[float, float, int]:
    """Processor seconds of drawing and encoding, and of plain savefig, and bytes, of the figures of one notebook."""
    overhang.forget()
    letters.forget()
    ours = plain = 0.0
    size = 0
    for fig in charts:
        start = time.process_time()
        picture = to_picture(redrawn(fig))
        ours += time.process_time() - start
        fresh = redrawn(fig)
        start = time.process_time()
        fresh.savefig(BytesIO(), format="png", dpi=DPI)
        plain += time.process_time() - start
        size += len(picture.content)
    return ours, plain, size


def measure_svg(charts: list[Figure]) -> tuple[float, int, int]:
    """Processor seconds of drawing and encoding pictures with their lines packed, bytes packed and as saved."""
    overhang.forget()
    letters.forget()
    both, packed, plain = 0.0, 0, 0
    for fig in charts:
        start = time.process_time()
        lines = to_picture(redrawn(fig), svg=True).svg or b""
        packed += len(zlib.compress(lines))
        both += time.process_time() - start
        plain += len(lines)
    return both, packed, plain


def main() -> None:
    """Print a line per round and the median ratio beside its budget."""
    folder = Path(__file__).resolve().parents[1] / "notebooks"
    collection = [figures(notebook) for notebook in sorted(folder.glob("*.ipynb"))]
    count = sum(len(charts) for charts in collection)
    ratios: list[float] = []
    added: list[float] = []
    size = packed = saved = 0
    for turn in range(ROUNDS):
        parts = [measure(charts) for charts in collection]
        ours, plain, size = (sum(column) for column in zip(*parts, strict=True))
        ratios.append(ours / plain)
        lines = [measure_svg(charts) for charts in collection]
        both, packed, saved = (sum(column) for column in zip(*lines, strict=True))
        added.append((both - ours) / ours)
        print(f"round {turn + 1}: {count} figures drawn and encoded in {ours:.2f} s, plain savefig {plain:.2f} s")
    ratio, grown = statistics.median(ratios), size / count / BYTES_BEFORE
    print(f"{ratio:.2f} times a plain savefig (budget {BUDGET}){'' if ratio <= BUDGET else '  OVER'}")
    over = "" if grown <= BYTES_BUDGET else "  OVER"
    print(f"{size:,} bytes, {grown:.2f} times those before, per figure (budget {BYTES_BUDGET}){over}")
    more = statistics.median(added)
    over = "" if more <= SVG_BUDGET else "  OVER"
    print(f"SVG beside: {more:+.0%} of the pictures' time (budget {SVG_BUDGET:.0%}){over}")
    print(f"{packed:,} bytes packed in the pages, {saved:,} as saved")


if __name__ == "__main__":
    main()
