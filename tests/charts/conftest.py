"""One realistic figure of every kind, and what can be seen on a figure."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from jpresearch import charts
from jpresearch.say import Estimate

TITLE = "Foreigners bought for a third month while individuals and trust banks sold into the rising market"
UNIT = "JPY bn per week"
SOURCE = "Japan Exchange Group, Trading by Type of Investors; published to 4 September 2025"
WORDS = {"title": TITLE, "unit": UNIT, "source": SOURCE}
CLASSES = ["foreigners", "individuals", "investment_trusts", "trust_banks", "business_corporations", "proprietary"]
RNG = np.random.default_rng(11)
WEEKS = pd.date_range("2023-01-06", periods=140, freq="W-FRI")
FLOWS = pd.DataFrame(RNG.normal(0, 300, (140, 6)), index=WEEKS, columns=CLASSES)


def _intervals() -> pd.DataFrame:
    rows = {
        "Same week": (2.3, 1.8, 2.9),
        "One week later": (0.4, -0.3, 1.1),
        "Index return the week before, given the yen and New York": (-1.9, -3.0, -0.8),
        "Futures": (np.nan, np.nan, np.nan),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])


def _ranges() -> pd.DataFrame:
    low = np.array([8.0, 10.0, 12.0, 9.0])
    columns = {"low": low, "q25": low + 5, "median": low + 9, "q75": low + 15, "high": low + 40, "now": low + 25}
    return pd.DataFrame(columns, index=["8035", "6857", "6146", "285A"])


def _episodes() -> pd.DataFrame:
    frame = pd.DataFrame(RNG.normal(0.1, 2, (17, 20)).cumsum(axis=0), index=range(-4, 13))
    frame.columns = pd.date_range("2015-01-02", periods=20, freq="26W-FRI")
    frame.iloc[8:, -1] = np.nan
    return frame - frame.loc[0]


EPISODES = _episodes()


def _share() -> pd.DataFrame:
    quarters = pd.date_range("2016-03-31", periods=38, freq="QE")
    value = pd.Series(24 + RNG.normal(0, 0.6, 38).cumsum() * 0.4, index=quarters)
    value["2019-03":"2020-03"] = np.nan
    return pd.DataFrame({"value": value, "target": 25.0, "low": 17.0, "high": 33.0})


SHARE = _share()
SCENARIOS = pd.DataFrame(
    {"full": [-12.3, -6.1, 5.9, 11.6], "usual": [-3.4, -1.7, 1.6, 3.2]},
    index=["TOPIX \u221220%", "TOPIX \u221210%", "TOPIX +10%", "TOPIX +20%"],
)
READINGS = pd.DataFrame(
    {
        "value": [64.4, 67.3, 59.8, 58.0, 61.0, 60.4],
        "low": [63.0, 66.0, 58.9, np.nan, 60.2, 58.0],
        "high": [65.8, 68.6, 60.7, np.nan, 61.8, 62.8],
        "verdict": ["supported", "supported", "undetermined", "contradicted", "partly", "not testable"],
    },
    index=["Share of customer trading, Prime"] * 2
    + [
        "All trading",
        "By value of all orders, including proprietary accounts of brokers",
        "Derivatives",
        "Off exchange",
    ],
)
SIDES = {
    "2012 to 2023": {"foreigners": Estimate(36.0, 30.0, 42.0, UNIT), "proprietary": Estimate(-2.0, -5.0, 1.0, UNIT)},
    "since 2024": {"foreigners": Estimate(21.0, 12.0, 30.0, UNIT), "proprietary": Estimate(4.0, 1.0, 7.0, UNIT)},
}
EXAMPLES: dict[str, Callable[[], Figure]] = {
    "bars": lambda: charts.bars(
        FLOWS["foreigners"],
        highlight=2,
        line=FLOWS["foreigners"].rolling(13).mean(),
        line_label="13-week mean",
        **WORDS,
    ),
    "lines": lambda: charts.lines(FLOWS.cumsum(), references={"Start": 0.0}, **WORDS),
    "panels": lambda: charts.panels(FLOWS.cumsum(), references={"Start": 0.0}, **WORDS),
    "intervals": lambda: charts.intervals(_intervals(), **WORDS),
    "scatter": lambda: charts.scatter(
        FLOWS[["foreigners", "individuals"]],
        x_unit="JPY bn",
        fit=(0.2, 1.0),
        annotate={"2024-08-09": "9 Aug 2024", "2025-04-04": "4 Apr 2025", "2025-04-11": "a week later"},
        **WORDS,
    ),
    "ranked": lambda: charts.bars(FLOWS.sum(), highlight="foreigners", **WORDS),
    "stack": lambda: charts.stack(FLOWS.tail(40), **WORDS),
    "episodes": lambda: charts.lines(
        EPISODES, highlight=EPISODES.columns[-1], median=True, x_unit="weeks after the event", **WORDS
    ),
    "range": lambda: charts.range(_ranges(), **WORDS),
    "heat": lambda: charts.heat(FLOWS.groupby(FLOWS.index.year).sum().T, **WORDS),
    "waterfall": lambda: charts.waterfall(FLOWS.tail(2).sum(), total_label="Remainder", **WORDS),
    "policy": lambda: charts.lines(
        SHARE[["value"]].set_axis(["domestic_equities"], axis="columns"),
        steps=True,
        bands={"domestic_equities": (SHARE["low"], SHARE["high"])},
        references={"Target": SHARE["target"]},
        **WORDS,
    ),
    "grouped": lambda: charts.bars(SCENARIOS, labels={"full": "Back to target"}, **WORDS),
    "cumulative": lambda: charts.cumulative(FLOWS[["foreigners", "individuals"]], **WORDS),
    "heat_above_an_index": lambda: charts.heat(
        FLOWS.tail(26) / 300, fmt="{:+.1f}", below=FLOWS["foreigners"].cumsum(), below_unit="points", **WORDS
    ),
    "dumbbell": lambda: charts.dumbbell(
        pd.DataFrame({"2012 to 2023": [36.0, 29.0, 2.0], "since 2024": [21.0, 45.0, np.nan]}, index=CLASSES[1:4]),
        **WORDS,
    ),
    "dumbbell_of_estimates": lambda: charts.dumbbell(SIDES, **WORDS),
    "dots": lambda: charts.dots(READINGS, threshold=60.0, noise=0.7, **WORDS),
    "sparklines": lambda: charts.sparklines(FLOWS.cumsum(), shown=104, **WORDS),
}


@pytest.fixture(params=sorted(EXAMPLES), scope="session")
def kind(request: pytest.FixtureRequest) -> str:
    """The name of a chart function."""
    return str(request.param)


@pytest.fixture(scope="session")
def figure(kind: str) -> Figure:
    """A figure of that kind, to be read and not changed."""
    return EXAMPLES[kind]()


@pytest.fixture(scope="session")
def draw() -> Callable[[str], Figure]:
    """Draws a new figure of the kind."""
    return lambda kind: EXAMPLES[kind]()


@pytest.fixture(scope="session")
def kinds() -> list[str]:
    """The names of all kinds."""
    return sorted(EXAMPLES)


@pytest.fixture(scope="session")
def words() -> dict[str, str]:
    """Title, unit and source for a figure."""
    return dict(WORDS)


@pytest.fixture
def flows() -> pd.DataFrame:
    """Weekly net flows in JPY bn, one column per investor class."""
    return FLOWS.copy()


@pytest.fixture(scope="session")
def see() -> SimpleNamespace:
    """What is on a figure: ``texts``, ``marked`` texts, ``boxes`` and overlapping pairs."""
    return SimpleNamespace(texts=_texts, marked=_marked, box=_box, clashes=_clashes, lines=_lines, bars=_bars)


def _marked(fig: Figure, gid: str) -> list[Text]:
    return [text for text in fig.findobj(Text) if text.get_gid() == gid]


def _lines(fig: Figure, gid: str) -> list:
    return [line for ax in fig.axes for line in ax.lines if line.get_gid() == gid]


def _bars(fig: Figure) -> list[SimpleNamespace]:
    """The bars of a figure, first series first: left, foot, width, height (all in data units) and colour."""
    found = []
    for ax in fig.axes:
        for item in ax.collections:
            if item.get_gid() == "bars":
                faces = [to_hex(face).lower() for face in item.get_facecolors()]
                paths = item.get_paths()
                faces = faces * len(paths) if len(faces) == 1 else faces
                for path, face in zip(paths, faces, strict=True):
                    (x0, y0), _, (x1, y1) = path.vertices[:3]
                    found.append(SimpleNamespace(x=x0, y=y0, width=x1 - x0, height=y1 - y0, colour=face))
    return found


def _shown_ticks(axis: Axis) -> list[Text]:
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    ticks = [tick for tick in axis.get_major_ticks() if low - slack <= tick.get_loc() <= high + slack]
    return [label for tick in ticks for label in (tick.label1, tick.label2) if label.get_visible() and label.get_text()]


def _texts(fig: Figure) -> list[Text]:
    """Every text that is drawn."""
    fig.draw_without_rendering()
    found = list(fig.texts)
    for ax in fig.axes:
        if ax.get_visible():
            found += [*ax.texts, ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
            found += [label for axis in (ax.xaxis, ax.yaxis) if axis.get_visible() for label in _shown_ticks(axis)]
    return [text for text in found if text.get_text().strip()]


def _box(text: Text) -> Bbox:
    """The box of the words, without a leader."""
    canvas = text.get_figure(root=True).canvas
    assert isinstance(canvas, FigureCanvasAgg)
    return Text.get_window_extent(text, canvas.get_renderer())


def _clashes(texts: list[Text]) -> list[tuple[str, str]]:
    boxes = [(text.get_text(), _box(text).padded(-1.0)) for text in texts]
    pairs = [(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1 :]]
    return [(a[0], b[0]) for a, b in pairs if a[1].overlaps(b[1])]
