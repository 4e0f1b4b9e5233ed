from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from jpresearch import charts, payloads, publish
from jpresearch.charts import MissingGlyph
from jpresearch.errors import BadParameter


class Shown(list[tuple[dict[str, Any], dict[str, Any]]]):
    """What a kernel would be handed: bundles and metadata, as far as they were published."""

    def __init__(self, found: publish.Collected) -> None:
        self.found = found

    def __getitem__(self, at: Any) -> Any:
        return [(output["data"], output["metadata"]) for output in self.found.outputs][at]

    def __iter__(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        return iter(self[:])


@pytest.fixture
def shown() -> Iterator[Shown]:
    with publish.collected() as found:
        yield Shown(found)


def frame() -> pd.DataFrame:
    days = pd.DatetimeIndex(["2025-08-22", "2025-08-29"], name="week")
    return pd.DataFrame({"net": [-198.867, float("nan")], "who": ["a,b", None]}, index=days)


def test_outside_a_kernel_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    publish.metric("net", 1.0)
    publish.takeaway("It rose.")
    publish.note({"table": "t"})
    publish.table("t", frame(), caption="c")
    assert capsys.readouterr() == ("", "")


def test_outputs_can_be_collected_instead_of_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with publish.collected() as found:
        publish.metric("net", 1.0)
        with publish.collected(pictures=False) as inner:
            publish.figure("net", Figure(figsize=(2, 1)), alt="Nothing.", data=frame())
        publish.takeaway("It rose.")
    publish.takeaway("It fell.")
    kinds = [[media for media in output["data"] if media.startswith(payloads.PREFIX)] for output in found.outputs]
    assert kinds == [[publish.METRIC], [publish.TAKEAWAY]]
    (drawn_not,) = inner.outputs
    assert drawn_not["data"]["image/svg+xml"] == publish.EMPTY_DRAWING
    assert (drawn_not["data"][publish.FIGURE]["width"], drawn_not["data"][publish.FIGURE]["height"]) == (192, 96)
    assert capsys.readouterr() == ("", "")


def test_a_collected_figure_is_drawn_unless_no_picture_is_wanted() -> None:
    with publish.collected() as found:
        publish.figure("net", Figure(), alt="Nothing.")
    assert found.outputs[0]["data"]["image/png"]
    assert found.outputs[0]["metadata"]["image/png"]["alt"] == "Nothing."


def test_a_figure_carries_picture_alt_text_and_the_frame_behind_it(shown: Shown) -> None:
    publish.figure("net", Figure(), alt="It fell.", data=frame())
    bundle, metadata = shown[0]
    assert bundle["image/png"]
    assert metadata["image/png"]["alt"] == "It fell."
    assert bundle[payloads.FIGURE]["data"].splitlines()[:2] == ["week,net,who", '2025-08-22,-198.867,"a,b"']


def test_a_figure_carries_its_size_and_what_a_chart_of_the_house_wrote_on_it(shown: Shown) -> None:
    drawn = charts.lines(frame()[["net"]], title="It fell\nin August", unit="JPY bn", source="JPX")
    publish.figure("net", drawn, alt="It fell.", data=frame())
    bundle, metadata = shown[0]
    content = bundle[payloads.FIGURE]
    assert (content["title"], content["source"]) == ("It fell in August", "Source: JPX")
    assert content["width"] == metadata["image/png"]["width"] == round(drawn.get_size_inches()[0] * 96)
    assert content["fields"] == ["date", "number", "string"]
    publish.figure("other", Figure(figsize=(2, 1)), alt="Nothing.", source="MoF")
    other = shown[1][0][payloads.FIGURE]
    assert (other["title"], other["source"], other["data"], other["fields"]) == (None, "MoF", None, [])
    assert (other["width"], other["height"]) == (192, 96)


def test_a_figure_with_a_missing_glyph_is_refused(shown: Shown) -> None:
    drawn = Figure()
    drawn.text(0.5, 0.5, "ไทย")
    with pytest.raises(MissingGlyph):
        publish.figure("net", drawn, alt="Thai.")


def test_columns_named_by_days_have_days_as_names(shown: Shown) -> None:
    paths = pd.DataFrame({pd.Timestamp("2025-08-29"): [1.0], "2025-09-05 00:00:00": [2.0]})
    publish.figure("paths", Figure(), alt="Paths.", data=paths)
    assert shown[0][0][payloads.FIGURE]["data"] == "2025-08-29,2025-09-05\n1.0,2.0\n"


def test_a_table_keeps_days_numbers_and_gaps(shown: Shown) -> None:
    publish.table("t", frame(), caption="Weeks")
    content = shown[0][0][payloads.TABLE]
    assert content["columns"] == ["week", "net", "who"]
    assert content["rows"] == [["2025-08-22", -198.867, "a,b"], ["2025-08-29", None, None]]
    assert (content["fields"], content["source"]) == (["date", "number", "string"], None)


def test_a_metric_is_a_number_a_date_or_a_text(shown: Shown) -> None:
    publish.metric("net", -502.0, unit="JPY bn", low=-503, high=-501)
    publish.metric("week", pd.Timestamp("2025-08-29"))
    publish.metric("day", date(2025, 8, 29))
    publish.metric("why", "not available: no quarter has all it needs")
    values = [bundle[payloads.METRIC]["value"] for bundle, _ in shown]
    assert values == [-502.0, "2025-08-29", "2025-08-29", "not available: no quarter has all it needs"]
    assert (shown[0][0][payloads.METRIC]["low"], shown[0][0][payloads.METRIC]["high"]) == (-503.0, -501.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "", pd.NaT])
def test_a_metric_that_is_no_figure_is_refused(value: Any) -> None:
    with pytest.raises(BadParameter, match="net"):
        publish.metric("net", value)


@pytest.mark.parametrize(("low", "high"), [(1.0, 2.0), (None, 2.0), (float("-inf"), 2.0), (-2.0, -1.0)])
def test_an_interval_must_have_both_ends_and_hold_the_value(low: float | None, high: float | None) -> None:
    with pytest.raises(BadParameter, match="interval"):
        publish.metric("net", 0.0, low=low, high=high)


def test_a_figure_without_words_is_refused() -> None:
    with pytest.raises(BadParameter, match="alt"):
        publish.figure("net", Figure(), alt=" ")
    with pytest.raises(BadParameter, match="text"):
        publish.takeaway("")


def test_the_newest_note_of_each_table_is_kept_in_the_order_of_first_reads() -> None:
    for table, rows in (("flows", 1), ("closes", 2), ("flows", 3)):
        publish.note({"table": table, "rows": rows})
    kept = [(note["table"], note["rows"]) for note in publish.reads() if note["table"] in ("flows", "closes")]
    assert kept == [("flows", 3), ("closes", 2)]


def test_a_published_figure_of_pyplot_is_not_shown_again_by_its_cell() -> None:
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    ax.plot([1, 2])
    with publish.collected():
        publish.figure("own", fig, alt="Two points, rising from one to two.")
    assert fig.number not in plt.get_fignums()
