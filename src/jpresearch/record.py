"""The run record: what ran, on what, and what came of it. Written atomically after every change of state.

Version 2 of the schema gave each job a name of its own (the stem of its files: one notebook may run at many days), its
language, its kernel, what it depended on, and the run that computed it where it was reused. Records of version 1 are
read as such jobs: the name is the notebook's. Version 3 has the answer, the findings with the metrics that they name,
the lead figure, and of a metric its label, digits, p-value, sample and method; older jobs have takeaways instead.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    computed_field,
    model_validator,
)
from pydantic.dataclasses import dataclass

from jpresearch import clock
from jpresearch.equal_parts import EqualParts
from jpresearch.errors import DataError
from jpresearch.files import plain_bytes, write_atomically

SCHEMA_VERSION: Final = 3
FILE_NAME: Final = "record.json"
# What leads out of a folder or into a line of its own.
NO_NAME: Final = re.compile(r"\.{0,2}|.*[/\\\x00-\x1f\x7f-\x9f].*", re.DOTALL)
LONGEST_NAME: Final = 255
# Beyond it a whole number has no double.
LARGEST: Final = 1e300


def _name(text: str) -> str:
    """A record may come from elsewhere: what is joined to the run's folder must stay there."""
    if NO_NAME.fullmatch(text) or len(text) > LONGEST_NAME:
        raise ValueError("it is no plain name of a file")
    return text


def _moment(moment: datetime) -> datetime:
    """A moment that every clock can show; one without a zone is meant as UTC."""
    if not 1900 < moment.year < 9000:
        raise ValueError("it is no moment at which something ran")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: float | int | str) -> float | int | str:
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError("it is too large a number")
    return value


Name = Annotated[str, AfterValidator(_name)]
Moment = Annotated[datetime, AfterValidator(_moment)]
Value = Annotated[float | int | str, AfterValidator(_number)]


class Status(StrEnum):
    """What became of a job; ``pending`` and ``running`` only while its run goes on."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    KERNEL_DIED = "kernel_died"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    REUSED = "reused"

    @property
    def bad(self) -> bool:
        """Whether the run as a whole has failed because of it."""
        return self in {Status.FAILED, Status.TIMED_OUT, Status.KERNEL_DIED, Status.CANCELLED}


class Failure(BaseModel):
    """Why a job did not succeed: the failing cell (its number among code cells, from 1), error type and message."""

    model_config = ConfigDict(frozen=True)

    type: str
    message: str
    cell: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRead:
    """A series of a table: its newest period and for how many days it may be the newest."""

    newest_period: date
    allowance_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LateSeries(SeriesRead):
    """A series whose newest period lies further back than its allowance on the day the report speaks of."""

    series: str
    age_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRead:
    """A table that the notebook read: the note of ``load``, and its age on the day the report speaks of.

    ``behind`` has the series that can be late while the table as a whole is not, ``late_series`` those that are.

    ``rows`` counts the newest edition of each figure, ``lines`` all editions public by then: what it counts more is
    corrections. ``file_digest`` is the SHA-256 of the CSV as it was read. Both may be ``None`` in older records.
    """

    table: str
    as_of: str | None
    rows: int
    lines: int | None = None
    newest_period: str | None
    newest_published_at: str | None
    content_hash: str
    vintage: str
    grade: str | None
    file_digest: str | None = None
    age_days: int | None = None
    allowance_days: int | None = None
    behind: dict[str, SeriesRead] = Field(default_factory=dict)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def late_series(self) -> list[LateSeries]:
        """The series that are late, the oldest first; none where the newest period is missing or no day."""
        newest = self.newest_day
        if self.age_days is None or newest is None:
            return []
        try:
            day = newest + timedelta(days=self.age_days)
        except OverflowError:
            return []
        aged = [
            LateSeries(
                series=name,
                newest_period=read.newest_period,
                allowance_days=read.allowance_days,
                age_days=(day - read.newest_period).days,
            )
            for name, read in self.behind.items()
        ]
        return sorted(
            (each for each in aged if each.age_days > each.allowance_days), key=lambda each: each.newest_period
        )

    @property
    def newest_day(self) -> date | None:
        """The newest period as a day; ``None`` where the record's text is none, which says nothing of its age."""
        try:
            return None if self.newest_period is None else date.fromisoformat(self.newest_period)
        except ValueError:
            return None

    @property
    def stale(self) -> bool:
        """Whether the newest period lies further back than the table's allowance."""
        return self.age_days is not None and self.allowance_days is not None and self.age_days > self.allowance_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A published metric: number, date (ISO text) or text, with the ends of its interval where it is an estimate."""

    name: str
    value: Value
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    label: str | None = None
    digits: int | None = None
    lead: bool = False
    p_value: float | None = None
    n: int | None = None
    first: str | None = None
    last: str | None = None
    method: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence of the conclusion: the figure that shows it, the metrics it states, whether it was written by hand."""

    text: str
    lead: bool = False
    figure: str | None = None
    typed: bool = False
    metrics: list[str] = Field(default_factory=list)


