"""Data that real weeks bring: each kind draws it so that it can be read, or refuses it in a sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from jpresearch import charts

WORDS = {"title": "What foreigners bought in these weeks", "unit": "JPY bn", "source": "JPX"}
LONG = "Funds of pensions, of life insurers and of regional banks that trade through trust accounts, number"
JAPANESE = ["海外投資家", "個人", "投資信託", "信託銀行", "事業法人", "生保・損保"]


def _weeks(rows: int, columns: int = 3) -> pd.DataFrame:
    values = np.random.default_rng(rows + columns).normal(0, 300, (rows, columns))
    names = [f"class_{number}" for number in range(columns)]
    return pd.DataFrame(values, columns=names, index=pd.date_range("2014-01-10", periods=rows, freq="W-FRI"))


def _gaps() -> pd.DataFrame:
    frame = _weeks(30)
    frame.iloc[3:9, 0] = np.nan
    frame.iloc[-4:, 1] = np.nan
    return frame


CASES = {
    "missing data": _gaps(),
    "one point": _weeks(1),
    "all equal": _weeks(20) * 0 + 5.0,
    "all zero": _weeks(20) * 0,
    "negative only": -_weeks(20).abs() - 1.0,
    "very long labels": _weeks(20).set_axis([f"{LONG} {number}" for number in range(3)], axis="columns"),
    "Japanese labels": _weeks(20, 6).set_axis(JAPANESE, axis="columns"),
    "600 weeks": _weeks(600),
    "40 columns": _weeks(12, 40),
    "very large and very small": _weeks(20) * [1e9, 1.0, 1e-6],
}


def _rows(frame: pd.DataFrame) -> pd.Series:
    return frame.iloc[-1]


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    middle = frame.mean()
    return pd.DataFrame({"estimate": middle, "low": middle - 50, "high": middle + 50})


def _past(frame: pd.DataFrame) -> pd.DataFrame:
    shares = {"low": 0.0, "q25": 0.25, "median": 0.5, "q75": 0.75, "high": 1.0}
    return pd.DataFrame({name: frame.quantile(share) for name, share in shares.items()} | {"now": _rows(frame)})


DRAWN: dict[str, Callable[..., Figure]] = {
    "lines": lambda frame, **to: charts.lines(frame, **WORDS, **to),
    "bars": lambda frame, **to: charts.bars(frame.iloc[:, 0], highlight=1, **WORDS, **to),
    "ranked": lambda frame, **to: charts.bars(_rows(frame), **WORDS, **to),
    "grouped": lambda frame, **to: charts.bars(frame.tail(4).T, **WORDS, **to),
    "stack": lambda frame, **to: charts.stack(frame, **WORDS, **to),
    "waterfall": lambda frame, **to: charts.waterfall(_rows(frame), **WORDS, **to),
    "cumulative": lambda frame, **to: charts.cumulative(frame, **WORDS, **to),
    "panels": lambda frame, **to: charts.panels(frame, **WORDS, **to),
    "heat": lambda frame, **to: charts.heat(frame, below=frame.iloc[:, 0].rename("topix"), below_unit="points",
                                            **WORDS, **to),
    "table": lambda frame, **to: charts.heat(frame.tail(8).T, **WORDS, **to),
    "dumbbell": lambda frame, **to: charts.dumbbell(
        pd.DataFrame({"before": frame.mean(), "since": _rows(frame)}), **WORDS, **to
    ),
    "intervals": lambda frame, **to: charts.intervals(_ends(frame), **WORDS, **to),
    "range": lambda frame, **to: charts.range(_past(frame), **WORDS, **to),
    "dots": lambda frame, **to: charts.dots(_rows(frame).to_frame("value"), threshold=10.0, noise=5.0, **WORDS, **to),
    "sparklines": lambda frame, **to: charts.sparklines(frame, **WORDS, **to),
    "scatter": lambda frame, **to: charts.scatter(frame.iloc[:, :2], x_unit="JPY bn", **WORDS, **to),
}  # fmt: skip


# Every kind with every case at one of the widths, in turn; the other width is left to the long proofs.
EACH = [(kind, case, width) for kind in sorted(DRAWN) for case in sorted(CASES) for width in ("desk", "phone")]
TURN = [number % 4 in (0, 3) for number in range(len(EACH))]


@pytest.mark.parametrize(
    ("kind", "case", "width"),
    [pytest.param(*each, marks=[] if now else pytest.mark.proof) for each, now in zip(EACH, TURN, strict=True)],
)
def test_it_is_drawn_to_be_read_or_refused_in_a_sentence(kind, case, width, see):
    try:
        figure = DRAWN[kind](CASES[case], width=width)
    except charts.ChartError as refused:
        assert len(refused.what.split()) >= 4 and refused.where.startswith("charts")
        return
    texts = see.texts(figure)
    frame = figure.bbox.padded(1.5)
    cut = [text.get_text() for text in texts if not _inside(see.box(text), frame)]
    assert cut == []
    assert see.clashes(texts) == []
    said = charts.alt_of(figure)
    assert "nan" not in said and len(said) < 3000
    assert charts.to_png(figure).startswith(b"\x89PNG")


def _inside(box, frame) -> bool:
    return box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1


@pytest.mark.parametrize(("kind", "case"), [("lines", "600 weeks"), ("bars", "600 weeks"), ("heat", "Japanese labels"),
                                            ("intervals", "40 columns"), ("ranked", "40 columns"),
                                            ("stack", "missing data"), ("sparklines", "all equal"),
                                            ("bars", "negative only"), ("waterfall", "negative only")])  # fmt: skip
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_what_is_usual_is_drawn(kind, case, width):
    assert charts.points_of(DRAWN[kind](CASES[case], width=width))
