"""Slides, opened again: titles, alt text, notes, order."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from jpresearch.export.content import read
from jpresearch.export.slides import slides


@pytest.fixture(scope="module")
def deck(run_folder: Path) -> Any:
    return Presentation(BytesIO(slides(read(run_folder)).content))


def texts(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def figure_of(slide: Any) -> Any:
    return next((shape for shape in slide.shapes if shape.shape_type == 13 or shape.has_chart), None)


def test_slides_are_16_to_9(deck: Any) -> None:
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=1e-3)


def test_the_first_slide_has_every_answer_and_leads_to_its_slides(deck: Any) -> None:
    first = deck.slides[0]
    assert "TOPIX gains 30 bp as foreigners buy" in texts(first)
    assert "GPIF's share is inside its policy band." in texts(first)
    led = {shape.text_frame.text: shape.click_action.target_slide for shape in first.shapes if shape.has_text_frame}
    assert led["01 Foreign flows"].shapes.title.text == deck.slides[1].shapes.title.text
    assert led["03 GPIF"].shapes.title.text == "The share stands inside the band."


def test_every_lead_finding_is_the_title_of_a_slide(deck: Any) -> None:
    titles = [slide.shapes.title.text for slide in deck.slides][1:]
    assert titles == [
        "TOPIX gains 30 bp (95% CI 22 to 37) in the week.",
        "Individuals trade against them.",
        "Both add up.",
        "The two go together.",
        "Insignificant in one era.",
        "The share stands inside the band.",
        "Trading took 24.5% (95% CI 22.0 to 27.0) off.",
    ]


def test_every_figure_has_an_alternative_text(deck: Any) -> None:
    found = [figure_of(slide) for slide in deck.slides]
    described = [shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in found if shape is not None]
    assert len(described) == 6
    assert described[0].startswith("Foreigners buy.")
    assert all(described)


def test_notes_hold_sentence_interval_sample_source_and_parameters(deck: Any) -> None:
    notes = deck.slides[1].notes_slide.notes_text_frame.text
    assert notes.splitlines()[0] == deck.slides[1].shapes.title.text
    assert "Same week: 30 bp (22 to 37), n = 752, 2012-01-06 to 2026-08-14, p < 0.001; OLS" in notes
    assert "An exchange" in notes
    assert "lags = 4" in notes


def test_a_finding_without_a_figure_shows_its_numbers(deck: Any) -> None:
    slide = deck.slides[7]
    assert figure_of(slide) is None
    assert "Taken off\n24.5%" in texts(slide)
    assert "22.0 to 27.0" in texts(slide)
