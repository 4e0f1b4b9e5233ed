"""The HTML page of one executed notebook: one file, nothing fetched, no script but its own; a workbook beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from jpresearch import payloads
from jpresearch.files import write_atomically
from jpresearch.record import Finding, Job, Metric, Run
from jpresearch.report import data, downloads, reading, since, typeface
from jpresearch.report.lead import LeadMetric, lead_metric, value_before
from jpresearch.report.metric_change import label
from jpresearch.report.notices import bad_sentence, failure_sentence, stale_sentences
from jpresearch.report.outputs import PICTURES, SHOWN
from jpresearch.report.phrases import phrase
from jpresearch.report.policy import page_policy
from jpresearch.report.printed_numbers import of_column, text
from jpresearch.report.published import Published, collect
from jpresearch.report.siblings import Sibling, around, siblings
from jpresearch.report.sources import SourceLine, publishers, source_lines
from jpresearch.report.workbook import sheets, write_workbook

if TYPE_CHECKING:
    from jpresearch.report.arrangement import Arrangement

TEMPLATE: Final = Path(__file__).parent / "template"
WORKBOOK: Final = ".xlsx"
MEDIA: Final = (payloads.FIGURE, payloads.TABLE, payloads.BAD)


@dataclass(frozen=True)
class Page:
    """What the template prints; every text is escaped there, ``Markup`` is not."""

    job: Job
    run: Run
    arranged: Arrangement
    css: Markup
    as_of: str
    newest: str
    parameters: dict[str, str]
    answer: Mapping[str, Any] | None
    findings: list[Finding]
    takeaways: list[str]
    metrics: list[Metric]
    key_data: str
    key_file: str
    previous: Job | None
    since: since.Since | None
    sources: list[SourceLine]
    made: str
    workbook: str | None
    bad: list[str]
    siblings: list[Sibling]

    figure: str = payloads.FIGURE
    table: str = payloads.TABLE
    pictures: tuple[str, ...] = PICTURES

    def say(self, key: str, **values: Any) -> str:
        """A fixed phrase in the page's language."""
        return phrase(key, self.job.lang, **values)

    @property
    def policy(self) -> str:
        """What the page allows itself: no address, and no script but its own."""
        return page_policy("" if self.job.static else reading.script())

    @property
    def around(self) -> tuple[Sibling | None, Sibling | None]:
        """The report before and the one after it."""
        return around(self.siblings)

    @property
    def faces(self) -> Markup:
        """The letters that the page brings."""
        return Markup(typeface.faces())

    @property
    def script(self) -> Markup:
        """Its own script; none in a static page."""
        return Markup("") if self.job.static else reading.script()

    @property
    def failure(self) -> str:
        """Why the run did not finish; empty where it did."""
        return failure_sentence(self.job, self.job.lang) if self.job.status.bad else ""

    @property
    def stale(self) -> list[str]:
        """A sentence for each table older than its allowance."""
        return stale_sentences(self.job, self.job.lang)

    @property
    def foreign(self) -> Markup:
        """The language of the notebook's own text, where it is not that of the frame."""
        return Markup(' lang="en"') if self.job.lang != "en" else Markup("")

    def key_figure(self, metric: Metric) -> tuple[str, str, str, str, str]:
        """A metric's name, value, kind of value (``number`` or ``text``), interval and unit in words."""
        kind = "text" if isinstance(metric.value, str) else "number"
        unit = "%" if metric.unit == "pct" else metric.unit or ""
        places = of_column([metric.value]) if metric.digits is None else metric.digits
        value, low, high = (text(each, places) for each in (metric.value, metric.low, metric.high))
        interval = "" if metric.low is None else self.say("to", low=low, high=high)
        return self.sentence(label(metric)), value, kind, interval, unit

    @property
    def lead_metrics(self) -> list[tuple[LeadMetric, str]]:
        """The metrics that stand beside the answer, each with its value in the run before where that was another."""
        return [(lead_metric(metric), value_before(metric, self.previous)) for metric in self.metrics if metric.lead]

    @property
    def leads(self) -> list[Finding]:
        """The findings that stand beside the answer."""
        return [finding for finding in self.findings if finding.lead]

    @property
    def further(self) -> list[Finding]:
        """The other findings."""
        return [finding for finding in self.findings if not finding.lead]

    @staticmethod
    def sentence(text: str) -> str:
        """``text`` with a capital at its beginning."""
        return text[:1].upper() + text[1:]


