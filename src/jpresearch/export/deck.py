"""A slide deck in the house form: sizes, colours, and the parts of a slide. Lengths are in inches."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final, NamedTuple

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from jpresearch.export.phrases import writable

WIDTH: Final = 13.333
HEIGHT: Final = 7.5
MARGIN: Final = 0.5
ROOM: Final = WIDTH - 2 * MARGIN
FONT: Final = "Calibri"
JAPANESE: Final = "Yu Gothic"
INK: Final = "1C1F24"
MUTED: Final = "56606B"
ACCENT: Final = "14508C"
LINE: Final = "D9DDE3"
TITLE_ONLY: Final = 5
# Letters of a title that fit at a size (in points) on three lines across the slide, also in a wide substitute.
TITLE_SIZES: Final = ((110, 24), (200, 20))
SMALLEST_TITLE: Final = 16


class Box(NamedTuple):
    """A place on a slide."""

    left: float
    top: float
    width: float
    height: float


TITLE: Final = Box(MARGIN, 0.42, ROOM, 1.02)
BODY: Final = Box(MARGIN, 1.55, ROOM, 5.05)
SOURCE: Final = Box(MARGIN, 6.66, ROOM, 0.34)
FOOT: Final = Box(MARGIN, 7.02, ROOM - 1.0, 0.3)
NUMBER: Final = Box(WIDTH - MARGIN - 1.0, 7.02, 1.0, 0.3)


class Run(NamedTuple):
    """A piece of text in one form; ``link`` is an address."""

    text: str
    size: float = 12.0
    bold: bool = False
    colour: str = INK
    link: str = ""


class Deck:
    """A presentation of 16 to 9 in the making."""

    def __init__(self, title: str, subject: str) -> None:
        self.file: Any = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(WIDTH), Inches(HEIGHT)
        self.file.core_properties.title = writable(title)[:255]
        self.file.core_properties.subject = writable(subject)[:255]
        self.file.core_properties.author = "jpresearch"
        self.layout: Any = self.file.slide_layouts[TITLE_ONLY]
        _in_house_form(self.layout)

    def slide(self, title: str, foot: str) -> Any:
        """A further slide with its title, foot and number."""
        made = self.file.slides.add_slide(self.layout)
        _title(made.shapes.title, title)
        bar = made.shapes.add_shape(1, Inches(MARGIN), Inches(0.3), Inches(0.6), Inches(0.06))
        bar.fill.solid()
        bar.fill.fore_color.rgb = shade_of(ACCENT)
        bar.line.fill.background()
        bar.shadow.inherit = False
        _decorative(bar)
        write(made, FOOT, [[Run(foot, 9.0, colour=MUTED)]])
        _number(made)
        return made

    def written(self) -> bytes:
        """The file's bytes."""
        stream = BytesIO()
        self.file.save(stream)
        return stream.getvalue()


def write(slide: Any, box: Box, paragraphs: Sequence[Sequence[Run]], *, gap: float = 0.0, middle: bool = False) -> Any:
    """A text box with these paragraphs, ``gap`` points apart."""
    shape = slide.shapes.add_textbox(*map(Inches, box))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    for number, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(gap)
        for piece in runs:
            _run(paragraph, piece)
    return shape


def describe(shape: Any, alt: str, name: str) -> None:
    """Give a picture or chart its text for readers who cannot see it."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("descr", writable(alt))
    properties.set("name", name)


def put_picture(slide: Any, content: bytes, box: Box, alt: str, name: str) -> None:
    """The picture as large as the box takes it, in its middle."""
    shape = slide.shapes.add_picture(BytesIO(content), 0, 0)
    scale = min(Inches(box.width) / shape.width, Inches(box.height) / shape.height)
    shape.width, shape.height = round(shape.width * scale), round(shape.height * scale)
    shape.left = Inches(box.left) + (Inches(box.width) - shape.width) // 2
    shape.top = Inches(box.top) + (Inches(box.height) - shape.height) // 2
    describe(shape, alt, name)


def lead_to(shape: Any, target: Any) -> None:
    """Have a click on the shape lead to the slide ``target``."""
    shape.click_action.target_slide = target


def _title(shape: Any, text: str) -> None:
    frame = shape.text_frame
    frame.text = writable(text)
    size = next((size for most, size in TITLE_SIZES if len(text) <= most), SMALLEST_TITLE)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            _form(run, Run("", size, bold=True))


def _run(paragraph: Any, piece: Run) -> None:
    run = paragraph.add_run()
    run.text = writable(piece.text)
    if piece.link:
        run.hyperlink.address = piece.link
    _form(run, piece)


def _form(run: Any, piece: Run) -> None:
    run.font.size, run.font.bold, run.font.name = Pt(piece.size), piece.bold, FONT
    run.font.color.rgb = shade_of(piece.colour)
    properties = run._r.get_or_add_rPr()
    for east in properties.findall(qn("a:ea")):
        properties.remove(east)
    latin = properties.find(qn("a:latin"))
    east = latin.makeelement(qn("a:ea"), {"typeface": JAPANESE})
    latin.addnext(east)


def shade_of(code: str) -> RGBColor:
    """``#14508c`` or ``14508C`` as the library takes it."""
    plain = code.removeprefix("#")
    return RGBColor(int(plain[:2], 16), int(plain[2:4], 16), int(plain[4:6], 16))


def _in_house_form(layout: Any) -> None:
    """The layout's title stands where ours does; its other places are not ours."""
    for shape in list(layout.placeholders):
        if shape.placeholder_format.type is not None and shape.placeholder_format.idx == 0:
            shape.left, shape.top, shape.width, shape.height = map(Inches, TITLE)
            frame = shape.text_frame
            frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
            frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
            for paragraph in frame.paragraphs:
                paragraph.alignment = PP_ALIGN.LEFT
            _left(shape)
        else:
            shape._element.getparent().remove(shape._element)


def _left(shape: Any) -> None:
    """Titles of the layout begin at the left, whatever the master says."""
    body = shape.text_frame._txBody
    style = body.find(qn("a:lstStyle"))
    level = style.makeelement(qn("a:lvl1pPr"), {"algn": "l"})
    style.insert(0, level)


def _decorative(shape: Any) -> None:
    """A shape that says nothing has an empty description."""
    describe(shape, "", "Accent")


def _number(slide: Any) -> None:
    """The slide's number as a field, which stays right when slides are moved."""
    shape = write(slide, NUMBER, [[]])
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT
    element = paragraph._p
    field = element.makeelement(qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"})
    properties = field.makeelement(qn("a:rPr"), {"lang": "en-US", "sz": "900"})
    fill = properties.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": MUTED}))
    properties.append(fill)
    text = field.makeelement(qn("a:t"), {})
    text.text = "‹#›"
    field.extend([properties, text])
    element.append(field)
