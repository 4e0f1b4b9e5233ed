"""What a notebook's editor shows: metrics of a cell as one table, figures with their words, sources as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jpresearch import folders, payloads
from tests.batch.conftest import Kernel

pytestmark = pytest.mark.xdist_group("warm")
METRICS = """
from jpresearch import publish
from jpresearch.say import Estimate
publish.metric("a", Estimate(30.2, 22.4, 37.1, unit="bp"), label="Same week")
publish.metric("b", -502.0, unit="JPY bn", label="Net & more")
"""


def shown(kernel: Kernel, code: str) -> list[dict[str, Any]]:
    """The cell's outputs as an editor ends up with them: a later form of a display takes the place of the first."""
    found: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for message in kernel.outputs(code):
        content = message["content"]
        name = content.get("transient", {}).get("display_id")
        assert message["msg_type"] != "error", content
        if message["msg_type"] == "display_data":
            places |= {name: len(found)} if name else {}
            found.append(content["data"])
        elif message["msg_type"] == "update_display_data":
            found[places[name]] = content["data"]
    return found


def test_metrics_of_a_cell_are_one_table(start: Callable[..., Kernel]) -> None:
    outputs = shown(start(), METRICS)
    assert [set(data) for data in outputs if payloads.METRIC in data] == [{payloads.METRIC}] * 2, "no line of its own"
    (table,) = (data["text/html"] for data in outputs if payloads.VIEW in data)
    cells = ["Same week", "30 bp", "22 to 37", "Net &amp; more", "−¥502bn"]
    assert [cell in table for cell in cells] == [True] * 5 and table.count("<table") == 1


def test_a_cell_may_run_again_in_a_session_and_not_in_a_run(start: Callable[..., Kernel]) -> None:
    session = start()
    assert len(shown(session, METRICS)) == len(shown(session, METRICS)) == 3
    run = start(**{folders.RUN_VARIABLE: "1"})
    shown(run, METRICS)
    errors = [message["content"] for message in run.outputs(METRICS) if message["msg_type"] == "error"]
    assert "second time" in errors[0]["evalue"]


def test_an_answer_may_be_reworded_in_a_session(start: Callable[..., Kernel]) -> None:
    kernel = start()
    code = "from jpresearch import publish, say\npublish.answer(f'They bought {say.percent(%s)}.')"
    for number in (30, 31):
        (output,) = shown(kernel, code % number)
        assert output["text/markdown"] == f"**They bought {number}%.**"
        assert output[payloads.ANSWER]["text"] == f"They bought {number}%."


def test_a_figure_has_its_words_below_and_sources_are_a_table(start: Callable[..., Kernel]) -> None:
    code = """
from matplotlib.figure import Figure
from jpresearch import publish
publish.figure("a", Figure(figsize=(2, 1)), alt="It rose <b>.", source="JPX")
publish.sources([{"table": "t", "title": "Flows", "publisher": "JPX", "terms": "Facts"}])
publish.note({"table": "investor_flows", "as_of": "2026-09-30", "newest_period": "2025-09-05"})
"""
    outputs = [data for data in shown(start(), code) if payloads.VIEW in data]
    caption, sources, late = (data["text/html"] for data in outputs)
    assert "It rose &lt;b&gt;. JPX" in caption
    assert "<td style='text-align:left'>Flows</td>" in sources
    assert "ends on 5 Sep 2025, 390 days before 30 Sep 2026" in late