def write_page(notebook: Any, job: Job, run: Run, file: Path, previous: Job | None = None) -> None:
    """Write the page of ``notebook`` to ``file``, and the workbook of its data beside it.

    Parameters
    ----------
    notebook : the executed notebook, an nbformat node, also of a run that failed.
    job : what the record says of it; the page is in its language.
    run : the run it belongs to.
    file : where the page goes; the workbook has the same name and ends with ``.xlsx``. None is written without data.
    previous : the same job in the run that was the latest before, for what changed since.
    """
    published = collect(notebook)
    lines = source_lines(job, published.sources)
    notebook = published.notebook
    content = sheets(published, publishers(lines))
    workbook = file.with_suffix(WORKBOOK) if content else None
    page = page_of(notebook, published, job, run, lines, workbook.name if workbook else None, previous)
    write_atomically(file, render(notebook, page))
    if workbook:
        made = f"{page.say('as_of')} {page.as_of}; {page.made}"
        write_workbook(content, workbook, title=page.arranged.title, made=made, lang=job.lang)


def render(notebook: Any, page: Page) -> str:
    """The page as HTML."""
    from nbformat import NotebookNode

    arranged = NotebookNode(
        nbformat=4, nbformat_minor=4, metadata=NotebookNode(notebook.metadata), cells=page.arranged.cells
    )
    body, _ = _exporter().from_notebook_node(arranged, resources={"page": page})
    return str(body)


def page_of(
    notebook: Any,
    published: Published,
    job: Job,
    run: Run,
    sources: list[SourceLine],
    workbook: str | None,
    previous: Job | None,
) -> Page:
    """All that the template prints."""
    # Brings nbconvert, for which a call that only needs the words above should not wait.
    from jpresearch.report.arrangement import arrange

    return Page(
        job=job,
        run=run,
        arranged=arrange(notebook, job),
        css=Markup(css()),
        as_of=_as_of(job, run),
        newest=max((table.newest_published_at or "" for table in job.tables), default="")[:16].replace("T", " "),
        parameters=_parameters(job),
        answer=published.answers[0] if published.answers else None,
        findings=published.findings,
        takeaways=published.takeaways,
        metrics=list(published.metrics.values()),
        key_data=data.link(_metrics_csv(list(published.metrics.values()))),
        key_file=downloads.file_name(job, "key_figures"),
        previous=previous,
        since=since.box(job, previous, lang=job.lang),
        sources=sources,
        made=_made(run, job.lang),
        workbook=workbook,
        bad=[bad_sentence(bad, job.lang) for bad in published.bad],
        siblings=siblings(job, run),
    )


def _as_of(job: Job, run: Run) -> str:
    given = job.parameters.get("as_of")
    return str(given) if given else phrase("everything", job.lang, day=f"{run.day:%Y-%m-%d}")


def _parameters(job: Job) -> dict[str, str]:
    """The parameters as the cells used them; one that a cell set anew also as it was given."""
    shown = {name: _value(value) for name, value in job.parameters_shown.items()}
    for name, given in job.parameters.items():
        if _value(given) != shown[name]:
            shown[name] += f" ({phrase('set_in_cell', job.lang, given=_value(given))})"
    return shown


def _value(value: Any) -> str:
    """A parameter's value as a reader writes it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_value, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _made(run: Run, lang: str) -> str:
    commit = phrase("no_commit", lang)
    if run.git:
        commit = phrase("dirty" if run.git.dirty else "commit", lang, commit=run.git.commit[:12])
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return "; ".join(
        part
        for part in (phrase("made", lang, run=run.id, moment=f"{run.started_at:%Y-%m-%d %H:%M %Z}"), commit, versions)
        if part
    )


def _metrics_csv(metrics: Sequence[Metric]) -> str:
    rows = [[metric.name, metric.value, metric.low, metric.high, metric.unit] for metric in metrics]
    return data.csv_of_table({"columns": ["name", "value", "low", "high", "unit"], "rows": rows})


@cache
def css() -> str:
    """The style sheet of the page, without the space that only its editors need."""
    text = (TEMPLATE / "page.css").read_text(encoding="utf-8")
    return re.sub(r"\s*([{};])\s*|(?<=[:,])\s+(?=[^{}]*;)", r"\1", re.sub(r"\s+", " ", text))


@cache
def _exporter() -> Any:
    """Nbconvert's exporter over our template, in which every text is escaped unless it is ``Markup``."""
    from nbconvert.exporters import TemplateExporter
    from traitlets.config import Config

    from jpresearch.report.markup import Prose, visible

    priority = Config({"NbConvertBase": {"display_data_priority": [*MEDIA, *SHOWN]}})
    exporter = TemplateExporter(
        config=priority,
        default_preprocessors=[],
        template_name="template",
        template_file="index.html.j2",
        file_extension=".html",
        extra_template_basedirs=[str(TEMPLATE.parent)],
    )
    exporter.register_filter("prose", lambda text: Prose().render(text))
    exporter.register_filter("bytes_of", lambda content, media: data.picture_link(str(content), media))
    exporter.register_filter("picture_of", lambda output: next((kind for kind in PICTURES if kind in output), ""))
    exporter.environment.autoescape = True
    exporter.environment.finalize = lambda value: visible(value) if type(value) is str else value
    return exporter
