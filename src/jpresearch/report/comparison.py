"""Two runs side by side: which metrics moved, what rows, code and parameters lie behind, what each concluded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from jpresearch.record import Job, Run
from jpresearch.report.metric_change import MetricChange, metric_changes
from jpresearch.report.table_change import TableChange, table_changes
from jpresearch.report.words import say

# Parts of a fingerprint that are told elsewhere: parameters one by one, tables by their rows.
TOLD_ELSEWHERE: Final = ("parameters", "table", "lang")
# Kinds of parts that a fingerprint names as kind and name.
KINDS: Final = ("cell", "text", "module", "page")
SHOWN_DIGITS: Final = 12
SHOWN_NAMES: Final = 4


class Setting(NamedTuple):
    """A parameter, version or commit with another value in each run; ``None`` where a run did not have it."""

    name: str
    before: str | None
    after: str | None

    def sentence(self, lang: str = "en") -> str:
        """The change in words."""
        none = say("everything" if self.name == "as_of" else "none", lang)
        return say("setting", lang, name=self.name, before=self.before or none, after=self.after or none)


@dataclass(frozen=True)
class JobChange:
    """One job in two runs."""

    name: str
    before: Job
    after: Job

    @cached_property
    def metrics(self) -> list[MetricChange]:
        """Every metric of either run."""
        return metric_changes(self.before.metrics, self.after.metrics)

    @cached_property
    def moved(self) -> list[MetricChange]:
        """The metrics whose value is another, largest change first."""
        return sorted((metric for metric in self.metrics if metric.moved), key=lambda m: m.size, reverse=True)

    @cached_property
    def only_intervals(self) -> list[MetricChange]:
        """The metrics whose value stayed while their interval did not."""
        return [metric for metric in self.metrics if metric.interval_moved and not metric.moved]

    @cached_property
    def tables(self) -> list[TableChange]:
        """The tables with other rows behind the page."""
        return table_changes(self.before.tables, self.after.tables)

    @cached_property
    def parameters(self) -> list[Setting]:
        """The parameters with another value; the language counts as one."""
        return settings(_given(self.before), _given(self.after))

    @cached_property
    def code(self) -> list[str] | None:
        """The changed parts of what the job depends on, by name; ``None`` where a run did not record them."""
        before, after = self.before.fingerprint, self.after.fingerprint
        if not before or not after:
            return None
        names = [*after, *(name for name in before if name not in after)]
        return [name for name in names if before.get(name) != after.get(name) and not name.startswith(TOLD_ELSEWHERE)]

    @cached_property
    def takeaways_changed(self) -> bool:
        """Whether the conclusions read differently."""
        return self.before.conclusions != self.after.conclusions

    @cached_property
    def same(self) -> bool:
        """Whether nothing that a reader could see differs (the status apart from reuse included)."""
        seen = (self.moved, self.only_intervals, self.tables, self.parameters, self.code, self.takeaways_changed)
        return not any(seen) and self.before.status.bad == self.after.status.bad

    def data_sentences(self, lang: str = "en") -> list[str]:
        """A sentence per table with other rows."""
        return [table.sentence(lang) for table in self.tables]

    def parameter_sentences(self, lang: str = "en") -> list[str]:
        """A sentence per changed parameter."""
        return [setting.sentence(lang) for setting in self.parameters]

    def code_sentences(self, lang: str = "en") -> list[str]:
        """A sentence per kind of changed code; none where a run did not record its parts."""
        return part_sentences(self.code or [], lang)


@dataclass(frozen=True)
class Comparison:
    """Two runs, their common jobs, and the jobs that only one of them has."""

    before: Run
    after: Run
    jobs: list[JobChange]
    only_before: list[Job]
    only_after: list[Job]

    @property
    def changed(self) -> list[JobChange]:
        """The common jobs in which a reader could see a difference."""
        return [job for job in self.jobs if not job.same]

    @property
    def unchanged(self) -> list[JobChange]:
        """The other common jobs."""
        return [job for job in self.jobs if job.same]

    @cached_property
    def environment(self) -> list[Setting]:
        """Commit and versions that differ."""
        return settings(_commit(self.before) | self.before.versions, _commit(self.after) | self.after.versions)

    @property
    def same(self) -> bool:
        """Whether the two runs say the same."""
        return not (self.environment or self.only_before or self.only_after) and all(job.same for job in self.jobs)


def compare(before: Run, after: Run) -> Comparison:
    """What changed from ``before`` to ``after``; jobs are paired by their name."""
    earlier, later = _named(before.jobs), _named(after.jobs)
    common = [JobChange(name[0], earlier[name], job) for name, job in later.items() if name in earlier]
    return Comparison(
        before=before,
        after=after,
        jobs=common,
        only_before=[job for name, job in earlier.items() if name not in later],
        only_after=[job for name, job in later.items() if name not in earlier],
    )


def changed_job(before: Job, after: Job) -> JobChange:
    """What changed in one job, whatever it was called then."""
    return JobChange(after.name, before, after)


def settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Setting]:
    """The names whose values differ between two mappings, in the order of ``after``."""
    names = [*after, *(name for name in before if name not in after)]
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return [Setting(name, _text(old), _text(new)) for name, old, new in pairs if (old, type(old)) != (new, type(new))]


def part_sentences(parts: Sequence[str], lang: str = "en") -> list[str]:
    """Changed parts of the code in words: those of a kind (``cell 5``, ``module x``) in one sentence, first of all."""
    kinds: dict[str, list[str]] = {}
    alone = []
    for part in parts:
        kind, _, name = part.partition(" ")
        if name and kind in KINDS:
            kinds.setdefault(kind, []).append(name)
        else:
            alone.append(say("part_other", lang, part=part))
    return [say(f"part_{kind}", lang, names=_few(kinds[kind], lang)) for kind in KINDS if kind in kinds] + alone


def _few(names: Sequence[str], lang: str) -> str:
    shown = ", ".join(names[:SHOWN_NAMES])
    return shown if len(names) <= SHOWN_NAMES else say("and_more", lang, shown=shown, count=len(names) - SHOWN_NAMES)


def _named(jobs: Sequence[Job]) -> dict[tuple[str, int], Job]:
    """Jobs by name; a name that comes twice is counted, so that none is lost."""
    seen: Counter[str] = Counter()
    found = {}
    for job in jobs:
        found[job.name, seen[job.name]] = job
        seen[job.name] += 1
    return found


def _given(job: Job) -> dict[str, Any]:
    return job.parameters | {"lang": job.lang}


def _commit(run: Run) -> dict[str, str]:
    if run.git is None:
        return {}
    return {"commit": run.git.commit[:SHOWN_DIGITS] + (" with changes" if run.git.dirty else "")}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