class Job(BaseModel):
    """One notebook of a run with its parameters, and what came of it. Paths are relative to the run's folder.

    ``name`` is unique in the run and the stem of the job's files; the notebook's name unless given. ``fingerprint``
    names, with a digest each, the parts on which the result depends beside parameters and tables (``cell 5``, ``module
    jpresearch.datasets.flows``, ``lock file`` ...). ``kernel`` is ``warm`` or ``cold``, ``kernel_note`` why not warm.
    ``parameters`` are those that the run resolved, ``parameters_declared`` the notebook's own defaults,
    ``parameters_used`` what the kernel held after the parameters cell and ``parameters_at_end`` after the last cell
    that ended well; both are empty where no cell ran. ``bad_outputs`` says of each output that could not be used its
    cell and why; ``files_read`` holds the SHA-256 of each file that the notebook read beside its tables.
    ``static`` says that the page is without script. ``reused_from`` is the id of the run that computed a reused job;
    its times, kernel and figures are those of then.
    """

    name: Name = ""
    notebook: Name
    title: str
    parameters: dict[str, Any]
    parameters_declared: dict[str, Any] = {}
    parameters_used: dict[str, Any] = {}
    parameters_at_end: dict[str, Any] = {}
    lang: str = "en"
    static: bool = False
    status: Status = Status.PENDING
    why: str
    reused_from: str | None = None
    fingerprint: dict[str, str] = {}
    kernel: str | None = None
    kernel_note: str | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    timings_seconds: dict[str, float] = {}
    failure: Failure | None = None
    tables: list[TableRead] = []
    metrics: list[Metric] = []
    answer: str | None = None
    findings: list[Finding] = []
    takeaways: list[str] = []
    figures: list[str] = []
    lead_figure: str | None = None
    bad_outputs: list[str] = []
    files_read: dict[str, str] = {}
    executed_notebook: Name | None = None
    page: Name | None = None
    workbook: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, content: Any) -> Any:
        """A job without a name of its own (all of version 1) is called as its notebook."""
        if isinstance(content, dict) and not content.get("name") and "notebook" in content:
            return {**content, "name": content["notebook"]}
        return content

    @model_validator(mode="after")
    def _shares(self, info: ValidationInfo) -> Self:
        """Of the jobs of one record equal parts are held once."""
        if isinstance(info.context, EqualParts):
            self.share(info.context)
        return self

    def share(self, parts: EqualParts) -> None:
        """Hold the fingerprint and the tables that equal ones of ``parts`` as those: half of a job is theirs."""
        self.fingerprint = parts.one(self.fingerprint, *self.fingerprint.values())
        self.tables = [parts.one(read, read.table, read.as_of, read.file_digest, read.age_days) for read in self.tables]

    @property
    def conclusions(self) -> list[str]:
        """What it concluded, most important first: answer, lead findings, others; the takeaways of an older form."""
        leads = [finding.text for finding in self.findings if finding.lead]
        others = [finding.text for finding in self.findings if not finding.lead]
        return [*([self.answer] if self.answer else []), *leads, *others] or self.takeaways

    @property
    def parameters_shown(self) -> dict[str, Any]:
        """The parameters as the cells used them: as resolved, unless a cell set one to something else."""
        at_end = self.parameters_at_end
        return {name: at_end.get(name, value) for name, value in self.parameters.items()}

    @property
    def files(self) -> list[str]:
        """The names of the files it left in the run's folder."""
        return [name for name in (self.executed_notebook, self.page, self.workbook) if name is not None]


class Git(BaseModel):
    """The commit of the checkout, and whether files differed from it."""

    model_config = ConfigDict(frozen=True)

    commit: str
    dirty: bool


class Run(BaseModel):
    """A run: one or more jobs, with the state of code and machine they ran under; ``batch`` names the batch file.

    ``edition`` holds the SHA-256 of every table as it was when the first job began to run (when the run began, where
    all were answered from earlier results); all of its jobs read these.
    ``reads_until`` is the clock's now as the run began, past which no job without an ``as_of`` reads; ``None`` in older
    records.
    """

    schema_version: int = SCHEMA_VERSION
    id: Name
    started_at: Moment
    reads_until: Moment | None = None
    ended_at: Moment | None = None
    command: list[str]
    whole_collection: bool
    batch: str | None = None
    git: Git | None
    versions: dict[str, str]
    edition: dict[str, str] = {}
    cores: int
    jobs: list[Job]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """A record of a later schema may mean something else by the same words."""
        if self.schema_version > SCHEMA_VERSION:
            raise ValueError(f"its schema is version {self.schema_version}; this jpresearch knows {SCHEMA_VERSION}")
        return self

    @property
    def moment(self) -> datetime:
        """The moment that the run takes for now."""
        return self.reads_until or self.started_at

    @property
    def day(self) -> date:
        """The day of the run in Tokyo."""
        return self.moment.astimezone(clock.TOKYO).date()

    @property
    def failed(self) -> bool:
        """Whether any job ended badly."""
        return any(job.status.bad for job in self.jobs)


def write(run: Run, folder: Path) -> None:
    """Write ``record.json`` in ``folder``: beside first, then moved into place."""
    write_atomically(folder / FILE_NAME, TypeAdapter(Run).dump_json(run, indent=2), b"\n")


def read(folder: Path) -> Run:
    """The record of the run in ``folder``. Raises ``DataError`` where there is none or it cannot be read."""
    file = folder / FILE_NAME
    try:
        return Run.model_validate_json(plain_bytes(file), context=EqualParts())
    except FileNotFoundError as error:
        raise DataError("there is no run record", str(file)) from error
    except (OSError, ValidationError, ValueError) as error:
        raise DataError(f"the run record cannot be read: {error}", str(file)) from error
