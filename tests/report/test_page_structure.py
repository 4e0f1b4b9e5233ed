"""The outline of a page's tags, kept as a file: a new nbconvert that changes the template's structure shows up here."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from tests.report.builders_pages import job, page, report

OUTLINE = Path(__file__).with_name("page_outline.txt")
VOID = {"meta", "link", "img", "input", "br"}
# A cell or row whose end tag is left out ends where the next begins, within these.
ENDS_WITHIN = {"td": "tr", "th": "tr", "tr": "tbody", "thead": "table", "tbody": "table"}


def outline(html: str) -> str:
    """A line per tag, indented by depth, with its class and id."""
    lines: list[str] = []

    class Outline(HTMLParser):
        around: list[str] = []  # noqa: RUF012

        def handle_decl(self, decl: str) -> None:
            lines.append(decl)

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            within = {ENDS_WITHIN.get(tag), "thead"} if tag == "tr" else {ENDS_WITHIN.get(tag)}
            while tag in ENDS_WITHIN and self.around[-1] not in within:
                self.around.pop()
            marks = [f"{name}={value}" for name, value in attrs if name in ("class", "id", "scope", "type", "role")]
            lines.append("  " * len(self.around) + " ".join([tag, *marks]))
            if tag not in VOID:
                self.around.append(tag)

        def handle_endtag(self, tag: str) -> None:
            while self.around.pop() != tag:
                pass

    reader = Outline()
    reader.feed(html)
    assert reader.around == [], "a tag that is not closed"
    return "\n".join(lines) + "\n"


def test_the_page_has_the_structure_it_had(tmp_path: Path) -> None:
    found = outline(page(report(), tmp_path, previous=job()))
    assert found == OUTLINE.read_text(encoding="utf-8"), "if the change is meant, write the new outline to the file"
